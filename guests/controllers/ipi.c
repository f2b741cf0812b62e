// SPDX-License-Identifier: GPL-2.0-or-later
/* Interrupts between processors (SDM vol. 3, 11.6), to three other CPUs that sleep. */
#include "controllers.h"

#define VECTOR 0x71
#define PING 0x48
#define LOGICAL 0x800
#define LOWEST 0x100
#define NMI 0x400
#define INIT 0x4500
#define STARTUP (0x4600 | TRAMPOLINE >> 12)
#define SELF 0x40000
#define ALL 0x80000
#define OTHERS 0xc0000

extern const u8 trampoline_start[], trampoline_end[];
extern volatile u32 cpus_started;
u32 others;
/* APIC ids by CPU number, and by number what a CPU is to write to LDR and DFR, and to the priority of its task. */
static volatile u32 apic_ids[MAX_CPUS], ready[MAX_CPUS];
static volatile u32 logical_id[MAX_CPUS], format = 0xffffffff, task_priority[MAX_CPUS];

void ap_main(u32 cpu) __attribute__((noreturn));

static void take_settings(u32 cpu)
{
    lapic_write(APIC_DFR, format);
    lapic_write(APIC_LDR, logical_id[cpu]);
    lapic_write(APIC_TPR, task_priority[cpu]);
}

/* Between interrupts a CPU does what it was told. */
void ap_main(u32 cpu)
{
    irq_setup();
    lapic_write(APIC_SVR, SVR_ON);
    apic_ids[cpu] = lapic_read(APIC_ID) >> 24;
    ready[cpu] = 1;
    for (;;) {
        take_settings(cpu);
        asm volatile("sti; hlt; cli");
    }
}

/* Asks a CPU for a sign of life, after which all that was sent to it before has been taken. */
static u32 ping(u32 cpu)
{
    u32 from = counts[cpu][PING];
    lapic_ipi(apic_ids[cpu], PING);
    return wait_on(cpu, PING, from, 1);
}

/* Twice: the second answer comes after the settings were taken. */
static u32 ping_all(void)
{
    u32 answers = 0;
    for (u32 cpu = 1; cpu <= others; cpu++)
        answers += ping(cpu);
    for (u32 cpu = 1; cpu <= others; cpu++)
        answers += ping(cpu);
    return answers;
}

/* A bit for each CPU that has taken the vector since `from`; this one may take it now. */
static u32 who(u32 vector, const u32 *from)
{
    settle();
    ping_all();
    u32 bits = 0;
    for (u32 cpu = 0; cpu <= others; cpu++)
        bits |= (counts[cpu][vector] - from[cpu]) << 4 * cpu;
    return bits;
}

static u32 send(u32 destination, u32 low, u32 vector)
{
    u32 from[MAX_CPUS];
    for (u32 cpu = 0; cpu < MAX_CPUS; cpu++)
        from[cpu] = counts[cpu][vector];
    lapic_ipi(destination, low);
    return who(vector, from);
}

void start_others(void)
{
    u8 *page = (u8 *)TRAMPOLINE;
    for (u32 i = 0; i < (u32)(trampoline_end - trampoline_start); i++)
        page[i] = trampoline_start[i];
    lapic_ipi(0, OTHERS | INIT);
    settle();
    /* Once should do; a CPU that has started ignores the second one. */
    for (u32 attempt = 0; attempt < 2 && cpus_started < 3; attempt++) {
        lapic_ipi(0, OTHERS | STARTUP);
        u32 spin = 0;
        while ((cpus_started < 3 || !ready[1] || !ready[2] || !ready[3]) && patience(&spin))
            ;
    }
    others = cpus_started;
}

static u32 id_of(u32 cpu)
{
    return apic_ids[cpu];
}

static void destinations(void)
{
    check("IPI: physical destination 1", send(id_of(1), VECTOR, VECTOR), 0x0010);
    check("IPI: physical destination 3", send(id_of(3), VECTOR, VECTOR), 0x1000);
    check("IPI: physical destination self", send(lapic_read(APIC_ID) >> 24, VECTOR, VECTOR), 0x0001);
    check("IPI: broadcast destination", send(0xff, VECTOR, VECTOR), 0x1111);
    check("IPI: nobody's destination", send(0x77, VECTOR, VECTOR), 0);
    check("IPI: shorthand self", send(id_of(2), SELF | VECTOR, VECTOR), 0x0001);
    check("IPI: shorthand all", send(id_of(2), ALL | VECTOR, VECTOR), 0x1111);
    check("IPI: shorthand all but self", send(id_of(2), OTHERS | VECTOR, VECTOR), 0x1110);
}

