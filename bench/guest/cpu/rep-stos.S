// SPDX-License-Identifier: GPL-2.0-or-later
/* Fills 64 KiB by REP STOSD. Counts bytes. */
#include "frame.h"

#define ROUNDS 256
#define BYTES 0x10000

        guest ROUNDS * BYTES
setup:  ret
round:
        movl $ROUNDS, %edx
1:      movl $BUFFER, %edi
        movl $(BYTES / 4), %ecx
        rep stosl
        decl %edx
        jnz 1b
        ret
