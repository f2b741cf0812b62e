// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page tables of 32-bit protected mode (SDM vol. 3, 4.3 and 4.4): two levels, large pages, PSE-36, and PAE with its
 * pointers. The page under test is at PAGE.
 */
#include "case.h"

#define PAGE 0x800000
#define FRAME FREE
#define PD (FREE + 0x10000)
#define PT_LOW (FREE + 0x11000)
#define PT_TEST (FREE + 0x12000)
#define PDPT (FREE + 0x13000)
#define PD_PAE (FREE + 0x14000)
#define PT_PAE (FREE + 0x15000)
#define PDPT_BAD (FREE + 0x16000)

        .code32
        .text
        .globl cases
cases:
        movw $0x80cd, FRAME + 0x100
        movl $(PT_LOW + 7), PD
        xorl %ecx, %ecx
        movl $7, %eax
1:      movl %eax, PT_LOW(, %ecx, 4)
        addl $0x1000, %eax
        incl %ecx
        cmpl $1024, %ecx
        jne 1b
        movl $PD, %eax
        movl %eax, %cr3
        movl %cr0, %eax
        orl $0x80010000, %eax
        movl %eax, %cr0

        .macro two_levels pde, pte
        movl $\pde, PD + 8
        movl $\pte, PT_TEST
        movl %cr3, %eax
        movl %eax, %cr3
        .endm
        .macro accesses where, entry, name:vararg
        case "read, " \name
        movb \where, %cl
        movl \entry, %eax
        movl PD + 8, %ebx
        endcase
        tables_again
        case "write, " \name
        movb %cl, \where
        movl \entry, %eax
        movl PD + 8, %ebx
        endcase
        tables_again
        case "execute, " \name
        movl $(\where + 0x100), %eax
        jmp *%eax
        endcase
        tables_again
        case "read at level 3, " \name
        to_user
        movb \where, %cl
        endcase
        tables_again
        case "write at level 3, " \name
        to_user
        movb %cl, \where
        endcase
        tables_again
        case "execute at level 3, " \name
        movl $(\where + 0x100), %eax
        to_user
        jmp *%eax
        endcase
        .endm
        .macro try pde, pte, name:vararg
        .macro tables_again
        two_levels \pde, \pte
        .endm
        tables_again
        accesses PAGE, PT_TEST, \name
        .purgem tables_again
        .endm
        .macro try_large pde, name:vararg
        .macro tables_again
        two_levels \pde, 0
        .endm
        tables_again
        accesses PAGE + FRAME, PD + 8, \name
        .purgem tables_again
        .endm

        try PT_TEST + 7, FRAME + 7, "all"
        try PT_TEST + 7, FRAME + 6, "not present"
        try PT_TEST + 7, FRAME + 5, "read-only"
        try PT_TEST + 7, FRAME + 3, "level 0"
        try PT_TEST + 7, FRAME + 1, "read-only, level 0"
        try PT_TEST + 6, FRAME + 7, "directory not present"
        try PT_TEST + 5, FRAME + 7, "directory read-only"
        try PT_TEST + 3, FRAME + 7, "directory of level 0"
        try PT_TEST + 0x87, FRAME + 7, "large, while PSE is off"
        movl %cr0, %eax
        andl $0xfffeffff, %eax
        movl %eax, %cr0
        try PT_TEST + 7, FRAME + 5, "read-only, without WP"
        try PT_TEST + 5, FRAME + 1, "directory read-only, without WP"
        movl %cr0, %eax
        orl $0x10000, %eax
        movl %eax, %cr0
        movl $0x10, %eax
        movl %eax, %cr4
        try_large 0x87, "large"
        try_large 0x85, "large, read-only"
        try_large 0x83, "large, level 0"
        try_large 0x86, "large, not present"
        try_large 0x200087, "large, reserved bit 21"
        try_large 0x1087, "large, PAT"
        two_levels PT_TEST + 7, 0x7ff00007
        case "read where no memory is"
        movl PAGE, %ecx
        endcase
        case "write where no memory is"
        movl %ecx, PAGE
        endcase

