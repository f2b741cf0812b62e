// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Limits and rights of segments at each access, in 32-bit protected mode (SDM vol. 3, 5.3 and 5.4): data, strings, the stack, code;
 * null selectors; alignment (vol. 3, 6.15, interrupt 17).
 */
#include "case.h"

#define AT(n) (SPARE + 8 * (n))
#define SMALL 0x1000             /* what the segments under test hold */
#define CODE_FREE (FREE + 0x4000)
#define END_OF_CODE 0x100

        .code32
        .text
        .globl cases
/* First, so that it stays where it is. */
landing:
        int $VECTOR_END
        .balign 16

/* What the segments hold is 0, and so is what is behind. */
clear:
        pushal
        movl $FREE, %edi
        movl $0x900, %ecx
        xorl %eax, %eax
        rep stosl
        popal
        ret

cases:
        descriptor AT(0), FREE, 0xfff, 0xf2, 4     /* data */
        descriptor AT(1), FREE, 0xfff, 0xf0, 4     /* read-only data */
        descriptor AT(2), FREE, 0xfff, 0xf6, 4     /* data that grows down, to 4 GiB */
        descriptor AT(3), FREE, 0xfff, 0xf6, 0     /* the same, to 64 KiB */
        descriptor AT(5), FREE, 0xfff, 0xfa, 4     /* readable code */
        descriptor AT(6), FREE, 0, 0xf2, 12        /* data, its limit counted in pages */
        descriptor AT(7), CODE_FREE, (END_OF_CODE - 1), 0xfa, 4 /* code of level 3 */
        descriptor AT(8), 0, 0xfffff, 0xb2, 12     /* data of level 1 */
        descriptor AT(9), FREE, 0xfff, 0xf2, 0     /* a stack of 16 bits */
        movl %cr4, %eax
        orl $0x600, %eax                           /* OSFXSR, OSXMMEXCPT */
        movl %eax, %cr4
        fninit

/* Data, by each kind of segment. */
        .irp what, 0, 1, 2, 3, 5, 6
        .macro of_kind where, name:vararg
        case_each offsets, "kind \what, " \name
        movl $(AT(\what) + 3), %eax
        movw %ax, %\where
        movl case_value, %ebx
        .endm
        of_kind es, "byte read at"
        movb %es:(%ebx), %dl
        endcase
        next_of_each
        of_kind es, "word read at"
        movw %es:(%ebx), %dx
        endcase
        next_of_each
        of_kind fs, "dword read at"
        movl %fs:(%ebx), %edx
        endcase
        next_of_each
        of_kind es, "byte written at"
        movb $0, %es:(%ebx)
        endcase
        next_of_each
        of_kind gs, "dword written at"
        movl $0, %gs:(%ebx)
        endcase
        next_of_each
        .purgem of_kind
        .endr

/* Instructions that access more, or twice. */
        .macro small name:vararg
        case_each ends, \name
        call clear
        movl $(AT(0) + 3), %eax
        movw %ax, %es
        movl case_value, %ebx
        .endm
        .macro small_instruction code:vararg
        small "\code"
        \code
        endcase
        next_of_each
        .endm
        small_instruction addl %edx, %es:(%ebx)
        small_instruction cmpxchg8b %es:(%ebx)
        small_instruction fldl %es:(%ebx)
        small_instruction fstps %es:(%ebx)
        small_instruction fistpll %es:(%ebx)
        small_instruction fnstenv %es:(%ebx)
        small_instruction fbstp %es:(%ebx)
        small_instruction movups %es:(%ebx), %xmm0
        small_instruction movups %xmm0, %es:(%ebx)
        small_instruction movsd %xmm0, %es:(%ebx)
        small_instruction lgs %es:(%ebx), %esi
        small_instruction sidt %es:(%ebx)
        small_instruction btl %eax, %es:(%ebx)
        small_instruction pushl %es:(%ebx)
        small_instruction popl %es:(%ebx)
        small_instruction xchgb %al, %es:(%ebx)
        small "fxsave at"
        andl $-16, %ebx
        fxsave %es:(%ebx)
        endcase
        next_of_each
        .purgem small
        .purgem small_instruction

