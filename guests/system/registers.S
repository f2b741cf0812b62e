// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * System registers in long mode (SDM vol. 3, chapter 2): control and debug registers, model-specific ones, bases of FS and GS,
 * the tables' registers; what counters and CMPXCHG16B want; data at addresses that are not canonical (vol. 1, 3.3.7.1).
 * Reserved bits of CR3 and CR4 are not here: QEMU hangs.
 */
#include "case.h"

#define NOWHERE 0x0000800000000000
#define EFER 0xc0000080
#define FS_BASE 0xc0000100
#define GS_BASE 0xc0000101
#define PAGING_CR0 0x80010031
#define APIC 0xfee00000
        .set TABLE, FREE
#define AT(n) (SPARE + 8 * (n))

        .code64
        .text
        .globl cases

        /* A register of 64 bits as it is read back: low, high. */
        .macro rdmsr_of number
        movl $\number, %ecx
        rdmsr
        .endm
        .macro at_level_3 name:vararg
        case \name " at level 3"
        to_user
        .endm

cases:
        descriptor AT(0), 0x92345000, 0xfff, 0xf2, 12   /* data of level 3 with a base */

/* Control registers. */
        .irp value, 0xa0010031, 0xc0010031, 0xe0010031, 0x180010031, 0x80010021, 0x80000031, 0xbffcffe1, 0x8001003f
        case "cr0 of \value"
        movabsq $\value, %rax
        movq %rax, %cr0
        movq %cr0, %rcx
        endcase
        movl $PAGING_CR0, %eax
        movq %rax, %cr0
        .endr
        .irp value, 0xfff0, 0x0001, 0x000e, 0x000f
        case "lmsw of \value"
        movl $\value, %eax
        lmsw %ax
        movq %cr0, %rcx
        clts
        movq %cr0, %rdx
        endcase
        movl $PAGING_CR0, %eax
        movq %rax, %cr0
        .endr
        .irp r, %ax, %eax, %rax
        case "smsw \r"
        movq $-1, %rax
        movl $-1, TABLE
        smsw \r
        smsw TABLE
        movl TABLE, %ecx
        endcase
        .endr
        case "cr2"
        movabsq $0x123456789abcdef0, %rax
        movq %rax, %cr2
        movq %cr2, %rcx
        endcase
        case "cr3's lower bits"
        movq %cr3, %rcx
        leaq 0x18(%rcx), %rax
        movq %rax, %cr3
        movq %cr3, %rbx
        subq %rcx, %rbx
        movq %rcx, %cr3
        xorl %eax, %eax
        xorl %ecx, %ecx
        endcase
        .irp bit, 2, 3, 4, 6, 7, 8, 9, 10, 20, 21
        case "cr4 with bit \bit"
        movl $0x20, %eax
        orl $(1 << \bit), %eax
        movq %rax, %cr4
        movq %cr4, %rcx
        movl $0x20, %eax
        movq %rax, %cr4
        endcase
        .endr
        .irp value, 0, 0xf, 0x10, 0x100000005
        case "cr8 of \value"
        movabsq $\value, %rax
        movq %rax, %cr8
        movq %cr8, %rcx
        movl $(APIC + 0x80), %edx
        movl (%rdx), %edx
        endcase
        .endr
        case "the task priority of the APIC is cr8"
        movl $(APIC + 0x80), %edx
        movl $0x5a, (%rdx)
        movq %cr8, %rcx
        movl $0, (%rdx)
        endcase
        .irp modrm, 0xc8, 0xe8, 0xf0, 0xf8
        case "mov to a control register that there is not, \modrm"
        .byte 0x0f, 0x22, \modrm
        endcase
        case "mov from a control register that there is not, \modrm"
        .byte 0x0f, 0x20, \modrm
        endcase
        .endr
        case "mov to cr9"
        .byte 0x44, 0x0f, 0x22, 0xc8
        endcase
        .irp r, cr0, cr2, cr3, cr4, cr8
        at_level_3 "mov from \r"
        movq %\r, %rax
        endcase
        at_level_3 "mov to \r"
        movq %rax, %\r
        endcase
        .endr

