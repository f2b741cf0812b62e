// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupts and exceptions in long mode (SDM vol. 3, 6.14): gates of 16 bytes, stacks of the TSS and of the IST, software and
 * hardware interrupts, the task priority, NMIs and IRET, double faults; from 64-bit code and compatibility mode.
 */
#include "case.h"

#define AT(n) (SPARE + 8 * (n))
#define APIC 0xfee00000
#define VECTOR 0x40              /* of the hardware interrupt */
#define GATE (idt + 16 * 0x30)
#define NOWHERE 0x0000800000000000
#define COUNT FREE
#define SHORT_IDT (FREE + 0x100)
#define IST1 (tss + 36)
#define IST2 (tss + 44)
#define IST3 (tss + 52)
#define IST7 (tss + 84)

        .code64
        .text
        .globl cases
        .macro send_nmi
        movl $APIC, %ebx
        movl $0x400, 0x300(%rbx)
        .endm

/* First, so that they stay where they are. */
landing:
        popq %rax
        popq %rcx
        popq %rdx
        popq %rbx
        popq %rsi
        int $VECTOR_END
goes_back:
        iretq
/* An NMI's handler: it causes a second one, which must wait for the IRET. */
on_nmi:
        incl COUNT
        cmpl $1, COUNT
        jne 2f
        send_nmi
        jmp 1f
1:      nop
        movl COUNT, %ecx
2:      iretq
/* The same, and its IRET faults. */
on_nmi_bad:
        incl COUNT
        cmpl $1, COUNT
        jne 2b
        send_nmi
        jmp 1f
1:      nop
        movl COUNT, %ecx
        pushq $0xfff8
        pushq $0
        lretq
/* #GP after that: NMIs are still kept out; then its IRET lets them in. */
on_gp:
        movl COUNT, %edx
        addq $8, %rsp
        movq $1f, (%rsp)
        iretq
1:      nop
        movl COUNT, %ebx
        int $VECTOR_END

        /* The interrupt is pending, and waits for IF; changes %ebx. */
        .macro interrupt_pending vector=VECTOR
        movl $APIC, %ebx
        movl $(0x40000 + \vector), 0x300(%rbx)
        .endm
        .macro gate_case rights, selector, label, name:vararg
        gate GATE, \selector, \label, \rights
        case "int, " \name
        int $0x30
        endcase
        case "int at level 3, " \name
        to_user 0x40ad7
        int $0x30
        endcase
        case "int of compatibility mode, " \name
        to_user_compatibility 0x202
        .code32
        int $0x30
        endcase
        .code64
        call idt_init
        .endm

cases:
        descriptor AT(0), 0, 0xfffff, 0x9a, 14     /* 64-bit code with the bit of 32-bit code */
        descriptor AT(1), 0, 0xfffff, 0x9e, 10     /* conforming 64-bit code */
        descriptor AT(2), 0, 0xfffff, 0x1a, 10     /* not present */
        descriptor AT(3), 0, 0xfffff, 0xfa, 10     /* of level 3 */
        descriptor AT(4), 0, 0xfffff, 0xba, 10     /* of level 1 */
        movl $APIC, %ebx
        movl $0x1ff, 0xf0(%rbx)
        movq $(IST1_STACK - 0x400), IST7

        gate_case 0xee00, CODE64, landing, "interrupt gate"
        gate_case 0xef00, CODE64, landing, "trap gate"
        gate_case 0xee01, CODE64, landing, "IST 1"
        gate_case 0xee02, CODE64, landing, "IST 2"
        gate_case 0xee07, CODE64, landing, "IST 7"
        gate_case 0xeef8, CODE64, landing, "reserved bits of the IST's field"
        gate_case 0x8e00, CODE64, landing, "of level 0"
        gate_case 0xce00, CODE64, landing, "of level 2"
        gate_case 0x6e00, CODE64, landing, "not present"
        gate_case 0xe600, CODE64, landing, "of 16 bits"
        gate_case 0xe700, CODE64, landing, "trap gate of 16 bits"
        gate_case 0xe500, CODE64, landing, "task gate"
        gate_case 0xec00, CODE64, landing, "call gate"
        gate_case 0xe800, CODE64, landing, "a type that there is not"
        gate_case 0xee00, CODE, landing, "to 32-bit code"
        gate_case 0xee00, AT(0), landing, "to code with L and D"
        gate_case 0xee00, AT(1), goes_back, "to conforming code, and back"
        gate_case 0xee00, AT(2), landing, "to code that is not present"
        gate_case 0xee00, AT(3), landing, "to code of level 3"
        gate_case 0xee00, DATA, landing, "to data"
        gate_case 0xee00, 0, landing, "to nothing"
        gate_case 0xee00, 3, landing, "to nothing of level 3"
        gate_case 0xee00, 0xfff8, landing, "to an entry that there is not"
        gate_case 0xee00, 4, landing, "to an entry of the LDT that there is not"
        gate_case 0xee00, CODE64 + 3, landing, "a selector with level 3"
        gate_case 0xee00, CODE64, goes_back, "and back"
        gate_case 0xee01, CODE64, goes_back, "on IST 1, and back"

