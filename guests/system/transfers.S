// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Far JMP, CALL and RET and IRET in 32-bit protected mode, by code segments and call gates (SDM vol. 3, 5.8). What is
 * reached shows what it finds on the stack and ends the case.
 */
#include "case.h"

#define AT(n) (SPARE + 8 * (n))
#define GATE AT(24)
#define INNER_STACK AT(25)

        .code32
        .text
        .globl cases
/* First, so that they stay where they are. */
landing:
        int $VECTOR_END
        .byte 0x90, 0x90, 0x90
landing_quiet:
        int $VECTOR_END
gate_landing_3:
        popl %eax
        popl %ecx
        popl %edx
        int $VECTOR_END
gate_landing:
        popl %eax
        popl %ecx
        popl %edx
        popl %ebx
        popl %ebp
        popl %esi
        int $VECTOR_END
returns:
        lret
returns_8:
        lret $8
        .code16
landing16:
        popw %ax
        popw %cx
        popw %dx
        popw %bx
        popw %bp
        popw %si
        int $VECTOR_END
        .code32

        /* LRET, or IRET with flags. */
        .macro return how, code, label, flags
        .ifc \how, iret
        pushl $\flags
        .endif
        pushl \code
        pushl $\label
        .ifc \how, iret
        iretl
        .else
        lret
        .endif
        .endm

cases:
        descriptor AT(0), 0, 0xfffff, 0x9a, 12     /* code */
        descriptor AT(1), 0, 0xfffff, 0x9e, 12     /* conforming code */
        descriptor AT(2), 0, 0xfffff, 0xfa, 12     /* code of level 3 */
        descriptor AT(3), 0, 0xfffff, 0xfe, 12     /* conforming code of level 3 */
        descriptor AT(4), 0, 0xfffff, 0xba, 12     /* code of level 1 */
        descriptor AT(5), 0, 0xfffff, 0x1a, 12     /* not present */
        descriptor AT(6), 0, 0xfffff, 0x92, 12     /* data */
        descriptor AT(7), 0, 0xfff, 0x9a, 4        /* code that ends before its target */
        descriptor AT(8), 0, 0xfffff, 0x9a, 14     /* with the bit that means 64-bit code in long mode */
        descriptor AT(9), 0, 0xfff, 0x82, 0        /* LDT */
        descriptor AT(10), 0, 0xfff, 0x80, 0       /* a system type that there is not */
        descriptor AT(11), 0, 0xfffff, 0x98, 8     /* 16-bit code of 4 GiB, execute-only */
        descriptor AT(12), 0, 0xfffff, 0xf2, 12    /* data of level 3 */
        descriptor AT(13), 0, 0xfffff, 0xd2, 12    /* data of level 2 */
        descriptor AT(14), 0, 0xfffff, 0x72, 12    /* data of level 3, not present */
        descriptor AT(15), 0, 0xfffff, 0xf0, 12    /* read-only data of level 3 */
        descriptor AT(16), 0, 0xfffff, 0xba, 12    /* code of level 1 */
        descriptor AT(17), 0, 0xfffff, 0xb2, 12    /* data of level 1 */

        .irp how, ljmp, lcall
        case_each code_selectors, "\how"
        movl $landing, FREE
        movl case_value, %eax
        movl %eax, FREE + 4
        \how *FREE
        endcase
        next_of_each
        case_each code_selectors, "\how at level 3"
        movl $landing, FREE
        movl case_value, %eax
        movl %eax, FREE + 4
        to_user
        \how *FREE
        endcase
        next_of_each
        .endr
        case "lcall, 16-bit operand"
        movl $(landing16 - IMAGE), FREE
        movw $CODE16, FREE + 2
        lcallw *FREE
        endcase
        case "ljmp, immediate"
        ljmp $AT(0), $landing
        endcase
        case "lcall, immediate"
        lcall $AT(0), $landing
        endcase
        case "lcall and lret"
        lcall $AT(0), $returns
        endcase
        case "lcall and lret with parameters"
        pushl $1
        pushl $2
        lcall $AT(0), $returns_8
        endcase
        case "accessed bit of code"
        andb $0xfe, gdt + AT(0) + 5
        lcall $AT(0), $returns
        movl gdt + AT(0) + 4, %eax
        endcase

        .irp how, lret, iret
        case_each code_selectors, "\how"
        return \how, case_value, landing, 0x246ed7
        endcase
        next_of_each
        case_each code_selectors, "\how at level 3"
        movl case_value, %eax
        to_user
        return \how, %eax, landing, 0x247ed7
        endcase
        next_of_each
        .endr

/* Out to level 3: which stacks do, and what becomes of data segments. */
        .irp how, lret, iret
        case_each stack_selectors, "\how to level 3, SS"
        pushl case_value
        pushl $USER_STACK
        return \how, $USER_CODE, landing_quiet, 0x3202
        endcase
        next_of_each
        case "\how to level 3, data segments"
        movl $AT(13), %eax
        movw %ax, %ds
        movl $AT(12), %eax
        movw %ax, %es
        movl $AT(1), %eax
        movw %ax, %fs
        movl $AT(0), %eax
        movw %ax, %gs
        pushl $USER_DATA
        pushl $USER_STACK
        return \how, $USER_CODE, landing_quiet, 2
        endcase
        .endr
        case "lret to level 3 with parameters"
        pushl $USER_DATA
        pushl $USER_STACK - 64
        pushl $1
        pushl $2
        pushl $USER_CODE
        pushl $landing_quiet
        lret $8
        endcase
        case "lret to level 1"
        pushl $(AT(17) + 1)
        pushl $USER_STACK
        pushl $(AT(16) + 1)
        pushl $landing_quiet
        lret
        endcase
        case "lret, 16-bit operand"
        movl $(landing16 - IMAGE), %eax
        pushw $CODE16
        pushw %ax
        lretw
        endcase
        case "iret, 16-bit operand"
        pushl $0x240000
        popfl
        pushw $0x0ad7
        movl $(landing16 - IMAGE), %eax
        pushw $CODE16
        pushw %ax
        iretw
        endcase
        .irp flags, 0x000002, 0x000200, 0x003000, 0x004000, 0x040000, 0x200000, 0x180000, 0x010000, 0xffc08028
        case "iret at level 0 with flags \flags"
        pushl $\flags
        pushl $CODE
        pushl $7f
        iretl
