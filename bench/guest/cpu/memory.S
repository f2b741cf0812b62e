// SPDX-License-Identifier: GPL-2.0-or-later
/* Two loads and a store in 8 instructions, within 16 KiB each. Counts instructions. */
#include "frame.h"

#define ROUNDS 600000

        guest ROUNDS * 8
round:
        repeat ROUNDS
        movl %ecx, %eax
        andl $0x3ffc, %eax
        movl BUFFER(%eax), %ebx
        addl %edx, %ebx
        movl %ebx, BUFFER + 0x10000(%eax)
        addl BUFFER + 4(%eax), %edx
        again
setup:  ret
