// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The way in. PVH starts the boot CPU here in 32-bit protected mode without paging, %ebx holding the physical
 * address of hvm_start_info (Xen, docs/misc/pvh.pandoc). The CPU goes straight on to long mode: EFER.LME is set
 * before CR0.PG, so paging is never on in 32-bit mode (SDM vol. 3, 10.8.5 "Initializing IA-32e Mode").
 */

#include "layout.h"

        .section .note.pvh, "a", @note
        .balign 4
        .long 4                         /* size of the name */
        .long 8                         /* size of the descriptor */
        .long 18                        /* XEN_ELFNOTE_PHYS32_ENTRY */
        .asciz "Xen"
        .quad pvh_start

        .text
        .code32
        .globl pvh_start
pvh_start:
        cld
        lgdt gdt_pointer
        movl $bss_start, %edi
        movl $bss_dwords, %ecx
        xorl %eax, %eax
        rep stosl
        movl %ebx, %ebp
        movl $bsp_start64, %edi
        ljmp $SEL_CODE32, $enter_long_mode

/* Every other CPU comes here from the trampoline, in 32-bit protected mode with this file's GDT. */
        .globl ap_start32
ap_start32:
        movl $ap_start64, %edi

/* %edi = where to go on in 64-bit mode; %ebp is preserved. */
enter_long_mode:
        movl $SEL_DATA, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl %eax, %fs
        movl %eax, %gs

        movl %cr4, %eax
        orl $CR4_PAE, %eax
        movl %eax, %cr4
        movl $page_map_level4, %eax
        movl %eax, %cr3
        movl $MSR_EFER, %ecx
        rdmsr
        orl $EFER_LME, %eax
        wrmsr
        movl %cr0, %eax
        orl $(CR0_PG | CR0_WP), %eax
        andl $~(CR0_CD | CR0_NW), %eax  /* INIT leaves the caches off (SDM vol. 3, table 10-1) */
        movl %eax, %cr0
        ljmp $SEL_CODE64, $in_long_mode

        .code64
in_long_mode:
        movl %edi, %edi
        jmp *%rdi

bsp_start64:
        movl $bsp_stack_top, %esp
        movl %ebp, %edi
        call hello_main
1:      hlt
        jmp 1b

/* A CPU knows only its local APIC's id at first; the id picks the stack. */
ap_start64:
        movl $(APIC_BASE + APIC_ID), %eax
        movl (%rax), %edi
        shrl $24, %edi
        leal 1(%rdi), %esp
        imull $AP_STACK_SIZE, %esp, %esp
        addl $ap_stacks, %esp
        call ap_main
1:      hlt
        jmp 1b

/*
 * Descriptors have their accessed bits set, so that a segment load never writes to the table (SDM vol. 3, 3.4.5.1).
 */
        .section .rodata
        .balign 8
gdt:
        .quad 0
        .quad 0x00af9b000000ffff        /* SEL_CODE64 */
        .quad 0x00cf93000000ffff        /* SEL_DATA */
        .quad 0x00cf9b000000ffff        /* SEL_CODE32 */
gdt_end:

        .globl gdt_pointer
gdt_pointer:
        .word gdt_end - gdt - 1
        .long gdt

/*
 * The first 4 GiB mapped one to one by 2 MiB pages, ready made: filling them at run time would cost some 10,000
 * instructions. Accessed and dirty bits are set. From 3.5 GiB on, where the APICs are, caching is off.
 */
        .data
        .balign 4096
page_map_level4:
        .quad page_directory_pointers + 0x23
        .fill 511, 8, 0
page_directory_pointers:
        .quad page_directories + 0x23
        .quad page_directories + 0x1023
        .quad page_directories + 0x2023
        .quad page_directories + 0x3023
        .fill 508, 8, 0
page_directories:
        .set address, 0
        .rept 1792
        .quad address + 0xe3
        .set address, address + 0x200000
        .endr
        .rept 256
        .quad address + 0xfb
        .set address, address + 0x200000
        .endr

        .section .stacks, "aw", @nobits
        .balign 16
        .skip 8192
bsp_stack_top:
ap_stacks:
        .skip AP_STACK_SIZE * MAX_CPUS

        .section .note.GNU-stack, "", @progbits
