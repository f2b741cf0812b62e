// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The way in: a multiboot header (Multiboot Specification 0.6.96, 3.1) and the 32-bit entry, where %eax tells who started
 * us: a multiboot loader by its magic number, our ROM by 0. Interrupt entries follow.
 */

        .section .multiboot, "a", @progbits
        .balign 4
        .long 0x1badb002
        .long 0x00000003                /* modules on page borders, memory sizes wanted */
        .long -(0x1badb002 + 0x00000003)

        .text
        .code32
        .globl start
start:
        cld
        movl %eax, %esi
        movl $bss_start, %edi
        movl $bss_dwords, %ecx
        xorl %eax, %eax
        rep stosl
        movl $stack_top, %esp
        lgdt gdt_pointer
        ljmp $0x08, $1f
1:      movl $0x10, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl %eax, %fs
        movl %eax, %gs
        pushl %ebx
        pushl %esi
        call devices_main
2:      cli
        hlt
        jmp 2b

/* One entry per vector from 0x20 to 0x4f, 16 bytes apart. */
        .balign 16
        .globl irq_entries
irq_entries:
        .set vector, 0x20
        .rept 0x30
        .balign 16
        pushl $vector
        jmp irq_common
        .set vector, vector + 1
        .endr
irq_common:
        pushal
        pushl 32(%esp)
        call irq_handle
        addl $4, %esp
        popal
        addl $4, %esp
        /* As iret, which KVM's emulator knows in real mode and long mode only. */
        pushl 8(%esp)
        popfl
        lret $4

/* Descriptors have their accessed bits set, so that a segment load never writes to the table (SDM vol. 3, 3.4.5.1). */
        .section .rodata
        .balign 8
gdt:
        .quad 0
        .quad 0x00cf9b000000ffff
        .quad 0x00cf93000000ffff
gdt_end:
gdt_pointer:
        .word gdt_end - gdt - 1
        .long gdt

        .section .bss
        .balign 16
        .skip 8192
stack_top:

        .section .note.GNU-stack, "", @progbits
