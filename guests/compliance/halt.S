// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Halts for good. The test sees:
 *   write 1 byte 0x01 to port 0xe000
 * and then a vCPU halted with interrupts off; an NMI or nothing wakes it, and it halts again.
 */
#include "flat.h"

        begin
        send STARTED
halt:   cli
        hlt
        jmp halt
