// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Far JMP, CALL and RET and IRET in long mode (SDM vol. 3, 5.8; vol. 2): by code segments and call gates of 16 bytes, between
 * 64-bit code and compatibility mode; data segments and stacks; descriptors of 16 bytes; branches that lead nowhere.
 */
#include "case.h"

#define AT(n) (SPARE + 8 * (n))
#define GATE AT(24)
#define NOWHERE 0x0000800000000000
        .set POINTER, FREE

        .code64
        .text
        .globl cases
/* First, so that they stay where they are. */
landing:
        int $VECTOR_END
landing_pops:
        popq %rax
        popq %rcx
        popq %rdx
        popq %rbx
        int $VECTOR_END
returns:
        lretq
returns_8:
        lretq $8

cases:
        descriptor AT(0), 0, 0xfffff, 0x9a, 14     /* 64-bit code with the bit of 32-bit code */
        descriptor AT(1), 0, 0xfffff, 0x9a, 10     /* 64-bit code */
        descriptor AT(2), 0, 0xfffff, 0x9e, 10     /* the same, conforming */
        descriptor AT(3), 0, 0xfffff, 0x1a, 10     /* not present */
        descriptor AT(4), 0, 0xfffff, 0xfa, 10     /* of level 3 */
        descriptor AT(5), 0, 0xfffff, 0x92, 12     /* data */
        descriptor AT(6), 0x12345000, 0xfff, 0xf2, 12 /* data of level 3 with a base */
        descriptor AT(7), 0, 0xfffff, 0x12, 12     /* data, not present */
        descriptor AT(8), 0, 0xfffff, 0x72, 12     /* data of level 3, not present */
        descriptor AT(9), 0, 0xfff, 0x9a, 4        /* compatibility mode, ends before its target */
        descriptor AT(10), FREE, 0xff, 0x82, 0     /* LDT, and its upper half */
        movq $0x00000001, gdt + AT(11)
        descriptor AT(12), 0, 0x67, 0x8b, 0        /* busy TSS, and its upper half */
        movq $0, gdt + AT(13)
        descriptor AT(14), 0, 0x67, 0x81, 0        /* a type that long mode has not */
        movq $0, gdt + AT(15)
        descriptor AT(16), 0, 0x67, 0x89, 0        /* TSS that is nowhere */
        movq $0x00008000, gdt + AT(17)
        descriptor AT(18), FREE, 0x67, 0x89, 0     /* TSS with a type in its upper half */
        movl $0x900, gdt + AT(19) + 4
        descriptor AT(20), 0, 0x67, 0x09, 0        /* TSS, not present */
        movq $0, gdt + AT(21)
        descriptor AT(22), 0, 0xff, 0x82, 0        /* LDT that is nowhere */
        movq $0x00008000, gdt + AT(23)
        descriptor AT(26), 0, 0xfffff, 0xba, 10    /* 64-bit code of level 1 */
        descriptor AT(27), 0, 0xfffff, 0xb2, 12    /* data of level 1 */
        movq $0, gdt + AT(28)

