// SPDX-License-Identifier: GPL-2.0-or-later
/* Copies 64 KiB by REP MOVSD. Counts bytes. */
#include "frame.h"

#define ROUNDS 256
#define BYTES 0x10000

        guest ROUNDS * BYTES
setup:  ret
round:
        movl $ROUNDS, %edx
1:      movl $BUFFER, %esi
        movl $(BUFFER + BYTES), %edi
        movl $(BYTES / 4), %ecx
        rep movsl
        decl %edx
        jnz 1b
        ret
