// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SYSCALL, SYSENTER and their ways back in long mode (SDM vol. 3, 5.8.7 and 5.8.8): from 64-bit code and compatibility mode,
 * flags and their masks, selectors, what may not be; single steps over what changes TF; SWAPGS.
 */
#include "case.h"

#define NOWHERE 0x0000800000000000
#define STAR 0xc0000081
#define LSTAR 0xc0000082
#define CSTAR 0xc0000083
#define FMASK 0xc0000084
#define GS_BASE 0xc0000101
#define KERNEL_GS_BASE 0xc0000102
#define SYSENTER_CS 0x174
#define SYSENTER_ESP 0x175
#define SYSENTER_EIP 0x176
/* SYSRET's selectors, then SYSCALL's. */
#define SELECTORS (((USER_CODE - 3) << 16) | CODE64)

        .code64
        .text
        .globl cases
/* First, so that they stay where they are. */
landing:
        int $VECTOR_END
on_syscall:
        int $VECTOR_END
on_syscall_compatible:
        int $VECTOR_END
on_sysenter:
        int $VECTOR_END
goes_back:
        sysretq

        .macro syscall_to label, fmask=0, star=SELECTORS
        wrmsr_of STAR, 0, \star
        wrmsr_of LSTAR, \label
        wrmsr_of CSTAR, on_syscall_compatible
        wrmsr_of FMASK, \fmask
        .endm
        .macro sysenter_to cs
        wrmsr_of SYSENTER_CS, \cs
        wrmsr_of SYSENTER_ESP, KERNEL_STACK
        wrmsr_of SYSENTER_EIP, on_sysenter
        .endm
        /* A case of compatibility mode; .code64 follows it. */
        .macro compatible_case level, flags, name:vararg
        case \name
        .if \level
        to_user_compatibility \flags
        .else
        to_compatibility
        .endif
        .code32
        .endm

cases:
        .irp flags, 0x2, 0x246ed7, 0x287202
        .irp mask, 0, 0x47700, 0x200, -1
        syscall_to on_syscall, \mask
        case "syscall with flags \flags, mask \mask"
        to_user \flags
        syscall
        endcase
        .endr
        .endr
        syscall_to on_syscall
        case "syscall at level 0"
        syscall
        endcase
        compatible_case 3, 0x202, "syscall of compatibility mode"
        syscall
        endcase
        .code64
        compatible_case 0, 0, "syscall of compatibility mode at level 0"
        syscall
        endcase
        .code64
        syscall_to on_syscall, 0, (SELECTORS | 3)
        case "syscall, selectors with level 3"
        to_user
        syscall
        endcase
        syscall_to on_syscall, 0, 0
        case "syscall, selectors of 0"
        to_user
        syscall
        endcase

        syscall_to goes_back
        case "syscall and sysret"
        to_user 0x246ad7
        syscall
        endcase
        syscall_to on_syscall
        case "sysret"
        movq $(ALIAS + landing), %rcx
        movl $0x246ed7, %r11d
        sysretq
        endcase
        .irp bit, 1, 3, 5, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 31
        case "sysret with flag \bit"
        movq $(ALIAS + landing), %rcx
        movl $(1 << \bit), %r11d
        sysretq
        endcase
        .endr
        case "sysret, 32 bits"
        movabsq $(ALIAS + landing + 0x100000000), %rcx
        movl $2, %r11d
        sysretl
        endcase
        case "sysret to nowhere"
        movq $NOWHERE, %rcx
        sysretq
        endcase
        case "sysret to nowhere, 32 bits"
        movabsq $(NOWHERE + ALIAS + landing), %rcx
        sysretl
        endcase
        case "sysret at level 3"
        to_user
        sysretq
        endcase
        compatible_case 0, 0, "sysret of compatibility mode"
        movl $(ALIAS + landing), %ecx
        .byte 0x0f, 0x07
        endcase
        .code64
        .irp selectors, 0x00000048, 0xfff80048, 0x001b0048
        syscall_to on_syscall, 0, \selectors
        .irp how, sysretq, sysretl
        case "\how, selectors of \selectors"
        movq $(ALIAS + landing), %rcx
        \how
        endcase
        .endr
        .endr
        syscall_to on_syscall
        movl $0xc0000080, %ecx
        rdmsr
        andb $0xfe, %al
        wrmsr
        case "syscall without SCE"
        syscall
        endcase
        case "syscall without SCE at level 3"
        to_user
        syscall
        endcase
        case "sysret without SCE"
        sysretq
        endcase
        movl $0xc0000080, %ecx
        rdmsr
        orb $1, %al
        wrmsr

        sysenter_to CODE64
        .irp flags, 0x2, 0x246ed7, 0x287202
        case "sysenter with flags \flags"
        to_user \flags
        sysenter
        endcase
        .endr
        case "sysenter at level 0"
        pushq $0x44ad7
        popfq
        sysenter
        endcase
        compatible_case 3, 0x202, "sysenter of compatibility mode"
        sysenter
        endcase
        .code64
        .irp how, sysexitq, sysexitl
        case "\how"
        movq $(ALIAS + landing), %rdx
        movq $(ALIAS + USER_STACK), %rcx
        pushq $0x44ad7
        popfq
        \how
        endcase
        case "\how with more than 32 bits"
        movabsq $(ALIAS + landing + 0x100000000), %rdx
        movabsq $(ALIAS + USER_STACK + 0x100000000), %rcx
        \how
        endcase
        case "\how to nowhere"
        movq $NOWHERE, %rdx
        \how
        endcase
        case "\how to a stack nowhere"
        movq $(ALIAS + landing), %rdx
        movq $NOWHERE, %rcx
        \how
        endcase
        case "\how at level 3"
        to_user
        \how
        endcase
        .endr
        compatible_case 0, 0, "sysexit of compatibility mode"
        movl $(ALIAS + landing), %edx
        movl $(ALIAS + USER_STACK), %ecx
        .byte 0x0f, 0x35
        endcase
        .code64
        .irp cs, 0, 3, 0x10000, (CODE64 + 3), 0xfff8
        sysenter_to \cs
        case "sysenter, selector \cs"
        to_user
        sysenter
        endcase
        .irp how, sysexitq, sysexitl
        case "\how, selector \cs"
        movq $(ALIAS + landing), %rdx
        movq $(ALIAS + USER_STACK), %rcx
        \how
        endcase
        .endr
        .endr
        sysenter_to CODE64
        movl $(pdpt + 7), pml4 + 8 * 256
        wrmsr_of SYSENTER_ESP, KERNEL_STACK, 0xffff8000
        wrmsr_of SYSENTER_EIP, on_sysenter, 0xffff8000
        case "sysenter to the upper half"
        to_user
        sysenter
        endcase
        compatible_case 3, 2, "sysenter of compatibility mode to the upper half"
        sysenter
        endcase
        .code64
        wrmsr_of LSTAR, on_syscall, 0xffff8000
        case "syscall to the upper half"
        to_user
        syscall
        endcase

