// SPDX-License-Identifier: GPL-2.0-or-later
/* A function that is called and returns at once. Counts instructions. */
#include "frame.h"

#define ROUNDS 600000

        guest ROUNDS * 7
round:
        repeat ROUNDS
        call callee
        again
setup:  ret

        .align 16
callee:
        pushl %ebx
        addl %ecx, %eax
        popl %ebx
        ret
