/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How cases are written in real mode. The code is in the image's 64 KiB, the stack in segment 0, data at FREE. An event comes by
 * the interrupt vector table, is reported in protected mode, and the next case begins in real mode again.
 */
#ifndef CASE16_H
#define CASE16_H

#include "system.h"

        .macro case name:vararg
        .pushsection .rodata
900:    .asciz \name
        .popsection
        pushl $900b
        pushl $(901f - IMAGE)
        pushl $(902f - IMAGE)
        jmp begin_case
901:
        .endm

        .macro endcase
        int $VECTOR_END
902:
        .endm

        /* Where a label is in the image's segment: 16 bits, which no relocation has; changes %eax. */
        .macro push_ip label
        movl $(\label - IMAGE), %eax
        pushw %ax
        .endm

        /* The next `count` events return; changes %ax and %fs. */
        .macro continue_real count
        movw $(0x20000 >> 4), %ax
        movw %ax, %fs
        addr32 movl $\count, %fs:(case_continue - 0x20000)
        .endm

        /* Replaces an entry of the interrupt vector table; changes %eax and %fs. */
        .macro vector number, label
        xorw %ax, %ax
        movw %ax, %fs
        movl $(\label - IMAGE + (SEGMENT << 16)), %eax
        movl %eax, %fs:4 * \number
        .endm

#endif
