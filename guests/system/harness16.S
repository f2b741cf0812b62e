// SPDX-License-Identifier: GPL-2.0-or-later
/* Real mode: its interrupt vector table, the way to the report in protected mode and back. */
#include "system.h"

#define BSS 0x20000              /* of the image; see system.ld */
#define REPORT_STACK REAL_STACK

        .text
        .globl to_real, begin_case, ivt_init
        .code32
/* From protected mode to 16-bit code at %eax in the image's segment, with segments as processors reset them. */
to_real:
        movl %eax, target
        movl $DATA16, %eax
        ljmp $CODE16, $(1f - IMAGE)
        .code16
1:      movw %ax, %ds
        movw %ax, %es
        movw %ax, %fs
        movw %ax, %gs
        movw %ax, %ss
        movl %cr0, %eax
        andb $0xfe, %al
        movl %eax, %cr0
        ljmpl $SEGMENT, $(1f - IMAGE)
1:      addr32 lidtl %cs:(ivt_pointer - IMAGE)
        xorw %ax, %ax
        movw %ax, %ss
        movl $KERNEL_STACK, %esp
        movw $DATA_SEGMENT, %ax
        movw %ax, %ds
        movw %ax, %es
        movw %ax, %fs
        movw %ax, %gs
        addr32 jmpw *%cs:(target - IMAGE)

/* Notes the case whose name, start and end are on the stack, and begins it. */
begin_case:
        movw $(BSS >> 4), %ax
        movw %ax, %fs
        popl %eax
        addr32 movl %eax, %fs:(case_resume - BSS)
        popl %ecx
        leal IMAGE(%ecx), %eax
        addr32 movl %eax, %fs:(case_start - BSS)
        popl %eax
        addr32 movl %eax, %fs:(case_name - BSS)
        movw %ds, %ax
        movw %ax, %fs
        pushw %cx
        movl $0x11, %eax
        movl $0x22, %ecx
        movl $0x33, %edx
        movl $0x44, %ebx
        movl $0x55, %ebp
        movl $0x66, %esi
        movl $0x77, %edi
        pushl $2
        popfl
        retw

        .balign 8
entries16:
        .set number, 0
        .rept 256
        pushw $number
        jmp entry16
        .balign 8
        .set number, number + 1
        .endr

/* On the case's stack: vector, IP, CS, flags. */
entry16:
        pushal
        pushw %ds
        pushw %es
        pushw %fs
        pushw %gs
        movw %ss, %dx
        movw %sp, %cx
        addr32 lgdtl %cs:(gdt_pointer - IMAGE)
        movl %cr0, %eax
        orb $1, %al
        movl %eax, %cr0
        ljmpl $CODE, $1f
        .code32
1:      movl $DATA, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl $REPORT_STACK, %esp
        movzwl %dx, %edx
        movzwl %cx, %ecx
        movl %edx, %esi
        shll $4, %esi
        addl %ecx, %esi
        cld
        /* The frame of report.h: 0 GS, 2 FS, 4 ES, 6 DS, 8 EDI to EAX, 40 vector, 42 IP, 44 CS, 46 flags. */
        pushl %edx
        addl $48, %ecx
        pushl %ecx
        .irp at, 46, 44, 42
        movzwl \at(%esi), %eax
        pushl %eax
        .endr
        pushl $0
        movzwl 40(%esi), %eax
        pushl %eax
        .irp at, 8, 12, 16, 24, 28, 32, 36
        pushl \at(%esi)
        .endr
        .irp at, 6, 4, 2, 0
        movzwl \at(%esi), %eax
        pushl %eax
        .endr
        pushl %edx
        movl %esp, %eax
        pushl %esi
        pushl %eax
        call exception
        popl %ebx
        popl %esi
        testl %eax, %eax
        jz next
        /* Goes on: IP and flags may be others. */
        movl 56(%ebx), %eax
        movw %ax, 42(%esi)
        movl 64(%ebx), %eax
        movw %ax, 46(%esi)
        movl %esi, resume_stack
        movl $(1f - IMAGE), %eax
        jmp to_real
next:
        xorl %eax, %eax
        movl %eax, %cr4
        movl $(KERNEL_STACK - 128), %edi
        movl $64, %ecx
        rep stosl
        movl $0, case_continue
        movl $0, case_set_flags
        movl $0, case_skip
        movl case_resume, %eax
        jmp to_real
        .code16
1:      movw $(BSS >> 4), %ax
        movw %ax, %fs
        addr32 movl %fs:(resume_stack - BSS), %esp
        popw %gs
        popw %fs
        popw %es
        popw %ds
        popal
        addw $2, %sp
        iretw

        .code32
/* All vectors as at the start. */
ivt_init:
        pushal
        xorl %edi, %edi
        movl $(entries16 - IMAGE + (SEGMENT << 16)), %eax
        movl $256, %ecx
1:      stosl
        addl $8, %eax
        loop 1b
        popal
        ret

        .bss
        .balign 4
resume_stack: .skip 4

        .data
        .balign 4
target: .long 0
ivt_pointer:
        .word 0x3ff
        .long 0

        .section .note.GNU-stack, "", @progbits
