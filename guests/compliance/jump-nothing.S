// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Jumps to 0xc0000, where no memory is. The test sees:
 *   write 1 byte 0x01 to port 0xe000
 * and then whatever the accelerator says when it cannot fetch an instruction (KVM: an internal error, emulation).
 */
#include "flat.h"

        begin
        send STARTED
        ljmpw $0xc000, $0x0000