/* Strings: what was done before the limit stays done. */
        .macro string name, code:vararg
        case_each string_ends, "\name to"
        call clear
        movl $(AT(0) + 3), %eax
        movw %ax, %es
        movl $FREE + 0x2000, %esi
        movl case_value, %edi
        subl $8, %edi
        movl $8, %ecx
        \code
        endcase
        next_of_each
        .endm
        string "rep movsb", rep movsb
        string "rep movsl", rep movsl
        string "rep stosw", rep stosw
        string "scasl", repne scasl
        string "cmpsb", repe cmpsb
        string "movsl, down", std; rep movsl; cld
        case "rep movsb from beyond"
        movl $(AT(0) + 3), %eax
        movw %ax, %fs
        movl $SMALL - 4, %esi
        movl $FREE + 0x2000, %edi
        movl $8, %ecx
        rep movsb %fs:(%esi), %es:(%edi)
        endcase
        case "a string of nothing from beyond"
        movl $(AT(0) + 3), %eax
        movw %ax, %es
        movl $SMALL, %edi
        xorl %ecx, %ecx
        rep stosb
        endcase

/* The stack of level 3: #SS. */
        .irp kind, 0, 9, 2
        .macro stack table, code:vararg
        case_each \table, "stack \kind, \code, SP"
        movl case_value, %ebx
        call clear
        to_user
        movl $(AT(\kind) + 3), %eax
        movw %ax, %ss
        movl %ebx, %esp
        movl %ebx, %ebp
        \code
        endcase
        next_of_each
        .endm
        .irp code, "pushl %edx", "pushw %dx", "pushfl", "pushal", "call . + 5", "enter $0, $0", "enter $4, $3", "pushl $1", "pushl %ds"
        stack stack_bottoms, \code
        .endr
        .irp code, "popl %edx", "popw %dx", "popal", "leave", "movl (%ebp), %edx", "movl %edx, -4(%ebp)", "movl %ds:(%ebp), %edx", "lcall $0x1b, $landing"
        stack stack_tops, \code
        .endr
        .purgem stack
        .endr

/* Returns, whose frame begins in the stack segment and ends behind. */
        .macro return name, sp, flags=0, code:vararg
        case "\name from the end of the stack, \sp"
        call clear
        movl $landing, FREE + \sp
        movl $USER_CODE, FREE + \sp + 4
        movl $\flags, FREE + \sp + 8
        to_user
        movl $(AT(0) + 3), %eax
        movw %ax, %ss
        movl $\sp, %esp
        \code
        endcase
        .endm
        return "ret", 0xffd, 0, ret
        return "ret", 0xffc, 0, ret
        return "lret", 0xffc, 0, lret
        return "lret", 0xff8, 0, lret
        return "iret", 0xff8, 2, iretl
        return "iret", 0xff4, 2, iretl
        return "lcall through memory", 0x800, 0, lcall *%ss:0x800
        return "ljmp through the end", 0xffc, 0, ljmp *%ss:0xffc

/* Selectors that are null, or become null on the way out. */
        .irp r, ds, es, fs, gs
        case "read by a null \r"
        xorl %eax, %eax
        movw %ax, %\r
        movl %\r:FREE, %edx
        endcase
        case "write by a null \r"
        movw $3, %ax
        movw %ax, %\r
        movl %edx, %\r:FREE
        endcase
        .irp how, lret, iretl
        case "\how to level 3 with \r of level 1"
        movl $(AT(8) + 1), %eax
        movw %ax, %\r
        pushl $USER_DATA
        pushl $USER_STACK
        .ifc \how, iretl
        pushl $2
        .endif
        pushl $USER_CODE
        pushl $7f
        \how
7:      movw %\r, %bx
        movl %\r:FREE, %edx
        endcase
        case "\how to level 3 with a null \r"
        xorl %eax, %eax
        movw %ax, %\r
        pushl $USER_DATA
        pushl $USER_STACK
        .ifc \how, iretl
        pushl $2
        .endif
        pushl $USER_CODE
        pushl $7f
        \how
7:      movl %\r:FREE, %edx
        endcase
        .endr
        .endr

