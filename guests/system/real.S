// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Real mode (SDM vol. 3, 20.1): interrupts by the vector table and IRET, far transfers, flags, what only protected mode has,
 * control registers, segments and their ends, the way to protected mode and back.
 */
#include "case16.h"

        .set BEYOND, FREE + 0x8000 /* beyond the image's segment */
#define HIGH 0x107000            /* above the first MiB */

        .code16
        .text
        .globl cases
/* First, so that they stay where they are. */
landing:
        int $VECTOR_END
landing_pops:
        popw %ax
        popw %cx
        popw %dx
        popw %bx
        int $VECTOR_END
goes_back:
        iretw
returns:
        lretw
returns_4:
        lretw $4
        .code32
cases:
        movl $1, case_is_real
        movl $0x900b0f90, HIGH          /* nop, ud2, nop */
        movl $0x900b0f90, BEYOND
        call ivt_init
        movl $(real_cases - IMAGE), %eax
        jmp to_real

        .code16
        /* A far pointer on the stack, and BX at it. */
        .macro pointer_to label
        pushw $SEGMENT
        push_ip \label
        movw %sp, %bx
        .endm

real_cases:
/* Interrupts and exceptions. */
        .irp flags, 0x0002, 0x7ad7, 0x0302
        case "int with flags \flags"
        pushw $\flags
        popfw
        int $0x30
        endcase
        .endr
        vector 0x30, landing_pops
        case "int, and what is on the stack"
        pushw $0x4ad7
        popfw
        int $0x30
        endcase
        vector 0x30, goes_back
        case "int and back"
        pushw $0x7ad7
        popfw
        int $0x30
        endcase
        case "int and back, a stack that wraps"
        movw $DATA_SEGMENT, %ax
        movw %ax, %ss
        movw $2, %sp
        int $0x30
        movw %sp, %cx
        xorw %ax, %ax
        movw %ax, %ss
        movw $KERNEL_STACK, %sp
        endcase
        .irp i, "int3", "into", ".byte 0xf1", "ud2", "divw %si", "idivb %dh", "aam $0", "bound %ax, 0", ".byte 0xf0, 0x90", ".byte 0x8e, 0xc8", ".byte 0x0f, 0xff", "cli", "sti", "lock incw 0", ".byte 0xc5, 0xc0", ".byte 0x0f, 0x04"
        case "\i"
        movb $0x7f, %cl
        incb %cl
        xorw %si, %si
        movb $0, %dh
        \i
        endcase
        .endr
        continue_real 2
        case "goes on behind a trap"
        int3
        movw $0x1234, %ax
        int3
        movw $0x5678, %cx
        endcase
        continue_real 4
        case "steps"
        pushw $0x0102
        popfw
        nop
        int $0x31
        pushw $2
        popfw
        endcase
        case "a vector beyond the table"
        movw $0x7f, 0
        movl $0, 2
        lidtl 0
        int $0x30
        endcase
        case "a table elsewhere"
        movl $(landing - IMAGE + (SEGMENT << 16)), %es:0x100
        movw $0x3ff, %es:0x10
        movl $(FREE + 0x40), %es:0x12
        xorw %ax, %ax
        movw %ax, %fs
        movl %fs:4 * VECTOR_END, %eax
        movl %eax, %es:0x240
        lidtl %es:0x10
        int $0x30
        endcase

/* Transfers. */
        .irp i, ljmpw, lcallw
        case "\i"
        pointer_to landing_pops
        \i *%ss:(%bx)
        endcase
        .endr
        .irp where, landing, BEYOND
        case "ljmpl to \where"
        ljmpl $SEGMENT, $(\where - IMAGE)
        endcase
        case "lcalll to \where"
        lcalll $SEGMENT, $(\where - IMAGE)
        endcase
        case "lretl to \where"
        pushl $SEGMENT
        pushl $(\where - IMAGE)
        lretl
        endcase
        case "iretl to \where"
        pushl $2
        pushl $SEGMENT
        pushl $(\where - IMAGE)
        iretl
        endcase
        .endr
        case "far call and back"
        pointer_to returns
        lcallw *%ss:(%bx)
        endcase
        case "far call and back with parameters"
        pushw $1
        pushw $2
        pointer_to returns_4
        lcallw *%ss:(%bx)
        endcase
        case "far jump above the first MiB"
        ljmpw $0xffff, $(HIGH - 0xffff0)
        endcase
        case "ljmp through a register"
        .byte 0xff, 0xe8
        endcase
        .irp flags, 0x0002, 0x7ad7, 0x8028, 0x0102
        case "iretw of \flags"
        pushw $\flags
        pushw $SEGMENT
        push_ip landing
        iretw
        endcase
        case "popfw of \flags"
        pushw $\flags
        popfw
        pushfl
        popl %eax
        endcase
        .endr
        .irp flags, 0x000002, 0x020002, 0x010002, 0x247ad7, 0x180002
        case "iretl of \flags"
        pushl $\flags
        pushl $SEGMENT
        pushl $(landing - IMAGE)
        iretl
        endcase
        case "popfl of \flags"
        pushl $\flags
        popfl
        pushfl
        popl %eax
        pushl $2
        popfl
        endcase
        .endr

