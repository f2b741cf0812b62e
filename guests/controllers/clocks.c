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

/* What KVM's clock is reckoned from (Linux, Documentation/virt/kvm/x86/msr.rst). */
static volatile struct {
    u32 version;
    u32 pad;
    u64 tsc_timestamp;
    u64 system_time;
    u32 tsc_to_system_mul;
    signed char tsc_shift;
    u8 flags;
    u8 pad2[2];
} __attribute__((aligned(32))) time_info;

#define MSR_KVM_SYSTEM_TIME_NEW 0x4b564d01
#define KVM_LEAVES 0x40000000
#define KVM_SIGNATURE 0x4b4d564b
#define KVM_FEATURE_CLOCKSOURCE2 (1 << 3)

/* Nanoseconds, their low 32 bits. */
static u32 kvmclock(void)
{
    u32 version, now;
    do {
        version = time_info.version;
        u64 delta = rdtsc() - time_info.tsc_timestamp;
        delta = time_info.tsc_shift < 0 ? delta >> -time_info.tsc_shift : delta << time_info.tsc_shift;
        u64 mul = time_info.tsc_to_system_mul;
        now = (u32)time_info.system_time + (u32)((delta >> 32) * mul) + (u32)((delta & 0xffffffff) * mul >> 32);
    } while (version & 1 || version != time_info.version);
    return now;
}

static void check_kvmclock_agrees(void)
{
    /* Behind another hypervisor's leaves if there are some. */
    u32 base = KVM_LEAVES;
    while (base < KVM_LEAVES + 0x1000 && cpuid(base, 1) != KVM_SIGNATURE)
        base += 0x100;
    if (cpuid(base, 1) != KVM_SIGNATURE || !(cpuid(base + 1, 0) & KVM_FEATURE_CLOCKSOURCE2)) {
        skip("clocks: kvmclock");
        return;
    }
    wrmsr(MSR_KVM_SYSTEM_TIME_NEW, (u32)&time_info | 1);
    settle();
    check("clocks: kvmclock and the HPET agree", agrees_soon(kvmclock, 1, 10, 20), 1);
    wrmsr(MSR_KVM_SYSTEM_TIME_NEW, 0);
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
    check_kvmclock_agrees();
}
