// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The frame of the flat bench guests: loaded at 0x1000, started there in real mode with CS 0 and IP 0x1000. The
 * dword at 0x800, set by the host, is the number of exits to make; each vCPU that is started here makes so many.
 * In the end one byte 0 goes to port 0xf4 (isa-debug-exit), and the vCPU halts.
 */
#ifndef FLAT_H
#define FLAT_H

#define COUNT 0x800
#define PORT_DATA 0xe000
#define PORT_EXIT 0xf4
#define MMIO_SEGMENT 0xd000 /* a device at 0xd0000 */

        .macro begin
        .text
        .code16
        .globl start
start:
        cli
        xorw %ax, %ax
        movw %ax, %ds
        movl COUNT, %ecx
        movw $MMIO_SEGMENT, %ax
        movw %ax, %ds
        movw $PORT_DATA, %dx
        xorl %eax, %eax
        testl %ecx, %ecx
        jz 2f
        .endm

        .macro finish
2:      xorw %ax, %ax
        outb %al, $PORT_EXIT
3:      cli
        hlt
        jmp 3b
        .endm

#endif
