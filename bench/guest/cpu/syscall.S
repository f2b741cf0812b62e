// SPDX-License-Identifier: GPL-2.0-or-later
/* A 64-bit program at privilege level 3 calls the kernel by SYSCALL and gets back by SYSRET. Counts calls. */
#include "frame.h"

#define ROUNDS 50000
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084

        guest ROUNDS
setup:
        movl $MSR_STAR, %ecx
        xorl %eax, %eax
        movl $((0x20 << 16) | SEL_CODE32), %edx
        wrmsr
        movl $MSR_LSTAR, %ecx
        movl $handler, %eax
        xorl %edx, %edx
        wrmsr
        movl $MSR_FMASK, %ecx
        movl $0x700, %eax
        wrmsr
        ret

/* SYSCALL loads CS 0x08, a 32-bit descriptor, but 64-bit code runs: it loads no descriptor (SDM vol. 2, SYSCALL). */
round:
        movq %rsp, kernel_stack
        movl $program, %ecx
        movl $2, %r11d
        movl $USER_STACK, %esp
        sysretq

        .align 16
program:
        xorl %eax, %eax
        movl $ROUNDS, %ebx
1:      syscall
        decl %ebx
        jnz 1b
        incl %eax
        syscall

        .align 16
handler:
        testl %eax, %eax
        jnz 1f
        incl %edi
        sysretq
1:      movq kernel_stack, %rsp         /* the program is over: back to the caller of round */
        ret

        .data
        .align 8
kernel_stack:
        .quad 0
