// SPDX-License-Identifier: GPL-2.0-or-later
/* From rom.S to the harness in long mode: memory below 1 GiB where it is and at ALIAS, and the last GiB below 4 where it is. */
#include "system.h"

        .code32
        .text
        .globl start32
start32:
        movl $pml4, %edi
        xorl %eax, %eax
        movl $(5 * 4096 / 4), %ecx
        rep stosl
        movl $(pdpt + 7), pml4
        movl $(pd_kernel + 7), pdpt
        movl $(pd_user + 7), pdpt + 8
        movl $(pd_top + 7), pdpt + 24
        movl $0x83, %eax
        xorl %ecx, %ecx
1:      movl %eax, pd_kernel(, %ecx, 8)
        leal 4(%eax), %edx
        movl %edx, pd_user(, %ecx, 8)
        leal 0xc0000000(%eax), %edx
        movl %edx, pd_top(, %ecx, 8)
        addl $0x200000, %eax
        incl %ecx
        cmpl $512, %ecx
        jne 1b
        movl %cr4, %eax
        orl $0x20, %eax
        movl %eax, %cr4
        movl $pml4, %eax
        movl %eax, %cr3
        movl $0xc0000080, %ecx
        rdmsr
        orl $0x901, %eax                /* NXE, LME, SCE */
        wrmsr
        movl $0x80010031, %eax          /* PG, WP, NE, ET, PE */
        movl %eax, %cr0
        lgdt gdt_pointer
        ljmp $CODE64, $1f
        .code64
1:      movl $DATA, %eax
        .irp r, ds, es, ss, fs, gs
        movl %eax, %\r
        .endr
        jmp begin

        .bss
        .globl pml4, pdpt, pd_kernel, pd_user, pd_top
        .balign 4096
pml4:   .skip 4096
pdpt:   .skip 4096
pd_kernel: .skip 4096
pd_user: .skip 4096
pd_top: .skip 4096

        .section .note.GNU-stack, "", @progbits