/* To code segments. */
        .irp how, ljmp, lcall
        case_each selectors, "\how"
        movq $landing, POINTER
        movq case_value, %rax
        movq %rax, POINTER + 8
        rex.w \how *POINTER
        endcase
        next_of_each
        .endr
        .irp how, ljmp, lcall
        case_each user_selectors, "\how at level 3"
        movl $(ALIAS + landing), POINTER
        movq case_value, %rax
        movl %eax, POINTER + 4
        to_user
        \how *ALIAS + POINTER
        endcase
        next_of_each
        case "\how, 16-bit operand"
        movw $(landing - IMAGE), POINTER
        movw $CODE16, POINTER + 2
        data16 \how *POINTER
        endcase
        case "\how, 32-bit operand"
        movl $landing, POINTER
        movl $CODE64, POINTER + 4
        \how *POINTER
        endcase
        case "\how, 64-bit operand"
        movabsq $(0xffff800000000000 + landing), %rax
        movl $(pdpt + 7), pml4 + 8 * 256
        movq %rax, POINTER
        movl $CODE64, POINTER + 8
        rex.w \how *POINTER
        endcase
        case "\how to compatibility mode, more than 32 bits"
        movabsq $(0x500000000 + landing), %rax
        movq %rax, POINTER
        movl $CODE, POINTER + 8
        rex.w \how *POINTER
        endcase
        case "\how, immediate"
        .ifc \how, ljmp
        .byte 0xea, 0, 0, 0, 0, 8, 0
        .else
        .byte 0x9a, 0, 0, 0, 0, 8, 0
        .endif
        endcase
        case "\how of compatibility mode"
        to_compatibility
        .code32
        \how $CODE64, $landing
        endcase
        .code64
        .endr
        case "lcall and lret"
        movl $returns, POINTER
        movl $CODE64, POINTER + 4
        lcall *POINTER
        endcase
        case "lcall and lret with parameters"
        movq $returns_8, POINTER
        movl $CODE64, POINTER + 8
        pushq $1
        rex.w lcall *POINTER
        endcase
        .irp how, lret, iret
        case_each selectors, "\how"
        .ifc \how, iret
        pushq $DATA
        pushq $KERNEL_STACK
        pushq $0x46
        .endif
        pushq case_value
        pushq $landing
        \how\()q
        endcase
        next_of_each
        case_each user_selectors, "\how at level 3"
        movq case_value, %rax
        to_user
        .ifc \how, iret
        pushq $USER_DATA
        pushq $(ALIAS + USER_STACK)
        pushq $0x46
        .endif
        pushq %rax
        movl $(ALIAS + landing), %ecx
        pushq %rcx
        \how\()q
        endcase
        next_of_each
        case_each stacks, "\how to level 3, SS"
        pushq case_value
        pushq $(ALIAS + USER_STACK)
        .ifc \how, iret
        pushq $2
        .endif
        pushq $USER_CODE64
        pushq $(ALIAS + landing)
        \how\()q
        endcase
        next_of_each
        case_each stacks, "\how to level 3 of compatibility mode, SS"
        pushq case_value
        pushq $(ALIAS + USER_STACK)
        .ifc \how, iret
        pushq $2
        .endif
        pushq $USER_CODE
        pushq $(ALIAS + landing)
        \how\()q
        endcase
        next_of_each
        .endr
        case_each stacks, "iret to level 0, SS"
        pushq case_value
        pushq $KERNEL_STACK
        pushq $2
        pushq $CODE64
        pushq $landing
        iretq
        endcase
        next_of_each
        case_each stacks, "iret to compatibility mode, SS"
        pushq case_value
        pushq $KERNEL_STACK
        pushq $2
        pushq $CODE
        pushq $landing
        iretq
        endcase
        next_of_each
        case_each level1_stacks, "iret to level 1, SS"
        pushq case_value
        pushq $KERNEL_STACK
        pushq $2
        pushq $(AT(26) + 1)
        pushq $landing
        iretq
        endcase
        next_of_each
        case "lret to level 3 with parameters"
        pushq $USER_DATA
        pushq $(ALIAS + USER_STACK - 64)
        pushq $1
        pushq $2
        pushq $USER_CODE64
        pushq $(ALIAS + landing)
        lretq $16
        endcase
        case "lret, 32-bit operand"
        subq $8, %rsp
        movl $CODE64, 4(%rsp)
        movl $landing, (%rsp)
        lretl
        endcase
        case "iret, 32-bit operand"
        movq $(KERNEL_STACK - 20), %rsp
        movl $DATA, 16(%rsp)
        movl $KERNEL_STACK, 12(%rsp)
        movl $0x46, 8(%rsp)
        movl $CODE64, 4(%rsp)
        movl $landing, (%rsp)
        iretl
        endcase
        case "iret, 16-bit operand"
        movq $(KERNEL_STACK - 10), %rsp
        movw $DATA, 8(%rsp)
        movw $KERNEL_STACK, 6(%rsp)
        movw $0xad7, 4(%rsp)
        movw $CODE16, 2(%rsp)
        movw $(landing - IMAGE), (%rsp)
        iretw
        endcase
        .irp i, iretl, iretw
        case "\i of compatibility mode"
        to_compatibility
        .code32
        .ifc \i, iretl
        pushl $0x46
        pushl $CODE64
        pushl $landing
        .else
        pushw $0x46
        pushw $CODE16
        pushw $(landing - IMAGE)
        .endif
        \i
        endcase
        .code64
        .endr
        case "iretl of compatibility mode to level 3"
        to_compatibility
        .code32
        pushl $USER_DATA
        pushl $(ALIAS + USER_STACK)
        pushl $0x46
        pushl $USER_CODE64
        pushl $(ALIAS + landing)
        iretl
        endcase
        .code64
        .irp flags, 0x000002, 0x000200, 0x003000, 0x020000, 0x040000, 0x200000, 0x180000, 0x010000, 0x008028
        case "iret with flags \flags"
        pushq $DATA
        pushq $KERNEL_STACK
        pushq $\flags
        pushq $CODE64
        pushq $landing
        iretq
        endcase
        case "iret to level 3 with flags \flags"
        pushq $USER_DATA
        pushq $(ALIAS + USER_STACK)
        pushq $\flags
        pushq $USER_CODE64
        pushq $(ALIAS + landing)
        iretq
        endcase
        case "popf with flags \flags"
        pushq $\flags
        popfq
        pushfq
        popq %rax
        pushq $2
        popfq
        endcase
        .endr
        case "popf with an upper half"
        movabsq $0x7fffffff00000002, %rax
        pushq %rax
        popfq
        pushfq
        popq %rcx
        endcase
        case "popfw"
        pushq $0x200000
        popfq
        pushw $0xad7
        popfw
        pushfq
        popq %rax
        endcase
        case "iret with NT"
        pushq $0x4002
        popfq
        iretq
        endcase
        case "iret at level 3 with NT"
        to_user 0x4002
        iretq
        endcase

