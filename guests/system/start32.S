// SPDX-License-Identifier: GPL-2.0-or-later
/* From rom.S to the harness, in 32 bits. */
#include "system.h"

        .code32
        .text
        .globl start32
start32:
        lgdt gdt_pointer
        ljmp $CODE, $1f
1:      movl $DATA, %eax
        .irp r, ds, es, ss, fs, gs
        movl %eax, %\r
        .endr
        jmp begin

        .section .note.GNU-stack, "", @progbits
