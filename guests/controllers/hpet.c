// SPDX-License-Identifier: GPL-2.0-or-later
/* The HPET (IA-PC HPET 1.0a) and ACPI's power-management timer (ACPI 6.5, 4.8.2.1). */
#include "controllers.h"

#define CONFIG 0x10
#define STATUS 0x20
#define COUNTER 0xf0
#define TIMER_CONFIG(n) (0x100 + 0x20 * (n))
#define COMPARATOR(n) (0x108 + 0x20 * (n))
#define ROUTE(n) (0x110 + 0x20 * (n))
#define LEVEL 0x002
#define ENABLE 0x004
#define PERIODIC 0x008
#define SETVAL 0x040
#define MODE_32 0x100
#define FSB 0x4000
#define VECTOR 0x81
#define PIN(n) ((n) << 9)
#define LATER 10000 /* ticks of 10 ns */

#define PM_STATUS 0x600
#define PM_ENABLE 0x602
#define PM_TIMER 0x608
#define SCI 10

static u32 hpet_read(u32 reg)
{
    return *reg32(HPET + reg);
}

static void hpet_write(u32 reg, u32 value)
{
    *reg32(HPET + reg) = value;
}

/* Sets a timer with the counter stopped, so that it cannot run past the comparator meanwhile. */
static void arm(u32 timer, u32 config, u32 ticks)
{
    u32 enabled = hpet_read(CONFIG);
    hpet_write(CONFIG, enabled & ~1u);
    hpet_write(TIMER_CONFIG(timer), config);
    if (!(config & MODE_32))
        hpet_write(COMPARATOR(timer) + 4, 0);
    hpet_write(COMPARATOR(timer), hpet_counter() + ticks);
    if (config & PERIODIC)
        hpet_write(COMPARATOR(timer), ticks);
    hpet_write(CONFIG, enabled);
}

u32 hpet_runs;

u32 hpet_present(void)
{
    return hpet_read(0) != 0xffffffff;
}

u32 hpet_counter(void)
{
    return hpet_read(COUNTER);
}

static u32 self(void)
{
    return lapic_read(APIC_ID) >> 24;
}

static void counter(void)
{
    check("HPET: capabilities", hpet_read(0), 0x8086a201);
    check("HPET: a tick is 10 ns", hpet_read(4), 10000000);
    u32 first = hpet_counter();
    settle();
    check("HPET: the counter stands still after a reset", hpet_counter() - first, 0);
    hpet_write(COUNTER, 0);
    hpet_write(CONFIG, 1);
    hpet_runs = 1;
    settle();
    check("HPET: switched on it counts", hpet_counter() > 0, 1);
}

static void one_shot(void)
{
    u32 from = taken(VECTOR);

    ioapic_entry(20, self(), VECTOR);
    arm(0, ENABLE | MODE_32 | PIN(20), 100 * LATER);
    u32 early = taken(VECTOR);
    check("HPET: one-shot interrupts by input 20", early == from ? wait_here(VECTOR, from, 1) : 0, 1);
    settle();
    check("HPET: once", taken(VECTOR) - from, 1);
    hpet_write(TIMER_CONFIG(0), 0);
    ioapic_entry(20, 0, MASKED);
}

static void level(void)
{
    u32 from = taken(VECTOR);

    held_vector = VECTOR;
    ioapic_entry(21, self(), 0x8000 | VECTOR);
    arm(1, LEVEL | ENABLE | PIN(21), LATER);
    check("HPET: level-triggered interrupts by input 21", wait_here(VECTOR, from, 1), 1);
    check("HPET: its status is set", hpet_read(STATUS), 2);
    eoi();
    check("HPET: it interrupts until that is cleared", wait_here(VECTOR, from, 2), 2);
    hpet_write(STATUS, 2);
    eoi();
    settle();
    check("HPET: and no more then", (taken(VECTOR) - from) << 4 | hpet_read(STATUS), 0x20);
    held_vector = 0;
    hpet_write(TIMER_CONFIG(1), 0);
    ioapic_entry(21, 0, MASKED);
}

static void periodic(void)
{
    u32 from = taken(VECTOR);

    ioapic_entry(22, self(), VECTOR);
    arm(2, ENABLE | PERIODIC | SETVAL | MODE_32 | PIN(22), LATER);
    check("HPET: periodic interrupts again and again", wait_here(VECTOR, from, 3) >= 3, 1);
    hpet_write(TIMER_CONFIG(2), 0);
    ioapic_entry(22, 0, MASKED);
    /* One more may wait. */
    settle();
}

static void message(void)
{
    u32 from = taken(VECTOR);

    hpet_write(ROUTE(0), VECTOR);
    hpet_write(ROUTE(0) + 4, 0xfee00000 | self() << 12);
    arm(0, ENABLE | FSB, LATER);
    check("HPET: an interrupt as a message", wait_here(VECTOR, from, 1), 1);
    hpet_write(TIMER_CONFIG(0), 0);
}

/* Timer 0 has the 8254's line, which leads to input 2; the 8254 is cut off. */
static void legacy(void)
{
    u32 from = taken(VECTOR);

    out8(0x43, 0x34);
    out8(0x40, 0);
    out8(0x40, 1);
    hpet_write(TIMER_CONFIG(0), ENABLE | MODE_32);
    hpet_write(CONFIG, 3);
    settle();
    ioapic_entry(2, self(), VECTOR);
    settle();
    check("HPET: legacy replacement cuts the 8254 off", taken(VECTOR) - from, 0);
    arm(0, ENABLE | MODE_32, LATER);
    check("HPET: and has its line", wait_here(VECTOR, from, 1), 1);
    settle();
    check("HPET: once", taken(VECTOR) - from, 1);
    hpet_write(CONFIG, 1);
    check("HPET: without it the 8254 interrupts again", wait_here(VECTOR, from, 2) >= 2, 1);
    ioapic_entry(2, 0, MASKED);
    out8(0x43, 0x30);
    out8(0x40, 0);
    out8(0x40, 0);
}

/* First of all, since all that waits does it by its counter. */
void check_hpet_counter(void)
{
    if (hpet_present())
        counter();
}

void check_hpet(void)
{
    if (!hpet_present()) {
        skip("HPET");
        return;
    }
    one_shot();
    level();
    periodic();
    message();
    legacy();
}

/* An overflow comes within 2.4 s. */
void check_pm_timer(void)
{
    if (in32(PM_TIMER) == 0xffffffff) {
        skip("PM timer");
        return;
    }
    u32 first = in32(PM_TIMER), from = taken(VECTOR);
    settle();
    check("PM timer: it counts", in32(PM_TIMER) != first, 1);
    check("PM timer: 24 bits", in32(PM_TIMER) >> 24, 0);
    out16(PM_STATUS, 1);
    held_vector = VECTOR;
    ioapic_entry(SCI, self(), 0x8000 | VECTOR);
    out16(PM_ENABLE, 1);
    u32 half = in32(PM_TIMER) & 0x800000;
    while (taken(VECTOR) == from)
        asm volatile("sti; hlt; cli");
    check("PM timer: its highest bit changed, and interrupts", (in32(PM_TIMER) & 0x800000) != half, 1);
    check("PM timer: its status says so", in8(PM_STATUS) & 1, 1);
    out16(PM_STATUS, 1);
    eoi();
    settle();
    check("PM timer: cleared, it is over", (in8(PM_STATUS) & 1) << 4 | (taken(VECTOR) - from), 1);
    out16(PM_ENABLE, 0);
    held_vector = 0;
    ioapic_entry(SCI, 0, MASKED);
}