/* Addresses that are not canonical. */
        gate GATE, CODE64, landing, 0xee00
        movl $0x8000, GATE + 8
        case "int to nowhere"
        int $0x30
        endcase
        case "int to nowhere at level 3"
        to_user
        int $0x30
        endcase
        call idt_init
        gate GATE, CODE64, landing, 0xee03
        movq $NOWHERE, %rax
        movq %rax, IST3
        case "int, IST 3 nowhere"
        int $0x30
        endcase
        movabsq $(NOWHERE + 0x1000), %rax
        movq %rax, IST3
        case "int, IST 3 farther nowhere"
        int $0x30
        endcase
        movq $-16, IST3
        case "int, IST 3 at an unmapped page"
        int $0x30
        endcase
        call idt_init
        movb $1, idt + 16 * 12 + 4
        movq $NOWHERE, %rax
        movq %rax, tss + 4
        case "int at level 3, RSP0 nowhere"
        to_user
        int $3
        endcase
        movq $TSS_STACK, tss + 4
        call idt_init
        gate GATE, CODE64, landing, 0xee00
        movb $1, idt + 16 * 12 + 4
        movb $1, idt + 16 * 13 + 4
        case "int, a stack nowhere"
        movabsq $(NOWHERE + 0x1000), %rsp
        int $0x30
        endcase
        call idt_init
        gate GATE, AT(4), landing, 0xee00
        movq $NOWHERE, %rax
        movq %rax, tss + 12
        case "int to level 1 at level 3, RSP1 nowhere"
        to_user
        int $0x30
        endcase
        movq $(ALIAS + KERNEL_STACK), tss + 12
        gate GATE, AT(4), landing, 0xee00
        movl $ALIAS, %eax
        addl %eax, GATE + 4
        case "int to level 1 at level 3"
        to_user
        int $0x30
        endcase
        call idt_init

/* A TSS that ends before. */
        .irp limit, 0x0a, 0x0b, 0x2a, 0x2b
        movb $\limit, gdt + TSS_SELECTOR
        movb $0x89, gdt + TSS_SELECTOR + 5
        movl $TSS_SELECTOR, %eax
        ltr %ax
        gate GATE, CODE64, landing, 0xee01
        .ifgt \limit - 0xb
        case "int at level 3, IST 1 in a TSS of \limit"
        to_user
        int $0x30
        endcase
        .endif
        case "int, IST 1 in a TSS of \limit"
        int $0x30
        endcase
        .endr
        call idt_init
        movb $103, gdt + TSS_SELECTOR
        movb $0x89, gdt + TSS_SELECTOR + 5
        movl $TSS_SELECTOR, %eax
        ltr %ax
        movw $(16 * 0x30 - 1), SHORT_IDT
        movq $idt, SHORT_IDT + 2
        lidt SHORT_IDT
        case "int behind the table's end"
        int $0x30
        endcase
        movw $(16 * 0x31 - 2), SHORT_IDT
        lidt SHORT_IDT
        case "int whose gate the table cuts"
        int $0x30
        endcase
        lidt idt_pointer

/* The stack is aligned, and what is on it. */
        .irp by, 1, 4, 8, 15
        gate GATE, CODE64, goes_back, 0xee00
        case "int and back, a stack off by \by"
        subq $\by, %rsp
        int $0x30
        addq $\by, %rsp
        endcase
        gate GATE, CODE64, landing, 0xee00
        case "int, a stack off by \by"
        subq $\by, %rsp
        int $0x30
        endcase
        .endr
        movq $(IST1_STACK - 4), IST1
        gate GATE, CODE64, landing, 0xee01
        case "int, IST 1 that is not aligned"
        int $0x30
        endcase
        movq $IST1_STACK, IST1
        call idt_init

