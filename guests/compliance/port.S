// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Port accesses of every width, single and repeated. The test sees, in this order:
 *   write 1 byte  0x11       to   0xe000
 *   write 2 bytes 0x2233     to   0xe002
 *   write 4 bytes 0x44556677 to   0xe004
 *   read  1 byte             from 0xe010, then that byte written to 0xe020
 *   read  2 bytes            from 0xe012, then that word written to 0xe020
 *   read  4 bytes            from 0xe014, then that dword written to 0xe020
 *   write 4 times 1 byte "DROM" to 0xe008 (rep outsb)
 *   read  4 times 1 byte     from 0xe018 (rep insb), then the four as one dword, first byte lowest, to 0xe020
 *   write 1 byte  0xd0       to   0xe000
 */
#include "flat.h"

        begin
        movw $PORT_OUT, %dx
        movb $0x11, %al
        outb %al, %dx
        addw $2, %dx
        movw $0x2233, %ax
        outw %ax, %dx
        addw $2, %dx
        movl $0x44556677, %eax
        outl %eax, %dx

        movw $PORT_IN, %dx
        inb %dx, %al
        movw $PORT_RESULT, %dx
        outb %al, %dx
        movw $(PORT_IN + 2), %dx
        inw %dx, %ax
        movw $PORT_RESULT, %dx
        outw %ax, %dx
        movw $(PORT_IN + 4), %dx
        inl %dx, %eax
        movw $PORT_RESULT, %dx
        outl %eax, %dx

        movw $text, %si
        movw $4, %cx
        movw $(PORT_OUT + 8), %dx
        rep outsb
        movw $SCRATCH, %di
        movw $4, %cx
        movw $(PORT_IN + 8), %dx
        rep insb
        movl SCRATCH, %eax
        movw $PORT_RESULT, %dx
        outl %eax, %dx
        done

text:   .ascii "DROM"
