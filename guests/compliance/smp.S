// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Starts all other CPUs by INIT and SIPI to "all excluding self" (SDM vol. 3, 11.6.1 and 9.4.4). Needs a local APIC
 * at 0xfee00000; to reach it the CPUs go to 32-bit protected mode without paging. The other CPUs begin at this
 * binary's first byte too, with CS 0x100 and IP 0 (start-up vector 01h). Before the start the test sets the dword at
 * 0x804 to the number of other CPUs. The test sees:
 *   write 1 byte to port 0xe020: the boot CPU's APIC id
 *   for each other CPU, in any order, write 1 byte to port 0xe000: its APIC id; the dword at 0x800 counts them
 *   when all have come, write 1 byte 0xd0 to port 0xe000
 * Then all sleep in HLT with interrupts off. APIC ids must be below 208 (0xd0).
 */
#include "flat.h"

#define APIC_ID 0xfee00020
#define APIC_SPURIOUS 0xfee000f0
#define APIC_ICR_LOW 0xfee00300
#define INIT_ALL_BUT_SELF 0xc4500
#define STARTUP_ALL_BUT_SELF 0xc4601

        .text
        .code16
        .globl start
start:
        cli
        cld
        xorw %ax, %ax
        movw %ax, %ds
        movw %cs, %bx                   /* 0 on the boot CPU, 0x100 on the others */
        protected
        movl APIC_ID, %eax
        shrl $24, %eax
        testw %bx, %bx
        jnz other

        movw $PORT_RESULT, %dx
        outb %al, %dx
        movl $0, COUNTER
        movl $0x1ff, APIC_SPURIOUS      /* software enable */
        movl $INIT_ALL_BUT_SELF, APIC_ICR_LOW
        movl $STARTUP_ALL_BUT_SELF, APIC_ICR_LOW
        movl WANTED, %ecx
1:      pause
        cmpl %ecx, COUNTER
        jb 1b
        done

/* Writes first and counts then, so that the end comes after every id. */
other:
        movw $PORT_OUT, %dx
        outb %al, %dx
        lock incl COUNTER
2:      cli
        hlt
        jmp 2b