/* Debug registers. */
        .irp r, dr0, dr6, dr7
        case "\r, 64 bits"
        movabsq $0x123456789abcdef0, %rax
        movq %rax, %\r
        movq %\r, %rcx
        endcase
        .endr
        case "dr3, an address that is not canonical"
        movq $NOWHERE, %rax
        movq %rax, %dr3
        movq %dr3, %rcx
        endcase
        xorl %eax, %eax
        movq %rax, %dr3
        movq %rax, %dr0
        .irp modrm, 0xe0, 0xe8
        case "mov from a debug register, \modrm"
        movl $0x400, %eax
        movq %rax, %dr7
        .byte 0x0f, 0x21, \modrm
        endcase
        .endr
        case "mov to dr8"
        .byte 0x44, 0x0f, 0x23, 0xc0
        endcase
        at_level_3 "mov from dr0"
        movq %dr0, %rax
        endcase

/* MSRs that hold addresses. */
        .irp number, 0xc0000082, 0xc0000083, 0xc0000100, 0xc0000101, 0xc0000102, 0x175, 0x176
        .irp high, 0x7fff, 0x8000, 0xffff7fff, 0xffff8000
        case "wrmsr of \number, upper half \high"
        wrmsr_of \number, 0x12345678, \high
        rdmsr
        endcase
        .endr
        .endr
        .irp number, 0xc0000081, 0xc0000084, 0xc0000103, 0x174, 0x1a0
        case "wrmsr of \number, upper half"
        movl $\number, %ecx
        rdmsr
        movl %eax, %esi
        movl %edx, %edi
        movl $0x9abcdef0, %edx
        wrmsr
        rdmsr
        xorl %eax, %eax
        xchgl %edx, %edi
        xchgl %eax, %esi
        wrmsr
        xorl %eax, %eax
        xorl %edx, %edx
        endcase
        .endr
        .irp bit, 1, 2, 9, 12, 13, 14, 15, 16, 31
        case "wrmsr of EFER with bit \bit"
        movl $EFER, %ecx
        rdmsr
        orl $(1 << \bit), %eax
        wrmsr
        endcase
        wrmsr_of EFER, 0xd01
        .endr
        case "wrmsr of EFER, upper half"
        wrmsr_of EFER, 0xd01, 1
        endcase
        wrmsr_of EFER, 0xd01
        case "wrmsr of EFER without LMA"
        wrmsr_of EFER, 0x901
        rdmsr
        endcase
        case "wrmsr of EFER without LME"
        wrmsr_of EFER, 0xc01
        endcase
        wrmsr_of EFER, 0xd01

/* Others. */
        .irp number, 0x12345678, 0xc0000085, 0xc0000104, 0xc0010055, 0x17, 0x2a, 0x3a, 0x48, 0xce, 0x345, 0x480, 0x1fffffff
        case "rdmsr of \number"
        rdmsr_of \number
        endcase
        case "wrmsr of \number"
        wrmsr_of \number, 0
        endcase
        .endr
        case "rdmsr takes ecx alone"
        movabsq $0x5a5a5a5ac0000081, %rcx
        movq $-1, %rax
        movq $-1, %rdx
        rdmsr
        endcase
        at_level_3 "rdmsr"
        rdmsr_of 0xc0000100
        endcase
        at_level_3 "wrmsr"
        wrmsr_of 0xc0000100, 0
        endcase
        .irp type, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x80
        case "wrmsr of PAT, type \type"
        wrmsr_of 0x277, 0x00070406, (0x00070400 + \type)
        endcase
        .endr
        wrmsr_of 0x277, 0x00070406, 0x00070406
        case "rdmsr of MTRRcap"
        rdmsr_of 0xfe
        endcase
        case "wrmsr of MTRRcap"
        wrmsr_of 0xfe, 0
        endcase
        .irp number, 0x200, 0x20f, 0x210, 0x250, 0x26f, 0x2ff
        case "rdmsr of MTRR \number"
        rdmsr_of \number
        endcase
        .endr
        case "wrmsr of an MTRR"
        wrmsr_of 0x202, 0x80000006, 0
        rdmsr
        endcase
        wrmsr_of 0x202, 0
        case "rdmsr of the APIC's base"
        rdmsr_of 0x1b
        endcase
        /* The upper half of what was written, and not a tick of it. */
        case "wrmsr of the counter"
        wrmsr_of 0x10, 0, 0x12345
        rdmsr
        cmpl $0x12345, %edx
        sete %al
        movzbl %al, %eax
        xorl %edx, %edx
        endcase
        case "rdtsc has 32 bits twice"
        movq $-1, %rdx
        movq $-1, %rax
        rdtsc
        orq %rdx, %rax
        shrq $32, %rax
        xorl %edx, %edx
        endcase

