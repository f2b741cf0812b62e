// SPDX-License-Identifier: GPL-2.0-or-later
/* x = x * a + b in the x87's registers, with a load and a store each time. Counts instructions. */
#include "frame.h"

#define ROUNDS 100000

        guest ROUNDS * 8
setup:  ret
round:
        fldl x
        repeat ROUNDS
        fmull a
        fldl b
        faddp
        fstl x
        fld %st(0)
        fstp %st(1)
        again
        fstpl x
        ret

        .data
        .align 8
x:      .double 1.0
a:      .double 0.7
b:      .double 0.1
