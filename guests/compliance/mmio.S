// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory accesses to a device at 0xd0000, of every width, aligned and not. The test sees, in this order:
 *   write 1 byte  0x11       to   0xd0000
 *   write 2 bytes 0x2233     to   0xd0002
 *   write 4 bytes 0x44556677 to   0xd0004
 *   write 2 bytes 0x8899     to   0xd0009, unaligned
 *   write 4 bytes 0xaabbccdd to   0xd000d, unaligned
 *   read  1 byte             from 0xd0010, then that byte written to port 0xe020
 *   read  2 bytes            from 0xd0012, then that word written to port 0xe020
 *   read  4 bytes            from 0xd0014, then that dword written to port 0xe020
 *   read  4 bytes            from 0xd0019, unaligned, then that dword written to port 0xe020
 *   write 3 times 1 byte 0x5a to  0xd0020, 0xd0021, 0xd0022 (rep stosb)
 *   read 1 byte from 0xd0024, then that byte plus 1 written back there (incb)
 *   write 1 byte  0xd0       to port 0xe000
 * An accelerator may show an unaligned access as several smaller ones; the bytes and their order stay.
 */
#include "flat.h"

        begin
        movw $0xd000, %ax
        movw %ax, %ds
        movw %ax, %es
        movb $0x11, 0x00
        movw $0x2233, 0x02
        movl $0x44556677, 0x04
        movw $0x8899, 0x09
        movl $0xaabbccdd, 0x0d

        movw $PORT_RESULT, %dx
        movb 0x10, %al
        outb %al, %dx
        movw 0x12, %ax
        outw %ax, %dx
        movl 0x14, %eax
        outl %eax, %dx
        movl 0x19, %eax
        outl %eax, %dx

        movw $0x20, %di
        movw $3, %cx
        movb $0x5a, %al
        rep stosb
        incb 0x24
        done
