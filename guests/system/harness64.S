// SPDX-License-Identifier: GPL-2.0-or-later
/* The way to long mode, its tables, entries of all vectors and the way from case to case, in 64 bits. */
#include "system.h"

        .code32
        .text
        .globl start32, set_registers, idt_init, recover, map_init
start32:
        movl $pml4, %edi
        xorl %eax, %eax
        movl $(5 * 4096 / 4), %ecx
        rep stosl
        movl $(pdpt + 7), pml4
        movl $(pd_kernel + 7), pdpt
        movl $(pd_user + 7), pdpt + 8
        movl $(pd_top + 7), pdpt + 24
        movl $0x83, %eax
        xorl %ecx, %ecx
1:      movl %eax, pd_kernel(, %ecx, 8)
        leal 4(%eax), %edx
        movl %edx, pd_user(, %ecx, 8)
        leal 0xc0000000(%eax), %edx
        movl %edx, pd_top(, %ecx, 8)
        addl $0x200000, %eax
        incl %ecx
        cmpl $512, %ecx
        jne 1b
        movl %cr4, %eax
        orl $0x20, %eax
        movl %eax, %cr4
        movl $pml4, %eax
        movl %eax, %cr3
        movl $0xc0000080, %ecx
        rdmsr
        orl $0x901, %eax                /* NXE, LME, SCE */
        wrmsr
        movl $0x80010031, %eax          /* PG, WP, NE, ET, PE */
        movl %eax, %cr0
        lgdt gdt_pointer
        ljmp $CODE64, $1f
        .code64
1:      movl $DATA, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl %eax, %fs
        movl %eax, %gs
        movl $KERNEL_STACK, %esp
        call report_init
        call idt_init
        lidt idt_pointer
        movq $TSS_STACK, tss + 4
        movq $IST1_STACK, tss + 36
        movq $IST2_STACK, tss + 44
        movw $104, tss + 102
        movq $tss, %rax
        movw %ax, gdt + TSS_SELECTOR + 2
        shrq $16, %rax
        movb %al, gdt + TSS_SELECTOR + 4
        movw $TSS_SELECTOR, %ax
        ltr %ax
        jmp cases

idt_init:
        pushq %rax
        pushq %rbx
        pushq %rcx
        pushq %rdi
        movq $idt, %rdi
        movq $entries, %rbx
        movl $256, %ecx
1:      movw %bx, (%rdi)
        movw $CODE64, 2(%rdi)
        movw $0x8e00, 4(%rdi)
        movq %rbx, %rax
        shrq $16, %rax
        movw %ax, 6(%rdi)
        movq $0, 8(%rdi)
        addq $16, %rdi
        addq $16, %rbx
        loop 1b
        movb $0xee, idt + 16 * VECTOR_END + 5
        movb $0xee, idt + 16 * 3 + 5
        movb $0xee, idt + 16 * 4 + 5
        popq %rdi
        popq %rcx
        popq %rbx
        popq %rax
        ret

set_registers:
        movl $0x11, %eax
        movl $0x22, %ecx
        movl $0x33, %edx
        movl $0x44, %ebx
        movl $0x55, %ebp
        movl $0x66, %esi
        movl $0x77, %edi
        .set value, 0x88
        .irp r, r8, r9, r10, r11, r12, r13, r14, r15
        movl $value, %\r\()d
        .set value, value + 0x11
        .endr
        pushq $2
        popfq
        ret

        .balign 16
entries:
        .set vector, 0
        .rept 256
        .if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17)
        pushq $0
        .endif
        pushq $vector
        jmp entry_common
        .balign 16
        .set vector, vector + 1
        .endr

entry_common:
        .irp r, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax
        pushq %\r
        .endr
        movl %ds, %eax
        pushq %rax
        movl %es, %eax
        pushq %rax
        pushq %fs
        pushq %gs
        movl %ss, %eax
        pushq %rax
        cld
        movq %rsp, %rdi
        call exception
        testl %eax, %eax
        jz recover
        addq $40, %rsp
        .irp r, rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
        popq %\r
        .endr
        addq $16, %rsp
        iretq

/* The next case. */
recover:
        movl $DATA, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl %eax, %fs
        movl %eax, %gs
        movl $KERNEL_STACK, %esp
        pushq $2
        popfq
        xorl %eax, %eax
        .irp top, KERNEL_STACK, TSS_STACK, USER_STACK
        movl $(\top - 128), %edi
        movl $64, %ecx
        rep stosl
        .endr
        movq $0, case_continue
        movq $0, case_set_flags
        movq $0, case_skip
        jmp *case_resume

        .data
        .globl gdt, idt, gdt_pointer, idt_pointer, tss, case_resume, case_cursor
        .balign 8
gdt:    .quad 0
        .quad 0x00cf9b000000ffff        /* CODE, of compatibility mode */
        .quad 0x00cf93000000ffff        /* DATA */
        .quad 0x00cffb000000ffff        /* USER_CODE, of compatibility mode */
        .quad 0x00cff3000000ffff        /* USER_DATA */
        .quad 0x0000890000000000 + 103  /* TSS_SELECTOR */
        .quad 0
        .quad 0x00009b010000ffff        /* CODE16 */
        .quad 0x000093000000ffff        /* DATA16 */
        .quad 0x00af9b000000ffff        /* CODE64 */
        .quad 0x00affb000000ffff        /* USER_CODE64 */
        .fill GDT_ENTRIES - 11, 8, 0
gdt_pointer:
        .word GDT_ENTRIES * 8 - 1
        .quad gdt
        .balign 8
idt_pointer:
        .word 256 * 16 - 1
        .quad idt

        .bss
        .globl pml4, pdpt, pd_kernel, pd_user, pd_top
        .balign 4096
pml4:   .skip 4096
pdpt:   .skip 4096
pd_kernel: .skip 4096
pd_user: .skip 4096
pd_top: .skip 4096
idt:    .skip 256 * 16
tss:    .skip 256
case_resume: .skip 8
case_cursor: .skip 8

        .section .note.GNU-stack, "", @progbits