/* Single steps. */
        syscall_to on_syscall, 0x100
        case "a step over syscall, TF masked"
        to_user 0x102
        syscall
        endcase
        syscall_to on_syscall
        case "a step over syscall"
        to_user
        pushq $0x102
        popfq
        syscall
        endcase
        sysenter_to CODE64
        case "a step over sysenter"
        to_user
        pushq $0x102
        popfq
        sysenter
        endcase
        case "sysret sets TF"
        movq $(ALIAS + landing), %rcx
        movl $0x102, %r11d
        sysretq
        endcase
        case "a step over sysret that clears TF"
        movq $(ALIAS + landing), %rcx
        movl $2, %r11d
        pushq $0x102
        popfq
        sysretq
        endcase
        case "a step over sysexit"
        movq $(ALIAS + landing), %rdx
        movq $(ALIAS + USER_STACK), %rcx
        pushq $0x102
        popfq
        sysexitq
        endcase
        case "steps over swapgs and wrmsr"
        movl $FMASK, %ecx
        xorl %edx, %edx
        continue_after 8
        pushq $0x102
        popfq
        swapgs
        wrmsr
        pushq $2
        popfq
        endcase

/* SWAPGS. */
        case "swapgs"
        wrmsr_of GS_BASE, 0x11111111, 0x1111
        wrmsr_of KERNEL_GS_BASE, 0x22222222, 0xffffaaaa
        swapgs
        movl $GS_BASE, %ecx
        rdmsr
        movl %eax, %ebx
        movl %edx, %esi
        movl $KERNEL_GS_BASE, %ecx
        rdmsr
        endcase
        case "swapgs, and memory by GS"
        wrmsr_of KERNEL_GS_BASE, FREE
        movl $0x12345678, FREE + 8
        swapgs
        movl %gs:8, %ebx
        endcase
        case "a selector does not go with swapgs"
        movl $USER_DATA, %eax
        movw %ax, %gs
        swapgs
        endcase
        case "swapgs at level 3"
        to_user
        swapgs
        endcase
        compatible_case 0, 0, "swapgs of compatibility mode"
        .byte 0x0f, 0x01, 0xf8
        endcase
        .code64
        jmp finish

        .section .note.GNU-stack, "", @progbits
