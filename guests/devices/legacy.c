// SPDX-License-Identifier: GPL-2.0-or-later
/* What every PC has: serial port, timer, clock, keyboard controller, port 92; and the debug console of Bochs. */
#include "devices.h"

#define COM1 0x3f8

/* Loops a byte back, then has the empty transmitter interrupt. */
void check_serial(void)
{
    out8(COM1 + 4, 0x1b);
    out8(COM1, 0xae);
    int good = 0;
    for (u32 spin = 0; spin < 1000 && !good; spin++)
        good = in8(COM1 + 5) & 1;
    good = good && in8(COM1) == 0xae;
    out8(COM1 + 4, 0x0b);
    irq_unmask(4);
    out8(COM1 + 1, 2);
    good = irq_wait(PIC_VECTOR + 4, 1) && good;
    out8(COM1 + 1, 0);
    irq_mask_all();
    report("serial port", good);
}

void check_debugcon(void)
{
    for (const char *text = "debug console\n"; *text; text++)
        out8(0xe9, *text);
    report("debug console", in8(0xe9) == 0xe9);
}

/* Channel 0 of the 8254 in mode 2, a thousand times a second. */
void check_pit(void)
{
    out8(0x43, 0x34);
    out8(0x40, 1193 & 0xff);
    out8(0x40, 1193 >> 8);
    irq_unmask(0);
    int good = irq_wait(PIC_VECTOR + 0, 3);
    irq_mask_all();
    report("PIT", good);
}

static u8 cmos(u8 index)
{
    out8(0x70, index);
    return in8(0x71);
}

/* The MC146818: time that is set, memory, and its periodic interrupt at 1024 Hz. */
void check_rtc(void)
{
    if (cmos(0x0d) == 0xff) {
        print("RTC: none\n");
        return;
    }
    int good = cmos(0x0d) & 0x80 && cmos(0x09) <= 0x99 && cmos(0x34) == cmos(0x34);
    out8(0x70, 0x0b);
    out8(0x71, 0x42);
    cmos(0x0c);
    irq_unmask(8);
    good = irq_wait(PIC_VECTOR + 8, 3) && good;
    out8(0x70, 0x0b);
    out8(0x71, 0x02);
    cmos(0x0c);
    irq_mask_all();
    report("RTC", good);
}

static int i8042_answer(u8 command)
{
    out8(0x64, command);
    for (u32 spin = 0; spin < 1000; spin++)
        if (in8(0x64) & 1)
            return in8(0x60);
    return -1;
}

void check_i8042(void)
{
    if (in8(0x64) == 0xff) {
        print("i8042: none\n");
        return;
    }
    report("i8042", i8042_answer(0xaa) == 0x55 && i8042_answer(0x20) >= 0);
}

/* Bit 1 is the A20 gate; bit 0, which resets, is left alone. */
void check_port92(void)
{
    if (in8(0x92) == 0xff) {
        print("port 92: none\n");
        return;
    }
    out8(0x92, 0x02);
    report("port 92", (in8(0x92) & 0x03) == 0x02);
}
