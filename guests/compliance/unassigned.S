// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hammers ports and memory where no device is: 64 rounds over ports 0x5000 and up and memory at 0xd0000 and up, each
 * read and written by byte, word and dword. In the end the dword at 0x800 holds the last value read from a port and
 * that at 0x804 the last one from memory. The test sees only:
 *   write 1 byte 0xd0 to port 0xe000
 */
#include "flat.h"

        begin
        movw $0xd000, %ax
        movw %ax, %es
        movw $0x5000, %dx
        xorw %di, %di
        movw $64, %cx
1:      outb %al, %dx
        outw %ax, %dx
        outl %eax, %dx
        inb %dx, %al
        inw %dx, %ax
        inl %dx, %eax
        movl %eax, COUNTER
        movb %al, %es:(%di)
        movw %ax, %es:(%di)
        movl %eax, %es:(%di)
        movb %es:(%di), %al
        movw %es:(%di), %ax
        movl %es:(%di), %eax
        movl %eax, WANTED
        addw $4, %dx
        addw $4, %di
        decw %cx
        jnz 1b
        done
