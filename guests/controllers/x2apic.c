// SPDX-License-Identifier: GPL-2.0-or-later
/* The local APIC's registers as MSRs (SDM vol. 3, 11.12). The boot CPU is in x2APIC mode, the others are not. */
#include "controllers.h"

#define CPUID_X2APIC (1 << 21)
#define BASE_EXTD 0x400u
#define BASE_ENABLE 0x800u
#define VECTOR 0x72
#define SELF 0x40000
#define OTHERS 0xc0000

static void mode(u32 bits)
{
    wrmsr(MSR_APIC_BASE, ((u32)rdmsr(MSR_APIC_BASE) & ~(BASE_EXTD | BASE_ENABLE)) | bits);
    in_x2apic[0] = bits == (BASE_EXTD | BASE_ENABLE);
}

static u32 received(u32 cpu, u32 from)
{
    return wait_on(cpu, VECTOR, from, 1);
}

void check_x2apic(void)
{
    if (!(cpuid(1, 2) & CPUID_X2APIC)) {
        skip("x2APIC");
        return;
    }
    u32 id = lapic_read(APIC_ID) >> 24, version = lapic_read(APIC_VERSION), from = taken(VECTOR);
    mode(BASE_EXTD | BASE_ENABLE);
    check("x2APIC: the id has 32 bits", lapic_read(APIC_ID), id);
    check("x2APIC: the logical id follows from it", lapic_read(APIC_LDR), id >> 4 << 16 | 1 << (id & 15));
    check("x2APIC: the version is the same", lapic_read(APIC_VERSION), version);
    lapic_write(APIC_SVR, SVR_ON);
    lapic_write(APIC_TPR, 0x20);
    check("x2APIC: the task's priority", lapic_read(APIC_TPR), 0x20);
    lapic_write(APIC_TPR, 0);
    lapic_write(APIC_SELF_IPI, VECTOR);
    check("x2APIC: self IPI", wait_here(VECTOR, from, 1), 1);
    lapic_ipi(id, VECTOR);
    check("x2APIC: an IPI by its id", wait_here(VECTOR, from, 2), 2);
    lapic_ipi(0, SELF | VECTOR);
    check("x2APIC: shorthand self", wait_here(VECTOR, from, 3), 3);
    lapic_ipi(1 << (id & 15) | id >> 4 << 16, 0x800 | VECTOR);
    check("x2APIC: a logical destination", wait_here(VECTOR, from, 4), 4);
    if (others) {
        u32 others_from[MAX_CPUS], answers = 0;
        for (u32 cpu = 1; cpu <= others; cpu++)
            others_from[cpu] = counts[cpu][VECTOR];
        lapic_ipi(0, OTHERS | VECTOR);
        for (u32 cpu = 1; cpu <= others; cpu++)
            answers += received(cpu, others_from[cpu]);
        check("x2APIC: it reaches the others, which are in xAPIC mode", answers, others);
    }
    check("x2APIC: the interrupt command is one register", rdmsr(0x800 + APIC_ICR) >> 32 == 0, 1);
    lapic_write(APIC_DIVIDE, 0xb);
    lapic_write(APIC_LVT_TIMER, VECTOR);
    lapic_write(APIC_INITIAL, 1000);
    check("x2APIC: the timer", wait_here(VECTOR, from, 5), 5);
    check("x2APIC: reserved bits fault", wrmsr_faults(0x800 + APIC_SVR, 0x10000000, 0), 1);
    check("x2APIC: the high half faults", wrmsr_faults(0x800 + APIC_TPR, 0, 1), 1);
    check("x2APIC: EOI takes 0 only", wrmsr_faults(0x800 + APIC_EOI, 1, 0), 1);
    check("x2APIC: the id cannot be written", wrmsr_faults(0x800 + APIC_ID, 0, 0), 1);
    check("x2APIC: there is no destination format", wrmsr_faults(0x800 + APIC_DFR, 0, 0), 1);
    check("x2APIC: back to xAPIC mode faults",
          wrmsr_faults(MSR_APIC_BASE, (u32)rdmsr(MSR_APIC_BASE) & ~BASE_EXTD, 0), 1);
    mode(0);
    mode(BASE_ENABLE);
    check("x2APIC: by way of off there is xAPIC mode again, as after a reset", lapic_read(APIC_SVR) & 0x1ff, 0xff);
    check("x2APIC: with its id", lapic_read(APIC_ID) >> 24, id);
    check("x2APIC: there are no MSRs then", wrmsr_faults(0x800 + APIC_TPR, 0, 0), 1);
    lapic_write(APIC_SVR, SVR_ON);
}