/* What only protected mode has. */
        .irp i, "sldt %ax", "str %ax", "lldt %ax", "ltr %ax", "lar %ax, %cx", "lsl %ax, %cx", "verr %ax", "verw %ax", "arpl %ax, %cx", sysenter, sysexit, syscall, sysret, "smsw %ax", "sgdt 0", "sidt 0", "clts", "wbinvd", "invd", "invlpg 0", "rdpmc", "movl %cr1, %eax", "movl %cr5, %eax", "movl %cr2, %eax", "movl %cr3, %eax", "movl %cr4, %eax", "movl %dr7, %eax", "inb $0x80, %al", "outb %al, $0x80", "pushw %cs", "pushl %fs", "popl %gs"
        case "\i"
        pushl $SEGMENT
        \i
        endcase
        .endr
        case "rdmsr and wrmsr"
        movl $0x174, %ecx
        movl $0x1234, %eax
        xorl %edx, %edx
        wrmsr
        xorl %eax, %eax
        rdmsr
        endcase
        case "rdmsr of what there is not"
        movl $0x12345678, %ecx
        rdmsr
        endcase
        .irp value, 0x20000010, 0x60000010, 0x0000003a
        case "cr0 of \value"
        movl $\value, %eax
        movl %eax, %cr0
        movl %cr0, %ecx
        movl $0x10, %eax
        movl %eax, %cr0
        endcase
        .endr
        case "lgdt of 24 bits"
        movl $-1, %eax
        movl %eax, 0
        movl %eax, 4
        lgdtw 0
        sgdtl 8
        movl 8, %eax
        movzwl 12, %ecx
        endcase
        case "lgdt of 32 bits"
        movl $-1, %eax
        movl %eax, 0
        movl %eax, 4
        lgdtl 0
        sgdtl 8
        movl 8, %eax
        movzwl 12, %ecx
        endcase

/* To protected mode and back. */
        case "lmsw sets PE, and a move clears it"
        movw $1, %ax
        lmsw %ax
        smsw %cx
        movl %cr0, %eax
        andb $0xfe, %al
        movl %eax, %cr0
        movw %cs, %dx
        endcase
        case "lmsw does not clear PE"
        movw $1, %ax
        lmsw %ax
        decw %ax
        lmsw %ax
        movl %cr0, %ecx
        movl %ecx, %eax
        andb $0xfe, %al
        movl %eax, %cr0
        endcase
        case "segments keep what protected mode gave them"
        addr32 lgdtl %cs:(gdt_pointer - IMAGE)
        movl %cr0, %eax
        orb $1, %al
        movl %eax, %cr0
        movw $DATA, %bx
        movw %bx, %es
        andb $0xfe, %al
        movl %eax, %cr0
        movl $0x12345678, %ecx
        movl $HIGH, %ebx
        addr32 movl %ecx, %es:0x100(%ebx)
        addr32 movl %es:0x100(%ebx), %edx
        xorw %ax, %ax
        movw %ax, %es
        addr32 movl %es:0x100(%ebx), %esi
        endcase

/* Segments. */
        case "segment registers take anything"
        movw $0xfff8, %ax
        movw %ax, %es
        movw $3, %ax
        movw %ax, %fs
        endcase
        case "les, lds, lfs, lgs, lss"
        movl $0x12345678, 0
        les 0, %ax
        lfs 0, %cx
        lgs 0, %dx
        movl $0x00008000, 0
        lss 0, %sp
        lds 0, %si
        endcase
        case "memory above the first MiB"
        movw $0xffff, %ax
        movw %ax, %es
        movl %es:(HIGH - 0xffff0), %ecx
        endcase
        case "strings wrap at 64 KiB"
        movw $DATA_SEGMENT, %ax
        movw %ax, %es
        movw $0xfffe, %di
        movw $4, %cx
        rep stosb
        movl %es:0, %edx
        endcase
        case "addresses wrap at 64 KiB"
        movw $0xffff, %bx
        movw $0x11, %si
        movb $0x5a, 0x10
        movb (%bx, %si), %al
        movw $0xffff, %bp
        leaw 2(%bp), %cx
        movl $0x1ffff, %ebx
        leaw 3(%bx), %dx
        endcase
        case "push at 0"
        xorw %sp, %sp
        movw $DATA_SEGMENT, %ax
        movw %ax, %ss
        pushw %ax
        movw %sp, %cx
        xorw %ax, %ax
        movw %ax, %ss
        movw $KERNEL_STACK, %sp
        endcase
        case "esp's upper half"
        movl $0x12348000, %esp
        pushw %ax
        movl %esp, %eax
        movl $KERNEL_STACK, %esp
        endcase
        case "enter, leave and pusha"
        movl $0x12340000, %ebp
        enterw $8, $1
        leavew
        pushaw
        popaw
        pushal
        popal
        endcase
        case "loop counts CX"
        movl $0x10002, %ecx
1:      incw %ax
        loop 1b
        endcase
        case "loop counts ECX with a prefix"
        movl $3, %ecx
1:      incw %ax
        addr32 loop 1b
        endcase
        case "call pushes 16 bits"
        movl $0x12340000, %eax
        callw 1f
1:      popw %ax
        movw %sp, %cx
        xorw %ax, %ax
        endcase
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
        movl $REAL_STACK, %esp
        jmp finish

        .section .note.GNU-stack, "", @progbits
