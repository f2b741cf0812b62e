// SPDX-License-Identifier: GPL-2.0-or-later
/* The 8259A pair (8259A data sheet) and a table of interrupts (SDM vol. 3, 6.10). */
#include "devices.h"

#define PIC1_COMMAND 0x20
#define PIC1_DATA 0x21
#define PIC2_COMMAND 0xa0
#define PIC2_DATA 0xa1
#define PIC_EOI 0x20
#define APIC_EOI 0xfee000b0
#define SPINS 100000

extern u8 irq_entries[];
static u32 counts[0x50];
static u64 idt[0x50];

void irq_handle(u32 vector);

void irq_handle(u32 vector)
{
    counts[vector]++;
    if (vector >= APIC_VECTOR) {
        *reg32(APIC_EOI) = 0;
        return;
    }
    /* Reading register C lets the clock interrupt again. */
    if (vector == PIC_VECTOR + 8) {
        out8(0x70, 0x0c);
        in8(0x71);
    }
    if (vector >= PIC_VECTOR + 8)
        out8(PIC2_COMMAND, PIC_EOI);
    out8(PIC1_COMMAND, PIC_EOI);
}

void irq_init(void)
{
    struct {
        u16 limit;
        u32 base;
    } __attribute__((packed)) pointer = { sizeof idt - 1, (u32)idt };

    for (u32 vector = 0x20; vector < 0x50; vector++) {
        u32 entry = (u32)irq_entries + (vector - 0x20) * 16;
        idt[vector] = (entry & 0xffff) | 0x08 << 16 | (u64)(0x8e00 | (entry & 0xffff0000)) << 32;
    }
    asm volatile("lidt %0" : : "m"(pointer));
    out8(PIC1_COMMAND, 0x11);
    out8(PIC2_COMMAND, 0x11);
    out8(PIC1_DATA, PIC_VECTOR);
    out8(PIC2_DATA, PIC_VECTOR + 8);
    out8(PIC1_DATA, 4);
    out8(PIC2_DATA, 2);
    out8(PIC1_DATA, 1);
    out8(PIC2_DATA, 1);
    irq_mask_all();
}

void irq_mask_all(void)
{
    out8(PIC1_DATA, 0xff);
    out8(PIC2_DATA, 0xff);
}

void irq_unmask(u32 irq)
{
    if (irq >= 8) {
        out8(PIC2_DATA, in8(PIC2_DATA) & ~(1 << (irq - 8)));
        irq = 2;
    }
    out8(PIC1_DATA, in8(PIC1_DATA) & ~(1 << irq));
}

u32 irq_count(u32 vector)
{
    return ((volatile u32 *)counts)[vector];
}

/* Waits with interrupts on until that many have come; gives up after a while. */
int irq_wait(u32 vector, u32 count)
{
    u32 from = irq_count(vector);
    interrupts_on();
    for (u32 spin = 0; spin < SPINS && irq_count(vector) - from < count; spin++)
        in8(0x61); /* an exit of the kernel, which is a good place for an interrupt */
    interrupts_off();
    return irq_count(vector) - from >= count;
}

void check_pic(void)
{
    out8(PIC1_DATA, 0xa5);
    out8(PIC2_DATA, 0x5a);
    int good = in8(PIC1_DATA) == 0xa5 && in8(PIC2_DATA) == 0x5a;
    irq_mask_all();
    report("PIC", good);
}
