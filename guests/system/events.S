// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupts and exceptions in 32-bit protected mode (SDM vol. 3, chapter 6): gates, software and hardware interrupts and
 * the instructions that put them off, NMIs, double faults; what level 3 may not do; ports by the TSS's bitmap.
 */
#include "case.h"

#define AT(n) (SPARE + 8 * (n))
#define APIC 0xfee00000
#define VECTOR 0x40              /* of the hardware interrupt */
#define GATE (idt + 8 * 0x30)
#define COUNT FREE
#define SHORT_IDT (FREE + 0x100)

        .code32
        .text
        .globl cases
/* First, so that they stay where they are. */
landing:
        popl %eax
        popl %ecx
        popl %edx
        int $VECTOR_END
        .code16
landing16:
        popw %ax
        popw %cx
        popw %dx
        int $VECTOR_END
        .code32
landing_conforming:
        int $VECTOR_END
/* An NMI's handler: the first one causes a second, which must wait for the IRET. */
on_nmi:
        incl COUNT
        cmpl $1, COUNT
        jne 1f
        movl $0x400, APIC + 0x300
        jmp 2f
2:      nop
        movl COUNT, %ecx
1:      iretl

        /* A gate for vector 0x30, put back behind the case. */
        .macro gate_case rights, selector, label, name:vararg
        gate GATE, \selector, \label, \rights
        .if \selector == CODE16
        movw $0, GATE + 6
        .endif
        case "int, " \name
        int $0x30
        endcase
        case "int at level 3, " \name
        to_user
        int $0x30
        endcase
        call idt_init
        .endm
        /* An interrupt is pending, and waits for IF. */
        .macro interrupt_pending
        movl $(0x40000 + VECTOR), APIC + 0x300
        .endm
        .macro case_at level, name:vararg
        case \name
        .if \level
        to_user
        .endif
        .endm
        .macro at_level_3 name:vararg
        case \name
        to_user
        .endm

cases:
        descriptor AT(0), 0, 0xfffff, 0x9e, 12     /* conforming code */
        descriptor AT(1), 0, 0xfffff, 0xfa, 12     /* code of level 3 */
        descriptor AT(2), 0, 0xfffff, 0x1a, 12     /* not present */
        descriptor AT(3), 0, 0xfff, 0x9a, 4        /* code that ends before its target */
        movl $0x1ff, APIC + 0xf0

        gate_case 0xee00, CODE, landing, "interrupt gate"
        gate_case 0xef00, CODE, landing, "trap gate"
        gate_case 0x8e00, CODE, landing, "interrupt gate of level 0"
        gate_case 0xce00, CODE, landing, "interrupt gate of level 2"
        gate_case 0x6e00, CODE, landing, "not present"
        gate_case 0x0e00, CODE, landing, "not present, of level 0"
        gate_case 0xec00, CODE, landing, "call gate"
        gate_case 0xe800, CODE, landing, "a type that there is not"
        gate_case 0xfe00, CODE, landing, "a segment"
        gate_case 0xee00, 0, landing, "null selector"
        gate_case 0xee00, DATA, landing, "data"
        gate_case 0xee00, AT(0), landing_conforming, "conforming code"
        gate_case 0xee00, AT(1), landing, "code of level 3"
        gate_case 0xee00, AT(2), landing, "code that is not present"
        gate_case 0xee00, AT(3), landing, "code that ends before"
        gate_case 0xee00, 0xfff8, landing, "an entry that there is not"
        gate_case 0xee00, CODE + 3, landing, "a selector with level 3"
        gate_case 0xee00, 4, landing, "an entry of the LDT that there is not"
        gate_case 0xe600, CODE16, landing16, "16-bit interrupt gate"
        gate_case 0xe700, CODE16, landing16, "16-bit trap gate"
        movw $(8 * 0x30 - 1), SHORT_IDT
        movl $idt, SHORT_IDT + 2
        lidt SHORT_IDT
        case "int behind the table's end"
        int $0x30
        endcase
        lidt idt_pointer

        .irp level, 0, 3
        case_at \level, "int 3 with flags, level \level"
        pushl $0x244ed7
        popfl
        int3
        endcase
        case_at \level, "int 4 by INTO, level \level"
        movl $0x7fffffff, %eax
        incl %eax
        into
        endcase
        case_at \level, "int1, level \level"
        .byte 0xf1
        endcase
        case_at \level, "divide, level \level"
        xorl %ecx, %ecx
        divl %ecx
        endcase
        case_at \level, "ud2, level \level"
        ud2
        endcase
        movl $0x10, COUNT
        movl $0x20, COUNT + 4
        case_at \level, "bound, level \level"
        bound %eax, COUNT
        bound %ecx, COUNT
        endcase
        .endr
        case "into without overflow"
        into
        endcase

/* An exception while one is delivered (SDM vol. 3, table 6-5). */
        andb $0x7f, idt + 8 * 13 + 5
        case "general protection that cannot be delivered"
        movl $0xfff8, %eax
        movw %ax, %ds
        endcase
        call idt_init
        andb $0x7f, idt + 8 * 6 + 5
        case "invalid opcode that cannot be delivered"
        ud2
        endcase
        call idt_init
        andb $0x7f, idt + 8 * 0 + 5
        case "divide error that cannot be delivered"
        xorl %ecx, %ecx
        divl %ecx
        endcase
        call idt_init
        andb $0x7f, idt + 8 * 11 + 5
        andb $0x7f, idt + 8 * 0x30 + 5
        case "an interrupt that is not present, and no #NP"
        int $0x30
        endcase
        call idt_init

