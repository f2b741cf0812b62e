// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where interrupts are taken that an instruction raises itself, or lets in (SDM vol. 3, 6.8): at the next instruction boundary,
 * but for the shadows of STI and MOV SS. In 32-bit protected mode, with the local APIC at 0xfee00000, whose interrupts to itself
 * have vector 0x40. Each case increments the dword at 0x800 behind the place where the interrupt is due; the handler notes
 * what stands there. The test sees, by 1 byte to port 0xe000 each:
 *   0  a store to the interrupt command register
 *   1  STI: the instruction behind it is executed first
 *   0  STI, and a second instruction: that is not
 *   0  POPF that opens interrupts
 *   0  IRET that opens interrupts
 *   1  a store to the task priority that lets the interrupt through; the one that was held back stayed so
 *   0  STI and HLT: it wakes the CPU
 *   0  MOV SS, then a store to the interrupt command register
 *   0  WRMSR to the register of x2APIC mode that sends to the CPU itself; 0xff if there is no such mode
 *   0xd0
 */
#include "flat.h"

#define APIC_TPR 0xfee00080
#define APIC_EOI 0xfee000b0
#define APIC_SPURIOUS 0xfee000f0
#define APIC_ICR_LOW 0xfee00300
#define TO_SELF 0x40040
#define VECTOR 0x40
#define IDT 0x2000
#define SEEN 0x810
#define IF 0x200

        begin
        protected
        movl $0x7000, %esp
        movl $on_interrupt, %eax
        movw %ax, IDT + VECTOR * 8
        movw $0x08, IDT + VECTOR * 8 + 2
        movw $0x8e00, IDT + VECTOR * 8 + 4
        movw $0, IDT + VECTOR * 8 + 6
        lidt idt_pointer
        movl $0x1ff, APIC_SPURIOUS
        jmp cases

        .balign 8
idt_pointer:
        .word (VECTOR + 1) * 8 - 1
        .long IDT

        .macro case
        movl $0, COUNTER
        movl $0xff, SEEN
        .endm

        /* Sends what the handler saw; interrupts are closed. */
        .macro result
        cli
        movb SEEN, %al
        movw $PORT_OUT, %dx
        outb %al, %dx
        .endm

cases:
        case
        sti
        movl $TO_SELF, APIC_ICR_LOW
        incl COUNTER
        result

        case
        movl $TO_SELF, APIC_ICR_LOW
        sti
        incl COUNTER
        incl COUNTER
        result

        case
        movl $TO_SELF, APIC_ICR_LOW
        sti
        nop
        incl COUNTER
        result

        case
        movl $TO_SELF, APIC_ICR_LOW
        pushl $IF | 2
        popfl
        incl COUNTER
        result

        case
        movl $TO_SELF, APIC_ICR_LOW
        pushl $IF | 2
        pushl $0x08
        pushl $1f
        iretl
1:      incl COUNTER
        result

        case
        movl $0xf0, APIC_TPR
        sti
        movl $TO_SELF, APIC_ICR_LOW
        incl COUNTER
        movl $0, APIC_TPR
        incl COUNTER
        result

        case
        movl $TO_SELF, APIC_ICR_LOW
        sti
        hlt
        incl COUNTER
        result

        case
        movl %ss, %eax
        sti
        movl %eax, %ss
        movl $TO_SELF, APIC_ICR_LOW
        incl COUNTER
        result

        case
        movl $1, %eax
        cpuid
        btl $21, %ecx
        jnc 2f
        movl $0x1b, %ecx
        rdmsr
        orl $0x400, %eax
        wrmsr
        movl $1, in_x2apic
        movl $0x83f, %ecx
        xorl %edx, %edx
        movl $VECTOR, %eax
        sti
        wrmsr
        incl COUNTER
2:      result
        done

on_interrupt:
        pushl %eax
        pushl %ecx
        pushl %edx
        movl COUNTER, %eax
        movl %eax, SEEN
        cmpl $0, in_x2apic
        jne 3f
        movl $0, APIC_EOI
        jmp 4f
3:      movl $0x80b, %ecx
        xorl %eax, %eax
        xorl %edx, %edx
        wrmsr
4:      popl %edx
        popl %ecx
        popl %eax
        iretl

in_x2apic:
        .long 0
