// SPDX-License-Identifier: GPL-2.0-or-later
/* The interrupt descriptor table, and what happens on each vector (SDM vol. 3, chapter 6). */
#include "hello.h"

#define GATE_INTERRUPT_PRESENT 0x8e00

struct gate {
    u16 offset_low;
    u16 selector;
    u16 type;
    u16 offset_middle;
    u32 offset_high;
    u32 reserved;
};

static struct gate idt[256];
volatile u64 fault_resume;

static const char *const exception_names[] = {
    [0] = "#DE divide error",          [1] = "#DB debug",
    [2] = "NMI",                       [3] = "#BP breakpoint",
    [4] = "#OF overflow",              [5] = "#BR bound range exceeded",
    [6] = "#UD invalid opcode",        [7] = "#NM device not available",
    [8] = "#DF double fault",          [10] = "#TS invalid TSS",
    [11] = "#NP segment not present",  [12] = "#SS stack fault",
    [13] = "#GP general protection",   [14] = "#PF page fault",
    [16] = "#MF x87 error",            [17] = "#AC alignment check",
    [18] = "#MC machine check",        [19] = "#XM SIMD error",
};

/* Called from isr.S with interrupts off. */
void isr_dispatch(struct interrupt_frame *frame);

static void exception(struct interrupt_frame *frame)
{
    u64 vector = frame->vector;
    const char *name = vector < sizeof(exception_names) / sizeof(exception_names[0]) ? exception_names[vector] : 0;

    print("exception %lu %s: error 0x%lx rip 0x%lx", vector, name ? name : "?", frame->error, frame->rip);
    if (vector == 14)
        print(" cr2 0x%lx", read_cr2());
    print("\n");
    if (!fault_resume) {
        print("unexpected, stopping\n");
        power_off();
    }
    frame->rip = fault_resume;
    fault_resume = 0;
}

void isr_dispatch(struct interrupt_frame *frame)
{
    switch (frame->vector) {
    case VECTOR_TIMER:
        apic_timer_ticks++;
        break;
    case VECTOR_IPI:
        smp_ipi_received();
        break;
    case VECTOR_UART:
        uart_drain();
        break;
    default:
        exception(frame);
        return;
    }
    apic_eoi();
}

static void set_gate(u32 vector, u64 handler)
{
    idt[vector] = (struct gate){handler, SEL_CODE64, GATE_INTERRUPT_PRESENT, handler >> 16, handler >> 32, 0};
}

void idt_init(void)
{
    for (u32 vector = 0; vector < 32; vector++)
        set_gate(vector, (u64)isr_exceptions[vector]);
    set_gate(VECTOR_TIMER, (u64)isr_timer);
    set_gate(VECTOR_IPI, (u64)isr_ipi);
    set_gate(VECTOR_UART, (u64)isr_uart);
    set_gate(VECTOR_SPURIOUS, (u64)isr_spurious);
    idt_load();
}

void idt_load(void)
{
    struct {
        u16 limit;
        u64 base;
    } __attribute__((packed)) pointer = {sizeof(idt) - 1, (u64)idt};

    asm volatile("lidt %0" : : "m"(pointer));
}
