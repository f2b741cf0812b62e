// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Floods the serial port without ever looking at its status. The test sees:
 *   write 1 byte to port 0x3f8, 65,536 times: the 16 letters from A to P over and over
 *   write 1 byte 0xd0 to port 0xe000
 */
#include "flat.h"

        begin
        movw $0x3f8, %dx
        xorw %cx, %cx
1:      movb %cl, %al
        andb $15, %al
        addb $'A', %al
        outb %al, %dx
        incw %cx
        jnz 1b
        done
