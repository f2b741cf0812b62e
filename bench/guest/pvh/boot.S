// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The way in for the bench guests in PVH form, and the start of a second CPU. They stay in 32-bit protected mode
 * without paging, as PVH starts them: hvm_start_info in %ebx (Xen, docs/misc/pvh.pandoc).
 */

        .section .note.pvh, "a", @note
        .balign 4
        .long 4, 4, 18                  /* sizes of name and descriptor, XEN_ELFNOTE_PHYS32_ENTRY */
        .asciz "Xen"
        .long pvh_start

        .text
        .code32
        .globl pvh_start
pvh_start:
        cld
        lgdt gdt_pointer
        ljmp $0x08, $1f
1:      movl $0x10, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl $stack_top, %esp
        pushl %ebx
        call bench_main
2:      cli
        hlt
        jmp 2b

/* The second CPU, from the trampoline. */
second_start:
        movl $0x10, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl $second_stack_top, %esp
        call second_main
        jmp 2b

/* Copied below 1 MiB, to the page of the start-up IPI's vector. */
        .code16
        .globl trampoline_start, trampoline_end
trampoline_start:
        cli
        movw %cs, %ax
        movw %ax, %ds
        lgdtl 1f - trampoline_start
        movl %cr0, %eax
        orb $1, %al
        movl %eax, %cr0
        ljmpl $0x08, $second_start
1:      .word gdt_end - gdt - 1
        .long gdt
trampoline_end:

        .section .rodata
        .balign 8
gdt:    .quad 0
        .quad 0x00cf9b000000ffff        /* accessed bits are set: the CPU need not write them */
        .quad 0x00cf93000000ffff
gdt_end:
gdt_pointer:
        .word gdt_end - gdt - 1
        .long gdt


        .bss
        .balign 16
        .skip 4096
stack_top:
        .skip 4096
second_stack_top:

        .section .note.GNU-stack, "", @progbits
