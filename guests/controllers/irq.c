// SPDX-License-Identifier: GPL-2.0-or-later
/* Interrupts: a table of all vectors (SDM vol. 3, 6.10), what came by CPU and vector, and the local APIC's registers. */
#include "controllers.h"

#define HPET_SECOND 100000000
#define SPINS 100000
#define SETTLE 100

extern u8 irq_entries[], gp_entry[];
static u64 idt[256];
volatile u32 counts[MAX_CPUS][256];
volatile u32 held_vector;
volatile u32 in_x2apic[MAX_CPUS];
volatile u32 apic_base[MAX_CPUS];

void irq_handle(u32 vector);

/* The first dword of the stack. */
u32 cpu_number(void)
{
    u32 stack;
    asm volatile("movl %%esp, %0" : "=r"(stack));
    return *(u32 *)(stack & ~0xfffu);
}

u64 rdtsc(void)
{
    u64 value;
    asm volatile("rdtsc" : "=A"(value));
    return value;
}

u64 rdmsr(u32 msr)
{
    u64 value;
    asm volatile("rdmsr" : "=A"(value) : "c"(msr));
    return value;
}

void wrmsr(u32 msr, u64 value)
{
    asm volatile("wrmsr" : : "c"(msr), "A"(value) : "memory");
}

/* Output 0 to 3: EAX, EBX, ECX, EDX. */
u32 cpuid(u32 leaf, u32 output)
{
    u32 regs[4];
    asm volatile("cpuid" : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3]) : "a"(leaf), "c"(0));
    return regs[output];
}

u32 lapic_read(u32 reg)
{
    u32 cpu = cpu_number();
    return in_x2apic[cpu] ? (u32)rdmsr(0x800 + reg) : *reg32(apic_base[cpu] + reg * 16);
}

void lapic_write(u32 reg, u32 value)
{
    u32 cpu = cpu_number();
    if (in_x2apic[cpu])
        wrmsr(0x800 + reg, value);
    else
        *reg32(apic_base[cpu] + reg * 16) = value;
}

void lapic_ipi(u32 destination, u32 low)
{
    if (in_x2apic[cpu_number()]) {
        wrmsr(0x800 + APIC_ICR, (u64)destination << 32 | low);
        return;
    }
    lapic_write(APIC_ICR2, destination << 24);
    lapic_write(APIC_ICR, low);
}

void eoi(void)
{
    lapic_write(APIC_EOI, 0);
}

void irq_handle(u32 vector)
{
    counts[cpu_number()][vector]++;
    if (vector == held_vector || vector < APIC_VECTOR)
        return;
    eoi();
}

void irq_setup(void)
{
    struct {
        u16 limit;
        u32 base;
    } __attribute__((packed)) pointer = { sizeof idt - 1, (u32)idt };

    for (u32 vector = 0; vector < 256; vector++) {
        u32 entry = vector == 13 ? (u32)gp_entry : (u32)irq_entries + vector * 16;
        idt[vector] = (entry & 0xffff) | 0x08 << 16 | (u64)(0x8e00 | (entry & 0xffff0000)) << 32;
    }
    asm volatile("lidt %0" : : "m"(pointer));
    apic_base[cpu_number()] = (u32)rdmsr(MSR_APIC_BASE) & 0xfffff000;
}

u32 taken(u32 vector)
{
    return counts[cpu_number()][vector];
}

static void exit_to_host(void)
{
    in8(0x80);
}

/* Whether it makes sense to wait on: for a second by the HPET if that runs, else for so many exits. */
u32 patience(u32 *spin)
{
    static u32 begin;
    exit_to_host();
    if (!hpet_runs)
        return ++*spin < SPINS;
    if (!(*spin)++)
        begin = hpet_counter();
    return hpet_counter() - begin < HPET_SECOND;
}

u32 wait_on(u32 cpu, u32 vector, u32 from, u32 wanted)
{
    u32 spin = 0;
    while (counts[cpu][vector] - from < wanted && patience(&spin))
        ;
    return counts[cpu][vector] - from;
}

u32 wait_here(u32 vector, u32 from, u32 wanted)
{
    interrupts_on();
    u32 seen = wait_on(cpu_number(), vector, from, wanted);
    interrupts_off();
    return seen;
}

void settle(void)
{
    interrupts_on();
    for (u32 spin = 0; spin < SETTLE; spin++)
        exit_to_host();
    interrupts_off();
}

/* A vector's bit in a register of 256 bits. */
u32 bit_of(u32 reg, u32 vector)
{
    return lapic_read(reg + vector / 32) >> vector % 32 & 1;
}

/* Cases whose lines are not printed yet: the serial port, whose interrupt is one of the lines that are tried, has to be quiet. */
static struct {
    const char *name;
    u32 saw, expected, none;
} cases[64];
static u32 case_count;

static void add_case(const char *name, u32 saw, u32 expected, u32 none)
{
    cases[case_count].name = name;
    cases[case_count].saw = saw;
    cases[case_count].expected = expected;
    cases[case_count].none = none;
    if (++case_count == sizeof cases / sizeof *cases)
        print_cases();
}

void check(const char *name, u32 saw, u32 expected)
{
    add_case(name, saw, expected, 0);
}

void skip(const char *name)
{
    add_case(name, 0, 0, 1);
}

void print_cases(void)
{
    for (u32 i = 0; i < case_count; i++) {
        print(cases[i].name);
        if (cases[i].none) {
            print(": none\n");
        } else if (cases[i].saw == cases[i].expected) {
            print(": good\n");
        } else {
            print(": saw 0x");
            print_hex(cases[i].saw);
            print(", expected 0x");
            print_hex(cases[i].expected);
            print("\n");
            failures++;
        }
    }
    case_count = 0;
}
