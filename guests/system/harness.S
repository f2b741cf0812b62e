// SPDX-License-Identifier: GPL-2.0-or-later
/* Descriptor tables, entries of all vectors and the way from case to case, in 32 bits and in 64. */
#include "system.h"
#include "width.h"

#ifdef __x86_64__
#define GATE_SIZE 16
#define HANDLER_CODE CODE64
        .code64
#else
#define GATE_SIZE 8
#define HANDLER_CODE CODE
        .code32
#endif

        .text
        .globl begin, set_registers, idt_init
/* Flat segments are loaded; the tables, then the cases. */
begin:
        movl $KERNEL_STACK, %esp
        call report_init
        call idt_init
        lidt idt_pointer
        movl $TSS_STACK, tss + 4
#ifdef __x86_64__
        movl $IST1_STACK, tss + 36
        movl $IST2_STACK, tss + 44
#else
        movl $DATA, tss + 8
#endif
        movw $104, tss + 102
        movl $tss, %eax
        movw %ax, gdt + TSS_SELECTOR + 2
        shrl $16, %eax
        movb %al, gdt + TSS_SELECTOR + 4
        movw $TSS_SELECTOR, %ax
        ltr %ax
        jmp cases

/* All gates as at the start: interrupt gates to level 0, VECTOR_END and the traps of instructions open to level 3. Changes nothing. */
idt_init:
        .irp r, ax, bx, cx, di
        push %PREFIX\r
        .endr
        movl $idt, %edi
        movl $entries, %ebx
        movl $256, %ecx
1:      movl %ebx, %eax
        andl $0xffff, %eax
        orl $(HANDLER_CODE << 16), %eax
        stosl
        movl %ebx, %eax
        movw $0x8e00, %ax
        stosl
#ifdef __x86_64__
        xorl %eax, %eax
        stosl
        stosl
#endif
        addl $16, %ebx
        loop 1b
        .irp vector, 3, 4, VECTOR_END
        movb $0xee, idt + GATE_SIZE * \vector + 5
        .endr
        .irp r, di, cx, bx, ax
        pop %PREFIX\r
        .endr
        ret

set_registers:
        .set value, 0x11
        .irp r, eax, ecx, edx, ebx, ebp, esi, edi
        movl $value, %\r
        .set value, value + 0x11
        .endr
#ifdef __x86_64__
        .irp r, r8, r9, r10, r11, r12, r13, r14, r15
        movl $value, %\r\()d
        .set value, value + 0x11
        .endr
#endif
        push $2
        popf
        ret

        .balign 16
entries:
        .set vector, 0
        .rept 256
        .if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17)
        push $0
        .endif
        push $vector
        jmp entry_common
        .balign 16
        .set vector, vector + 1
        .endr

/* Makes the frame of report.h. */
entry_common:
#ifdef __x86_64__
        .irp r, r15, r14, r13, r12, r11, r10, r9, r8
        push %\r
        .endr
#endif
        .irp r, di, si, bp, bx, dx, cx, ax
        push %PREFIX\r
        .endr
        .irp r, ds, es, fs, gs, ss
        movl %\r, %eax
        push AX
        .endr
        cld
#ifdef __x86_64__
        movq %rsp, %rdi
        call exception
        testl %eax, %eax
        jz recover
        addq $(5 * WORD), %rsp
#else
        movl $DATA, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl %esp, %eax
        pushl %eax
        call exception
        addl $(2 * WORD), %esp
        testl %eax, %eax
        jz recover
        .irp r, gs, fs, es, ds
        popl %\r
        .endr
#endif
        .irp r, ax, cx, dx, bx, bp, si, di
        pop %PREFIX\r
        .endr
#ifdef __x86_64__
        .irp r, r8, r9, r10, r11, r12, r13, r14, r15
        pop %\r
        .endr
#endif
        ADD $(2 * WORD), SP
        IRET

/* The next case. */
recover:
        movl $DATA, %eax
        .irp r, ds, es, ss, fs, gs
        movl %eax, %\r
        .endr
        movl $KERNEL_STACK, %esp
        push $2
        popf
        /* What is above a stack's top is 0 for every case. */
        xorl %eax, %eax
        .irp top, KERNEL_STACK, TSS_STACK, USER_STACK
        movl $(\top - 128), %edi
        movl $64, %ecx
        rep stosl
        .endr
        MOV $0, case_continue
        MOV $0, case_set_flags
        MOV $0, case_skip
        jmp *case_resume

        .data
        .globl gdt, idt, gdt_pointer, idt_pointer, tss, case_resume, case_cursor
        .balign 8
gdt:    .quad 0
        .quad 0x00cf9b000000ffff        /* CODE; accessed bits are set */
        .quad 0x00cf93000000ffff        /* DATA */
        .quad 0x00cffb000000ffff        /* USER_CODE */
        .quad 0x00cff3000000ffff        /* USER_DATA */
        .quad 0x0000890000000000 + 103  /* TSS_SELECTOR */
        .quad 0
        .quad 0x00009b010000ffff        /* CODE16: 64 KiB at IMAGE */
        .quad 0x000093000000ffff        /* DATA16 */
#ifdef __x86_64__
        .quad 0x00af9b000000ffff        /* CODE64 */
        .quad 0x00affb000000ffff        /* USER_CODE64 */
#endif
        .skip gdt + GDT_ENTRIES * 8 - .
gdt_pointer:
        .word GDT_ENTRIES * 8 - 1
        .long gdt, 0
        .balign 8
idt_pointer:
        .word 256 * GATE_SIZE - 1
        .long idt, 0

        .bss
        .balign 16
idt:    .skip 256 * GATE_SIZE
tss:    .skip 256
case_resume: .skip WORD
case_cursor: .skip WORD

        .section .note.GNU-stack, "", @progbits
