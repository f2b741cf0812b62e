// SPDX-License-Identifier: GPL-2.0-or-later
/* The other CPUs: found by ACPI, the MP table or the command line, started by INIT and SIPI (SDM vol. 3, 9.4). */
#include "hello.h"

/* About a second at 2 GHz; a CPU that has not come by then is reported missing. */
#define START_TIMEOUT_CYCLES 2000000000ull
/* An IPI to a CPU that sleeps in HLT takes microseconds. */
#define IPI_TIMEOUT_CYCLES 1000000000ull

struct cpu {
    bool listed;
    volatile bool online;
    u32 initial_apic_id; /* what the CPU itself reads from CPUID leaf 1 */
    volatile u32 ipis;
};

extern const u8 trampoline_start[], trampoline_end[], trampoline_gdt_pointer[];
extern const u8 gdt_pointer[6];

/* By APIC id. */
static struct cpu cpus[MAX_CPUS];
static u32 unreachable; /* CPUs whose ids do not fit xAPIC */

void ap_main(u32 id) __attribute__((noreturn));

static void found(u32 id)
{
    if (id < MAX_CPUS)
        cpus[id].listed = true;
    else
        unreachable++;
}

void smp_find_cpus(const struct hvm_start_info *info, const char *command_line)
{
    const char *option;
    const char *source = "the ACPI MADT";
    u32 count = info && info->rsdp_paddr ? acpi_find_cpus(info->rsdp_paddr, found) : 0;

    if (!count) {
        source = "the MP table";
        count = mptable_find_cpus(found);
    }
    option = find_word(command_line, "cpus=");
    if (!count && option) {
        source = "the command line";
        count = parse_number(option);
        for (u32 id = 0; id < count; id++)
            found(id);
    }
    if (!count) {
        source = "nothing but this one's own";
        count = 1;
        found(apic_id());
    }
    print("CPUs: %u by %s\n", count, source);
}

/* Polls with PAUSE until `*flag` is set, or `cycles` of the time-stamp counter have gone by. */
static bool wait_for(const volatile bool *flag, u64 cycles)
{
    u64 start = rdtsc();

    while (!*flag) {
        if (rdtsc() - start > cycles)
            return false;
        pause();
    }
    return true;
}

/* Runs on the CPU being started: it has its stack and its id, nothing else is set up. */
void ap_main(u32 id)
{
    idt_load();
    apic_enable();
    cpus[id].initial_apic_id = cpuid_apic_id();
    cpus[id].online = true;
    for (;;)
        wait_for_interrupt();
}

static void print_cpu(u32 id)
{
    print("  CPU with APIC id %u", id);
    if (id == apic_id())
        print(": online, boot CPU\n");
    else if (cpus[id].online)
        print(": online, says its APIC id is %u\n", cpus[id].initial_apic_id);
    else
        print(": missing, did not start\n");
}

/* The waits between INIT and SIPI that the SDM gives are for CPUs of the 1990s; none is needed here. */
static void start_cpu(u32 id)
{
    cpus[id].online = false;
    apic_send_init(id);
    apic_send_startup(id, TRAMPOLINE_BASE >> 12);
    if (!wait_for(&cpus[id].online, START_TIMEOUT_CYCLES / 2)) {
        apic_send_startup(id, TRAMPOLINE_BASE >> 12);
        wait_for(&cpus[id].online, START_TIMEOUT_CYCLES / 2);
    }
}

/* One at a time. */
void smp_start(void)
{
    u8 *page = (u8 *)TRAMPOLINE_BASE;

    for (u32 i = 0; i < (u32)(trampoline_end - trampoline_start); i++)
        page[i] = trampoline_start[i];
    for (u32 i = 0; i < sizeof(gdt_pointer); i++)
        page[trampoline_gdt_pointer - trampoline_start + i] = gdt_pointer[i];

    for (u32 id = 0; id < MAX_CPUS; id++) {
        if (!cpus[id].listed)
            continue;
        if (id != apic_id())
            start_cpu(id);
        print_cpu(id);
    }
    if (unreachable)
        print("  %u more with APIC ids above %u left alone\n", unreachable, MAX_CPUS - 1);
}

/* Starts a CPU that was plugged in meanwhile, which no table tells of. */
void smp_online(u32 id)
{
    if (id >= MAX_CPUS || id == apic_id()) {
        print("online: an APIC id below %u, and not this CPU's own\n", MAX_CPUS);
        return;
    }
    cpus[id].listed = true;
    start_cpu(id);
    print_cpu(id);
}

void smp_ipi_received(void) { cpus[apic_id()].ipis++; }

/* Shows every CPU again and sends an IPI to each, to see that it still answers. */
void smp_report(void)
{
    for (u32 id = 0; id < MAX_CPUS; id++) {
        u64 start;
        u32 before;

        if (!cpus[id].listed)
            continue;
        print_cpu(id);
        if (id == apic_id() || !cpus[id].online)
            continue;
        before = cpus[id].ipis;
        apic_send_ipi(id, VECTOR_IPI);
        start = rdtsc();
        while (cpus[id].ipis == before && rdtsc() - start < IPI_TIMEOUT_CYCLES)
            pause();
        print("    IPI %s, %u so far\n", cpus[id].ipis == before ? "not answered" : "answered", cpus[id].ipis);
    }
}
