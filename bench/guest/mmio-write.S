// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes one dword to 0xd0000, as often as wanted. */
#include "flat.h"

        begin
1:      movl %eax, 0
        decl %ecx
        jnz 1b
        finish
