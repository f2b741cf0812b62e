// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Segment registers in 32-bit protected mode (SDM vol. 3, 3.4 and chapter 5): every kind of descriptor in every register,
 * from levels 0 and 3; limits; LAR, LSL, VERR, VERW, ARPL; the descriptor table registers, LLDT and LTR.
 */
#include "case.h"

#define LDT FREE
#define AT(n) (SPARE + 8 * (n))

        .code32
        .text
        .globl cases
cases:
        /* base 0x40000, so that a load of DS shows in a read */
        descriptor AT(0), FREE, 0xfff, 0x90, 4     /* read-only data */
        descriptor AT(1), FREE, 0xfff, 0x92, 4     /* data */
        descriptor AT(2), FREE, 0xfff, 0x96, 4     /* expand-down data */
        descriptor AT(3), FREE, 0xfff, 0x98, 4     /* execute-only code */
        descriptor AT(4), FREE, 0xfff, 0x9a, 4     /* readable code */
        descriptor AT(5), FREE, 0xfff, 0x9c, 4     /* conforming code */
        descriptor AT(6), FREE, 0xfff, 0x9e, 4     /* readable conforming code */
        descriptor AT(7), FREE, 0xfff, 0x89, 0     /* TSS */
        descriptor AT(8), FREE, 0xfff, 0x82, 0     /* LDT */
        descriptor AT(9), FREE, 0xfff, 0x8c, 0     /* call gate */
        descriptor AT(10), FREE, 0xfff, 0x12, 4    /* data, not present */
        descriptor AT(11), FREE, 0xfff, 0x1a, 4    /* code, not present */
        descriptor AT(12), FREE, 0xfff, 0xf2, 4    /* data of level 3 */
        descriptor AT(13), FREE, 0xfff, 0xf0, 4    /* read-only data of level 3 */
        descriptor AT(14), FREE, 0xfff, 0xd2, 4    /* data of level 2 */
        descriptor AT(15), FREE, 0xfff, 0x72, 4    /* data of level 3, not present */
        descriptor AT(16), FREE, 0xfff, 0x80, 4    /* a system type that there is not */
        descriptor AT(17), 0x12345678, 0xabcde, 0xfb, 12 /* readable code of level 3, large */
        descriptor AT(18), FREE, 0xfff, 0xe5, 0    /* task gate of level 3 */

/* What SS holds goes to %edx: not every segment has room for what an end, or an exception, pushes. */
        .macro stack_again
        movl %ss, %edx
        movl $DATA, %ebx
        movw %bx, %ss
        .endm

/* MOV to each register, at level 0 and at level 3. */
        .irp r, ds, es, fs, gs, ss
        case_each selectors, "mov \r"
        movw case_value, %ax
        movw %ax, %\r
        .ifc \r, ss
        stack_again
        .endif
        endcase
        next_of_each
        case_each selectors, "mov \r of level 3"
        movw case_value, %ax
        to_user
        movw %ax, %\r
        endcase
        next_of_each
        .endr
        case_each few_selectors, "pop ds"
        pushl case_value
        popl %ds
        endcase
        next_of_each
        case_each few_selectors, "pop fs, 16 bits"
        pushl $0x12345678
        pushw case_value
        popw %fs
        endcase
        next_of_each
        case_each few_selectors, "lss"
        movl $KERNEL_STACK - 64, FREE
        movl case_value, %eax
        movl %eax, FREE + 4
        lss FREE, %esp
        stack_again
        endcase
        next_of_each
        case_each few_selectors, "les"
        movl $0x87654321, FREE
        movl case_value, %eax
        movl %eax, FREE + 4
        les FREE, %edi
        endcase
        next_of_each
        case "mov cs"
        .byte 0x8e, 0xc8
        endcase
        case "mov to segment register 6"
        .byte 0x8e, 0xf0
        endcase
        case "mov from segment register 7"
        .byte 0x8c, 0xf8
        endcase
        case "mov from ds to a register, 16 bits"
        movl $-1, %eax
        movw %ds, %ax
        endcase
        case "mov from ds to a register, 32 bits"
        movl $-1, %eax
        .byte 0x8c, 0xd8
        endcase
        case "push ds, 32 bits"
        pushl $-1
        addl $4, %esp
        pushl %ds
        popw %ax
        endcase
        case "accessed bit is set"
        andb $0xfe, gdt + AT(1) + 5
        movl $AT(1), %eax
        movw %ax, %gs
        movl gdt + AT(1) + 4, %edx
        endcase
        case "accessed bit of the refused is not set"
        andb $0xfe, gdt + AT(3) + 5
        movl gdt + AT(3) + 4, %edx
        movl $AT(3), %eax
        movw %ax, %gs
        endcase
        case "and so it is"
        movl gdt + AT(3) + 4, %edx
        endcase

