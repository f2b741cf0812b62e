// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keeps values in registers of every kind and looks at them for ever, while the local APIC's timer ticks: what a saved
 * and loaded guest must not notice. In 32-bit protected mode without paging. The test sees:
 *   write 1 byte 0x01 to port 0xe000: all is set
 *   the dword at 0x800 growing, once for each look at all of them; the dword at 0x808 growing, once for each tick
 *   for a register that has another value than it should, write 1 byte to port 0xe020: 0x10 + n for general register n
 *     (3 EBX, 5 EBP, 6 ESI, 7 EDI), 0x20 + n for CRn, 0x30 + n for DRn, 0x40 + n for entry n of the table of MSRs,
 *     0x60 for the local APIC's
 */
#include "flat.h"

#define TICKS 0x808
#define IDT 0x3000
#define TIMER_VECTOR 0x40

#define APIC_EOI 0xfee000b0
#define APIC_SPURIOUS 0xfee000f0
#define APIC_LVT_TIMER 0xfee00320
#define APIC_INITIAL_COUNT 0xfee00380
#define APIC_DIVIDE 0xfee003e0
#define PERIODIC 0x20000
#define COUNT 2000000

        .macro wrong id
        movb $\id, %al
        call tell
        .endm

        begin
        protected
        movl $0x7000, %esp
        movl $0, COUNTER
        movl $0, TICKS

        movl $msrs, %edi
1:      movl (%edi), %ecx
        testl %ecx, %ecx
        jz 2f
        movl 4(%edi), %eax
        movl 8(%edi), %edx
        wrmsr
        addl $12, %edi
        jmp 1b
2:      movl $0xdead0020, %eax
        movl %eax, %cr2
        movl $0x11111110, %eax
        movl %eax, %dr0
        movl $0x22222220, %eax
        movl %eax, %dr1
        movl $0x33333330, %eax
        movl %eax, %dr2
        movl $0x44444440, %eax
        movl %eax, %dr3

        movl $IDT, %edi
        movl $(TIMER_VECTOR * 8 / 4 + 2), %ecx
        xorl %eax, %eax
        rep stosl
        movl $on_tick, %eax
        movw %ax, IDT + TIMER_VECTOR * 8
        movw $0x08, IDT + TIMER_VECTOR * 8 + 2
        movw $0x8e00, IDT + TIMER_VECTOR * 8 + 4        /* present, 32-bit interrupt gate */
        movw $0, IDT + TIMER_VECTOR * 8 + 6
        lidtl idt_pointer
        movl $0x1ff, APIC_SPURIOUS
        movl $0x0b, APIC_DIVIDE                         /* by 1 */
        movl $(PERIODIC | TIMER_VECTOR), APIC_LVT_TIMER
        movl $COUNT, APIC_INITIAL_COUNT

        movl $0xb0b0b0b3, %ebx
        movl $0xb0b0b0b5, %ebp
        movl $0xb0b0b0b6, %esi
        movl $0xb0b0b0b7, %edi
        send STARTED

look:   cmpl $0xb0b0b0b3, %ebx
        je 1f
        wrong 0x13
1:      cmpl $0xb0b0b0b5, %ebp
        je 1f
        wrong 0x15
1:      cmpl $0xb0b0b0b6, %esi
        je 1f
        wrong 0x16
1:      cmpl $0xb0b0b0b7, %edi
        je 1f
        wrong 0x17
1:      movl %cr2, %eax
        cmpl $0xdead0020, %eax
        je 1f
        wrong 0x22
1:      movl %dr0, %eax
        cmpl $0x11111110, %eax
        je 1f
        wrong 0x30
1:      movl %dr1, %eax
        cmpl $0x22222220, %eax
        je 1f
        wrong 0x31
1:      movl %dr2, %eax
        cmpl $0x33333330, %eax
        je 1f
        wrong 0x32
1:      movl %dr3, %eax
        cmpl $0x44444440, %eax
        je 1f
        wrong 0x33
1:      pushl %edi
        movl $msrs, %edi
2:      movl (%edi), %ecx
        testl %ecx, %ecx
        jz 4f
        rdmsr
        cmpl 4(%edi), %eax
        jne 3f
        cmpl 8(%edi), %edx
        jne 3f
        addl $12, %edi
        jmp 2b
3:      movl %edi, %eax
        subl $msrs, %eax
        movb $12, %cl
        divb %cl
        addb $0x40, %al
        call tell
4:      popl %edi
        cmpl $(PERIODIC | TIMER_VECTOR), APIC_LVT_TIMER
        jne 5f
        cmpl $COUNT, APIC_INITIAL_COUNT
        je 6f
5:      wrong 0x60
        /* The only place where the timer is heard. */
6:      incl COUNTER
        sti
        nop
        nop
        cli
        jmp look

tell:   movw $PORT_RESULT, %dx
        outb %al, %dx
        ret

/* Drops what the interrupt has pushed: not every KVM that emulates knows the 32-bit IRET. */
on_tick:
        incl TICKS
        movl $0, APIC_EOI
        addl $12, %esp
        jmp look

        .balign 8
idt_pointer:
        .word (TIMER_VECTOR + 1) * 8 - 1
        .long IDT

/* Number, low and high half. */
msrs:   .long 0x174, 0x00001238, 0              /* SYSENTER_CS */
        .long 0x175, 0x11112222, 0              /* SYSENTER_ESP */
        .long 0x176, 0x33334444, 0              /* SYSENTER_EIP */
        .long 0x277, 0x01060007, 0x00070106     /* PAT */
        .long 0x250, 0x06060606, 0x06060606     /* MTRR, 64 KiB ranges from 0 */
        .long 0x200, 0x80000006, 0              /* MTRR, base of variable range 0 */
        .long 0x201, 0xc0000800, 0x0000000f     /* and its mask, on */
        .long 0xc0000081, 0x00000000, 0x00230010 /* STAR */
        .long 0xc0000082, 0x55556666, 0         /* LSTAR */
        .long 0xc0000083, 0x77778888, 0         /* CSTAR */
        .long 0xc0000084, 0x00047700, 0         /* FMASK */
        .long 0xc0000102, 0x9999aaa0, 0         /* KERNEL_GS_BASE */
        .long 0