/* Code of level 3 that ends: each piece is at its own offset; what is behind the end is INT. */
        .macro code offset, low, high, name:vararg
        case "code, " \name
        movl $\low, CODE_FREE + \offset
        movl $\high, CODE_FREE + \offset + 4
        pushl $USER_DATA
        pushl $USER_STACK
        pushl $2
        pushl $(AT(7) + 3)
        pushl $\offset
        movl $0, %ebx
        iretl
        endcase
        .endm
        movl $0x9080cd90, %eax
        movl $CODE_FREE, %edi
        movl $0x100, %ecx
        cld
        rep stosl
        code 0xf8, 0x909003eb, 0x80cd9090, "jump within"
        code 0xf8, 0x90907feb, 0x80cd9090, "jump over the end"
        code 0xf8, 0x90907f74, 0x80cd9090, "jz over the end, not taken"
        code 0xf8, 0x90907f75, 0x80cd9090, "jnz over the end, taken"
        code 0xf8, 0x90907fe2, 0x80cd9090, "loop over the end, taken"
        code 0xf8, 0x90907fe3, 0x80cd9090, "jecxz over the end, not taken"
        code 0xf8, 0x000100e9, 0x80cd9000, "near jump over the end"
        code 0xf8, 0x000100e8, 0x80cd9000, "call over the end"
        code 0xf0, 0x000180b8, 0x90e0ff00, "jump by a register over the end"
        code 0xf0, 0x000180b8, 0x90d0ff00, "call by a register over the end"
        code 0xf0, 0x00018068, 0x9090c300, "return over the end"
        code 0xf0, 0x00018068, 0x0004c200, "return over the end, with parameters"
        code 0xf0, 0x0000ff68, 0x9090c300, "return to the last byte"
        code 0xf8, 0x90909090, 0x90909090, "to its end"
        code 0xf8, 0x90909090, 0xb8909090, "an instruction over the end"
        code 0xf8, 0x90909090, 0x80cd9090, "its last instruction"

/* Alignment: with CR0.AM and AC at level 3. */
        movl %cr0, %eax
        orl $0x40000, %eax
        movl %eax, %cr0
        .irp code, "movb (%ebx), %dl", "movw (%ebx), %dx", "movl (%ebx), %edx", "movl %edx, (%ebx)", "addw %dx, (%ebx)", "flds (%ebx)", "fldl (%ebx)", "fldt (%ebx)", "fstps (%ebx)", "fnstenv (%ebx)", "fildll (%ebx)", "movq (%ebx), %xmm0", "movaps (%ebx), %xmm0", "cmpxchg8b (%ebx)", "lgs (%ebx), %esi", "btl $1, (%ebx)", "boundl %eax, (%ebx)", "pushl (%ebx)", "sgdt (%ebx)", "movl %ebx, %esp; pushl %eax", "movl %ebx, %esi; movl $0x40000, %edi; movsl", "movl $0x40000, %esi; movl %ebx, %edi; movl $2, %ecx; rep movsw"
        .irp at, 0, 1, 2, 4
        case "AC, \code, \at"
        call clear
        to_user 0x40002
        movl $(FREE + \at), %ebx
        \code
        endcase
        .endr
        .endr
        case "AC at level 0"
        pushl $0x40002
        popfl
        movl FREE + 1, %edx
        pushl $2
        popfl
        endcase
        case "AC at level 3, set by POPF"
        to_user
        pushl $0x40002
        popfl
        movl FREE + 1, %edx
        endcase
        movl %cr0, %eax
        andl $~0x40000, %eax
        movl %eax, %cr0
        case "AC without AM"
        to_user 0x40002
        movl FREE + 1, %edx
        endcase
        jmp finish

        .section .rodata
        .balign 4
offsets:
        .long 0, SMALL - 4, SMALL - 3, SMALL, 0xfffd, -1
ends:
        .long SMALL - 12, SMALL - 8, SMALL - 3, -1
string_ends:
        .long SMALL - 4, SMALL + 5, -1
stack_bottoms:
        .long 0, 2, 0x20, SMALL + 1, -1
stack_tops:
        .long SMALL - 16, SMALL - 3, SMALL, -1

        .section .note.GNU-stack, "", @progbits