/* PAE: the same memory, by three levels. */
        case "cr3 to bad pointers while PAE is off"
        movl $PDPT_BAD, %eax
        movl $PD, %ecx
        movl %ecx, %cr3
        endcase
        movl $(PD_PAE + 1), PDPT
        movl $0x87, PD_PAE
        movl $0x200087, PD_PAE + 8
        movl $(PT_PAE + 7), PD_PAE + 32
        movl %cr0, %eax
        andl $0x7fffffff, %eax
        movl %eax, %cr0
        movl $PDPT, %eax
        movl %eax, %cr3
        movl $0x20, %eax
        movl %eax, %cr4
        movl $0xc0000080, %ecx
        rdmsr
        orl $0x800, %eax
        wrmsr
        movl %cr0, %eax
        orl $0x80000000, %eax
        movl %eax, %cr0

        .macro three_levels pde_high, pde, pte_high, pte
        movl $\pde, PD_PAE + 32
        movl $\pde_high, PD_PAE + 36
        movl $\pte, PT_PAE
        movl $\pte_high, PT_PAE + 4
        movl %cr3, %eax
        movl %eax, %cr3
        .endm
        .macro try_pae pde_high, pde, pte_high, pte, name:vararg
        .macro tables_again
        three_levels \pde_high, \pde, \pte_high, \pte
        .endm
        tables_again
        accesses PAGE, PT_PAE, "PAE, " \name
        .purgem tables_again
        .endm
        try_pae 0, PT_PAE + 7, 0, FRAME + 7, "all"
        try_pae 0, PT_PAE + 7, 0, FRAME + 6, "not present"
        try_pae 0, PT_PAE + 7, 0, FRAME + 5, "read-only"
        try_pae 0, PT_PAE + 7, 0, FRAME + 3, "level 0"
        try_pae 0, PT_PAE + 5, 0, FRAME + 7, "directory read-only"
        try_pae 0, PT_PAE + 6, 0, FRAME + 7, "directory not present"
        try_pae 0, PT_PAE + 7, 0x80000000, FRAME + 7, "NX"
        try_pae 0x80000000, PT_PAE + 7, 0, FRAME + 7, "directory NX"
        try_pae 0, PT_PAE + 7, 0x00080000, FRAME + 7, "reserved bit 51"
        try_pae 0, PT_PAE + 7, 0x00100000, FRAME + 7, "reserved bit 52"
        try_pae 0x40000000, PT_PAE + 7, 0, FRAME + 7, "directory with reserved bit 62"
        .macro try_pae_large pde, name:vararg
        .macro tables_again
        three_levels 0, \pde, 0, 0
        .endm
        tables_again
        accesses PAGE + FRAME, PD_PAE + 32, "PAE, " \name
        .purgem tables_again
        .endm
        try_pae_large 0x87, "large"
        try_pae_large 0x2087, "large, reserved bit 13"
        .irp bits, 0x0, 0x3, 0x5, 0x7, 0x1e1, 0xe01, 0x21
        movl $(PD_PAE + 1), PDPT_BAD
        movl $(PD_PAE + \bits), PDPT_BAD + 8
        case "cr3 to a pointer with bits \bits"
        movl $PDPT_BAD, %eax
        movl %eax, %cr3
        movl $PDPT, %eax
        movl %eax, %cr3
        endcase
        .endr
        case "a pointer that is not present"
        movl 0x40000000, %eax
        endcase
        case "pointers are loaded with cr3 only"
        movl $(PD_PAE + 1), PDPT + 16
        movl 0x80000000, %ecx
        endcase
        movl $0, PDPT + 16
        movl $0, PDPT_BAD
        case "cr0 with bad pointers"
        movl %cr0, %ecx
        movl %ecx, %eax
        andl $0x7fffffff, %eax
        movl %eax, %cr0
        movl $(PD_PAE + 1), PDPT_BAD
        movl $3, PDPT_BAD + 16
        movl $PDPT_BAD, %eax
        movl %eax, %cr3
        movl %ecx, %cr0
        endcase
        movl $PDPT, %eax
        movl %eax, %cr3
        movl %cr0, %eax
        orl $0x80000000, %eax
        movl %eax, %cr0
        movl %cr0, %eax
        andl $0x7fffffff, %eax
        movl %eax, %cr0
        movl $0, %eax
        movl %eax, %cr4
        case "without paging all is there"
        movl PAGE, %ecx
        movl $0x12345678, 0x900000
        movl 0x900000, %edx
        endcase
        jmp finish

        .section .note.GNU-stack, "", @progbits
