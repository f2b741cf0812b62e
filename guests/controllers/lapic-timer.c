// SPDX-License-Identifier: GPL-2.0-or-later
/* The local APIC's timer (SDM vol. 3, 11.5.4). */
#include "controllers.h"

#define VECTOR 0x61
#define PERIODIC (1 << 17)
#define DEADLINE (2 << 17)
#define BY_1 0xb
#define CPUID_TSC_DEADLINE (1 << 24)

static void counting(void)
{
    u32 from = taken(VECTOR);

    lapic_write(APIC_DIVIDE, BY_1);
    lapic_write(APIC_LVT_TIMER, MASKED | VECTOR);
    lapic_write(APIC_INITIAL, 0xffffffff);
    u32 first = lapic_read(APIC_CURRENT);
    settle();
    check("APIC timer: it counts down", lapic_read(APIC_CURRENT) < first, 1);
    lapic_write(APIC_INITIAL, 100);
    settle();
    check("APIC timer: masked, it gets to 0 without an interrupt", lapic_read(APIC_CURRENT), 0);
    check("APIC timer: (none came)", taken(VECTOR) - from, 0);
    lapic_write(APIC_DIVIDE, 0xffffffff);
    check("APIC timer: three bits of the divisor", lapic_read(APIC_DIVIDE), 0xb);
}

static void one_shot(void)
{
    u32 from = taken(VECTOR);

    lapic_write(APIC_LVT_TIMER, VECTOR);
    lapic_write(APIC_INITIAL, 100000);
    check("APIC timer: one-shot interrupts", wait_here(VECTOR, from, 1), 1);
    settle();
    check("APIC timer: once", taken(VECTOR) - from, 1);
    check("APIC timer: and stands at 0", lapic_read(APIC_CURRENT), 0);
    check("APIC timer: the initial count can be read back", lapic_read(APIC_INITIAL), 100000);
    lapic_write(APIC_INITIAL, 0xffffffff);
    lapic_write(APIC_INITIAL, 0);
    settle();
    check("APIC timer: an initial count of 0 stops it", lapic_read(APIC_CURRENT), 0);
    check("APIC timer: (no further one came)", taken(VECTOR) - from, 1);
}

static void periodic(void)
{
    u32 from = taken(VECTOR);

    lapic_write(APIC_LVT_TIMER, PERIODIC | VECTOR);
    lapic_write(APIC_INITIAL, 200000);
    check("APIC timer: periodic interrupts again and again", wait_here(VECTOR, from, 3) >= 3, 1);
    lapic_write(APIC_LVT_TIMER, MASKED | PERIODIC | VECTOR);
    settle();
    from = taken(VECTOR);
    settle();
    check("APIC timer: masked, no more", taken(VECTOR) - from, 0);
    lapic_write(APIC_INITIAL, 0);
}

static void deadline(void)
{
    if (!(cpuid(1, 2) & CPUID_TSC_DEADLINE)) {
        skip("APIC timer: TSC deadline");
        return;
    }
    u32 from = taken(VECTOR);
    lapic_write(APIC_LVT_TIMER, DEADLINE | VECTOR);
    lapic_write(APIC_INITIAL, 1000);
    settle();
    check("APIC timer: TSC deadline: the count does nothing", taken(VECTOR) - from, 0);
    wrmsr(MSR_TSC_DEADLINE, rdtsc() + 1000000);
    check("APIC timer: TSC deadline: it interrupts", wait_here(VECTOR, from, 1), 1);
    check("APIC timer: TSC deadline: it reads 0 then", rdmsr(MSR_TSC_DEADLINE) == 0, 1);
    settle();
    check("APIC timer: TSC deadline: once", taken(VECTOR) - from, 1);
    wrmsr(MSR_TSC_DEADLINE, 1);
    check("APIC timer: TSC deadline: one that is over interrupts at once", wait_here(VECTOR, from, 2), 2);
    wrmsr(MSR_TSC_DEADLINE, rdtsc() + 1000000000000ull);
    check("APIC timer: TSC deadline: it can be read back", rdmsr(MSR_TSC_DEADLINE) != 0, 1);
    wrmsr(MSR_TSC_DEADLINE, 0);
    check("APIC timer: TSC deadline: 0 takes it back", rdmsr(MSR_TSC_DEADLINE) == 0, 1);
    wrmsr(MSR_TSC_DEADLINE, rdtsc() + 1000000000000ull);
    lapic_write(APIC_LVT_TIMER, VECTOR);
    check("APIC timer: TSC deadline: another mode takes it back", rdmsr(MSR_TSC_DEADLINE) == 0, 1);
    settle();
    check("APIC timer: TSC deadline: (no further one came)", taken(VECTOR) - from, 2);
    lapic_write(APIC_LVT_TIMER, MASKED);
}

void check_apic_timer(void)
{
    counting();
    lapic_write(APIC_DIVIDE, BY_1);
    one_shot();
    periodic();
    deadline();
}
