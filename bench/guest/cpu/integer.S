// SPDX-License-Identifier: GPL-2.0-or-later
/* Arithmetic in registers. Counts instructions. */
#include "frame.h"

#define ROUNDS 600000

        guest ROUNDS * 8
round:
        repeat ROUNDS
        leal (%eax, %ecx, 2), %eax
        xorl %eax, %ebx
        addl %ebx, %edx
        rorl $3, %edx
        imull $17, %edx, %esi
        subl %esi, %edi
        again
setup:  ret
