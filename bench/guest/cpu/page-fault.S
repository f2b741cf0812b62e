// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes to 1,024 pages that are not present; the handler maps each. Counts page faults. */
#include "frame.h"

#define ROUNDS 8
#define PAGES 1024
#define DIRECTORY TABLES
#define TABLE (TABLES + 0x1000)
#define LINEAR 0x400000

        guest ROUNDS * PAGES
setup:
        gate 14, handler
        lidt idt_pointer
        movl $0x83, DIRECTORY           /* the first 4 MiB as one page (SDM vol. 3, 4.3) */
        movl $(TABLE + 3), DIRECTORY + 4
        movl $DIRECTORY, %eax
        movl %eax, %cr3
        movl %cr4, %eax
        orl $0x10, %eax
        movl %eax, %cr4
        movl %cr0, %eax
        orl $0x80010000, %eax
        movl %eax, %cr0
        ret

round:
        movl $ROUNDS, %edx
1:      xorl %eax, %eax
        movl $TABLE, %edi
        movl $PAGES, %ecx
        rep stosl
        movl %cr3, %eax
        movl %eax, %cr3
        movl $LINEAR, %esi
        repeat PAGES
        movl %ecx, (%esi)
        addl $0x1000, %esi
        again
        decl %edx
        jnz 1b
        ret

        .align 16
handler:
        pushl %eax
        pushl %ecx
        movl %cr2, %eax
        movl %eax, %ecx
        andl $~0xfff, %eax
        orl $3, %eax                    /* the page at the same physical address */
        shrl $12, %ecx
        movl %eax, TABLE - (LINEAR >> 12) * 4(, %ecx, 4)
        popl %ecx
        popl %eax
        addl $4, %esp
        iret

        .data
        .align 16
idt_pointer:
        .word 15 * 8 - 1
        .long IDT
