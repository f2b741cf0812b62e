// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bits of model-specific registers that must be zero (SDM vol. 4, table 2-2; vol. 3, 2.2.1, 11.11, 11.12 and 15.3); MONITOR and
 * MWAIT, as far as they fault (vol. 2); identifiers of process contexts.
 */
#include "case.h"

        .code64
        .text
        .globl cases
cases:
        /* Writes and reads back; what the register held comes back in the end. */
        .macro msr name, number, low, high=0
        movl $\number, %ecx
        rdmsr
        movl %eax, %r8d
        movl %edx, %r9d
        movq %r8, FREE
        movq %r9, FREE + 8
        case "\name"
        wrmsr_of \number, \low, \high
        xorl %eax, %eax
        xorl %edx, %edx
        rdmsr
        endcase
        movl $\number, %ecx
        movl FREE, %eax
        movl FREE + 8, %edx
        wrmsr
        .endm

        .irp type, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x80
        msr "default type of memory \type", 0x2ff, \type
        msr "fixed range with type \type", 0x250, 0x06060606, (\type * 0x10000)
        msr "variable range with type \type", 0x200, \type
        msr "page attribute \type", 0x277, (\type * 0x100)
        .endr
        .irp bit, 8, 9, 10, 11, 12, 31
        msr "default type of memory, bit \bit", 0x2ff, (1 << \bit)
        msr "variable range, bit \bit", 0x202, (1 << \bit)
        msr "variable range's mask, bit \bit", 0x203, (1 << \bit)
        .endr
        .irp bit, 0, 7, 8, 31
        msr "default type of memory, bit \bit of the upper half", 0x2ff, 0, (1 << \bit)
        msr "variable range, bit \bit of the upper half", 0x204, 0, (1 << \bit)
        msr "variable range's mask, bit \bit of the upper half", 0x205, 0, (1 << \bit)
        .endr
        msr "variable range's mask, bit 0", 0x203, 1
        case "what memory types there are"
        wrmsr_of 0xfe, 0x508
        endcase
        .irp bit, 1, 7, 9, 12, 13, 14, 15, 16, 31
        msr "EFER, bit \bit", 0xc0000080, (0xd01 | (1 << \bit))
        .endr
        msr "EFER, bit 32", 0xc0000080, 0xd01, 1
        msr "EFER without long mode", 0xc0000080, 0xc01
        .irp number, 0x175, 0x176, 0xc0000082, 0xc0000083, 0xc0000100, 0xc0000101, 0xc0000102
        msr "address of \number", \number, 0, 0x8000
        msr "address of \number, sign", \number, 0, 0xffff8000
        .endr
        msr "flags of SYSCALL, bit 32", 0xc0000084, 0, 1
        .irp bit, 0, 1, 2, 3, 31
        msr "machine check status, bit \bit", 0x17a, (1 << \bit)
        .endr
        case "what machine check there is"
        wrmsr_of 0x179, 0
        endcase
        msr "a bank's status", 0x401, 1
        .irp number, 0, 0x1c, 0x1000, 0x40000080, 0xc0000085, 0xffffffff
        case "read of \number, which there is not"
        movl $\number, %ecx
        rdmsr
        endcase
        case "write of \number, which there is not"
        wrmsr_of \number, 0
        endcase
        .endr

/* Process-context identifiers (vol. 3, 4.10.1; vol. 2, MOV to control registers and INVPCID). */
        .macro set_cr4 bits
        movq %cr4, %rax
        orq $\bits, %rax
        movq %rax, %cr4
        .endm
        case "PCIDE with an identifier in CR3"
        movq %cr3, %rax
        orq $5, %rax
        movq %rax, %cr3
        set_cr4 0x20000
        endcase
        movq %cr3, %rax
        andq $~0xfff, %rax
        movq %rax, %cr3
        .irp type, 0, 1, 2, 3, 4, 0x100000000
        case "invpcid \type without PCIDE, of 0"
        movq $0, FREE
        movq $0, FREE + 8
        movabsq $\type, %rax
        invpcid FREE, %rax
        endcase
        case "invpcid \type without PCIDE, of 1"
        movq $1, FREE
        movq $0, FREE + 8
        movabsq $\type, %rax
        invpcid FREE, %rax
        endcase
        .endr
        case "PCIDE"
        set_cr4 0x20000
        movq %cr4, %rbx
        endcase
        /* With PCIDE bit 63 is no part of CR3; without PCID a processor would be lost here. */
        case "CR3 with an identifier and bit 63"
        movl $1, %eax
        cpuid
        andl $0x20000, %ecx
        movq %cr3, %rdx
        movq %rdx, %rbx
        testl %ecx, %ecx
        jz 1f
        movabsq $0x8000000000000123, %rax
        orq %rbx, %rax
        movq %rax, %cr3
        movq %cr3, %rdx
1:      subq %rbx, %rdx
        movq %rbx, %cr3
        movl $0, %eax
        movl $0, %ebx
        endcase
        .irp type, 0, 1, 2, 3
        case "invpcid \type of 1"
        movq $1, FREE
        movq $0, FREE + 8
        movl $\type, %eax
        invpcid FREE, %rax
        endcase
        case "invpcid \type with reserved bits"
        movq $0x1000, FREE
        movq $0, FREE + 8
        movl $\type, %eax
        invpcid FREE, %rax
        endcase
        case "invpcid \type of an address that is not canonical"
        movq $1, FREE
        movabsq $0x800000000000, %rbx
        movq %rbx, FREE + 8
        movl $\type, %eax
        invpcid FREE, %rax
        endcase
        .endr
        case "invpcid at level 3"
        movl $2, %eax
        to_user
        invpcid ALIAS + FREE, %rax
        endcase
        movq %cr4, %rax
        andq $~0x20000, %rax
        movq %rax, %cr4

        .irp how, monitor, mwait
        .irp extensions, 2, 0x80000000, 0x200000002
        case "\how with extensions \extensions"
        movabsq $\extensions, %rcx
        movl $FREE, %eax
        \how
        endcase
        case "\how in 32-bit code with extensions \extensions"
        movabsq $\extensions, %rcx
        movl $FREE, %eax
        to_compatibility
        .code32
        \how
        endcase
        .code64
        .endr
        case "\how at level 3"
        xorl %ecx, %ecx
        movl $(ALIAS + FREE), %eax
        to_user
        \how
        endcase
        .endr
        case "monitor with LOCK"
        xorl %ecx, %ecx
        movl $FREE, %eax
        .byte 0xf0
        monitor
        endcase
        case "monitor with extension 0x100000000"
        movabsq $0x100000000, %rcx
        movl $FREE, %eax
        monitor
        endcase
        case "mwait with interrupts closed as its ends"
        xorl %ecx, %ecx
        movl $FREE, %eax
        monitor
        incl %ecx
        mwait
        endcase
        case "monitor with extension 1"
        movl $1, %ecx
        movl $FREE, %eax
        monitor
        endcase
        case "monitor of memory"
        xorl %ecx, %ecx
        movl $FREE, %eax
        monitor
        endcase
        case "monitor of memory that there is not"
        xorl %ecx, %ecx
        movl $0x80000000, %eax
        monitor
        endcase
        case "monitor of an address that is not canonical"
        xorl %ecx, %ecx
        movabsq $0x800000000000, %rax
        monitor
        endcase
        jmp finish

        .section .note.GNU-stack, "", @progbits
