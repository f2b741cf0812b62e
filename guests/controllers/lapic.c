// SPDX-License-Identifier: GPL-2.0-or-later
/* The local APIC (SDM vol. 3, chapter 11): priorities, errors, off and on. */
#include "controllers.h"

#define TO_SELF 0x40000
#define SVR_OFF 0xff
#define BASE_ENABLE 0x800u
#define BASE_EXTD 0x400u
#define ELSEWHERE 0xfee40000u
#define DEFAULT_BASE 0xfee00000u
#define ESR_SEND_ILLEGAL 0x20
#define ESR_ILLEGAL_REGISTER 0x80
#define ERROR_VECTOR 0x6e
#define CPUID_APIC (1 << 9)

static void to_self(u32 vector)
{
    lapic_write(APIC_ICR, TO_SELF | vector);
}

void check_apic_priorities(void)
{
    u32 from45 = taken(0x45), from55 = taken(0x55), from65 = taken(0x65), from75 = taken(0x75);

    lapic_write(APIC_TPR, 0x50);
    check("APIC: the task's priority is the processor's", lapic_read(APIC_PPR), 0x50);
    to_self(0x45);
    to_self(0x55);
    settle();
    check("APIC: what is below or in the task's class waits", taken(0x45) - from45 + taken(0x55) - from55, 0);
    check("APIC: it is requested", bit_of(APIC_IRR, 0x45) << 1 | bit_of(APIC_IRR, 0x55), 3);
    lapic_write(APIC_TPR, 0x40);
    check("APIC: a lower priority of the task lets the higher one through", wait_here(0x55, from55, 1), 1);
    check("APIC: but not the other", taken(0x45) - from45, 0);
    lapic_write(APIC_TPR, 0);
    check("APIC: 0 lets all through", wait_here(0x45, from45, 1), 1);

    held_vector = 0x65;
    to_self(0x65);
    wait_here(0x65, from65, 1);
    check("APIC: what is in service raises the processor's priority", lapic_read(APIC_PPR), 0x60);
    check("APIC: it is in service, and not requested", bit_of(APIC_ISR, 0x65) << 1 | bit_of(APIC_IRR, 0x65), 2);
    to_self(0x55);
    to_self(0x65);
    to_self(0x75);
    settle();
    check("APIC: a higher class interrupts it", taken(0x75) - from75, 1);
    check("APIC: its own and lower ones wait", taken(0x65) - from65 + taken(0x55) - from55, 2);
    eoi();
    check("APIC: its own comes after its end", wait_here(0x65, from65, 2), 2);
    check("APIC: and the lower one still waits", taken(0x55) - from55, 1);
    held_vector = 0;
    eoi();
    check("APIC: for the end of that", wait_here(0x55, from55, 2), 2);
    check("APIC: then nothing is in service", lapic_read(APIC_PPR), 0);

    /* The same vector twice is one request. */
    to_self(0x45);
    to_self(0x45);
    wait_here(0x45, from45, 2);
    settle();
    check("APIC: two requests of a vector are one", taken(0x45) - from45, 2);
    interrupts_on();
    lapic_write(APIC_TPR, 0xff);
    check("APIC: all eight bits of the task's priority can be read back", lapic_read(APIC_TPR), 0xff);
    lapic_write(APIC_TPR, 0);
    interrupts_off();
}

void check_apic_errors(void)
{
    u32 from = taken(ERROR_VECTOR);

    lapic_write(APIC_LVT_ERROR, ERROR_VECTOR);
    lapic_write(APIC_ESR, 0);
    lapic_write(APIC_ESR, 0);
    check("APIC errors: none", lapic_read(APIC_ESR), 0);
    to_self(5);
    check("APIC errors: an illegal vector interrupts", wait_here(ERROR_VECTOR, from, 1), 1);
    check("APIC errors: the register shows it after a write only", lapic_read(APIC_ESR), 0);
    lapic_write(APIC_ESR, 0);
    check("APIC errors: an illegal vector to be sent", lapic_read(APIC_ESR) & ESR_SEND_ILLEGAL, ESR_SEND_ILLEGAL);
    lapic_write(0x04, 0);
    check("APIC errors: a register that there is not interrupts", wait_here(ERROR_VECTOR, from, 2), 2);
    lapic_write(APIC_ESR, 0);
    check("APIC errors: and is noted", lapic_read(APIC_ESR), ESR_ILLEGAL_REGISTER);
    lapic_write(APIC_ESR, 0);
    check("APIC errors: until the next write", lapic_read(APIC_ESR), 0);
    lapic_write(APIC_LVT_ERROR, MASKED);

    u32 version = lapic_read(APIC_VERSION);
    lapic_write(APIC_VERSION, ~version);
    check("APIC: its version stays, integrated, six entries or more",
          lapic_read(APIC_VERSION) == version && (version & 0xf0) == 0x10 && (version >> 16 & 0xff) >= 5, 1);
    lapic_write(APIC_SVR, (SVR_ON & ~0xff) | 0xe7);
    check("APIC: the spurious vector can be read back", lapic_read(APIC_SVR) & 0x1ff, 0x1e7);
    lapic_write(APIC_SVR, SVR_ON);
}