/* Call gates. */
        .macro gate_case rights, selector, name:vararg
        gate (gdt + GATE), \selector, landing_pops, \rights
        movl $0, POINTER
        movl $GATE, POINTER + 4
        .irp how, lcall, ljmp
        case "\how gate, " \name
        \how *POINTER
        endcase
        case "\how gate at level 3, " \name
        to_user
        pushq $0x1111
        \how *ALIAS + POINTER
        endcase
        .endr
        .endm
        gate_case 0xec00, CODE64, "to 64-bit code"
        gate_case 0x8c00, CODE64, "of level 0"
        gate_case 0x6c00, CODE64, "not present"
        gate_case 0xe400, CODE64, "of 16 bits"
        gate_case 0xe500, CODE64, "task gate"
        gate_case 0xec1f, CODE64, "with a count"
        gate_case 0xec00, CODE, "to 32-bit code"
        gate_case 0xec00, AT(0), "to code with L and D"
        gate_case 0xec00, AT(2), "to conforming code"
        gate_case 0xec00, AT(3), "to code that is not present"
        gate_case 0xec00, AT(5), "to data"
        gate_case 0xec00, 0, "to nothing"
        gate_case 0xec00, 0xfff8, "to an entry that there is not"
        gate (gdt + GATE), CODE64, landing_pops, 0xec00
        movl $0x8000, gdt + GATE + 8
        case "call gate to nowhere"
        lcall *POINTER
        endcase
        case "call gate to nowhere at level 3"
        to_user
        lcall *ALIAS + POINTER
        endcase
        movl $0, gdt + GATE + 8
        movl $0xa00, gdt + GATE + 12
        .irp how, lcall, ljmp
        case "\how gate with a type in its upper half"
        \how *POINTER
        endcase
        .endr
        movl $0, gdt + GATE + 12
        case "call gate of compatibility mode"
        to_user_compatibility
        .code32
        lcall $GATE, $0
        endcase
        .code64
        gate (gdt + GATE), CODE64, returns, 0xec00
        case "call gate and back to level 3"
        to_user
        lcall *ALIAS + POINTER
        endcase
        case "call gate and back to compatibility mode"
        to_user_compatibility
        .code32
        lcall $GATE, $0
        endcase
        .code64
        movq $NOWHERE, %rax
        movq %rax, tss + 4
        movb $1, idt + 16 * 12 + 4
        case "call gate, a stack of the TSS that is nowhere"
        to_user
        lcall *ALIAS + POINTER
        endcase
        movb $0, idt + 16 * 12 + 4
        movq $TSS_STACK, tss + 4

