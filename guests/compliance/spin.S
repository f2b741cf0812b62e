// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Computes for ever with interrupts off and never leaves the vCPU: only a kick gets it out. The test sees:
 *   write 1 byte 0x01 to port 0xe000
 * and then nothing but the dword at 0x800 growing.
 */
#include "flat.h"

        begin
        movl $0, COUNTER
        send STARTED
1:      incl COUNTER
        jmp 1b
