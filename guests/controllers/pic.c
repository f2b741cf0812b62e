// SPDX-License-Identifier: GPL-2.0-or-later
/* The 8259A pair (data sheet 231468), by way of LINT0. */
#include "controllers.h"

#define MASTER 0x20
#define SLAVE 0xa0
#define READ_IRR 0x0a
#define READ_ISR 0x0b
#define POLL 0x0c
#define EOI 0x20
#define SPECIFIC_EOI 0x60
#define ELCR 0x4d0

static u32 vector_of(u32 irq)
{
    return PIC_VECTOR + irq;
}

/* The data register gives the mask; initialisation clears it. */
static void initialisation(void)
{
    pic_mask(0x5aa5);
    check("8259: masks can be read back", in8(0xa1) << 8 | in8(0x21), 0x5aa5);
    out8(MASTER, 0x11);
    out8(0x21, PIC_VECTOR);
    out8(0x21, 4);
    out8(0x21, 1);
    check("8259: ICW1 clears the mask", in8(0x21), 0);
    pic_setup(1);
}

static void requests(void)
{
    u32 from = taken(vector_of(4));

    serial_line(1);
    settle();
    check("8259: a masked request waits in IRR", pic_read(MASTER, READ_IRR) & 0x10, 0x10);
    check("8259: and interrupts nobody", taken(vector_of(4)) - from, 0);
    pic_mask(0xffef);
    check("8259: unmasked, it interrupts", wait_here(vector_of(4), from, 1), 1);
    check("8259: it is in service", pic_read(MASTER, READ_ISR), 0x10);
    check("8259: an edge that was taken is no request", pic_read(MASTER, READ_IRR) & 0x10, 0);
    out8(MASTER, EOI);
    check("8259: EOI ends it", pic_read(MASTER, READ_ISR), 0);
    settle();
    check("8259: an edge interrupts once", taken(vector_of(4)) - from, 1);
    serial_line(0);
    pic_mask(0xffff);
}

/* Keyboard, 1, goes before the serial port, 4. */
static void priorities(void)
{
    u32 from1 = taken(vector_of(1)), from4 = taken(vector_of(4));

    pic_mask(0xffed);
    keyboard_line(1);
    wait_here(vector_of(1), from1, 1);
    serial_line(1);
    settle();
    check("8259: a lower priority waits for the end of a higher one", taken(vector_of(4)) - from4, 0);
    pic_mask(0xffef);
    out8(MASTER, 0x68);
    check("8259: special mask mode lets it through past a masked one", wait_here(vector_of(4), from4, 1), 1);
    out8(MASTER, 0x48);
    out8(MASTER, SPECIFIC_EOI | 4);
    check("8259: a specific EOI ends that one", pic_read(MASTER, READ_ISR), 0x02);
    out8(MASTER, SPECIFIC_EOI | 1);
    serial_line(0);
    keyboard_line(0);
    pic_mask(0xffff);
}

static void rotation(void)
{
    u32 from1 = taken(vector_of(1)), from4 = taken(vector_of(4));

    pic_mask(0xffed);
    out8(MASTER, 0xc0 | 3);
    keyboard_line(1);
    wait_here(vector_of(1), from1, 1);
    serial_line(1);
    check("8259: with 3 the lowest priority, 4 goes before 1", wait_here(vector_of(4), from4, 1), 1);
    serial_line(0);
    keyboard_line(0);
    out8(MASTER, SPECIFIC_EOI | 4);
    out8(MASTER, 0xe0 | 1);
    check("8259: rotation on a specific EOI ends it", pic_read(MASTER, READ_ISR), 0);
    out8(MASTER, 0xc0 | 7);
    pic_mask(0xffff);
}

static void automatic_eoi(void)
{
    u32 from = taken(vector_of(4));

    pic_setup(3);
    pic_mask(0xffef);
    serial_line(1);
    wait_here(vector_of(4), from, 1);
    check("8259: automatic EOI leaves nothing in service", pic_read(MASTER, READ_ISR), 0);
    serial_line(0);
    pic_setup(1);
}

static void polling(void)
{
    pic_mask(0xffef);
    check("8259: a poll without a request says so", pic_read(MASTER, POLL) & 0x80, 0);
    serial_line(1);
    check("8259: a poll gives the request", pic_read(MASTER, POLL), 0x84);
    check("8259: and acknowledges it", pic_read(MASTER, READ_ISR), 0x10);
    out8(MASTER, EOI);
    serial_line(0);
    pic_mask(0xffff);
}

static void cascade(void)
{
    u32 from = taken(vector_of(12));

    pic_mask(0xffff & ~(1 << 12 | 1 << 2));
    mouse_line(1);
    check("8259: the second one's interrupt has its own vector", wait_here(vector_of(12), from, 1), 1);
    check("8259: it is in service in both", pic_read(SLAVE, READ_ISR) << 8 | pic_read(MASTER, READ_ISR), 0x1004);
    out8(SLAVE, EOI);
    out8(MASTER, EOI);
    check("8259: and ends in both", pic_read(SLAVE, READ_ISR) << 8 | pic_read(MASTER, READ_ISR), 0);
    mouse_line(0);
    pic_mask(0xffff);
}

static void level_triggered(void)
{
    u32 from = taken(vector_of(4));

    out8(ELCR, 0x10);
    pic_mask(0xffef);
    serial_line(1);
    wait_here(vector_of(4), from, 1);
    out8(MASTER, EOI);
    check("8259: a level interrupts again as long as it is there", wait_here(vector_of(4), from, 2), 2);
    serial_line(0);
    out8(MASTER, EOI);
    settle();
    check("8259: and no more when it is gone", taken(vector_of(4)) - from, 2);
    out8(ELCR, 0);
    pic_mask(0xffff);
}

void check_8259(void)
{
    lapic_write(APIC_LVT_LINT0, 0x700);
    initialisation();
    requests();
    priorities();
    rotation();
    automatic_eoi();
    polling();
    cascade();
    level_triggered();
    lapic_write(APIC_LVT_LINT0, MASKED | 0x700);
}
