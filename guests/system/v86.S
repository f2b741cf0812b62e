// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Virtual-8086 mode (SDM vol. 3, chapter 20): the way in by IRET, what IOPL and the bitmap of ports allow, interrupts and
 * exceptions out of it to level 0, segments. Its code is in the image's own 64 KiB; most cases end with UD2.
 */
#include "case.h"

#define AT(n) (SPARE + 8 * (n))
#define GATE (idt + 8 * 0x30)
#define VM 0x20000
#define HIGH 0x107000            /* above the first MiB */

        .code32
        .text
        .globl cases
/* First, so that they stay where they are. */
landing:
        popl %eax
        popl %ecx
        popl %edx
        int $VECTOR_END
landing_segments:
        movl %ds, %eax
        movl %es, %ecx
        movl %fs, %edx
        movl %gs, %ebx
        pushfl
        popl %esi
        int $VECTOR_END
        .code16
landing16:
        popw %ax
        popw %cx
        popw %dx
        popw %bx
        int $VECTOR_END
landing_v86:
        ud2
returns:
        lretw
returns_4:
        lretw $4
        .code32

        /* Goes on in virtual-8086 mode, with a stack of 64 KiB at 0. */
        .macro to_v86 flags=2, ip
        pushl $0x4444
        pushl $0x3333
        pushl $SEGMENT
        pushl $0x4111
        pushl $0
        pushl $USER_STACK
        pushl $(\flags | VM)
        pushl $SEGMENT
        .ifb \ip
        pushl $(904f - IMAGE)
        .else
        pushl $\ip
        .endif
        iretl
        .code16
904:
        .endm
        /* Where it is in the segment; changes %eax. */
        .macro push_ip label
        movl $(\label - IMAGE), %eax
        pushw %ax
        .endm
        .macro end_v86
        ud2
902:
        .code32
        .endm
        .macro gate_case rights, selector, label, name:vararg
        gate GATE, \selector, \label, \rights
        .if \selector == CODE16
        movw $0, GATE + 6
        .endif
        case "int, " \name
        to_v86 0x3ad7
        int $0x30
        end_v86
        call idt_init
        .endm

cases:
        descriptor AT(0), 0, 0xfffff, 0x9e, 12     /* conforming code */
        descriptor AT(1), 0, 0xfffff, 0xfa, 12     /* code of level 3 */
        descriptor AT(2), 0, 0xfffff, 0xba, 12     /* code of level 1 */
        descriptor AT(3), 0, 0xfffff, 0x1a, 12     /* not present */
        /* nop, ud2, nop: above the first MiB, and above the segment's 64 KiB */
        movl $0x900b0f90, HIGH
        movl $0x900b0f90, FREE

/* In and out. */
        .irp flags, 0x000002, 0x003000, 0x000200, 0x004000, 0x010000, 0x040000, 0x180000, 0x200000, 0x008028
        case "iret with flags \flags"
        to_v86 \flags
        end_v86
        .endr
        case "iret with an EIP of 17 bits"
        to_v86 2, (FREE - IMAGE)
        end_v86
        case "iret with VM at level 3"
        to_user
        .irp value, 0, 0, 0, 0, 0, USER_STACK, (VM+2), SEGMENT, (landing_v86-IMAGE)
        pushl $\value
        .endr
        iretl
        endcase
        case "popf with VM"
        pushl $(VM + 2)
        popfl
        endcase
        continue_after 2
        case "there and back by an exception"
        to_v86 0x2
        int3
        movw $0x1234, %ax
        ud2
        end_v86
        continue_after 1, 0, 2
        case "there and back, and the segments"
        to_v86 0x2
        ud2
        movw %ds, %ax
        movw %es, %cx
        movw %fs, %dx
        movw %gs, %bx
        end_v86
        gate_case 0xee00, CODE, landing_segments, "segments at level 0"
        gate_case 0xee00, CODE, landing, "interrupt gate"
        gate_case 0xef00, CODE, landing, "trap gate"
        gate_case 0xe600, CODE16, landing16, "interrupt gate of 16 bits"
        gate_case 0x8e00, CODE, landing, "of level 0"
        gate_case 0x6e00, CODE, landing, "not present"
        gate_case 0xee00, AT(0), landing, "to conforming code"
        gate_case 0xee00, AT(1), landing, "to code of level 3"
        gate_case 0xee00, AT(2), landing, "to code of level 1"
        gate_case 0xee00, AT(3), landing, "to code that is not present"
        gate_case 0xee00, 0, landing, "to nothing"
        gate_case 0xee00, DATA, landing, "to data"

