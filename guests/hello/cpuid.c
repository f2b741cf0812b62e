// SPDX-License-Identifier: GPL-2.0-or-later
/* What CPUID says (SDM vol. 2, CPUID; AMD APM vol. 3, appendix E; Linux, Documentation/virt/kvm/x86/cpuid.rst). */
#include "hello.h"

struct leaf {
    u32 eax, ebx, ecx, edx;
};

#define HYPERVISOR_BIT (1u << 31)
#define HYPERVISOR_BASE 0x40000000
#define HYPERVISOR_STEP 0x100
#define HYPERVISOR_LAST 0x40000300
#define LEAF_TSC_KHZ 0x10

/* Names by bit number; bits without a name are left out. */
static const char *const leaf1_edx[32] = {
    "fpu", "vme", "de",   "pse",  "tsc", "msr", "pae", "mce", "cx8",  "apic", 0,     "sep",  "mtrr", "pge", "mca", "cmov",
    "pat", "pse36", "pn", "clflush", 0,  "ds",  "acpi", "mmx", "fxsr", "sse", "sse2", "ss",  "ht",   "tm",  "ia64", "pbe"};
static const char *const leaf1_ecx[32] = {
    "sse3", "pclmulqdq", "dtes64", "monitor", "ds_cpl", "vmx",    "smx",   "est",    "tm2", "ssse3", "cid",
    0,      "fma",       "cx16",   "xtpr",    "pdcm",   0,        "pcid",  "dca",    "sse4_1", "sse4_2", "x2apic",
    "movbe", "popcnt", "tsc_deadline", "aes", "xsave", "osxsave", "avx",   "f16c",   "rdrand", "hypervisor"};
static const char *const leaf7_ebx[32] = {
    "fsgsbase", "tsc_adjust", "sgx", "bmi1", "hle", "avx2", 0, "smep", "bmi2", "erms", "invpcid", "rtm",
    [14] = "mpx", [16] = "avx512f", [18] = "rdseed", "adx", "smap", [23] = "clflushopt", "clwb", [29] = "sha_ni"};
static const char *const extended_edx[32] = {
    [11] = "syscall", [19] = "mp", "nx", [22] = "mmxext", [25] = "fxsr_opt", "pdpe1gb", "rdtscp", [29] = "lm",
    "3dnowext", "3dnow"};
static const char *const extended_ecx[32] = {
    "lahf_lm", "cmp_legacy", "svm", "extapic", "cr8legacy", "abm", "sse4a", "misalignsse", "3dnowprefetch", "osvw"};
static const char *const kvm_eax[32] = {
    "clocksource", "nop_io_delay", "mmu_op", "clocksource2", "async_pf", "steal_time", "pv_eoi", "pv_unhalt",
    [9] = "pv_tlb_flush", "async_pf_vmexit", "pv_send_ipi", "poll_control", "pv_sched_yield", "async_pf_int",
    "msi_ext_dest_id", "hc_map_gpa_range", "migration_control", [24] = "clocksource_stable"};

static struct leaf cpuid(u32 leaf, u32 subleaf)
{
    struct leaf l;

    asm volatile("cpuid" : "=a"(l.eax), "=b"(l.ebx), "=c"(l.ecx), "=d"(l.edx) : "a"(leaf), "c"(subleaf));
    return l;
}

u32 cpuid_apic_id(void) { return cpuid(1, 0).ebx >> 24; }

static void print_names(u32 bits, const char *const names[32])
{
    for (u32 bit = 0; bits; bit++, bits >>= 1) {
        if (bits & 1 && names[bit])
            print(" %s", names[bit]);
    }
}

/* Four characters for each register. */
static void print_text(const u32 *words, u32 count)
{
    const char *text = (const char *)words;

    while (*text == ' ')
        text++;
    for (; text < (const char *)(words + count) && *text; text++)
        uart_put(*text >= ' ' && *text < 0x7f ? *text : '.');
}

