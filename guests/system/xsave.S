// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * XGETBV, XSETBV, XSAVE and XRSTOR (SDM vol. 1, chapter 13): what CR4 and CR0 allow, values of XCR0, the size and the header of the
 * area; CPUID as it is executed.
 */
#include "case.h"

        .set AREA, FREE
#define OSXSAVE_CR4 0x40620      /* with OSFXSR, OSXMMEXCPT and PAE */

        .code64
        .text
        .globl cases

        .macro xcr0_of low, high=0
        xorl %ecx, %ecx
        movl $\low, %eax
        movl $\high, %edx
        xsetbv
        .endm

cases:
        case "cpuid takes eax and ecx alone"
        movabsq $0x1234567800000000, %rax
        movabsq $0x1234567800000000, %rcx
        movq $-1, %rdx
        movq $-1, %rbx
        cpuid
        endcase
        case "cpuid at level 3"
        to_user
        xorl %eax, %eax
        cpuid
        endcase
        case "xgetbv without OSXSAVE"
        xorl %ecx, %ecx
        xgetbv
        endcase
        case "xsetbv without OSXSAVE"
        xcr0_of 1
        endcase
        case "xsave without OSXSAVE"
        xsave AREA
        endcase
        movl $OSXSAVE_CR4, %eax
        movq %rax, %cr4
        case "xgetbv"
        xorl %ecx, %ecx
        xgetbv
        endcase
        case "xgetbv at level 3"
        to_user
        xorl %ecx, %ecx
        xgetbv
        endcase
        case "OSXSAVE is seen"
        movl $1, %eax
        cpuid
        andl $0x08000000, %ecx
        xorl %eax, %eax
        xorl %ebx, %ebx
        xorl %edx, %edx
        endcase
        .irp value, 0, 1, 2, 3, 4, 5, 6, 0x10, 0x18, 0x100
        case "xsetbv of \value"
        xcr0_of \value
        xgetbv
        endcase
        .endr
        case "xsetbv of bit 63"
        xcr0_of 3, 0x80000000
        endcase
        case "xsetbv of XCR1"
        movl $1, %ecx
        movl $3, %eax
        xorl %edx, %edx
        xsetbv
        endcase
        case "xgetbv of XCR2"
        movl $2, %ecx
        xgetbv
        endcase
        case "xsetbv at level 3"
        to_user
        xcr0_of 3
        endcase
        .irp value, 1, 3
        case "size with XCR0 of \value"
        xcr0_of \value
        movl $0xd, %eax
        xorl %ecx, %ecx
        cpuid
        movl %ebx, %edi
        xorl %eax, %eax
        xorl %edx, %edx
        xorl %ecx, %ecx
        endcase
        .endr
        .irp i, xsave, xsaveopt, xrstor
        case "\i, not aligned"
        movl $3, %eax
        xorl %edx, %edx
        \i AREA + 8
        endcase
        case "\i with TS"
        movq %cr0, %rcx
        orb $8, %cl
        movq %rcx, %cr0
        \i AREA
        endcase
        clts
        .endr
        case "xsave's header"
        movq $0, AREA + 512
        movl $3, %eax
        xorl %edx, %edx
        xsave AREA
        movq AREA + 512, %rbx
        movq AREA + 520, %rbp
        movl AREA + 24, %esi
        movl AREA + 28, %edi
        endcase
        case "xsave of x87 alone"
        movq $0, AREA + 512
        movl $1, %eax
        xorl %edx, %edx
        xsave AREA
        movq AREA + 512, %rbx
        endcase
        .irp at, 512, 520, 528
        case "xrstor, header with bits at \at"
        movq $0, AREA + 512
        movq $0, AREA + 520
        movq $0, AREA + 528
        movb $0x80, AREA + \at
        movl $3, %eax
        xorl %edx, %edx
        xrstor AREA
        endcase
        .endr
        movq $0, AREA + 512
        movq $0, AREA + 520
        movq $0, AREA + 528
        case "xrstor, MXCSR with reserved bits"
        movq $2, AREA + 512
        movl $0x10000, AREA + 24
        movl $3, %eax
        xorl %edx, %edx
        xrstor AREA
        endcase
        movl $0x1f80, AREA + 24
        case "xrstor of initial state"
        movq $0, AREA + 512
        movl $3, %eax
        xorl %edx, %edx
        xrstor AREA
        xsave AREA
        movq AREA + 512, %rbx
        endcase
        case "lock xsave"
        .byte 0xf0
        xsave AREA
        endcase
        jmp finish

        .section .note.GNU-stack, "", @progbits
