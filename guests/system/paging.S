// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Paging with four levels (SDM vol. 3, 4.5 to 4.8): rights and reserved bits of every level, WP, NX, SMEP, SMAP, accessed and
 * dirty bits, accesses over the end of a page. The page under test is at PAGE.
 */
#include "case.h"

#define PAGE 0x80000000
#define FRAME FREE               /* what it is mapped to */
#define PD_TEST (FREE + 0x2000)
#define PT_TEST (FREE + 0x3000)

        .code64
        .text
        .globl cases
cases:
        movw $0x80cd, FRAME + 0x100     /* int $VECTOR_END */
        movw $0x80cd, FRAME + 0x1100

        /* The tables as they are to be for a case: rights of each level. */
        .macro tables pml4e=7, pdpte=7, pde=7, pte=7
        movl $(pdpt + (\pml4e & 0xfff)), pml4
        movq $PD_TEST, %rax
        movabsq $(\pdpte), %rbx
        orq %rbx, %rax
        movq %rax, pdpt + 16
        movabsq $(\pde), %rbx
        movq $PT_TEST, %rax
        orq %rbx, %rax
        movq %rax, PD_TEST
        movabsq $(\pte), %rbx
        movq $FRAME, %rax
        orq %rbx, %rax
        movq %rax, PT_TEST
        movq %cr3, %rax
        movq %rax, %cr3
        .endm

        /* Every kind of access, and what it leaves in the entries. */
        .macro accesses name:vararg
        case "read, " \name
        movl $PAGE, %r8d
        movb (%r8), %cl
        movq PT_TEST, %rax
        movq PD_TEST, %rbx
        movq pdpt + 16, %rbp
        endcase
        tables_again
        case "write, " \name
        movl $PAGE, %r8d
        movb %cl, (%r8)
        movq PT_TEST, %rax
        movq PD_TEST, %rbx
        endcase
        tables_again
        case "execute, " \name
        movl $PAGE, %r8d
        movl $(PAGE + 0x100), %eax
        jmp *%rax
        endcase
        tables_again
        case "read at level 3, " \name
        movl $PAGE, %r8d
        movl $PAGE, %eax
        to_user
        movb (%rax), %cl
        endcase
        tables_again
        case "write at level 3, " \name
        movl $PAGE, %r8d
        movl $PAGE, %eax
        to_user
        movb %cl, (%rax)
        endcase
        tables_again
        case "execute at level 3, " \name
        movl $PAGE, %r8d
        movl $(PAGE + 0x100), %eax
        to_user
        jmp *%rax
        endcase
        .endm
        /* Rights, then all accesses with the same each time. */
        .macro try pdpte, pde, pte, name:vararg
        .macro tables_again
        tables 7, \pdpte, \pde, \pte
        .endm
        tables_again
        accesses \name
        .purgem tables_again
        .endm

        try 7, 7, 7, "all"
        try 7, 7, 6, "not present"
        try 7, 7, 1, "read-only, level 0"
        try 7, 7, 3, "level 0"
        try 7, 7, 5, "read-only"
        try 7, 7, 0x8000000000000007, "NX"
        try 7, 7, 0x8000000000000003, "NX, level 0"
        try 7, 6, 7, "directory not present"
        try 7, 5, 7, "directory read-only"
        try 7, 3, 7, "directory of level 0"
        try 7, 0x8000000000000007, 7, "directory NX"
        try 6, 7, 7, "pointer not present"
        try 5, 7, 7, "pointer read-only"
        try 0x8000000000000003, 7, 7, "pointer NX, level 0"
        try 7, 7, 0x0008000000000007, "reserved bit 51"
        try 7, 0x0008000000000007, 7, "directory with reserved bit 51"
        try 0x0008000000000007, 7, 7, "pointer with reserved bit 51"
        try 0x87, 7, 7, "pointer of 1 GiB"
        try 7, 0x2087, 7, "large page with reserved bit 13"
        try 7, 7, 0x7ff0000000000e87, "ignored bits"
        try 7, 7, 0x0008000000000006, "reserved bit 51, not present"
        try 7, 0x0008000000000005, 6, "directory with reserved bit 51, page not present"

        movq %cr0, %rax
        andl $0xfffeffff, %eax
        movq %rax, %cr0
        try 7, 7, 5, "read-only, without WP"
        try 7, 7, 1, "read-only, level 0, without WP"
        try 7, 5, 7, "directory read-only, without WP"
        movq %cr0, %rax
        orl $0x10000, %eax
        movq %rax, %cr0

        movl $0x100020, %eax
        movq %rax, %cr4
        try 7, 7, 7, "all, with SMEP"
        try 7, 7, 3, "level 0, with SMEP"
        try 7, 3, 7, "directory of level 0, with SMEP"
        movl $0x200020, %eax
        movq %rax, %cr4
        try 7, 7, 7, "all, with SMAP"
        try 7, 7, 5, "read-only, with SMAP"
        try 7, 7, 3, "level 0, with SMAP"
        tables
        case "read with SMAP and AC"
        movl $PAGE, %r8d
        stac
        movb (%r8), %cl
        clac
        endcase
        case "write with SMAP and AC"
        movl $PAGE, %r8d
        stac
        movb %cl, (%r8)
        clac
        endcase
        case "read with SMAP, AC by popf"
        movl $PAGE, %r8d
        pushq $0x40002
        popfq
        movb (%r8), %cl
        endcase
        case "read with SMAP behind clac"
        movl $PAGE, %r8d
        stac
        clac
        movb (%r8), %cl
        endcase
        movq gdt + DATA, %rax
        movq %rax, FRAME + 0x10
        descriptor SPARE, PAGE, 0xff, 0x82, 0
        movq $0, gdt + SPARE + 8
        movl $SPARE, %eax
        lldt %ax
        case "a descriptor in a user page, with SMAP"
        movl $0x14, %eax
        movw %ax, %fs
        endcase
        case "a descriptor in a user page, with SMAP and AC"
        movl $0x14, %eax
        stac
        movw %ax, %fs
        clac
        endcase
        case "stac at level 3"
        movl $PAGE, %r8d
        to_user
        stac
        endcase
        movl $0x20, %eax
        movq %rax, %cr4
        case "stac without SMAP enabled"
        movl $PAGE, %r8d
        stac
        endcase

