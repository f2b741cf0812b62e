// SPDX-License-Identifier: GPL-2.0-or-later
/* Packed integers: add, logic, shift, shuffle, multiply, compare. Counts instructions. */
#include "frame.h"

#define ROUNDS 400000

        guest ROUNDS * 10
setup:  ret
round:
        repeat ROUNDS
        paddd %xmm1, %xmm0
        pxor %xmm0, %xmm2
        pslld $7, %xmm2
        pshufd $0x39, %xmm2, %xmm1
        pmuludq %xmm1, %xmm3
        pcmpgtd %xmm0, %xmm4
        pand %xmm4, %xmm3
        paddb %xmm3, %xmm1
        again
        ret
