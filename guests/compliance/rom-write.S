// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes to ROM at 0xf0000, which must leave it as it is. The test sees, in this order:
 *   write 1 byte  to port 0xe020: what is at 0xf0000
 *   (a write of that byte's complement to 0xf0000)
 *   write 1 byte  to port 0xe020: what is at 0xf0000 now
 *   write 2 bytes to port 0xe020: what is at 0xf0002, then the same after its complement was written there
 *   write 4 bytes to port 0xe020: what is at 0xf0004, then the same after its complement was written there
 *   write 1 byte  0xd0 to port 0xe000
 */
#include "flat.h"

        begin
        movw $0xf000, %ax
        movw %ax, %ds
        movw $PORT_RESULT, %dx

        movb 0x0, %al
        outb %al, %dx
        notb %al
        movb %al, 0x0
        movb 0x0, %al
        outb %al, %dx

        movw 0x2, %ax
        outw %ax, %dx
        notw %ax
        movw %ax, 0x2
        movw 0x2, %ax
        outw %ax, %dx

        movl 0x4, %eax
        outl %eax, %dx
        notl %eax
        movl %eax, 0x4
        movl 0x4, %eax
        outl %eax, %dx
        done
