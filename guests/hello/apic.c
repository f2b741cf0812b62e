// SPDX-License-Identifier: GPL-2.0-or-later
/* Interrupt controllers: the local APIC (SDM vol. 3, chapter 11), the I/O APIC (82093AA) and the PICs (8259A). */
#include "hello.h"

#define APIC_EOI 0xb0
#define APIC_SPURIOUS 0xf0
#define APIC_SOFTWARE_ENABLE 0x100
#define APIC_ICR_LOW 0x300
#define APIC_ICR_HIGH 0x310
#define APIC_LVT_TIMER 0x320
#define APIC_TIMER_INITIAL 0x380
#define APIC_TIMER_DIVIDE 0x3e0

#define ICR_INIT 0x500
#define ICR_STARTUP 0x600
#define ICR_PENDING 0x1000
#define ICR_ASSERT 0x4000
#define LVT_MASKED 0x10000
#define LVT_PERIODIC 0x20000
#define DIVIDE_BY_16 0x3

#define IOAPIC_INDEX 0x00
#define IOAPIC_DATA 0x10
#define IOAPIC_VERSION 0x01
#define IOAPIC_REDIRECTION 0x10 /* two registers for each pin; bits all 0: fixed, edge, active high, unmasked */

#define PIC1_DATA 0x21
#define PIC2_DATA 0xa1

volatile u32 apic_timer_ticks;

static void apic_write(u32 reg, u32 value) { mmio_write32(APIC_BASE + reg, value); }

void apic_enable(void) { apic_write(APIC_SPURIOUS, APIC_SOFTWARE_ENABLE | VECTOR_SPURIOUS); }

u32 apic_id(void) { return mmio_read32(APIC_BASE + APIC_ID) >> 24; }

void apic_eoi(void) { apic_write(APIC_EOI, 0); }

static void send(u32 id, u32 command)
{
    while (mmio_read32(APIC_BASE + APIC_ICR_LOW) & ICR_PENDING)
        pause();
    apic_write(APIC_ICR_HIGH, id << 24);
    apic_write(APIC_ICR_LOW, command); /* this write sends */
}

void apic_send_init(u32 id) { send(id, ICR_INIT | ICR_ASSERT); }

void apic_send_startup(u32 id, u8 page) { send(id, ICR_STARTUP | ICR_ASSERT | page); }

void apic_send_ipi(u32 id, u8 vector) { send(id, ICR_ASSERT | vector); }

/* `count` is in units of 16 periods of the APIC's clock: 16 ns each under KVM and QEMU, where that clock has 1 GHz. */
void apic_timer_start(u32 count)
{
    apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_16);
    apic_write(APIC_LVT_TIMER, LVT_PERIODIC | VECTOR_TIMER);
    apic_write(APIC_TIMER_INITIAL, count);
}

void apic_timer_stop(void)
{
    apic_write(APIC_TIMER_INITIAL, 0);
    apic_write(APIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
}

void pic_mask_all(void)
{
    out8(PIC1_DATA, 0xff);
    out8(PIC2_DATA, 0xff);
}

static void ioapic_write(u32 index, u32 value)
{
    mmio_write32(IOAPIC_BASE + IOAPIC_INDEX, index);
    mmio_write32(IOAPIC_BASE + IOAPIC_DATA, value);
}

bool ioapic_route(u32 pin, u8 vector)
{
    u32 version;

    mmio_write32(IOAPIC_BASE + IOAPIC_INDEX, IOAPIC_VERSION);
    version = mmio_read32(IOAPIC_BASE + IOAPIC_DATA);
    if (version == 0 || version == 0xffffffff || pin > (version >> 16 & 0xff))
        return false;
    ioapic_write(IOAPIC_REDIRECTION + pin * 2 + 1, apic_id() << 24);
    ioapic_write(IOAPIC_REDIRECTION + pin * 2, vector);
    return true;
}
