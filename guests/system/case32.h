/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How cases are written in 32-bit images. A case runs at level 0 in flat segments with the registers of set_registers, until
 * endcase or an event; either makes a line, and the next case begins anew.
 */
#ifndef CASE32_H
#define CASE32_H

#include "system.h"

        .macro case name:vararg
        .pushsection .rodata
900:    .asciz \name
        .popsection
        movl $900b, case_name
        movl $901f, case_start
        movl $902f, case_resume
        call set_registers
901:
        .endm

        .macro endcase
        pushfl
        pushl %cs
        call case_ok
902:
        .endm

        /* The same for code of another level or mode, which ends with an interrupt. */
        .macro endcase_outside
        int $VECTOR_END
902:
        .endm

        /* A case for each number of a table that ends with -1; it finds the number in case_value. */
        .macro case_each table, name:vararg
        movl $\table, case_cursor
903:    movl case_cursor, %eax
        movl (%eax), %eax
        movl %eax, case_value
        movl $1, case_has_value
        case \name
        .endm

        .macro next_of_each
        addl $4, case_cursor
        movl case_cursor, %eax
        cmpl $-1, (%eax)
        jne 903b
        movl $0, case_has_value
        .endm

        /* The next `count` events return; they set these bits of the flags, and skip so many bytes. */
        .macro continue_after count, flags=0, skip=0
        movl $\count, case_continue
        movl $\flags, case_set_flags
        movl $\skip, case_skip
        .endm

        /* Goes on at level 3 with flat segments; changes no register but the segments'. */
        .macro to_user flags=2
        pushl $USER_DATA
        popl %ds
        pushl $USER_DATA
        popl %es
        pushl $USER_DATA
        pushl $USER_STACK
        pushl $\flags
        pushl $USER_CODE
        pushl $904f
        iretl
904:
        .endm

        /* A gate of a descriptor table: 16 bits of parameters and access rights at 4; changes %eax. */
        .macro gate where, selector, label, rights
        movl $\label, %eax
        movw %ax, \where
        shrl $16, %eax
        movw %ax, \where + 6
        movw $\selector, \where + 2
        movw $\rights, \where + 4
        .endm

#endif
