// SPDX-License-Identifier: GPL-2.0-or-later
/* A program at privilege level 3 calls the kernel by INT 0x80 and gets back by IRET. Counts calls. */
#include "frame.h"

#define ROUNDS 50000

        guest ROUNDS
setup:
        gate 0x80, handler
        lidt idt_pointer
        movl $tss, %eax                 /* a descriptor of 104 bytes, type 9 (SDM vol. 3, 7.2.2) */
        movl %eax, %edx
        shll $16, %eax
        orl $103, %eax
        movl %eax, gdt + SEL_TSS
        movl %edx, %eax
        shrl $16, %eax
        andl $0xff, %eax
        orl $0x8900, %eax
        movl %eax, gdt + SEL_TSS + 4
        movl $SEL_TSS, %eax
        ltr %ax
        ret

round:
        movl %esp, tss + 4
        movl $SEL_DATA, tss + 8
        pushl $SEL_USER_DATA
        pushl $USER_STACK
        pushl $2
        pushl $SEL_USER_CODE32
        pushl $program
        iret

        .align 16
program:
        xorl %eax, %eax
        repeat ROUNDS
        int $0x80
        again
        incl %eax
        int $0x80

        .align 16
handler:
        testl %eax, %eax
        jnz 1f
        incl %ebx
        iret
/* The program is over: back to the caller of round. IRET has left null selectors in DS and ES. */
1:      movl $SEL_DATA, %eax
        movl %eax, %ds
        movl %eax, %es
        movl tss + 4, %esp
        ret

        .data
        .align 16
idt_pointer:
        .word 0x81 * 8 - 1
        .long IDT
        .align 16
tss:    .fill 26, 4, 0
