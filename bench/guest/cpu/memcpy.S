// SPDX-License-Identifier: GPL-2.0-or-later
/* Copies 64 KiB by 16-byte moves, four to a turn. Counts bytes. */
#include "frame.h"

#define ROUNDS 256
#define BYTES 0x10000

        guest ROUNDS * BYTES
setup:  ret
round:
        movl $ROUNDS, %edx
1:      xorl %eax, %eax
        repeat BYTES / 64
        movdqa BUFFER(%eax), %xmm0
        movdqa BUFFER + 16(%eax), %xmm1
        movdqa BUFFER + 32(%eax), %xmm2
        movdqa BUFFER + 48(%eax), %xmm3
        movdqa %xmm0, BUFFER + BYTES(%eax)
        movdqa %xmm1, BUFFER + BYTES + 16(%eax)
        movdqa %xmm2, BUFFER + BYTES + 32(%eax)
        movdqa %xmm3, BUFFER + BYTES + 48(%eax)
        addl $64, %eax
        again
        decl %edx
        jnz 1b
        ret
