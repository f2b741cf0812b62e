// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The frame of the CPU-bound guests: a firmware image that goes from the reset vector to flat 32-bit code, or with
 * BITS=64 to long mode with the first GiB mapped, calls `setup` once and `round` for ever, and writes a dot to COM1 after
 * each round. The image begins with the dword `units`: what one round counts, by the guest's own measure.
 */
#include "frame.h"

#define COM1 0x3f8

        .section .rom, "ax"
        .long units
        .code16
        .globl start_16, gdt_pointer
start_16:
        cli
        cld
        movw $0xf000, %ax
        movw %ax, %ds
        lgdtl gdt_pointer_16
        movl %cr0, %eax
        orb $1, %al
        movl %eax, %cr0
        ljmpl $SEL_CODE32, $protected

        .code32
protected:
        movl $SEL_DATA, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl $STACK, %esp
        movl $text_load, %esi
        movl $0x10000, %edi
        movl $text_bytes, %ecx
        rep movsb
        lgdt gdt_pointer_ram

/* x87 and SSE are there: CR0.EM off, CR0.MP on, CR4.OSFXSR and CR4.OSXMMEXCPT on (SDM vol. 3, 14.1). */
        movl %cr0, %eax
        andl $~0x4, %eax
        orl $0x2, %eax
        movl %eax, %cr0
        movl %cr4, %eax
        orl $0x600, %eax
        movl %eax, %cr4
        fninit

/* COM1: 115200 baud, 8 bits, no parity, one stop bit. */
        movw $(COM1 + 3), %dx
        movb $0x83, %al
        outb %al, %dx
        movw $COM1, %dx
        movb $1, %al
        outb %al, %dx
        incl %edx
        movb $0, %al
        outb %al, %dx
        movw $(COM1 + 3), %dx
        movb $0x03, %al
        outb %al, %dx

#if BITS == 64
/* One GiB in pages of 2 MiB that programs may use as well (SDM vol. 3, 4.5); then 10.8.5's way to long mode. */
        xorl %eax, %eax
        movl $TABLES, %edi
        movl $(0x3000 / 4), %ecx
        rep stosl
        movl $(TABLES + 0x1007), TABLES
        movl $(TABLES + 0x2007), TABLES + 0x1000
        movl $0x87, %eax
        movl $(TABLES + 0x2000), %edi
1:      movl %eax, (%edi)
        addl $8, %edi
        addl $0x200000, %eax
        cmpl $0x40000087, %eax
        jne 1b
        movl %cr4, %eax
        orl $0x20, %eax
        movl %eax, %cr4
        movl $TABLES, %eax
        movl %eax, %cr3
        movl $0xc0000080, %ecx
        rdmsr
        orl $0x101, %eax                /* EFER.LME, EFER.SCE */
        wrmsr
        movl %cr0, %eax
        orl $0x80000000, %eax
        movl %eax, %cr0
        ljmp $SEL_CODE64, $ready
        .code64
#else
        jmp ready
#endif

        .text
ready:  call setup
1:      call round
2:      movl $(COM1 + 5), %edx
        inb %dx, %al
        testb $0x20, %al
        jz 2b
        movl $COM1, %edx
        movb $'.', %al
        outb %al, %dx
        jmp 1b

/* SYSRET wants its selectors in this order. The TSS is filled in by who needs one. */
        .align 16
        .globl gdt
gdt:    .quad 0
        .quad 0x00cf9b000000ffff        /* 32-bit code */
        .quad 0x00cf93000000ffff        /* data */
        .quad 0x00af9b000000ffff        /* 64-bit code */
        .quad 0x00cffb000000ffff        /* a program's 32-bit code */
        .quad 0x00cff3000000ffff        /* a program's data */
        .quad 0x00affb000000ffff        /* a program's 64-bit code */
        .quad 0, 0                      /* TSS */
gdt_end:
gdt_pointer_ram:
        .word gdt_end - gdt - 1
        .long gdt

        .section .rom, "ax"
gdt_pointer:
        .word gdt_end - gdt - 1
        .long gdt_load

        .section .reset, "ax"
        .code16
        ljmpw $0xf000, $reset_16
        .align 16
