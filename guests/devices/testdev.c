// SPDX-License-Identifier: GPL-2.0-or-later
/* QEMU's pc-testdev: a latch, interrupt lines that a port drives, memory that the device answers. */
#include "devices.h"

#define LATCH 0xe0
#define IRQ_LINES 0x2000
#define IOMEM 0xff000000

void check_testdev(void)
{
    out32(LATCH, 0x12345678);
    if (in32(LATCH) != 0x12345678) {
        print("pc-testdev: none\n");
        return;
    }
    *reg32(IOMEM + 16) = 0xcafe1234;
    int good = *reg32(IOMEM + 16) == 0xcafe1234;
    irq_unmask(5);
    u32 before = irq_count(PIC_VECTOR + 5);
    out8(IRQ_LINES + 5, 1);
    good = (irq_wait(PIC_VECTOR + 5, 1) || irq_count(PIC_VECTOR + 5) > before) && good;
    out8(IRQ_LINES + 5, 0);
    irq_mask_all();
    report("pc-testdev", good);
}