/* What IOPL allows, and what nothing does. */
        .irp iopl, 0x0, 0x3000
        .irp i, cli, sti, pushfw, pushfl, popfw, popfl, iretw, "int $0x30", "int $0x31", int3, into, ".byte 0xf1", hlt, clts, "movl %cr0, %eax", "movl %eax, %cr0", "movl %dr0, %eax", "movl %eax, %dr7", "lgdt 0x400", "lidt 0x400", "lmsw %ax", "invlpg 0", "wbinvd", "invd", "rdmsr", "wrmsr", "rdpmc", "sysexit", "sysret", "smsw %ax", "sgdt 0xf00", "sidt 0xf00", "sldt %ax", "str %ax", "lldt %ax", "ltr %ax", "lar %ax, %cx", "lsl %ax, %cx", "verr %ax", "verw %ax", "arpl %ax, %cx", "divw %si", "bound %ax, 0xff0", ".byte 0xf0, 0x90", "pushw %cs"
        case "\i with IOPL of \iopl"
        to_v86 (0x802 + \iopl)
        xorw %si, %si
        pushw %si
        pushw $0
        pushw $SEGMENT
        push_ip landing_v86
        \i
        end_v86
        .endr
        .irp flags, 0x3302, 0x0ad7, 0x7fd7, 0x4002
        case "popf of \flags with IOPL of \iopl"
        to_v86 (2 + \iopl)
        pushw $\flags
        popfw
        pushfl
        popl %eax
        end_v86
        case "iret of \flags with IOPL of \iopl"
        to_v86 (2 + \iopl)
        pushw $\flags
        pushw $SEGMENT
        push_ip landing_v86
        iretw
        end_v86
        .endr
        .irp flags, 0x000002, 0x020002, 0x010002, 0x253302, 0x180002
        case "popfl of \flags with IOPL of \iopl"
        to_v86 (2 + \iopl)
        pushl $\flags
        popfl
        pushfl
        popl %eax
        end_v86
        case "iretl of \flags with IOPL of \iopl"
        to_v86 (2 + \iopl)
        pushl $\flags
        pushl $SEGMENT
        pushl $(landing_v86 - IMAGE)
        iretl
        end_v86
        .endr
        .endr
        case "sysenter"
        to_v86
        sysenter
        end_v86
        case "rdtsc with TSD"
        movl $4, %eax
        movl %eax, %cr4
        to_v86
        rdtsc
        end_v86
        xorl %eax, %eax
        movl %eax, %cr4
        case "a step"
        to_v86 0x3102
        nop
        end_v86
        continue_after 4
        case "steps over pushf and popf"
        to_v86 0x3102
        pushfw
        popw %ax
        pushw $2
        popfw
        end_v86

/* The bitmap of ports, whatever IOPL is. */
        movb $135, gdt + TSS_SELECTOR
        andb $0xfd, gdt + TSS_SELECTOR + 5
        movw $TSS_SELECTOR, %ax
        ltr %ax
        movl $-1, tss + 104
        movl $-1, tss + 108
        movl $-1, tss + 112
        movl $-1, tss + 116
        movl $0xfffffffe, tss + 120          /* 0x80 is allowed */
        movb $0xff, tss + 124
        .irp iopl, 0x0, 0x3000
        .irp i, "inb $0x80, %al", "outb %al, $0x80", "inb $0x81, %al", "outw %ax, $0x80", "insb", "rep outsb"
        case "\i with IOPL of \iopl"
        to_v86 (2 + \iopl)
        movw $0x80, %dx
        xorw %cx, %cx
        \i
        xorl %eax, %eax
        end_v86
        .endr
        .endr

/* Transfers and segments. */
        case "far jump"
        to_v86
        pushw $SEGMENT
        push_ip landing_v86
        movw %sp, %bx
        ljmpw *%ss:(%bx)
        end_v86
        case "far jump above the first MiB"
        to_v86
        ljmpw $0xffff, $(HIGH - 0xffff0)
        end_v86
        case "far jump, 32-bit offset"
        to_v86
        ljmpl $SEGMENT, $(landing_v86 - IMAGE)
        end_v86
        case "far jump beyond the segment"
        to_v86
        ljmpl $SEGMENT, $(FREE - IMAGE)
        end_v86
        case "far call beyond the segment"
        to_v86
        lcalll $SEGMENT, $(FREE - IMAGE)
        end_v86
        case "far return beyond the segment"
        to_v86
        pushl $SEGMENT
        pushl $(FREE - IMAGE)
        lretl
        end_v86
        case "iret beyond the segment"
        to_v86 0x3002
        pushl $2
        pushl $SEGMENT
        pushl $(FREE - IMAGE)
        iretl
        end_v86
        case "far call and back"
        to_v86
        pushw $SEGMENT
        push_ip returns
        movw %sp, %bx
        lcallw *%ss:(%bx)
        end_v86
        case "far call and back with parameters"
        to_v86
        pushw $1
        pushw $2
        pushw $SEGMENT
        push_ip returns_4
        movw %sp, %bx
        lcallw *%ss:(%bx)
        end_v86
        case "segment registers take anything"
        to_v86
        movw $0xfff8, %ax
        movw %ax, %es
        movw $3, %ax
        movw %ax, %fs
        movw %fs:0x13, %bx
        end_v86
        case "les and pop of segments"
        to_v86
        pushw $0x1234
        pushw $0x5678
        movw %sp, %bx
        les %ss:(%bx), %ax
        popw %fs
        popw %gs
        end_v86
        case "mov ss"
        to_v86
        movw $0x800, %ax
        movw %ax, %ss
        movw $0x1000, %sp
        pushw $0x1234
        popw %cx
        end_v86
        case "pop ss and a step"
        to_v86 0x3002
        pushw $0
        pushw $0x3102
        popfw
        popw %ss
        nop
        end_v86
        case "memory above the first MiB"
        to_v86
        movw $0xffff, %ax
        movw %ax, %es
        movl %es:(HIGH - 0xffff0), %ecx
        end_v86
        case "push at 0"
        to_v86
        xorw %sp, %sp
        movw $0x3000, %ax
        movw %ax, %ss
        pushw %ax
        end_v86
        case "esp's upper half"
        to_v86
        movl $0x1234a000, %esp
        pushw %ax
        movl %esp, %eax
        end_v86
        case "enter and leave"
        to_v86
        movl $0x12340000, %ebp
        enterw $8, $1
        leavew
        end_v86
        jmp finish

        .section .note.GNU-stack, "", @progbits