static void use_format(u32 dfr, u32 ldr0, u32 ldr1, u32 ldr2, u32 ldr3)
{
    format = dfr;
    logical_id[0] = ldr0 << 24;
    logical_id[1] = ldr1 << 24;
    logical_id[2] = ldr2 << 24;
    logical_id[3] = ldr3 << 24;
    take_settings(0);
    ping_all();
}

static void logical(void)
{
    use_format(0xffffffff, 0x01, 0x02, 0x04, 0x08);
    check("IPI: flat model, one", send(0x04, LOGICAL | VECTOR, VECTOR), 0x0100);
    check("IPI: flat model, some", send(0x0b, LOGICAL | VECTOR, VECTOR), 0x1011);
    check("IPI: flat model, none", send(0x30, LOGICAL | VECTOR, VECTOR), 0);
    check("IPI: flat model, broadcast", send(0xff, LOGICAL | VECTOR, VECTOR), 0x1111);
    use_format(0x0fffffff, 0x11, 0x12, 0x21, 0x24);
    check("IPI: cluster model, both of a cluster", send(0x13, LOGICAL | VECTOR, VECTOR), 0x0011);
    check("IPI: cluster model, one of another", send(0x24, LOGICAL | VECTOR, VECTOR), 0x1000);
    check("IPI: cluster model, nobody's bits", send(0x22, LOGICAL | VECTOR, VECTOR), 0);
    check("IPI: cluster model, nobody's cluster", send(0x3f, LOGICAL | VECTOR, VECTOR), 0);
    check("IPI: cluster model, broadcast", send(0xff, LOGICAL | VECTOR, VECTOR), 0x1111);
    use_format(0xffffffff, 0x01, 0x02, 0x04, 0x08);
}

static void lowest_priority(void)
{
    u32 one = send(0x0e, LOGICAL | LOWEST | VECTOR, VECTOR);
    check("IPI: lowest priority goes to one of them", one == 0x0010 || one == 0x0100 || one == 0x1000, 1);
    task_priority[1] = 0x30;
    task_priority[2] = 0x10;
    task_priority[3] = 0x20;
    ping_all();
    check("IPI: lowest priority goes to the one that does the least", send(0x0e, LOGICAL | LOWEST | VECTOR, VECTOR),
          0x0100);
    task_priority[1] = task_priority[2] = task_priority[3] = 0;
    ping_all();
}

static void special(void)
{
    check("IPI: NMI", send(id_of(1), NMI, 2), 0x0010);
    u32 started = cpus_started;
    lapic_ipi(id_of(2), STARTUP);
    ping_all();
    check("IPI: a start-up IPI does nothing to a CPU that runs", cpus_started, started);
    ready[3] = 0;
    lapic_ipi(id_of(3), INIT);
    u32 from = counts[3][VECTOR];
    lapic_ipi(id_of(3), VECTOR);
    settle();
    check("IPI: after INIT a CPU takes no interrupt", counts[3][VECTOR], from);
    lapic_ipi(id_of(3), 0x8500); /* INIT level de-assert: not for those of today */
    /* It takes the next stack and number, which is its own again. */
    cpus_started = 2;
    lapic_ipi(id_of(3), STARTUP);
    u32 spin = 0;
    while (!ready[3] && patience(&spin))
        ;
    check("IPI: a start-up IPI starts it again", cpus_started << 4 | ready[3], 0x31);
    check("IPI: and it takes interrupts", send(id_of(3), VECTOR, VECTOR), 0x1000);
    check("IPI: delivery is done when the register is read", lapic_read(APIC_ICR) & 0x1000, 0);
}

void check_ipis(void)
{
    apic_ids[0] = lapic_read(APIC_ID) >> 24;
    start_others();
    check("IPI: INIT and start-up IPIs start the others", others, 3);
    if (others != 3)
        return;
    destinations();
    logical();
    lowest_priority();
    special();
}