7:      endcase
        case "iret to level 3 with flags \flags"
        pushl $USER_DATA
        pushl $USER_STACK
        pushl $\flags
        pushl $USER_CODE
        pushl $landing_quiet
        iretl
        endcase
        case "iret at level 3 with flags \flags"
        to_user
        pushl $\flags
        pushl $USER_CODE
        pushl $7f
        iretl
7:      endcase
        case "popf at level 0 with flags \flags"
        pushl $\flags
        popfl
        pushfl
        popl %eax
        pushl $2
        popfl
        endcase
        case "popf at level 3 with flags \flags"
        to_user
        pushl $\flags
        popfl
        endcase
        case "popf at level 3 and IOPL 3 with flags \flags"
        to_user 0x3002
        pushl $\flags
        popfl
        endcase
        .endr

/* Call gates: to which code, with which rights. */
        .macro with_gate selector, rights, label=gate_landing
        gate gdt + GATE, \selector, \label, \rights
        .endm
        .macro through_gate how, name:vararg
        case "\how gate, " \name
        \how $GATE, $0
        endcase
        case "\how gate at level 3, " \name
        to_user
        pushl $0x1111
        pushl $0x2222
        pushl $0x3333
        \how $GATE, $0
        endcase
        .endm
        .irp how, ljmp, lcall
        with_gate AT(0), 0xec00
        through_gate \how, "to level 0"
        with_gate AT(0), 0x8c00
        through_gate \how, "of level 0"
        with_gate AT(0), 0x6c00
        through_gate \how, "not present"
        with_gate AT(2) + 3, 0xec00
        through_gate \how, "to level 3"
        with_gate AT(1), 0xec00
        through_gate \how, "to conforming code"
        with_gate AT(4), 0xec00
        through_gate \how, "to level 1"
        with_gate AT(5), 0xec00
        through_gate \how, "to code that is not present"
        with_gate AT(6), 0xec00
        through_gate \how, "to data"
        with_gate AT(7), 0xec00
        through_gate \how, "to code that ends before"
        with_gate 0, 0xec00
        through_gate \how, "to a null selector"
        with_gate 0xfff8, 0xec00
        through_gate \how, "to an entry that there is not"
        with_gate GATE, 0xec00
        through_gate \how, "to itself"
        with_gate AT(0) + 3, 0xec00
        through_gate \how, "to a selector with level 3"
        .endr
        with_gate AT(0), 0xec03
        through_gate lcall, "three parameters"
        with_gate AT(0), 0xec1f
        through_gate lcall, "31 parameters"
        with_gate CODE16, 0xe402, landing16
        movw $0, gdt + GATE + 6
        through_gate lcall, "16 bits, two parameters"
        with_gate AT(0), 0xec00
        case "a selector of level 3 for a gate of level 2"
        movb $0xcc, gdt + GATE + 5
        lcall $(GATE + 3), $0
        endcase
        with_gate AT(0), 0xec00, returns
        case "call gate and back to level 3"
        to_user
        lcall $GATE, $0
        endcase
        with_gate AT(0), 0xec02, returns_8
        case "call gate and back to level 3, with parameters"
        to_user
        pushl $1
        pushl $2
        lcall $GATE, $0
        endcase

/* The stack that the TSS names: SS0, then where. */
        descriptor INNER_STACK, 0, 0xfffff, 0x92, 12
        with_gate AT(0), 0xec00, gate_landing_3
        case_each inner_stacks, "call gate, SS0"
        movl case_value, %eax
        to_user
        movl %eax, %ss:tss + 8
        lcall $GATE, $0
        endcase
        movl $DATA, tss + 8
        next_of_each
        case_each inner_stacks, "int, SS0"
        movl case_value, %eax
        to_user
        movl %eax, %ss:tss + 8
        int $3
        endcase
        movl $DATA, tss + 8
        next_of_each
        jmp finish

        .section .rodata
        .balign 4
code_selectors:
        .long 0, 3, AT(0), AT(1), AT(2), AT(3), AT(4), AT(5), AT(6), AT(7), AT(8), AT(9), AT(10), AT(11)
        .long AT(0) + 1, AT(0) + 3, AT(1) + 3, AT(2) + 3, AT(3) + 3, AT(5) + 3, GDT_ENTRIES * 8, -1
stack_selectors:
        .long 0, 3, AT(6), AT(6) + 3, AT(12), AT(12) + 3, AT(13) + 3, AT(14) + 3, AT(15) + 3, AT(2) + 3, AT(9) + 3, GDT_ENTRIES * 8 + 3, -1
/* Good ones: with another the exception's handler has no stack either. */
inner_stacks:
        .long INNER_STACK, -1

        .section .note.GNU-stack, "", @progbits
