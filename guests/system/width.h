/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions and registers as wide as the mode's words, for code that 32-bit and 64-bit images share. */
#ifndef WIDTH_H
#define WIDTH_H

#ifdef __x86_64__
#define WORD 8
#define MOV movq
#define ADD addq
#define CMP cmpq
#define IRET iretq
#define PREFIX r
#define AX %rax
#define SP %rsp
#else
#define WORD 4
#define MOV movl
#define ADD addl
#define CMP cmpl
#define IRET iretl
#define PREFIX e
#define AX %eax
#define SP %esp
#endif
#endif