/* What level 3 may do. */
        wrmsr_of 0xc0000103, 0x5678
        case "rdtscp"
        movq $-1, %rcx
        rdtscp
        xorl %eax, %eax
        xorl %edx, %edx
        endcase
        .irp cr4, 0x20, 0x24, 0x120, 0x10020
        movl $\cr4, %eax
        movq %rax, %cr4
        .irp i, rdtsc, rdtscp
        at_level_3 "\i with CR4 of \cr4"
        \i
        xorl %eax, %eax
        xorl %edx, %edx
        endcase
        .endr
        case "rdpmc with CR4 of \cr4"
        movl $0x1000, %ecx
        rdpmc
        endcase
        at_level_3 "rdpmc with CR4 of \cr4"
        movl $0x1000, %ecx
        rdpmc
        endcase
        .irp i, rdfsbase, rdgsbase, wrfsbase, wrgsbase
        case "\i with CR4 of \cr4"
        \i %rax
        endcase
        at_level_3 "\i with CR4 of \cr4"
        \i %rax
        endcase
        .endr
        .endr
        case "wrfsbase and rdfsbase"
        movabsq $0xffff8000fffffff0, %rax
        wrfsbase %rax
        rdfsbase %rcx
        rdfsbase %edx
        rdmsr_of FS_BASE
        endcase
        case "wrgsbase of 32 bits"
        movabsq $0xffff8000fffffff0, %rax
        wrgsbase %eax
        rdgsbase %rcx
        endcase
        .irp i, wrfsbase, wrgsbase
        case "\i, not canonical"
        movq $NOWHERE, %rax
        \i %rax
        endcase
        .endr
        case "rdfsbase of compatibility mode"
        to_compatibility
        .code32
        .byte 0xf3, 0x0f, 0xae, 0xc0
        endcase
        .code64
        movl $0x20, %eax
        movq %rax, %cr4
        .irp r, fs, gs
        case "a load of \r replaces its base"
        wrmsr_of FS_BASE, 0x11111111, 0x1111
        wrmsr_of GS_BASE, 0x11111111, 0x1111
        movl $(AT(0) + 3), %eax
        movw %ax, %\r
        rdmsr_of FS_BASE
        movl %eax, %esi
        movl %edx, %edi
        rdmsr_of GS_BASE
        endcase
        case "a null selector in \r"
        wrmsr_of FS_BASE, 0x11111111, 0x1111
        wrmsr_of GS_BASE, 0x11111111, 0x1111
        xorl %eax, %eax
        movw %ax, %\r
        rdmsr_of FS_BASE
        movl %eax, %esi
        movl %edx, %edi
        rdmsr_of GS_BASE
        endcase
        .endr
        case "the base of DS does not count"
        movl $(AT(0) + 3), %eax
        movw %ax, %ds
        movl case_value, %ecx
        endcase
        case "the limit of FS does not count"
        movl $(AT(0) + 3), %eax
        movw %ax, %fs
        wrmsr_of FS_BASE, 0
        movl %fs:case_value, %ebx
        endcase

