// SPDX-License-Identifier: GPL-2.0-or-later
/* What a CPU-bound guest is made of: `guest` begins one and says what a round counts, `loop` and `endloop` count down ECX. */
#ifndef FRAME_H
#define FRAME_H

#define SEL_CODE32 0x08
#define SEL_DATA 0x10
#define SEL_CODE64 0x18
#define SEL_USER_CODE32 0x23
#define SEL_USER_DATA 0x2b
#define SEL_TSS 0x38

/* In RAM: the stack ends where the code begins; tables and buffers. */
#define TABLES 0x1000
#define IDT 0x8000
#define STACK 0x10000
#define USER_STACK 0x180000
#define BUFFER 0x200000

        .macro guest count:vararg
        .globl units, setup, round
        .set units, \count
        .text
#if BITS == 64
        .code64
#else
        .code32
#endif
        .endm

        .macro repeat count:vararg
        movl $(\count), %ecx
        .align 16
9:
        .endm

        .macro again
        decl %ecx
        jnz 9b
        .endm

/* Gate \vector of the IDT leads to \handler, on this CPU; 32-bit interrupt gate that programs may use (SDM vol. 3, 6.11). */
        .macro gate vector, handler
        movl $\handler, %eax
        movw %ax, IDT + \vector * 8
        movw $SEL_CODE32, IDT + \vector * 8 + 2
        movw $0xee00, IDT + \vector * 8 + 4
        shrl $16, %eax
        movw %ax, IDT + \vector * 8 + 6
        .endm

#endif