/* An LDT. */
        case "selector of an LDT that there is not"
        movl $4, %eax
        movw %ax, %fs
        endcase
        case_each selectors, "lldt"
        movw case_value, %ax
        lldt %ax
        sldt %dx
        endcase
        next_of_each
        movl $0x0000ffff, LDT + 8
        movl $0x00cf9300, LDT + 12
        descriptor AT(8), LDT, 15, 0x82, 0
        movl $AT(8), %eax
        lldt %ax
        case "first entry of an LDT"
        movl $4, %eax
        movw %ax, %fs
        endcase
        case "second entry of an LDT"
        movl $12, %eax
        movw %ax, %fs
        endcase
        case "third entry of an LDT of two"
        movl $20, %eax
        movw %ax, %fs
        endcase
        case_each selectors, "ltr"
        movw case_value, %ax
        ltr %ax
        str %edx
        endcase
        next_of_each
        case "ltr makes the TSS busy"
        movl gdt + AT(7) + 4, %eax
        endcase
        case "ltr of a busy TSS"
        movl $AT(7), %eax
        ltr %ax
        endcase
        descriptor AT(19), FREE, 0x67, 0x81, 0
        case "ltr of a 16-bit TSS"
        movl $AT(19), %eax
        ltr %ax
        endcase
        andb $0xfd, gdt + TSS_SELECTOR + 5
        movl $TSS_SELECTOR, %eax
        ltr %ax
        case "ltr at level 3"
        to_user
        ltr %ax
        endcase
        case "lldt at level 3"
        to_user
        lldt %ax
        endcase
        xorl %eax, %eax
        lldt %ax

/* What a program may ask of a selector. */
        .irp i, lar, lsl
        case_each selectors, "\i"
        movl case_value, %ecx
        \i %ecx, %eax
        endcase
        next_of_each
        case_each selectors, "\i at level 3"
        movl case_value, %ecx
        to_user
        \i %ecx, %eax
        endcase
        next_of_each
        .endr
        case "lar, 16 bits"
        movl $AT(17), %ecx
        lar %cx, %ax
        endcase
        case "lsl, 16 bits"
        movl $AT(17), %ecx
        lsl %cx, %ax
        endcase
        .irp i, verr, verw
        case_each selectors, "\i"
        movl case_value, %ecx
        \i %cx
        endcase
        next_of_each
        case_each selectors, "\i at level 3"
        movl case_value, %ecx
        to_user
        \i %cx
        endcase
        next_of_each
        .endr
        .irp pair, 0x1b0000, 0x1b0003, 0x080003, 0x0b0001, 0x0a0002, 0x090003
        case "arpl \pair"
        movl $(\pair >> 16), %eax
        movl $(\pair & 0xffff), %ecx
        arpl %cx, %ax
        endcase
        .endr

/* Limits. */
        descriptor AT(20), FREE, 0xff, 0xf2, 4
        descriptor AT(21), FREE, 0xfff, 0xf6, 4
        movl $0x89abcdef, FREE + 0xfc
        case "the last dword of a segment"
        movl $AT(20), %eax
        movw %ax, %fs
        movl %fs:0xfc, %edx
        endcase
        case "null selector, read"
        xorl %eax, %eax
        movw %ax, %fs
        movl %fs:0, %edx
        endcase
        case "null selector, write"
        xorl %eax, %eax
        movw %ax, %ds
        movl %edx, %ds:0
        endcase

/* Table registers. */
        case "sgdt"
        sgdt FREE
        movl FREE, %eax
        movzwl FREE + 4, %ecx
        endcase
        case "sidt at level 3"
        to_user
        sidt FREE
        movl FREE, %eax
        movzwl FREE + 4, %ecx
        endcase
        movw $0x1ff, FREE
        movl $0x12345678, FREE + 2
        case "lidt and sidt, 32 bits"
        lidt FREE
        sidt FREE + 8
        lidt idt_pointer
        movl FREE + 8, %eax
        movzwl FREE + 12, %ecx
        endcase
        case "lidt and sidt, 16 bits"
        lidtw FREE
        sidtw FREE + 8
        lidt idt_pointer
        movl FREE + 8, %eax
        movzwl FREE + 12, %ecx
        endcase
        case "lgdt at level 3"
        to_user
        lgdt FREE
        endcase
        case "lidt at level 3"
        to_user
        lidt FREE
        endcase
        case "sldt and str at level 3"
        to_user
        sldt %eax
        str %ecx
        endcase
        case "smsw at level 3"
        to_user
        smsw %eax
        endcase
        jmp finish

        .section .rodata
        .balign 4
selectors:
        .long 0, 3, AT(0), AT(1), AT(2), AT(3), AT(4), AT(5), AT(6), AT(7), AT(8), AT(9), AT(10), AT(11), AT(12)
        .long AT(13), AT(14), AT(15), AT(16), AT(17), AT(18), AT(1) + 3, AT(12) + 3, AT(13) + 3, AT(14) + 2, AT(14) + 3, AT(6) + 3, AT(4) + 3
        .long AT(15) + 3, AT(17) + 3, GDT_ENTRIES * 8 - 8, GDT_ENTRIES * 8, 0xfff8, -1
few_selectors:
        .long 0, AT(0), AT(1), AT(3), AT(10), AT(12), AT(12) + 3, GDT_ENTRIES * 8, -1

        .section .note.GNU-stack, "", @progbits
