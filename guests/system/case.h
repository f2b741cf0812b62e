/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How cases are written in 32-bit and 64-bit images. A case runs at level 0 in flat segments with the registers of
 * set_registers, until endcase or an event; either makes a line, and the next case begins anew. In 64-bit images memory below
 * 1 GiB is mapped for level 0 where it is, and once more, for level 3, at ALIAS: code of level 3 runs there.
 */
#ifndef CASE_H
#define CASE_H

#include "system.h"
#include "width.h"

        .macro case name:vararg
        .pushsection .rodata
900:    .asciz \name
        .popsection
        MOV $900b, case_name
        MOV $901f, case_start
        MOV $902f, case_resume
        call set_registers
901:
        .endm

        /* Code of other levels and modes ends so too. */
        .macro endcase
        int $VECTOR_END
902:
        .endm

        /* A case for each number of a table that ends with -1; it finds the number in case_value. */
        .macro case_each table, name:vararg
        MOV $\table, case_cursor
903:    MOV case_cursor, AX
        MOV (AX), AX
        MOV AX, case_value
        MOV $1, case_has_value
        case \name
        .endm

        .macro next_of_each
        ADD $WORD, case_cursor
        MOV case_cursor, AX
        CMP $-1, (AX)
        jne 903b
        MOV $0, case_has_value
        .endm

        /* The next `count` events return; they set these bits of the flags, and skip so many bytes. */
        .macro continue_after count, flags=0, skip=0
        MOV $\count, case_continue
        MOV $\flags, case_set_flags
        MOV $\skip, case_skip
        .endm

        /* A gate of a descriptor table: 16 bits of parameters and access rights at 4; changes %eax. */
        .macro gate where, selector, label, rights
        movl $\label, %eax
        movw %ax, \where
        shrl $16, %eax
        movw %ax, \where + 6
        movw $\selector, \where + 2
        movw $\rights, \where + 4
#ifdef __x86_64__
        movq $0, \where + 8
#endif
        .endm

        /* An IRET to the label 904 behind it, at another level or in another mode. */
        .macro iret_to code, data, stack, flags, alias=0
        push $\data
        push $(\stack + \alias)
        push $\flags
        push $\code
        push $(904f + \alias)
        IRET
904:
        .endm

#ifdef __x86_64__

        /* Goes on at level 3, in the alias. */
        .macro to_user flags=2
        iret_to USER_CODE64, USER_DATA, USER_STACK, \flags, ALIAS
        .endm

        /* The same in 32-bit code; .code32 follows. */
        .macro to_user_compatibility flags=2
        iret_to USER_CODE, USER_DATA, USER_STACK, \flags, ALIAS
        .endm

        /* Goes on in 32-bit code at level 0. */
        .macro to_compatibility
        pushq $CODE
        pushq $904f
        lretq
904:
        .endm

        .macro wrmsr_of number, low, high=0
        movl $\number, %ecx
        movl $\low, %eax
        movl $\high, %edx
        wrmsr
        .endm

#else

        /* Goes on at level 3 with flat segments; changes no register but the segments'. */
        .macro to_user flags=2
        pushl $USER_DATA
        popl %ds
        pushl $USER_DATA
        popl %es
        iret_to USER_CODE, USER_DATA, USER_STACK, \flags
        .endm

#endif
#endif