/* Exceptions of all kinds. */
        .irp level, 0, 3
        .irp i, "ud2", "int3", ".byte 0xf1", "divl %ebx", ".byte 0xce", ".byte 0x06", ".byte 0x27", ".byte 0x60", ".byte 0xc4, 0xc0", ".byte 0xea, 0, 0, 0, 0, 0, 0", "movl 0x90000000, %eax", ".byte 0xf0, 0x01, 0xc0", "int $0x20"
        case "\i, level \level"
        .if \level
        to_user
        .endif
        xorl %ebx, %ebx
        \i
        endcase
        .endr
        .endr
        case "ud2 of compatibility mode"
        to_compatibility
        .code32
        movl $0x12345678, %eax
        ud2
        endcase
        .code64
        case "into of compatibility mode"
        to_user_compatibility
        .code32
        movb $0x7f, %al
        incb %al
        into
        endcase
        .code64
        case "bound of compatibility mode"
        to_compatibility
        .code32
        movl $5, COUNT
        movl $6, COUNT + 4
        bound %eax, COUNT
        endcase
        .code64
        case "16-bit code of compatibility mode"
        pushq $CODE16
        pushq $(1f - IMAGE)
        lretq
        .code16
1:      movw $0x1234, %ax
        pushw %ax
        popw %cx
        endcase
        .code64
        case "upper halves in compatibility mode"
        movq $-1, %rax
        movq $-1, %r8
        movq $-1, %rcx
        to_compatibility
        .code32
        incl %eax
        endcase
        .code64

/* An exception while one is delivered. */
        .irp vector, 0, 6, 13, 14
        andb $0x7f, idt + 16 * \vector + 5
        .endr
        case "general protection that cannot be delivered"
        movl $0xfff8, %eax
        movw %ax, %ds
        endcase
        case "page fault that cannot be delivered"
        movl $0x90000000, %eax
        movb (%rax), %al
        endcase
        case "divide error that cannot be delivered"
        xorl %ecx, %ecx
        divl %ecx
        endcase
        case "invalid opcode that cannot be delivered"
        ud2
        endcase
        call idt_init
        movb $1, idt + 16 * 8 + 4
        case "a push without a stack, and a double fault on IST 1"
        movl $0x90000000, %esp
        pushq %rax
        endcase
        movb $2, idt + 16 * 14 + 4
        case "a push without a stack, and a page fault on IST 2"
        movl $0x90000000, %esp
        pushq %rax
        endcase
        call idt_init

/* Hardware interrupts. */
        case "sti, then two instructions"
        interrupt_pending
        sti
        nop
        nop
        endcase
        case "sti and cli"
        interrupt_pending
        sti
        cli
        nop
        sti
        nop
        endcase
        case "popf lets it in"
        interrupt_pending
        pushq $0x202
        popfq
        nop
        endcase
        case "iret lets it in"
        interrupt_pending
        pushq $DATA
        pushq $KERNEL_STACK
        pushq $0x202
        pushq $CODE64
        pushq $1f
        iretq
1:      nop
        endcase
        case "iret to level 3 lets it in"
        interrupt_pending
        to_user 0x202
        nop
        endcase
        case "iret to compatibility mode lets it in"
        interrupt_pending
        to_user_compatibility 0x202
        .code32
        nop
        endcase
        .code64
        case "mov ss puts it off"
        movl $DATA, %eax
        interrupt_pending
        sti
        movw %ax, %ss
        nop
        nop
        endcase
        case "hlt"
        interrupt_pending
        sti
        hlt
        endcase
        movb $1, idt + 16 * VECTOR + 4
        case "an interrupt on IST 1"
        interrupt_pending
        sti
        nop
        nop
        endcase
        call idt_init
        movl $4, %eax
        movq %rax, %cr8
        case "cr8 keeps an interrupt out"
        interrupt_pending 0x41
        sti
        nop
        nop
        cli
        endcase
        case "but not a higher one"
        interrupt_pending 0x51
        sti
        nop
        nop
        cli
        endcase
        case "and mov to cr8 lets it in"
        movl $3, %eax
        sti
        movq %rax, %cr8
        nop
        nop
        cli
        endcase
        xorl %eax, %eax
        movq %rax, %cr8

/* NMIs. */
        movl $0, COUNT
        gate (idt + 16 * 2), CODE64, on_nmi, 0x8e01
        case "an NMI on IST 1, and one in its handler"
        send_nmi
        jmp 1f
1:      nop
        jmp 2f
2:      movl COUNT, %eax
        endcase
        movl $0, COUNT
        gate (idt + 16 * 2), CODE64, on_nmi_bad, 0x8e01
        gate (idt + 16 * 13), CODE64, on_gp, 0x8e02
        case "an NMI whose handler faults, and the IRET of that"
        send_nmi
        jmp 1f
1:      nop
        endcase
        call idt_init
        jmp finish

        .section .note.GNU-stack, "", @progbits
