// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Debug exceptions in 32-bit protected mode (SDM vol. 3, chapter 18): single steps over all that treats them in its own way,
 * breakpoints on code, data and ports, debug registers and their access.
 */
#include "case.h"

#define DATA_AT FREE
#define APIC 0xfee00000

        .code32
        .text
        .globl cases
/* First, so that it stays where it is. */
handler:
        nop
        iretl

        .macro debug_case name:vararg
        call clear_debug
        case \name
        .endm
        /* n of DRn, address, kind and length for DR7. */
        .macro breakpoint n, where, bits
        movl $\where, %eax
        movl %eax, %dr\n
        movl %dr7, %eax
        orl $((\bits << (16 + 4 * \n)) | (2 << (2 * \n))), %eax
        movl %eax, %dr7
        movl $0x11, %eax
        .endm
        .macro step
        pushl $0x102
        popfl
        .endm
        .macro no_step
        pushl $2
        popfl
        .endm

clear_debug:
        pushl %eax
        xorl %eax, %eax
        movl %eax, %dr7
        movl %eax, %dr6
        movl %eax, %dr0
        movl %eax, %dr1
        movl %eax, %dr2
        movl %eax, %dr3
        movl %eax, %cr4
        popl %eax
        ret

cases:
/* Registers. */
        debug_case "dr6 and dr7 after zeros"
        movl %dr6, %eax
        movl %dr7, %ecx
        endcase
        debug_case "dr6 after ones"
        movl $-1, %eax
        movl %eax, %dr6
        movl %dr6, %ecx
        endcase
        debug_case "dr7 after ones without GD"
        movl $0xffffd000, %eax
        movl %eax, %dr7
        movl %dr7, %ecx
        endcase
        debug_case "dr4 and dr5 are dr6 and dr7"
        movl $0x12345678, %eax
        movl %eax, %db4
        movl %db4, %ecx
        movl %db5, %edx
        endcase
        debug_case "dr4 with DE"
        movl $8, %eax
        movl %eax, %cr4
        movl %db4, %ecx
        endcase
        debug_case "dr0 to dr3"
        movl %esp, %dr0
        movl %ebp, %dr1
        movl %esi, %dr2
        movl %edi, %dr3
        movl %dr0, %eax
        movl %dr1, %ecx
        movl %dr2, %edx
        movl %dr3, %ebx
        endcase
        debug_case "GD"
        movl $0x2000, %eax
        movl %eax, %dr7
        movl %dr0, %ecx
        endcase
        debug_case "GD and a write"
        movl $0x2000, %eax
        movl %eax, %dr7
        movl %ecx, %dr6
        endcase
        debug_case "GD is off behind its exception"
        movl %dr7, %eax
        endcase

/* Single steps. */
        debug_case "a step over nop"
        continue_after 8
        step
        nop
        nop
        no_step
        endcase
        debug_case "a step over sti"
        continue_after 8
        step
        sti
        nop
        cli
        no_step
        endcase
        debug_case "a step over mov ss"
        continue_after 8
        movl $DATA, %eax
        step
        movw %ax, %ss
        nop
        nop
        no_step
        endcase
        debug_case "a step over pop ss"
        continue_after 8
        pushl $DATA
        step
        popl %ss
        nop
        nop
        no_step
        endcase
        debug_case "a step over popf"
        continue_after 8
        pushl $0x102
        step
        popfl
        nop
        no_step
        endcase
        debug_case "a step over int"
        gate (idt + 8 * 0x30), CODE, handler, 0xee00
        continue_after 8
        step
        int $0x30
        nop
        no_step
        endcase
        debug_case "a step over int3"
        continue_after 8
        step
        int3
        nop
        no_step
        endcase
        debug_case "a step over rep stosb"
        continue_after 8
        movl $3, %ecx
        movl $DATA_AT, %edi
        step
        rep stosb
        nop
        no_step
        endcase
        debug_case "a step over rep cmpsb"
        continue_after 8
        movl $3, %ecx
        movl $DATA_AT, %edi
        movl $DATA_AT, %esi
        step
        repe cmpsb
        nop
        no_step
        endcase
        debug_case "a step over rep stosb of nothing"
        continue_after 8
        xorl %ecx, %ecx
        step
        rep stosb
        no_step
        endcase
        debug_case "a step over a jump"
        continue_after 8
        step
        jmp 1f
        nop
1:      call 2f
2:      nop
        no_step
        endcase
        debug_case "a step over pushf"
        continue_after 8
        step
        pushfl
        popl %eax
        no_step
        endcase
        debug_case "a step over mov to cr and dr"
        continue_after 8
        movl %cr0, %eax
        xorl %ecx, %ecx
        step
        movl %eax, %cr0
        movl %ecx, %dr3
        no_step
        endcase
        debug_case "a step over cpuid"
        continue_after 8
        movl $0, %eax
        step
        cpuid
        movl $0, %eax
        movl $0, %ebx
        no_step
        endcase
        debug_case "a step over a port"
        continue_after 8
        step
        outb %al, $0x80
        no_step
        endcase
        debug_case "a step over pause"
        continue_after 8
        step
        pause
        no_step
        endcase
        debug_case "a step over a fault"
        continue_after 8, 0, 2
        step
        ud2
        nop
        endcase
        debug_case "iret begins to step"
        continue_after 8
        pushl $0x102
        pushl $CODE
        pushl $1f
        iretl
1:      nop
        no_step
        endcase
        debug_case "iret to level 3 begins to step"
        continue_after 2
        pushl $USER_DATA
        pushl $USER_STACK
        pushl $0x102
        pushl $USER_CODE
        pushl $1f
        iretl