/* Off by its spurious-interrupt register: 11.4.7.2. */
static void software_disable(void)
{
    u32 from = taken(0x45);

    lapic_write(APIC_LVT_TIMER, 0x61);
    lapic_write(APIC_SVR, SVR_OFF);
    check("APIC off by software: its table is masked", lapic_read(APIC_LVT_TIMER) & MASKED, MASKED);
    lapic_write(APIC_LVT_TIMER, 0x61);
    check("APIC off by software: and cannot be unmasked", lapic_read(APIC_LVT_TIMER) & MASKED, MASKED);
    to_self(0x45);
    settle();
    check("APIC off by software: it takes no interrupt", taken(0x45) - from, 0);
    lapic_write(APIC_SVR, SVR_ON);
    settle();
    check("APIC on again: what came meanwhile is lost", taken(0x45) - from, 0);
    check("APIC on again: the table is still masked", lapic_read(APIC_LVT_TIMER) & MASKED, MASKED);
    to_self(0x45);
    check("APIC on again: it takes interrupts", wait_here(0x45, from, 1), 1);
}

/* Off by IA32_APIC_BASE: 11.4.3; it is as after a reset when it is on again. */
static void global_disable(void)
{
    u32 base = (u32)rdmsr(MSR_APIC_BASE), from = taken(0x45);

    check("IA32_APIC_BASE: this CPU starts the machine, its APIC is on", base & 0xd00, 0x900);
    lapic_write(APIC_TPR, 0x30);
    wrmsr(MSR_APIC_BASE, base & ~BASE_ENABLE);
    check("APIC off: CPUID says so", cpuid(1, 3) & CPUID_APIC, 0);
    check("APIC off: its registers are not there", *reg32(DEFAULT_BASE + APIC_VERSION * 16), 0xffffffff);
    /* The 8259's line leads to the processor itself. */
    u32 from4 = taken(PIC_VECTOR + 4);
    pic_mask(0xffef);
    serial_line(1);
    check("APIC off: the 8259 interrupts", wait_here(PIC_VECTOR + 4, from4, 1), 1);
    serial_line(0);
    out8(0x20, 0x20);
    pic_mask(0xffff);
    wrmsr(MSR_APIC_BASE, base);
    check("APIC on: CPUID says so", cpuid(1, 3) & CPUID_APIC, CPUID_APIC);
    check("APIC on: as after a reset", lapic_read(APIC_TPR) << 16 | (lapic_read(APIC_SVR) & 0x1ff), 0xff);
    lapic_write(APIC_SVR, SVR_ON);
    to_self(0x45);
    check("APIC on: it takes interrupts", wait_here(0x45, from, 1), 1);
}

/* 11.4.5 */
static void relocation(void)
{
    u32 base = (u32)rdmsr(MSR_APIC_BASE), from = taken(0x45);
    u32 version = lapic_read(APIC_VERSION);

    wrmsr(MSR_APIC_BASE, (base & 0xfff) | ELSEWHERE);
    check("APIC base: it can be read back", (u32)rdmsr(MSR_APIC_BASE), (base & 0xfff) | ELSEWHERE);
    check("APIC base: the registers are there", *reg32(ELSEWHERE + APIC_VERSION * 16), version);
    check("APIC base: and not where they were", *reg32(DEFAULT_BASE + APIC_VERSION * 16) != version, 1);
    apic_base[cpu_number()] = ELSEWHERE;
    to_self(0x45);
    check("APIC base: it works there", wait_here(0x45, from, 1), 1);
    /* Over memory: 1 MiB and a bit is RAM. */
    volatile u32 *memory = reg32(0x180000 + APIC_VERSION * 16);
    *memory = 0x12345678;
    wrmsr(MSR_APIC_BASE, (base & 0xfff) | 0x180000);
    check("APIC base: over RAM, the registers are seen", *memory, version);
    *reg32(0x180000 + APIC_TPR * 16) = 0x20;
    wrmsr(MSR_APIC_BASE, base);
    check("APIC base: moved away, the RAM is there again", *memory, 0x12345678);
    apic_base[cpu_number()] = base & 0xfffff000;
    check("APIC base: and what was written went to the register", lapic_read(APIC_TPR), 0x20);
    lapic_write(APIC_TPR, 0);
}

void check_apic_disable(void)
{
    software_disable();
    relocation();
    global_disable();
    check("IA32_APIC_BASE: reserved bits fault",
          wrmsr_faults(MSR_APIC_BASE, (u32)rdmsr(MSR_APIC_BASE) | 1, 0), 1);
    check("IA32_APIC_BASE: x2APIC mode of an APIC that is off faults",
          wrmsr_faults(MSR_APIC_BASE, ((u32)rdmsr(MSR_APIC_BASE) & ~BASE_ENABLE) | BASE_EXTD, 0), 1);
}
