// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Takes interrupts while it sleeps in HLT. Before the start the test sets the dword at 0x804 to the number of
 * interrupts after which the program ends, 0 for never.
 *   - Vector 0x25: IRQ 5 of the PIC, which is programmed to base 0x20 with only IRQ 5 unmasked, edge triggered.
 *     The handler sends an EOI to the PIC.
 *   - Vector 0x30: injected by the test straight into the vCPU (KVM_INTERRUPT); no EOI.
 * The test sees:
 *   write 1 byte 0x01 to port 0xe000: handlers and PIC are ready, interrupts may come
 *   for each interrupt, write 1 byte to port 0xe000: how many there were, modulo 256; the dword at 0x800 has it whole
 *   after the last one wanted, write 1 byte 0xd0 to port 0xe000
 * A count of 208 looks like the end (0xd0); want fewer.
 */
#include "flat.h"

#define PIC1 0x20
#define PIC2 0xa0

        .macro pic port, value
        movb $\value, %al
        outb %al, $\port
        .endm

        begin
        movl $0, COUNTER
        movw $on_irq5, 0x25 * 4
        movw $0, 0x25 * 4 + 2
        movw $on_vector30, 0x30 * 4
        movw $0, 0x30 * 4 + 2

        pic PIC1, 0x11                  /* ICW1: edge, cascade, ICW4 follows */
        pic PIC2, 0x11
        pic PIC1 + 1, 0x20              /* ICW2: base vector */
        pic PIC2 + 1, 0x28
        pic PIC1 + 1, 0x04              /* ICW3: the second PIC hangs on IRQ 2 */
        pic PIC2 + 1, 0x02
        pic PIC1 + 1, 0x01              /* ICW4: 8086 mode */
        pic PIC2 + 1, 0x01
        pic PIC1 + 1, 0xdf              /* all but IRQ 5 masked */
        pic PIC2 + 1, 0xff
        send STARTED

sleep:  sti
        hlt
        cli
        movl WANTED, %eax
        testl %eax, %eax
        jz sleep
        cmpl %eax, COUNTER
        jb sleep
        done

on_irq5:
        pushw %ax
        pic PIC1, 0x20                  /* OCW2: non-specific EOI */
        popw %ax
on_vector30:
        pushw %ax
        pushw %dx
        incl COUNTER
        movw $PORT_OUT, %dx
        movb COUNTER, %al
        outb %al, %dx
        popw %dx
        popw %ax
        iretw