/* RF on the stack. */
        movl $1, case_shows_rf
        case "RF of a fault"
        ud2
        endcase
        case "RF of a trap"
        int3
        endcase
        case "RF of a software interrupt"
        int $0x30
        endcase
        case "RF of a general protection"
        movl $0xfff8, %eax
        movw %ax, %ds
        endcase
        case "RF and PUSHF"
        pushl $0x10002
        pushl $CODE
        pushl $1f
        iretl
1:      pushfl
        popl %eax
        endcase
        movl $0, case_shows_rf

/* Hardware interrupts, and what puts them off. */
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
        case "sti twice"
        interrupt_pending
        sti
        sti
        nop
        endcase
        case "popf lets it in"
        interrupt_pending
        pushl $0x202
        popfl
        nop
        endcase
        case "iret lets it in"
        interrupt_pending
        pushl $0x202
        pushl $CODE
        pushl $1f
        iretl
1:      nop
        endcase
        case "iret to level 3 lets it in"
        interrupt_pending
        to_user 0x202
        nop
        endcase
        case "mov ss puts it off"
        movl $DATA, %eax
        interrupt_pending
        pushl $0x202
        sti
        movw %ax, %ss
        nop
        endcase
        case "pop ss puts it off"
        interrupt_pending
        pushl $DATA
        sti
        popl %ss
        nop
        nop
        endcase
        case "lss does not"
        movl $KERNEL_STACK, COUNT
        movl $DATA, COUNT + 4
        interrupt_pending
        sti
        lss COUNT, %esp
        nop
        endcase
        case "hlt"
        interrupt_pending
        sti
        hlt
        nop
        endcase
        continue_after 1
        case "hlt and on"
        interrupt_pending
        sti
        hlt
        movl $0xbeef, %eax
        cli
        endcase
        movl $0x400000, %eax

        case "flags of a trap gate's handler"
        movb $0xef, idt + 8 * 0x30 + 5
        pushl $0x204ed7
        popfl
        int $0x30
        endcase
        call idt_init

/* NMI. */
        movl $0, COUNT
        movl $0, APIC + 0x310
        gate (idt + 8 * 2), CODE, on_nmi, 0x8e00
        case "an NMI, and one in its handler"
        movl $0x400, APIC + 0x300
        jmp 1f
1:      nop
        jmp 2f
2:      movl COUNT, %eax
        endcase
        case "NMIs come in again"
        movl $1, COUNT
        movl $0x400, APIC + 0x300
        jmp 1f
1:      nop
        jmp 2f
2:      movl COUNT, %eax
        endcase

/* The 8259 and the 8254: vector 8 from outside is no double fault. */
        call idt_init
        movb $0x11, %al
        outb %al, $0x20
        movb $8, %al
        outb %al, $0x21
        movb $4, %al
        outb %al, $0x21
        movb $3, %al
        outb %al, $0x21
        movb $0xfe, %al
        outb %al, $0x21
        movl $0x700, APIC + 0x350
        andb $0x7f, idt + 8 * 8 + 5
        movb $0x30, %al
        outb %al, $0x43
        movb $100, %al
        outb %al, $0x40
        xorb %al, %al
        outb %al, $0x40
        case "vector 8 from outside, which is not present"
        sti
        hlt
        endcase
        movb $0xff, %al
        outb %al, $0x21
        call idt_init

/* What is for level 0 only. */
        .irp i, hlt, clts, invd, wbinvd, cli, sti, rdmsr, wrmsr, rdpmc, "invlpg 0x40000", "lmsw %ax", "movl %cr0, %eax", "movl %eax, %cr0", "movl %cr2, %eax", "movl %eax, %cr3", "movl %cr4, %eax", "movl %dr0, %eax", "movl %eax, %dr7", "inb $0x80, %al", "outb %al, $0x80", "insb", "rep outsb", sysexit, sysretl, "lgdt gdt_pointer", "int $0x20"
        at_level_3 "\i at level 3"
        \i
        endcase
        .endr
        .irp i, cli, sti, "inb $0x80, %al", "outb %al, $0x80", hlt
        case "\i at level 3 with IOPL 3"
        to_user 0x3002
        \i
        endcase
        .endr
        case "rdtsc with TSD at level 3"
        movl %cr4, %eax
        orl $4, %eax
        movl %eax, %cr4
        to_user
        rdtsc
        endcase
        movl $0, %eax
        movl %eax, %cr4

/* The bitmap of ports. */
        movb $135, gdt + TSS_SELECTOR
        andb $0xfd, gdt + TSS_SELECTOR + 5
        movw $TSS_SELECTOR, %ax
        ltr %ax
        movl $-1, tss + 104
        movl $-1, tss + 108
        movl $-1, tss + 112
        movl $-1, tss + 116
        movl $0xfffffffe, tss + 120          /* 0x80 is allowed */
        movl $0xffff3fff, tss + 120 + 4      /* 0xae and 0xaf */
        movb $0x7f, tss + 120 + 11           /* 0xdf; beyond it the last byte of the segment */
        movb $0xff, tss + 120 + 12
        .irp port, 0x7f, 0x80, 0x81, 0xae, 0xaf, 0xdf, 0xe0, 0xf0, 0xff
        case "outb to port \port"
        to_user
        outb %al, $\port
        endcase
        case "outw to port \port"
        to_user
        outw %ax, $\port
        endcase
        .endr
        movw $0x200, tss + 102
        case "a bitmap behind the TSS's end"
        to_user
        outb %al, $0x80
        endcase
        jmp finish

        .section .note.GNU-stack, "", @progbits
