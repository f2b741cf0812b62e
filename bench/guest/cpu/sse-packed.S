// SPDX-License-Identifier: GPL-2.0-or-later
/* Four floats or two doubles at a time. Counts instructions. */
#include "frame.h"

#define ROUNDS 50000

        guest ROUNDS * 9
setup:  ret
round:
        movapd x, %xmm0
        movaps y, %xmm4
        repeat ROUNDS
        mulpd a, %xmm0
        addpd b, %xmm0
        movapd %xmm0, x
        mulps c, %xmm4
        addps d, %xmm4
        movaps %xmm4, y
        unpcklps %xmm0, %xmm5
        again
        ret

        .data
        .align 16
x:      .double 1.0, 2.0
a:      .double 0.7, 0.6
b:      .double 0.1, 0.3
y:      .float 1.0, 2.0, 3.0, 4.0
c:      .float 0.7, 0.6, 0.5, 0.4
d:      .float 0.1, 0.2, 0.3, 0.4
