// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A triple fault: an invalid opcode with an empty interrupt table (SDM vol. 3, 6.15), in protected mode: KVM does
 * not look at the table's limit where it emulates real mode. The test sees:
 *   write 1 byte 0x01 to port 0xe000
 * and then a shutdown.
 */
#include "flat.h"

        begin
        send STARTED
        protected
        lidtl empty
        ud2

empty:  .word 0
        .long 0
