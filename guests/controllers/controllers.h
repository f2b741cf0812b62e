// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef CONTROLLERS_H
#define CONTROLLERS_H

#include "../devices/devices.h"

/* Where the other CPUs begin. */
#define TRAMPOLINE 0x8000
#define MAX_CPUS 8

/* Local APIC registers by number: offset in the page divided by 16, and MSR less 0x800. */
enum {
    APIC_ID = 0x02,
    APIC_VERSION = 0x03,
    APIC_TPR = 0x08,
    APIC_PPR = 0x0a,
    APIC_EOI = 0x0b,
    APIC_LDR = 0x0d,
    APIC_DFR = 0x0e,
    APIC_SVR = 0x0f,
    APIC_ISR = 0x10,
    APIC_IRR = 0x20,
    APIC_ESR = 0x28,
    APIC_ICR = 0x30,
    APIC_ICR2 = 0x31,
    APIC_LVT_TIMER = 0x32,
    APIC_LVT_LINT0 = 0x35,
    APIC_LVT_ERROR = 0x37,
    APIC_INITIAL = 0x38,
    APIC_CURRENT = 0x39,
    APIC_DIVIDE = 0x3e,
    APIC_SELF_IPI = 0x3f,
};
#define MASKED 0x10000
#define SVR_ON 0x1ff
#define MSR_APIC_BASE 0x1b
#define MSR_TSC_DEADLINE 0x6e0

/* A line of the report: good, or what was seen and what was expected; none where there is no such part. */
void check(const char *name, u32 saw, u32 expected);
void skip(const char *name);
void print_cases(void);

/* irq.c */
void irq_setup(void);
u32 cpu_number(void);
extern volatile u32 counts[MAX_CPUS][256];
/* Interrupts with this vector, and no others, are not ended by the handler; 0 for none. */
extern volatile u32 held_vector;
/* The CPU's registers are MSRs. */
extern volatile u32 in_x2apic[MAX_CPUS];
/* Guest physical address of the registers, of this CPU. */
extern volatile u32 apic_base[MAX_CPUS];
u32 lapic_read(u32 reg);
void lapic_write(u32 reg, u32 value);
void lapic_ipi(u32 destination, u32 low);
void eoi(void);
u32 taken(u32 vector);
/* Interrupts that a CPU took since, given time to come. */
u32 wait_on(u32 cpu, u32 vector, u32 from, u32 wanted);
/* The same on this CPU, with interrupts on. */
u32 wait_here(u32 vector, u32 from, u32 wanted);
/* Starts with *spin 0, and is 0 when there has been time enough for everything. */
u32 patience(u32 *spin);
/* Time for what should not come. */
void settle(void);
u32 bit_of(u32 reg, u32 vector);

u64 rdtsc(void);
u64 rdmsr(u32 msr);
void wrmsr(u32 msr, u64 value);
u32 wrmsr_faults(u32 msr, u32 low, u32 high);
u32 cpuid(u32 leaf, u32 output);

/* lines.c: interrupt lines that a guest can drive */
void serial_line(u32 level);
void keyboard_line(u32 level);
void mouse_line(u32 level);
void pic_setup(u32 icw4);
void pic_mask(u32 irqs);
u32 pic_read(u32 port, u32 command);
u32 ioapic_read(u32 index);
void ioapic_write(u32 index, u32 value);
void ioapic_entry(u32 pin, u32 destination, u32 low);

/* One file each. */
void check_8259(void);
void check_8254(void);
void check_io_apic(void);
void check_apic_timer(void);
void check_apic_priorities(void);
void check_apic_errors(void);
void check_apic_disable(void);
void check_ipis(void);
void check_x2apic(void);
void check_hpet_counter(void);
void check_hpet(void);
void check_clocks(void);
void check_pm_timer(void);
void start_others(void);
extern u32 others;

#define HPET 0xfed00000
u32 hpet_present(void);
u32 hpet_counter(void);
/* Its counter runs. */
extern u32 hpet_runs;

#endif
