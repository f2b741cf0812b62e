// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CPUID's leaves, a case each; a subleaf stands above bit 31.
 */
#include "case.h"

        .code64
        .text
        .globl cases

cases:
        case_each leaves, "cpuid"
        movq case_value, %rcx
        movl %ecx, %eax
        shrq $32, %rcx
        cpuid
        endcase
        next_of_each
        jmp finish

        .section .rodata
        .balign 8
leaves:
        .set leaf, 0
        .rept 0xe
        .quad leaf
        .set leaf, leaf + 1
        .endr
        .quad 0x100000004, 0x200000004, 0x300000004, 0x400000004, 0x100000007, 0x10000000b, 0x20000000b, 0x10000000d
        .quad 0x20000000d, 0x30000000d, 0x40000000d, 0x50000000d, 0x60000000d, 0x70000000d, 0x80000000d, 0x90000000d
        .quad 0x40000000, 0x40000001, 0x40000100, 0x40000101
        .set leaf, 0x80000000
        .rept 0xb
        .quad leaf
        .set leaf, leaf + 1
        .endr
        .quad 0x8000001f, -1

        .section .note.GNU-stack, "", @progbits