/* Data segments. */
        .irp r, ds, es, fs, gs, ss
        case_each stacks, "mov \r"
        movq case_value, %rax
        movw %ax, %\r
        endcase
        next_of_each
        .endr
        .irp selector, 0, 3, 1
        case "mov ss of \selector at level 3"
        to_user
        movl $\selector, %eax
        movw %ax, %ss
        endcase
        case "mov ss of \selector in compatibility mode"
        to_compatibility
        .code32
        movl $\selector, %eax
        movw %ax, %ss
        endcase
        .code64
        .endr
        .irp r, fs, gs
        case "l\r and push \r"
        movq $landing, POINTER
        movw $(AT(6) + 3), POINTER + 8
        rex.w l\r POINTER, %eax
        pushq %\r
        popq %rcx
        endcase
        .endr
        case "lss, 64 bits"
        movabsq $0x123456789abc, %rax
        movq %rax, POINTER
        movw $AT(5), POINTER + 8
        rex.w lss POINTER, %esp
        movq %rsp, %rcx
        movl $KERNEL_STACK, %esp
        endcase

/* Descriptors of 16 bytes. */
        case_each selectors, "lldt"
        movq case_value, %rax
        lldt %ax
        sldt %ecx
        endcase
        next_of_each
        xorl %eax, %eax
        lldt %ax
        case_each selectors, "ltr"
        movq case_value, %rax
        ltr %ax
        endcase
        andb $0xfd, gdt + TSS_SELECTOR + 5
        movl $TSS_SELECTOR, %eax
        ltr %ax
        next_of_each
        .irp i, lar, lsl
        case_each selectors, "\i"
        movq case_value, %rcx
        \i %ecx, %eax
        endcase
        next_of_each
        .endr
        case "ltr of an entry at the table's end"
        movl $0x00008900, gdt + GDT_ENTRIES * 8 - 4
        movl $(GDT_ENTRIES * 8 - 8), %eax
        ltr %ax
        endcase
        case "ltr marks it busy"
        movb $0x89, gdt + TSS_SELECTOR + 5
        movl $TSS_SELECTOR, %eax
        ltr %ax
        movzbl gdt + TSS_SELECTOR + 5, %ecx
        endcase

/* Branches that lead nowhere. */
        .irp i, "jmpq *%rax", "callq *%rax", "jmpq *POINTER", "callq *POINTER", "ljmp *POINTER", "lcall *POINTER"
        case "\i, to nowhere"
        movq $NOWHERE, %rax
        movq %rax, POINTER
        movl $CODE64, POINTER + 8
        rex.w \i
        endcase
        .endr
        .irp i, retq, "retq $16", lretq, iretq
        case "\i to nowhere"
        movq $NOWHERE, %rax
        pushq $DATA
        pushq $KERNEL_STACK
        .ifc \i, lretq
        pushq $CODE64
        .endif
        .ifc \i, iretq
        pushq $2
        pushq $CODE64
        .endif
        pushq %rax
        \i
        endcase
        .endr
        case "iretq to level 3, nowhere"
        movq $NOWHERE, %rax
        pushq $USER_DATA
        pushq $(ALIAS + USER_STACK)
        pushq $2
        pushq $USER_CODE64
        pushq %rax
        iretq
        endcase
        case "iretq to a stack nowhere"
        movq $NOWHERE, %rax
        pushq $DATA
        pushq %rax
        pushq $2
        pushq $CODE64
        pushq $1f
        iretq
1:      movq %rsp, %rax
        movl $KERNEL_STACK, %esp
        endcase
        jmp finish

        .section .rodata
        .balign 8
selectors:
        .quad 0, 3, CODE, CODE64, DATA, AT(0), AT(1), AT(2), AT(2) + 3, AT(3), AT(4), AT(4) + 3, AT(5), AT(9), AT(10), AT(12), AT(14)
        .quad AT(16), AT(18), AT(20), AT(22), TSS_SELECTOR + 8, GDT_ENTRIES * 8, -1
user_selectors:
        .quad 0, 3, CODE64, CODE64 + 3, USER_CODE, USER_CODE64, USER_CODE64 - 3, AT(2), AT(2) + 3, AT(4) + 3, USER_DATA, TSS_SELECTOR, -1
stacks: .quad 0, 3, DATA, DATA + 3, USER_DATA, USER_DATA - 3, AT(5), AT(6) + 3, AT(7), AT(8) + 3, CODE64, GDT_ENTRIES * 8 + 3, -1
level1_stacks:
        .quad 0, 1, DATA, AT(27), AT(27) + 1, -1

        .section .note.GNU-stack, "", @progbits
