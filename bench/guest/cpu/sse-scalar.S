// SPDX-License-Identifier: GPL-2.0-or-later
/* Scalar doubles as compilers use them: move, multiply, add, subtract, compare, convert. Counts instructions. */
#include "frame.h"

#define ROUNDS 100000

        guest ROUNDS * 10
setup:  ret
round:
        movsd a, %xmm1
        movsd b, %xmm2
        repeat ROUNDS
        movsd x, %xmm0
        mulsd %xmm1, %xmm0
        addsd %xmm2, %xmm0
        movsd %xmm0, x
        subsd %xmm0, %xmm3
        ucomisd %xmm3, %xmm0
        cvttsd2si %xmm0, %eax
        cvtsi2sdl %eax, %xmm3
        again
        ret

        .data
        .align 8
x:      .double 1.0
a:      .double 0.7
b:      .double 0.1
