// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 64-bit mode with paging: exceptions and the way to user mode and back. Uses RAM below 0xa000. Memory from 0 to 2 MiB is mapped by
 * 4 KiB pages, user pages among them at 0x7000 (code, read-only) and 0x6000 (stack); 0x200000 and up is not mapped.
 * The test sees, in this order:
 *   write 1 byte  0x01 to port 0xe000: 64-bit code runs
 *   for each of these exceptions, write 1 byte to port 0xe000: its vector, and write 4 bytes to port 0xe020: its error code
 *     0x06 UD2, 0x00 DIV by zero, 0x0d a non-canonical address
 *     0x0e a read of 0x200000 (error 0); then CR2 to port 0xe020
 *     0x0e a write of the read-only page 0x7000 with CR0.WP (error 3); then CR2 to port 0xe020
 *   in user mode:
 *     0x0e a read of the kernel's page 0x1000 (error 5); then CR2 to port 0xe020
 *     0x0d CLI
 *   after SYSCALL, write 4 bytes to port 0xe020: the low dword of RCX, less 0x7000: where it came from
 *   write 4 bytes to port 0xe020: the accessed and dirty bits of the page at 0x6000, which user code has pushed to (0x60)
 *   write 1 byte  0xd0 to port 0xe000
 */
#include "flat.h"

#define PML4 0x2000
#define PDPT 0x3000
#define PD 0x4000
#define PT 0x5000
#define USER_STACK 0x6000
#define USER_CODE 0x7000
#define IDT 0x8000
#define TSS 0x9000
#define KERNEL_STACK 0xa000
#define STUB 8 /* bytes of a stub below */

        begin
        protected
        /* Tables: all of the first 2 MiB, writable, for the kernel; two pages for the user. */
        movl $PML4, %edi
        xorl %eax, %eax
        movl $(0x4000 / 4), %ecx
        rep stosl
        movl $(PDPT + 7), PML4
        movl $(PD + 7), PDPT
        movl $(PT + 7), PD
        movl $3, %eax
        movl $PT, %edi
        movl $512, %ecx
1:      movl %eax, (%edi)
        addl $4096, %eax
        addl $8, %edi
        loop 1b
        movl $(USER_STACK + 7), PT + 8 * (USER_STACK >> 12)
        movl $(USER_CODE + 5), PT + 8 * (USER_CODE >> 12)
        movl $user_start, %esi
        movl $USER_CODE, %edi
        movl $(user_end - user_start), %ecx
        rep movsb

        movl %cr4, %eax
        orl $0x20, %eax
        movl %eax, %cr4
        movl $PML4, %eax
        movl %eax, %cr3
        movl $0xc0000080, %ecx
        rdmsr
        orl $0x101, %eax                /* LME, SCE */
        wrmsr
        movl %cr0, %eax
        orl $0x80010001, %eax           /* PG, WP, PE */
        movl %eax, %cr0
        lgdtl gdt64_pointer
        ljmpl $0x08, $long

        .code64
long:   movw $0x10, %ax
        movw %ax, %ds
        movw %ax, %es
        movw %ax, %ss
        movl $KERNEL_STACK, %esp
        movl $IDT, %edi
        movl $on_exception, %esi
        movl $32, %ecx
2:      movl %esi, %eax
        andl $0xffff, %eax
        orl $0x00080000, %eax
        movl %eax, (%rdi)
        movl %esi, %eax
        andl $0xffff0000, %eax
        orl $0x8e00, %eax
        movl %eax, 4(%rdi)
        movq $0, 8(%rdi)
        addl $16, %edi
        addl $STUB, %esi
        loop 2b
        lidt idt_pointer(%rip)
        movl $TSS, %edi
        xorl %eax, %eax
        movl $26, %ecx
        rep stosl
        movq $KERNEL_STACK, TSS + 4
        movw $0x28, %ax
        ltr %ax
        send STARTED

        movl $3f, %r15d
        ud2
3:      movl $4f, %r15d
        xorl %ecx, %ecx
        divl %ecx
4:      movl $5f, %r15d
        movq $0x8000000000000000, %rax
        movb (%rax), %al
5:      movl $6f, %r15d
        movb 0x200000, %al
6:      movl $7f, %r15d
        movb %al, USER_CODE
7:
        movl $0xc0000081, %ecx          /* STAR: SYSCALL to 0x08 */
        xorl %eax, %eax
        movl $0x00100008, %edx
        wrmsr
        movl $0xc0000082, %ecx
        movl $on_syscall, %eax
        xorl %edx, %edx
        wrmsr
        pushq $0x23
        pushq $(USER_STACK + 0x1000)
        pushq $0x002
        pushq $0x1b
        pushq $USER_CODE
        iretq

on_syscall:
        movl $KERNEL_STACK, %esp
        movw $PORT_RESULT, %dx
        leal -USER_CODE(%rcx), %eax
        outl %eax, %dx
        movl PT + 8 * (USER_STACK >> 12), %eax
        andl $0x60, %eax
        outl %eax, %dx
        done

        /* Copied to USER_CODE. */
user_start:
        pushq $1
        movl $(USER_CODE + (8f - user_start)), %r15d
        movb 0x1000, %al
8:      movl $(USER_CODE + (9f - user_start)), %r15d
        cli
9:      syscall
user_end:

        /* One stub for each vector: its number in %r14. */
        .balign 8
on_exception:
        .set vector, 0
        .rept 32
        pushq $vector
        jmp common
        .balign 8
        .set vector, vector + 1
        .endr

common: popq %r14
        movl %r14d, %eax
        movw $PORT_OUT, %dx
        outb %al, %dx
        xorl %ebx, %ebx
        cmpl $0x0d, %r14d
        jb 1f
        popq %rbx                       /* error code */
1:      movl %ebx, %eax
        movw $PORT_RESULT, %dx
        outl %eax, %dx
        cmpl $0x0e, %r14d
        jne 1f
        movq %cr2, %rax
        outl %eax, %dx
1:      movq %r15, (%rsp)
        iretq

        .balign 8
gdt64:  .quad 0
        .quad 0x00af9b000000ffff        /* 0x08 kernel code */
        .quad 0x00cf93000000ffff        /* 0x10 kernel data */
        .quad 0x00affb000000ffff        /* 0x18 user code */
        .quad 0x00cff3000000ffff        /* 0x20 user data */
        .quad 0x0000890090000067        /* 0x28 TSS at 0x9000 */
        .quad 0
gdt64_pointer:
        .word gdt64_pointer - gdt64 - 1
        .long gdt64
        .long 0
idt_pointer:
        .word 32 * 16 - 1
        .quad IDT
