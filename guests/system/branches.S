// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Near branches of 64-bit code to addresses that are not canonical: the branch itself faults, and nothing of it has happened
 * (SDM vol. 2, JMP, CALL, RET, Jcc and LOOP); what the tables and gates name that is not canonical (vol. 2, LGDT; vol. 3, 6.14.1).
 */
#include "case.h"

#define PDPT FREE
#define PD (FREE + 0x1000)
#define LAST 0x1fffc0                 /* where the last 64 bytes of the lower half are in RAM */
#define TOP 0x7fffffffffc0            /* and their address */
#define GATE 0x81                     /* vector of the gates under test */

        .code64
        .text
        .globl cases
/* First, so that it stays where it is. */
landing:
        int $VECTOR_END
        .balign 16
cases:
        /* The 2 MiB at 0 once more, at the end of the lower half. */
        movq $(PDPT + 7), pml4 + 255 * 8
        movq $(PD + 7), PDPT + 511 * 8
        movq $0x87, PD + 511 * 8
        movq %cr3, %rax
        movq %rax, %cr3
        movabsq $0x55aa55aa55aa55aa, %rax
        movq %rax, KERNEL_STACK - 8
        movq %rax, USER_STACK - 8

        .irp level, 0, 3
        .if \level
        .macro enter
        movq %rax, %r12
        to_user
        movq %r12, %rax
        .endm
        .else
        .macro enter
        .endm
        .endif
        case_each addresses, "jmp, level \level, to"
        movq case_value, %rax
        enter
        jmp *%rax
        endcase
        next_of_each
        case_each addresses, "jmp by memory, level \level, to"
        movq case_value, %rax
        movq %rax, FREE + 0x2000
        enter
        jmp *FREE + 0x2000 + \level * ALIAS / 3
        endcase
        next_of_each
        case_each addresses, "call, level \level, to"
        movq case_value, %rax
        enter
        call *%rax
        endcase
        next_of_each
        case_each addresses, "call by memory, level \level, to"
        movq case_value, %rax
        movq %rax, FREE + 0x2000
        enter
        call *FREE + 0x2000 + \level * ALIAS / 3
        endcase
        next_of_each
        case_each addresses, "ret, level \level, to"
        movq case_value, %rax
        enter
        pushq %rax
        ret
        endcase
        next_of_each
        case_each addresses, "ret 16, level \level, to"
        movq case_value, %rax
        enter
        pushq %rax
        ret $16
        endcase
        next_of_each
        .purgem enter
        .endr

/* The flags of before are those after. */
        case "flags after a jump"
        movabsq $0x800000000000, %rax
        cmpl $0x12, %ecx
        jmp *%rax
        endcase

/* Code at the end of the lower half: eight bytes at so many from its end. */
        .macro last_bytes code, from
        movabsq $\code, %rax
        movq %rax, LAST + 64 - \from
        movabsq $(TOP + 64 - \from), %rax
        .endm
        case "jmp short over the end"
        last_bytes 0x20eb, 8
        jmp *%rax
        endcase
        case "jmp near over the end"
        last_bytes 0x00001000e9, 8
        jmp *%rax
        endcase
        case "call near over the end"
        last_bytes 0x00001000e8, 8
        jmp *%rax
        endcase
        case "jz over the end, taken"
        last_bytes 0x2074, 8
        cmpb %cl, %cl
        jmp *%rax
        endcase
        case "jz over the end, not taken"
        last_bytes 0x80cd2074, 8
        cmpb $0, %cl
        jmp *%rax
        endcase
        case "jz near over the end, taken"
        last_bytes 0x00001000840f, 8
        cmpb %cl, %cl
        jmp *%rax
        endcase
        case "loop over the end, taken"
        last_bytes 0x20e2, 8
        jmp *%rax
        endcase
        case "loop over the end, not taken"
        last_bytes 0x80cd20e2, 8
        movl $1, %ecx
        jmp *%rax
        endcase
        case "loopz over the end, taken"
        last_bytes 0x20e1, 8
        cmpb %cl, %cl
        jmp *%rax
        endcase
        case "loopnz over the end, by 32 bits, taken"
        last_bytes 0x20e067, 8
        movabsq $0xff00000002, %rcx
        jmp *%rax
        endcase
        case "jrcxz over the end, taken"
        last_bytes 0x20e3, 8
        xorl %ecx, %ecx
        jmp *%rax
        endcase
        case "an instruction that ends with the lower half"
        last_bytes 0x9090909090909090, 8
        jmp *%rax
        endcase
        case "a jump that ends with the lower half"
        last_bytes 0x00eb909090909090, 8
        jmp *%rax
        endcase
        case "an instruction over the end"
        last_bytes 0xb890909090909090, 8
        jmp *%rax
        endcase

/* Tables and gates. */
        .irp how, lgdt, lidt
        case_each addresses, "\how"
        movq case_value, %rax
        movw $0x7f, FREE + 0x2000
        movq %rax, FREE + 0x2002
        \how FREE + 0x2000
        lgdt gdt_pointer
        lidt idt_pointer
        endcase
        next_of_each
        .endr
        case_each gate_offsets, "interrupt gate, upper half of the offset"
        gate idt+GATE*16, CODE64, landing, 0x8e00
        movl case_value, %eax
        movl %eax, idt + GATE * 16 + 8
        int $GATE
        endcase
        next_of_each
        jmp finish

        .section .rodata
        .balign 8
addresses:
        .quad 0x800000000000, 0x8000000000000000, 0xffff7fffffffffff, -1
gate_offsets:
        .quad 0, 0x8000, 0xffff7fff, 0x12345678, -1

        .section .note.GNU-stack, "", @progbits
