// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupt entries, and the faults made on purpose. Each entry brings the stack to the shape of struct
 * interrupt_frame, whether or not the CPU pushed an error code (SDM vol. 3, 6.13 and 6.14).
 */

#include "layout.h"

        .text
        .code64

/* One entry every 16 bytes. Exceptions with an error code of the CPU's own (SDM vol. 3, table 6-1): 8, 10 to 14, 17, 21, 29, 30. */
        .set vector, 0
        .balign 16
        .globl isr_exceptions
isr_exceptions:
        .rept 32
        .balign 16
        .if !((1 << vector) & 0x60227d00)
        pushq $0
        .endif
        pushq $vector
        jmp isr_common
        .set vector, vector + 1
        .endr
        .balign 16

        .macro isr name, vector
        .globl \name
\name:
        pushq $0
        pushq $\vector
        jmp isr_common
        .endm

        isr isr_timer, VECTOR_TIMER
        isr isr_ipi, VECTOR_IPI
        isr isr_uart, VECTOR_UART

/* A spurious interrupt wants no EOI (SDM vol. 3, 11.9). */
        .globl isr_spurious
isr_spurious:
        iretq

isr_common:
        pushq %rax
        pushq %rcx
        pushq %rdx
        pushq %rbx
        pushq %rbp
        pushq %rsi
        pushq %rdi
        pushq %r8
        pushq %r9
        pushq %r10
        pushq %r11
        pushq %r12
        pushq %r13
        pushq %r14
        pushq %r15
        cld
        movq %rsp, %rdi
        call isr_dispatch
        popq %r15
        popq %r14
        popq %r13
        popq %r12
        popq %r11
        popq %r10
        popq %r9
        popq %r8
        popq %rdi
        popq %rsi
        popq %rbp
        popq %rbx
        popq %rdx
        popq %rcx
        popq %rax
        addq $16, %rsp
        iretq

/* Each says where to go on, does the deed, and returns from there. */
        .macro survive
        movq $1f, fault_resume
        .endm

        .globl fault_divide
fault_divide:
        survive
        xorl %eax, %eax
        xorl %edx, %edx
        xorl %ecx, %ecx
        divl %ecx
1:      ret

        .globl fault_undefined
fault_undefined:
        survive
        ud2
1:      ret

/* Above the 4 GiB that are mapped. */
        .globl fault_page
fault_page:
        survive
        movabsq $0x700000001234, %rax
        movb $1, (%rax)
1:      ret

/* A selector beyond the GDT's limit; the error code is that selector (SDM vol. 3, 6.13). */
        .globl fault_protection
fault_protection:
        survive
        movl $SEL_BEYOND_GDT, %eax
        movl %eax, %es
1:      ret

/* With an empty IDT neither the fault nor the double fault that follows has a gate: shutdown (SDM vol. 3, 6.15). */
        .globl fault_triple
fault_triple:
        lidt empty_idt_pointer
        ud2

        .section .rodata
        .balign 8
empty_idt_pointer:
        .word 0
        .quad 0

        .section .note.GNU-stack, "", @progbits
