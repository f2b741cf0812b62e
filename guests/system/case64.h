/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How cases are written in 64-bit images: as in case32.h. Memory below 1 GiB is mapped for level 0 where it is, and once
 * more, for level 3, at ALIAS: code of level 3 runs there.
 */
#ifndef CASE64_H
#define CASE64_H

#include "system.h"

        .macro case name:vararg
        .pushsection .rodata
900:    .asciz \name
        .popsection
        movq $900b, case_name
        movq $901f, case_start
        movq $902f, case_resume
        call set_registers
901:
        .endm

        /* Code of level 3 and of compatibility mode ends so too. */
        .macro endcase
        int $VECTOR_END
902:
        .endm

        .macro case_each table, name:vararg
        movq $\table, case_cursor
903:    movq case_cursor, %rax
        movq (%rax), %rax
        movq %rax, case_value
        movq $1, case_has_value
        case \name
        .endm

        .macro next_of_each
        addq $8, case_cursor
        movq case_cursor, %rax
        cmpq $-1, (%rax)
        jne 903b
        movq $0, case_has_value
        .endm

        .macro continue_after count, flags=0, skip=0
        movq $\count, case_continue
        movq $\flags, case_set_flags
        movq $\skip, case_skip
        .endm

        /* Goes on at level 3, in the alias. */
        .macro to_user flags=2
        pushq $USER_DATA
        pushq $(ALIAS + USER_STACK)
        pushq $\flags
        pushq $USER_CODE64
        pushq $(904f + ALIAS)
        iretq
904:
        .endm

        /* Goes on in 32-bit code at level 0; .code32 follows. */
        .macro to_compatibility
        pushq $CODE
        pushq $904f
        lretq
904:
        .endm

        /* The same at level 3. */
        .macro to_user_compatibility flags=2
        pushq $USER_DATA
        pushq $(ALIAS + USER_STACK)
        pushq $\flags
        pushq $USER_CODE
        pushq $(904f + ALIAS)
        iretq
904:
        .endm

        /* A gate of 16 bytes, with its second word of attributes; changes %rax. */
        .macro gate where, selector, label, rights
        movq $\label, %rax
        movw %ax, \where
        shrq $16, %rax
        movw %ax, \where + 6
        shrq $16, %rax
        movl %eax, \where + 8
        movl $0, \where + 12
        movw $\selector, \where + 2
        movw $\rights, \where + 4
        .endm

        .macro wrmsr_of number, low, high=0
        movl $\number, %ecx
        movl $\low, %eax
        movl $\high, %edx
        wrmsr
        .endm

#endif