/* The tables' registers. */
        case "lgdt, sgdt"
        movw $0x1ff, TABLE
        movabsq $(gdt + 0xffff800000000000), %rax
        movq %rax, TABLE + 2
        movl $(pdpt + 7), pml4 + 8 * 256
        lgdt TABLE
        sgdt TABLE + 16
        lgdt gdt_pointer
        movq TABLE + 18, %rax
        movzwl TABLE + 16, %ecx
        endcase
        case "sidt"
        sidt TABLE
        movq TABLE + 2, %rax
        movzwl TABLE, %ecx
        endcase
        .irp r, gdt, idt
        case "l\r, not canonical"
        movw $0x1ff, TABLE
        movq $NOWHERE, %rax
        movq %rax, TABLE + 2
        l\r TABLE
        l\r \r\()_pointer
        endcase
        .endr
        .irp i, "sgdt TABLE", "sidt TABLE", "sldt %rax", "str %rax", "smsw %rax"
        at_level_3 "\i"
        \i
        endcase
        .endr
        .irp i, "lgdt TABLE", "lidt TABLE", "lldt %ax", "ltr %ax", "lmsw %ax", "clts", "invlpg TABLE", "hlt", "wbinvd", "invd"
        at_level_3 "\i"
        \i
        endcase
        .endr
        case "sldt, str and smsw write whole registers"
        movq $-1, %rax
        movq $-1, %rcx
        sldt %rax
        str %rcx
        endcase

/* CMPXCHG16B wants its operand aligned. */
        .irp at, 0, 8, 1, 15
        case "cmpxchg16b at \at"
        cmpxchg16b TABLE + \at
        endcase
        .endr

/* Data that is nowhere; with a stack of their own, since RSP may be so too. */
        .irp vector, 8, 12, 13
        movb $1, idt + 16 * \vector + 4
        .endr
        .irp i, "movb (%rdi), %al", "movb %al, (%rdi)", "incl (%rdi)", "movq -4(%rdi), %rax", "movq %rax, -4(%rdi)", "movb -1(%rdi), %al", "pushq (%rdi)", "popq (%rdi)", "xlatb", "lodsb", "stosb", "movsb", "rep stosb", "cmpxchg16b (%rdi)", "invlpg (%rdi)", "prefetcht0 (%rdi)", "clflush (%rdi)", "lgdt (%rdi)", "sgdt (%rdi)", "leaq (%rdi), %rax", "nopl (%rdi)", "movb (%rsi), %al", "movb (%rbp), %al", "movb %ds:(%rbp), %al", "movb %fs:(%rbp), %al", "movb %ss:(%rdi), %al", "enter $8, $1", "leave"
        case "\i, not canonical"
        movq $NOWHERE, %rdi
        movq %rdi, %rsi
        movq %rdi, %rbp
        movq %rdi, %rbx
        \i
        endcase
        .endr
        .irp i, "pushq %rax", "popq %rax", "pushfq", "call .", "ret", "movb (%rsp), %al", "pushq %fs", "popq %fs", "enter $0, $0", "iretq", "lretq", "callq *case_name", "push $1"
        case "\i with RSP not canonical"
        movabsq $(NOWHERE + 0x100), %rsp
        \i
        endcase
        .endr
        .irp at, 0x00007fffffffffff, 0x00007ffffffffff9, 0xffff7ffffffffff9, 0xffff7fffffffffff
        case "eight bytes from \at"
        movabsq $\at, %rax
        movq (%rax), %rcx
        endcase
        .endr
        case "FS's base makes it so"
        wrmsr_of FS_BASE, 0, 0x7fff
        movl $-1, %ebx
        movb %fs:1(, %rbx), %al
        shlq $9, %rbx
        movb %fs:(%rbx, %rbx), %al
        endcase
        jmp finish

        .section .note.GNU-stack, "", @progbits