1:      nop
        nop
        nop
        nop
        endcase
        debug_case "a step and an interrupt"
        movl $0x1ff, APIC + 0xf0
        continue_after 8
        movl $0x40040, APIC + 0x300
        pushl $0x302
        popfl
        nop
        no_step
        endcase
        debug_case "BS is added to what is in dr6"
        movl $0x8001, %eax
        movl %eax, %dr6
        step
        nop
        endcase

/* Breakpoints on code. */
        debug_case "a breakpoint on code"
        breakpoint 0, 1f, 0
1:      nop
        endcase
        debug_case "a breakpoint on code, with RF on"
        breakpoint 0, 1f, 0
        continue_after 1, 0x10000
1:      nop
        movl $0xbeef, %ecx
        endcase
        debug_case "a breakpoint on code, without RF"
        breakpoint 0, 1f, 0
        continue_after 2
1:      nop
        endcase
        debug_case "a breakpoint that is not enabled"
        movl $1f, %eax
        movl %eax, %dr0
1:      nop
        endcase
        debug_case "two breakpoints at one place"
        breakpoint 1, 1f, 0
        breakpoint 3, 1f, 0
1:      nop
        endcase
        debug_case "a breakpoint inside an instruction"
        breakpoint 2, (1f + 1), 0
1:      movl $0x1234, %ecx
        endcase
        debug_case "a breakpoint in a loop"
        breakpoint 2, 1f, 0
        movl $3, %ecx
        continue_after 8, 0x10000
1:      loop 1b
        endcase
        debug_case "a breakpoint on rep stosb"
        breakpoint 2, 1f, 0
        movl $3, %ecx
        movl $DATA_AT, %edi
        continue_after 8, 0x10000
1:      rep stosb
        nop
        endcase
        debug_case "a breakpoint on what is no instruction"
        breakpoint 0, 1f, 0
1:      ud2
        endcase
        debug_case "a breakpoint and a step at one place"
        breakpoint 0, 1f, 0
        step
1:      nop
        endcase
        debug_case "a breakpoint at level 3"
        breakpoint 0, 1f, 0
        to_user
1:      nop
        endcase
        debug_case "a local breakpoint"
        movl $1f, %eax
        movl %eax, %dr1
        movl $4, %eax
        movl %eax, %dr7
1:      nop
        endcase
        debug_case "iret with RF passes a breakpoint"
        breakpoint 0, 1f, 0
        pushl $0x10002
        pushl $CODE
        pushl $1f
        iretl
1:      nop
        endcase

/* Breakpoints on data. */
        .irp bits, 1, 3, 5, 7, 13, 15
        debug_case "data with bits \bits, reads and writes"
        breakpoint 0, (DATA_AT + 4), \bits
        continue_after 16
        movb %al, DATA_AT + 3
        movb %al, DATA_AT + 4
        movb %al, DATA_AT + 5
        movw %ax, DATA_AT + 3
        movl %eax, DATA_AT + 2
        movl %eax, DATA_AT
        movb DATA_AT + 4, %cl
        movl DATA_AT + 1, %edx
        movl DATA_AT + 7, %edx
        incb DATA_AT + 4
        endcase
        .endr
        debug_case "data that is pushed and popped"
        breakpoint 1, (USER_STACK - 4), 15
        continue_after 16
        to_user
        pushl %ecx
        popl %edx
        call 1f
1:      addl $4, %esp
        endcase
        debug_case "data of movs"
        breakpoint 1, (DATA_AT + 2), 1
        breakpoint 2, (DATA_AT + 1), 3
        movl $4, %ecx
        movl $DATA_AT, %esi
        movl $(DATA_AT + 1), %edi
        continue_after 16
        rep movsb
        nop
        endcase
        debug_case "two data breakpoints at once"
        breakpoint 0, DATA_AT, 13
        breakpoint 3, (DATA_AT + 2), 5
        movl %edx, DATA_AT
        nop
        endcase
        debug_case "data at an address that is not aligned"
        breakpoint 0, (DATA_AT + 6), 13
        continue_after 16
        movb %al, DATA_AT + 3
        movb %al, DATA_AT + 4
        movb %al, DATA_AT + 7
        movb %al, DATA_AT + 8
        endcase
        debug_case "data and a step"
        breakpoint 0, DATA_AT, 13
        step
        continue_after 1
        movl %edx, DATA_AT
        nop
        endcase
        debug_case "data that is not reached for a fault"
        breakpoint 0, DATA_AT, 13
        movl $0xfff8, DATA_AT + 4
        movl $DATA_AT, %ebx
        lds DATA_AT, %ecx
        endcase
        debug_case "xchg and cmpxchg"
        breakpoint 0, DATA_AT, 13
        continue_after 16
        xchgl %eax, DATA_AT
        cmpxchgl %ecx, DATA_AT
        endcase

/* Breakpoints on ports. */
        .irp bits, 2, 6, 14
        debug_case "ports with bits \bits"
        movl $8, %eax
        movl %eax, %cr4
        breakpoint 0, 0x84, \bits
        continue_after 16
        outb %al, $0x83
        outb %al, $0x84
        outb %al, $0x85
        outw %ax, $0x83
        outl %eax, $0x81
        outl %eax, $0x80
        outl %eax, $0x88
        inb $0x84, %al
        endcase
        .endr
        debug_case "a port of outsb"
        movl $8, %eax
        movl %eax, %cr4
        breakpoint 2, 0x80, 2
        continue_after 16
        movl $2, %ecx
        movl $0x80, %edx
        rep outsb
        nop
        endcase
        call clear_debug
        jmp finish

        .section .note.GNU-stack, "", @progbits