static void print_identity(void)
{
    struct leaf zero = cpuid(0, 0), one = cpuid(1, 0);
    u32 vendor[3] = {zero.ebx, zero.edx, zero.ecx};
    u32 family = one.eax >> 8 & 15, model = one.eax >> 4 & 15;

    if (family == 6 || family == 15)
        model |= one.eax >> 12 & 0xf0;
    if (family == 15)
        family += one.eax >> 20 & 0xff;
    print("CPU vendor: ");
    print_text(vendor, 3);
    print(", family %u model %u stepping %u\n", family, model, one.eax & 15);

    if (cpuid(0x80000000, 0).eax >= 0x80000004) {
        struct leaf brand[3] = {cpuid(0x80000002, 0), cpuid(0x80000003, 0), cpuid(0x80000004, 0)};

        print("CPU brand: ");
        print_text(&brand[0].eax, 12);
        print("\n");
    }
}

static void print_features(void)
{
    struct leaf one = cpuid(1, 0);

    print("CPU features:");
    print_names(one.edx, leaf1_edx);
    print_names(one.ecx, leaf1_ecx);
    if (cpuid(0, 0).eax >= 7)
        print_names(cpuid(7, 0).ebx, leaf7_ebx);
    if (cpuid(0x80000000, 0).eax >= 0x80000001) {
        struct leaf extended = cpuid(0x80000001, 0);

        print_names(extended.edx, extended_edx);
        print_names(extended.ecx, extended_ecx);
    }
    print("\n");
}

static bool is_kvm(const struct leaf *l) { return l->ebx == 0x4b4d564b && l->ecx == 0x564b4d56 && l->edx == 0x4d; }

/*
 * The last leaf of a hypervisor's range, 0 if none begins at `base`. Old KVM says 0 and has one; a CPU without such
 * leaves answers with those of its highest basic leaf (SDM), so the signature has to look like text.
 */
static u32 hypervisor_last_leaf(u32 base, const struct leaf *l)
{
    if (is_kvm(l) && l->eax == 0)
        return base + 1;
    return l->eax >= base && l->eax < base + HYPERVISOR_STEP && (l->ebx & 0x80808080) == 0 && l->ebx & 0x60 ? l->eax : 0;
}

static void print_hypervisors(void)
{
    if (!(cpuid(1, 0).ecx & HYPERVISOR_BIT)) {
        print("hypervisor: none shown\n");
        return;
    }
    for (u32 base = HYPERVISOR_BASE; base < HYPERVISOR_LAST; base += HYPERVISOR_STEP) {
        struct leaf l = cpuid(base, 0);
        u32 last = hypervisor_last_leaf(base, &l);

        if (!last)
            continue;
        print("hypervisor: ");
        print_text(&l.ebx, 3);
        print(", leaves 0x%08x-0x%08x\n", base, last);
        if (is_kvm(&l)) {
            print("KVM features:");
            print_names(cpuid(base + 1, 0).eax, kvm_eax);
            print("\n");
        }
        if (last >= base + LEAF_TSC_KHZ) {
            struct leaf rates = cpuid(base + LEAF_TSC_KHZ, 0);

            print("TSC %u kHz, APIC bus %u kHz\n", rates.eax, rates.ebx);
        }
    }
}

void cpuid_report(void)
{
    print_identity();
    print_features();
    print_hypervisors();
}

/* Leaves whose answer depends on %ecx; of each the first few subleaves are shown. */
static u32 subleaves(u32 leaf)
{
    switch (leaf) {
    case 4:
    case 0xd:
        return 4;
    case 7:
    case 0xb:
        return 2;
    default:
        return 1;
    }
}

static void dump_range(u32 first, u32 last)
{
    for (u32 leaf = first; leaf >= first && leaf <= last && leaf < first + 0x24; leaf++) {
        for (u32 sub = 0; sub < subleaves(leaf); sub++) {
            struct leaf l = cpuid(leaf, sub);

            if (l.eax | l.ebx | l.ecx | l.edx)
                print("  %08x.%u: eax %08x ebx %08x ecx %08x edx %08x\n", leaf, sub, l.eax, l.ebx, l.ecx, l.edx);
        }
    }
}

void cpuid_dump(void)
{
    dump_range(0, cpuid(0, 0).eax);
    if (cpuid(1, 0).ecx & HYPERVISOR_BIT) {
        for (u32 base = HYPERVISOR_BASE; base < HYPERVISOR_LAST; base += HYPERVISOR_STEP) {
            struct leaf l = cpuid(base, 0);
            u32 last = hypervisor_last_leaf(base, &l);

            if (last)
                dump_range(base, last);
        }
    }
    dump_range(0x80000000, cpuid(0x80000000, 0).eax);
}
