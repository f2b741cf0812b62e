// SPDX-License-Identifier: GPL-2.0-or-later
/* I/O APIC (82093AA data sheet): the serial port's interrupt by pin 4, to the local APIC. */
#include "devices.h"

#define IOAPIC_INDEX 0xfec00000
#define IOAPIC_DATA 0xfec00010
#define APIC_ID 0xfee00020
#define APIC_SVR 0xfee000f0
#define COM1 0x3f8

static u32 ioapic_read(u32 index)
{
    *reg32(IOAPIC_INDEX) = index;
    return *reg32(IOAPIC_DATA);
}

static void ioapic_write(u32 index, u32 value)
{
    *reg32(IOAPIC_INDEX) = index;
    *reg32(IOAPIC_DATA) = value;
}

void check_ioapic(void)
{
    u32 pins = (ioapic_read(1) >> 16 & 0xff) + 1;
    int good = pins == 24;
    *reg32(APIC_SVR) = 0x1ff;
    ioapic_write(0x10 + 2 * 4 + 1, *reg32(APIC_ID));
    ioapic_write(0x10 + 2 * 4, APIC_VECTOR + 4);
    out8(COM1 + 1, 2);
    good = irq_wait(APIC_VECTOR + 4, 1) && good;
    out8(COM1 + 1, 0);
    ioapic_write(0x10 + 2 * 4, 0x10000);
    report("I/O APIC", good);
}
