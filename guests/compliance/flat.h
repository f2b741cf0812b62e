// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What every program of the battery shares. A program is a flat binary, loaded at 0x1000 and started there in real
 * mode with CS 0 and IP 0x1000. It uses RAM below 0x8000 only.
 */
#ifndef FLAT_H
#define FLAT_H

#define PORT_OUT 0xe000    /* data that the program sends */
#define PORT_IN 0xe010     /* data that the program asks for */
#define PORT_RESULT 0xe020 /* what it made of that data */

#define STARTED 0x01
#define DONE 0xd0

#define COUNTER 0x800 /* a dword that the test may watch */
#define WANTED 0x804  /* a dword that the test may set before the start */
#define SCRATCH 0x900

        .macro begin
        .text
        .code16
        .globl start
start:
        cli
        cld
        xorw %ax, %ax
        movw %ax, %ds
        movw %ax, %es
        movw %ax, %ss
        movw $0x7000, %sp
        .endm

        /* Goes on in 32-bit protected mode without paging, all segments flat; changes %eax. */
        .macro protected
        lgdtl gdt_pointer
        movl %cr0, %eax
        orb $1, %al
        movl %eax, %cr0
        ljmpl $0x08, $7f
        .balign 8
gdt:    .quad 0
        .quad 0x00cf9b000000ffff        /* accessed bits are set: the CPU need not write them */
        .quad 0x00cf93000000ffff
gdt_pointer:
        .word gdt_pointer - gdt - 1
        .long gdt
        .code32
7:      movl $0x10, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        .endm

        /* Sends one byte to PORT_OUT; changes %al and %dx. */
        .macro send value
        movw $PORT_OUT, %dx
        movb $\value, %al
        outb %al, %dx
        .endm

        /* The end of a program that ends: its last access is the byte DONE. */
        .macro done
        send DONE
9:      cli
        hlt
        jmp 9b
        .endm


#endif
