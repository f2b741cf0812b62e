// SPDX-License-Identifier: GPL-2.0-or-later
/* The I/O APIC (82093AA data sheet, version 0x20's EOI register): input 4, the serial port. */
#include "controllers.h"

#define PIN 4
#define VECTOR 0x51
#define LEVEL 0x8000
#define REMOTE_IRR 0x4000
#define LOGICAL 0x800
#define DELIVERY(mode) ((mode) << 8)
#define ENTRY (0x10 + 2 * PIN)

static u32 self(void)
{
    return lapic_read(APIC_ID) >> 24;
}

static void registers(void)
{
    check("I/O APIC: 24 inputs", ioapic_read(1) >> 16 & 0xff, 23);
    ioapic_write(0, 0x0f000000);
    u32 id = ioapic_read(0);
    ioapic_write(0, 0);
    check("I/O APIC: its id has four bits at least", id & 0x0f000000, 0x0f000000);
    check("I/O APIC: an entry is masked after a reset", ioapic_read(0x10 + 2 * 23), MASKED);
    ioapic_write(ENTRY, MASKED | 0xafff);
    check("I/O APIC: delivery status and remote IRR cannot be written", ioapic_read(ENTRY), MASKED | 0xafff);
    ioapic_write(ENTRY, MASKED);
    ioapic_write(ENTRY + 1, 0xff000000);
    check("I/O APIC: the destination can", ioapic_read(ENTRY + 1) & 0xff000000, 0xff000000);
}

static void edges(void)
{
    u32 from = taken(VECTOR);

    ioapic_entry(PIN, self(), MASKED | VECTOR);
    serial_line(1);
    ioapic_write(ENTRY, VECTOR);
    settle();
    check("I/O APIC: a masked input does not remember an edge", taken(VECTOR) - from, 0);
    serial_line(0);
    serial_line(1);
    check("I/O APIC: an edge interrupts", wait_here(VECTOR, from, 1), 1);
    settle();
    check("I/O APIC: once", taken(VECTOR) - from, 1);
    check("I/O APIC: and leaves no remote IRR", ioapic_read(ENTRY), VECTOR);
    serial_line(0);
}

static void levels(void)
{
    u32 from = taken(VECTOR);

    ioapic_entry(PIN, self(), MASKED | LEVEL | VECTOR);
    serial_line(1);
    settle();
    check("I/O APIC: a masked level does not interrupt", taken(VECTOR) - from, 0);
    held_vector = VECTOR;
    ioapic_write(ENTRY, LEVEL | VECTOR);
    check("I/O APIC: unmasked it does", wait_here(VECTOR, from, 1), 1);
    check("I/O APIC: remote IRR is set until it ends", ioapic_read(ENTRY), LEVEL | REMOTE_IRR | VECTOR);
    settle();
    check("I/O APIC: and it does not interrupt again before", taken(VECTOR) - from, 1);
    eoi();
    check("I/O APIC: the EOI is broadcast, and the level interrupts again", wait_here(VECTOR, from, 2), 2);
    serial_line(0);
    eoi();
    settle();
    check("I/O APIC: no more when the level is gone", taken(VECTOR) - from, 2);
    check("I/O APIC: remote IRR is clear", ioapic_read(ENTRY), LEVEL | VECTOR);

    serial_line(1);
    wait_here(VECTOR, from, 3);
    ioapic_write(ENTRY, MASKED | LEVEL | VECTOR);
    eoi();
    settle();
    check("I/O APIC: masked meanwhile, the level does not interrupt again", taken(VECTOR) - from, 3);
    held_vector = 0;
    serial_line(0);
    ioapic_write(ENTRY, MASKED);
}

/* Version 0x20 has a register that ends interrupts without a local APIC. */
static void eoi_register(void)
{
    if ((ioapic_read(1) & 0xff) < 0x20) {
        skip("I/O APIC: EOI register");
        return;
    }
    u32 from = taken(VECTOR);
    held_vector = VECTOR;
    ioapic_entry(PIN, self(), LEVEL | VECTOR);
    serial_line(1);
    wait_here(VECTOR, from, 1);
    serial_line(0);
    *reg32(0xfec00040) = VECTOR + 1;
    check("I/O APIC: EOI register: another vector's changes nothing", ioapic_read(ENTRY) & REMOTE_IRR, REMOTE_IRR);
    *reg32(0xfec00040) = VECTOR;
    check("I/O APIC: EOI register: it clears remote IRR", ioapic_read(ENTRY) & REMOTE_IRR, 0);
    eoi();
    held_vector = 0;
    ioapic_write(ENTRY, MASKED);
}

static void pulse(void)
{
    serial_line(1);
    serial_line(0);
}

static void modes(void)
{
    u32 from = taken(VECTOR);

    ioapic_entry(PIN, self(), DELIVERY(1) | VECTOR);
    pulse();
    check("I/O APIC: lowest priority", wait_here(VECTOR, from, 1), 1);
    from = taken(VECTOR);
    lapic_write(APIC_DFR, 0xffffffff);
    lapic_write(APIC_LDR, 0x40000000);
    ioapic_entry(PIN, 0x60, LOGICAL | VECTOR);
    pulse();
    check("I/O APIC: logical destination", wait_here(VECTOR, from, 1), 1);
    ioapic_entry(PIN, 0x20, LOGICAL | VECTOR);
    pulse();
    settle();
    check("I/O APIC: another one's logical destination", taken(VECTOR) - from, 1);
    ioapic_entry(PIN, self() ^ 0x10, VECTOR);
    pulse();
    settle();
    check("I/O APIC: nobody's physical destination", taken(VECTOR) - from, 1);
    ioapic_entry(PIN, 0xff, VECTOR);
    pulse();
    check("I/O APIC: everybody's", wait_here(VECTOR, from, 2), 2);

    ioapic_entry(PIN, self(), DELIVERY(2));
    pulse();
    settle();
    check("I/O APIC: SMI is harmless", taken(VECTOR) - from, 2);
    from = taken(2);
    ioapic_entry(PIN, self(), DELIVERY(4));
    pulse();
    check("I/O APIC: NMI, with interrupts closed too", wait_on(0, 2, from, 1), 1);

    /* The vector is the 8259's. */
    from = taken(PIC_VECTOR + 4);
    pic_mask(0xffef);
    ioapic_entry(PIN, self(), DELIVERY(7) | VECTOR);
    serial_line(1);
    check("I/O APIC: ExtINT asks the 8259 for the vector", wait_here(PIC_VECTOR + 4, from, 1), 1);
    serial_line(0);
    out8(0x20, 0x20);
    pic_mask(0xffff);
    ioapic_write(ENTRY, MASKED);
}

void check_io_apic(void)
{
    registers();
    edges();
    levels();
    eoi_register();
    modes();
}