/* NX is a reserved bit while it is off. */
        movl $0xc0000080, %ecx
        rdmsr
        andl $0xfffff7ff, %eax
        wrmsr
        try 7, 7, 0x8000000000000007, "NX, which is off"
        try 7, 7, 6, "not present, while NX is off"
        movl $0xc0000080, %ecx
        rdmsr
        orl $0x800, %eax
        wrmsr

/* Over the end of a page. */
        tables
        movq $(FRAME + 0x1000 + 6), PT_TEST + 8
        case "read over the end, the second not present"
        movl $PAGE, %r8d
        movl 0xffe(%r8), %ecx
        endcase
        case "write over the end, the second not present"
        movl $PAGE, %r8d
        movl $0x5a5a5a5a, 0xffe(%r8)
        endcase
        case "nothing was written"
        movl $PAGE, %r8d
        movl FRAME + 0xffc, %ecx
        movq PT_TEST, %rax
        endcase
        movq $(FRAME + 0x1000 + 5), PT_TEST + 8
        case "write over the end, the second read-only"
        movl $PAGE, %r8d
        movl $0x5a5a5a5a, 0xffe(%r8)
        endcase
        case "code over the end, the second not present"
        movl $PAGE, %r8d
        movw $0xb8, FRAME + 0xffe
        movq $(FRAME + 0x1000 + 6), PT_TEST + 8
        invlpg 0x1000(%r8)
        movl $(PAGE + 0xfff), %eax
        movb $0x90, FRAME + 0xffe
        movb $0xb8, FRAME + 0xfff
        jmp *%rax
        endcase
        case "push over the end"
        movl $PAGE, %r8d
        leaq 0x1004(%r8), %rsp
        pushq %rax
        endcase

/* A page that is given back. */
        tables
        case "invlpg sees a page that went"
        movl $PAGE, %r8d
        movb (%r8), %cl
        movq $0, PT_TEST
        invlpg (%r8)
        movb (%r8), %dl
        endcase
        tables
        case "invlpg sees a page that moved"
        movl $PAGE, %r8d
        movl $0x11111111, FRAME
        movl $0x22222222, FRAME + 0x1000
        movl (%r8), %ecx
        movq $(FRAME + 0x1007), PT_TEST
        invlpg (%r8)
        movl (%r8), %edx
        endcase
        tables
        case "cr3 sees a page that moved"
        movl $PAGE, %r8d
        movl (%r8), %ecx
        movq $(FRAME + 0x1007), PT_TEST
        movq %cr3, %rax
        movq %rax, %cr3
        movl (%r8), %edx
        xorl %eax, %eax
        endcase
        tables
        case "accessed bits of all levels"
        movl $PAGE, %r8d
        movb (%r8), %cl
        movq PT_TEST, %rax
        movq PD_TEST, %rbx
        movq pdpt + 16, %rcx
        endcase
        tables
        case "dirty after a read and a write"
        movl $PAGE, %r8d
        movb (%r8), %cl
        movq PT_TEST, %rax
        movb %cl, (%r8)
        movq PT_TEST, %rbx
        endcase
        tables 7, 7, 7, 5
        case "a refused write leaves accessed alone"
        movl $PAGE, %r8d
        movq %cr0, %rcx
        movb %cl, (%r8)
        endcase
        case "so it does"
        movl $PAGE, %r8d
        movq PT_TEST, %rax
        endcase
        tables 7, 7, 0xe7
        movq $(FRAME & ~0x1fffff), %rax
        orq $0x87, %rax
        movq %rax, PD_TEST
        case "a large page"
        movl $PAGE, %r8d
        movl FREE(%r8), %ecx
        movq PD_TEST, %rax
        movl %ecx, FREE(%r8)
        movq PD_TEST, %rbx
        endcase

/* Delivery that meets a page fault: onto a double fault's stack. */
        tables 7, 7, 7, 6
        movb $2, idt + 16 * 8 + 4
        case "a page fault's stack is not present"
        movl $PAGE, %r8d
        movl $(PAGE + 0x800), %esp
        movb (%r8), %al
        endcase
        case "an interrupt's stack is not present"
        movl $PAGE, %r8d
        movl $(PAGE + 0x800), %esp
        movb $2, idt + 16 * 14 + 4
        int $0x30
        endcase
        call idt_init
        jmp finish

        .section .note.GNU-stack, "", @progbits
