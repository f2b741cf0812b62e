// SPDX-License-Identifier: GPL-2.0-or-later
/* KVM's clock (Linux, Documentation/virt/kvm/x86/msr.rst): the kernel fills a structure in our memory. */
#include "devices.h"

#define MSR_KVM_SYSTEM_TIME_NEW 0x4b564d01
#define KVM_FEATURE_CLOCKSOURCE2 (1 << 3)

static volatile struct {
    u32 version;
    u32 pad;
    u64 tsc_timestamp;
    u64 system_time;
    u32 tsc_to_system_mul;
    char tsc_shift;
    u8 flags;
    u8 pad2[2];
} __attribute__((aligned(32))) time_info;

static u32 cpuid_eax(u32 leaf, u32 *ebx)
{
    u32 eax, ecx, edx;
    asm volatile("cpuid" : "=a"(eax), "=b"(*ebx), "=c"(ecx), "=d"(edx) : "a"(leaf), "c"(0));
    return eax;
}

/* Where KVM's leaves begin, behind another hypervisor's if there is one; 0 without them. */
static u32 kvm_base(void)
{
    for (u32 base = 0x40000000; base < 0x40010000; base += 0x100) {
        u32 ebx;
        cpuid_eax(base, &ebx);
        if (ebx == 0x4b4d564b)
            return base;
    }
    return 0;
}

void check_kvmclock(void)
{
    u32 base = kvm_base(), ebx;
    if (!base || !(cpuid_eax(base + 1, &ebx) & KVM_FEATURE_CLOCKSOURCE2)) {
        print("kvmclock: none\n");
        return;
    }
    asm volatile("wrmsr" : : "c"(MSR_KVM_SYSTEM_TIME_NEW), "a"((u32)&time_info | 1), "d"(0));
    in8(0x61); /* back to the host, which fills it before the guest goes on */
    report("kvmclock", time_info.version != 0 && !(time_info.version & 1) && time_info.tsc_to_system_mul != 0);
    asm volatile("wrmsr" : : "c"(MSR_KVM_SYSTEM_TIME_NEW), "a"(0), "d"(0));
}
