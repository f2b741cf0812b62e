// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The way in: a multiboot header (Multiboot Specification 0.6.96, 3.1) and the 32-bit entry; the way of the other CPUs, which
 * begin in real mode below 1 MiB; an entry for each of the 256 vectors.
 */

        .section .multiboot, "a", @progbits
        .balign 4
        .long 0x1badb002
        .long 0
        .long -0x1badb002

        .text
        .code32
        .globl start
start:
        cld
        movl $bss_start, %edi
        movl $bss_dwords, %ecx
        xorl %eax, %eax
        rep stosl
        movl $(stacks + 4096), %esp
        lgdt gdt_pointer
        ljmp $0x08, $1f
1:      movl $0x10, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl %eax, %fs
        movl %eax, %gs
        call controllers_main
2:      cli
        hlt
        jmp 2b

/* Each CPU takes the next of the stacks; a stack's first dword is the CPU's number. */
ap_start32:
        movl $0x10, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl $1, %eax
        lock xaddl %eax, cpus_started
        incl %eax
        andl $7, %eax
        movl %eax, %ebx
        shll $12, %eax
        leal stacks(%eax), %esp
        movl %ebx, (%esp)
        addl $4096, %esp
        pushl %ebx
        call ap_main

        .balign 16
        .globl irq_entries
irq_entries:
        .set vector, 0
        .rept 256
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

/* #GP has an error code; the way back is where `gp_resume` says. */
        .globl gp_entry
gp_entry:
        addl $4, %esp
        incl gp_count
        pushl %eax
        movl gp_resume, %eax
        movl %eax, 4(%esp)
        popl %eax
        pushl 8(%esp)
        popfl
        lret $4

/* WRMSR of %edx:%eax to %ecx; returns whether it faulted. u32 wrmsr_faults(u32 msr, u32 low, u32 high) */
        .globl wrmsr_faults
wrmsr_faults:
        movl 4(%esp), %ecx
        movl 8(%esp), %eax
        movl 12(%esp), %edx
        movl $0, gp_count
        movl $1f, gp_resume
        wrmsr
1:      movl gp_count, %eax
        ret

/* What a CPU runs first after its start-up IPI: real mode, IP 0. Copied below 1 MiB. */
        .section .rodata
        .code16
        .globl trampoline_start, trampoline_end, trampoline_gdt
trampoline_start:
        cli
        cld
        movw %cs, %ax
        movw %ax, %ds
        lgdtl trampoline_gdt - trampoline_start
        movl %cr0, %eax
        orb $1, %al
        movl %eax, %cr0
        ljmpl $0x08, $ap_start32
        .balign 4
trampoline_gdt:
        .word gdt_end - gdt - 1
        .long gdt
trampoline_end:
        /* Padding above is made for what is current at the end. */
        .code32

/* Descriptors have their accessed bits set, so that a segment load never writes to the table (SDM vol. 3, 3.4.5.1). */
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
        .balign 4096
stacks: .skip 8 * 4096
        .globl cpus_started, gp_count
        .balign 4
cpus_started:
        .skip 4
gp_count:
        .skip 4
gp_resume:
        .skip 4

        .section .note.GNU-stack, "", @progbits
