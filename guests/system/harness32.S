// SPDX-License-Identifier: GPL-2.0-or-later
/* Descriptor tables, entries of all vectors and the way from case to case, in 32 bits. */
#include "system.h"

        .code32
        .text
        .globl start32, case_ok, set_registers, idt_init, recover
start32:
        lgdt gdt_pointer
        ljmp $CODE, $1f
1:      movl $DATA, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl %eax, %fs
        movl %eax, %gs
        call report_init
        call idt_init
        lidt idt_pointer
        movl $TSS_STACK, tss + 4
        movl $DATA, tss + 8
        movw $104, tss + 102
        movl $tss, %eax
        movw %ax, gdt + TSS_SELECTOR + 2
        shrl $16, %eax
        movb %al, gdt + TSS_SELECTOR + 4
        movw $TSS_SELECTOR, %ax
        ltr %ax
        jmp cases

/* All gates as at the start: interrupt gates to level 0, VECTOR_END and the traps of instructions open to level 3. */
idt_init:
        pushal
        movl $idt, %edi
        movl $entries, %ebx
        movl $256, %ecx
1:      movw %bx, (%edi)
        movw $CODE, 2(%edi)
        movw $0x8e00, 4(%edi)
        movl %ebx, %eax
        shrl $16, %eax
        movw %ax, 6(%edi)
        addl $8, %edi
        addl $16, %ebx
        loop 1b
        movb $0xee, idt + 8 * VECTOR_END + 5
        movb $0xee, idt + 8 * 3 + 5
        movb $0xee, idt + 8 * 4 + 5
        popal
        ret

set_registers:
        movl $0x11, %eax
        movl $0x22, %ecx
        movl $0x33, %edx
        movl $0x44, %ebx
        movl $0x55, %ebp
        movl $0x66, %esi
        movl $0x77, %edi
        pushl $2
        popfl
        ret

        .balign 16
entries:
        .set vector, 0
        .rept 256
        .if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17)
        pushl $0
        .endif
        pushl $vector
        jmp entry_common
        .balign 16
        .set vector, vector + 1
        .endr

case_ok:
        pushl $0
        pushl $VECTOR_OK
entry_common:
        pushl %edi
        pushl %esi
        pushl %ebp
        pushl %ebx
        pushl %edx
        pushl %ecx
        pushl %eax
        pushl %ds
        pushl %es
        pushl %fs
        pushl %gs
        pushl %ss
        movl $DATA, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        cld
        movl %esp, %eax
        pushl %eax
        call exception
        addl $8, %esp
        testl %eax, %eax
        jz recover
        popl %gs
        popl %fs
        popl %es
        popl %ds
        popl %eax
        popl %ecx
        popl %edx
        popl %ebx
        popl %ebp
        popl %esi
        popl %edi
        addl $8, %esp
        iretl

/* The next case. */
recover:
        movl $DATA, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl %eax, %fs
        movl %eax, %gs
        movl $KERNEL_STACK, %esp
        pushl $2
        popfl
        /* What is above a stack's top is 0 for every case. */
        xorl %eax, %eax
        cld
        .irp top, KERNEL_STACK, TSS_STACK, USER_STACK
        movl $(\top - 128), %edi
        movl $64, %ecx
        rep stosl
        .endr
        movl $0, case_continue
        movl $0, case_set_flags
        movl $0, case_skip
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
        .fill GDT_ENTRIES - 9, 8, 0
gdt_pointer:
        .word GDT_ENTRIES * 8 - 1
        .long gdt
        .balign 8
idt_pointer:
        .word 256 * 8 - 1
        .long idt

        .bss
        .balign 16
idt:    .skip 256 * 8
tss:    .skip 256
case_resume: .skip 4
case_cursor: .skip 4

        .section .note.GNU-stack, "", @progbits
