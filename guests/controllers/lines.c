// SPDX-License-Identifier: GPL-2.0-or-later
/* Interrupt lines that a guest can drive: serial port's 4, keyboard controller's 1 and 12; and where they end. */
#include "controllers.h"

#define COM1 0x3f8
#define IER_THRE 2
#define I8042_DATA 0x60
#define I8042_COMMAND 0x64
#define IOAPIC_INDEX 0xfec00000
#define IOAPIC_DATA 0xfec00010

/* The empty transmitter interrupts as long as it may. Nothing is printed meanwhile. */
void serial_line(u32 level)
{
    out8(COM1 + 1, level ? IER_THRE : 0);
}

static void i8042(u8 command, u8 data)
{
    out8(I8042_COMMAND, command);
    out8(I8042_DATA, data);
}

/* A byte that claims to come from the keyboard; it is there until it is read. */
void keyboard_line(u32 level)
{
    if (!level) {
        in8(I8042_DATA);
        return;
    }
    i8042(0x60, 0x03);
    i8042(0xd2, 0x55);
}

void mouse_line(u32 level)
{
    if (!level) {
        in8(I8042_DATA);
        return;
    }
    i8042(0x60, 0x03);
    i8042(0xd3, 0x55);
}

/* Both 8259s, vectors from 0x20 on, everything masked. */
void pic_setup(u32 icw4)
{
    out8(0x20, 0x11);
    out8(0xa0, 0x11);
    out8(0x21, PIC_VECTOR);
    out8(0xa1, PIC_VECTOR + 8);
    out8(0x21, 4);
    out8(0xa1, 2);
    out8(0x21, icw4);
    out8(0xa1, icw4);
    pic_mask(0xffff);
}

void pic_mask(u32 irqs)
{
    out8(0x21, irqs & 0xff);
    out8(0xa1, irqs >> 8);
}

/* What a read gives after a command: OCW3 0x0a IRR, 0x0b ISR, 0x0c poll. */
u32 pic_read(u32 port, u32 command)
{
    out8(port, command);
    return in8(port);
}

u32 ioapic_read(u32 index)
{
    *reg32(IOAPIC_INDEX) = index;
    return *reg32(IOAPIC_DATA);
}

void ioapic_write(u32 index, u32 value)
{
    *reg32(IOAPIC_INDEX) = index;
    *reg32(IOAPIC_DATA) = value;
}

void ioapic_entry(u32 pin, u32 destination, u32 low)
{
    ioapic_write(0x10 + 2 * pin, MASKED);
    ioapic_write(0x10 + 2 * pin + 1, destination << 24);
    ioapic_write(0x10 + 2 * pin, low);
}
