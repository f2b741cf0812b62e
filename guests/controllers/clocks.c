// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All clocks are read off one: what another clock says has gone by lies between what the HPET said before and after it was read.
 * No delay of host or guest can change that.
 */
#include "controllers.h"

#define HPET_TICK_NS 10
#define TICKS 500000 /* of the HPET: 5 ms */

/* One reading of another clock, with the HPET's before and after. */
struct reading {
    u32 before, value, after;
};

static struct reading look(u32 (*clock)(void))
{
    struct reading r;
    r.before = hpet_counter();
    r.value = clock();
    r.after = hpet_counter();
    return r;
}

/*
 * Whether the clock went on at `ticks` HPET ticks per `counts` of its own; `slack` counts are for what it rounds off.
 */
static u32 agrees(u32 (*clock)(void), u32 ticks, u32 counts, u32 slack)
{
    struct reading a = look(clock);
    while (hpet_counter() - a.before < TICKS)
        ;
    struct reading b = look(clock);
    u64 gone = (u64)(b.value - a.value) * ticks;
    u64 least = (u64)(b.before - a.after) * counts, most = (u64)(b.after - a.before) * counts;
    return gone + (u64)slack * ticks >= least && gone <= most + (u64)slack * ticks;
}

/* Counts up, as all others. */
static u32 pit(void)
{
    out8(0x43, 0x00);
    u32 low = in8(0x40);
    return 0xffff0000 - (low | in8(0x40) << 8);
}

static u32 pm_timer(void)
{
    return in32(0x608);
}

static u32 apic_timer(void)
{
    return -lapic_read(APIC_CURRENT);
}

static u32 tsc(void)
{
    return (u32)rdtsc();
}

/* Whether an interval of it lay within the 65,536 counts of the 8254, or the 24 bits of the timer; the next one may. */
static u32 agrees_soon(u32 (*clock)(void), u32 ticks, u32 counts, u32 slack)
{
    for (u32 round = 0; round < 5; round++) {
        if (clock == pit) {
            out8(0x43, 0x30);
            out8(0x40, 0xff);
            out8(0x40, 0xff);
        }
        if (agrees(clock, ticks, counts, slack))
            return 1;
    }
    return 0;
}

void check_clocks(void)
{
    if (!hpet_present())
        return;
    /* 100,000,000 / 1,193,182 and 100,000,000 / 3,579,545 in small numbers. */
    check("clocks: the 8254 and the HPET agree", agrees_soon(pit, 50000000, 596591, 2), 1);
    check("clocks: the PM timer and the HPET agree", agrees_soon(pm_timer, 20000000, 715909, 2), 1);
    lapic_write(APIC_DIVIDE, 0xb);
    lapic_write(APIC_LVT_TIMER, MASKED | 0x61);
    lapic_write(APIC_INITIAL, 0xffffffff);
    check("clocks: the APIC timer and the HPET agree", agrees_soon(apic_timer, 1, 10, 20), 1);
    lapic_write(APIC_INITIAL, 0);
    check("clocks: the TSC and the HPET agree at 1 GHz", agrees_soon(tsc, 1, 10, 20), 1);
}
