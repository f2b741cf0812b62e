// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes one byte to port 0xe000, as often as wanted. */
#include "flat.h"

        begin
1:      outb %al, %dx
        decl %ecx
        jnz 1b
        finish
