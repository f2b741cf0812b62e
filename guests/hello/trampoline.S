// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a CPU runs first after a start-up IPI with vector 08h: real mode, CS 0800h, IP 0 (SDM vol. 3, 9.4.4.1
 * "Typical BSP Initialization Sequence"). smp.c copies these bytes to TRAMPOLINE_BASE, below 1 MiB. They know only
 * absolute addresses above: the GDT's and that of ap_start32.
 */

#include "layout.h"

        .section .rodata
        .code16
        .globl trampoline_start, trampoline_end
trampoline_start:
        cli
        cld
        movw %cs, %ax
        movw %ax, %ds
        lgdtl trampoline_gdt_pointer - trampoline_start
        movl %cr0, %eax
        orb $CR0_PE, %al
        movl %eax, %cr0
        ljmpl $SEL_CODE32, $ap_start32

        .balign 4
trampoline_gdt_pointer:                 /* a copy of gdt_pointer, filled in by smp.c: that one is above 1 MiB */
        .globl trampoline_gdt_pointer
        .skip 6
trampoline_end:

        .section .note.GNU-stack, "", @progbits
