// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import { propValues, type X86CPUDefinition } from './cpu-model-types.js'
import { CPUID_VENDOR_INTEL, MSR_VMX_EPT_WB } from './cpuid-bits.js'
import { FEAT_VMX_EPT_VPID_CAPS } from './feature-words.js'

/** Extended page tables may be cached write-back: a bit that has no name. */
const EPT_WRITE_BACK = { word: FEAT_VMX_EPT_VPID_CAPS, mask: MSR_VMX_EPT_WB }

/**
 * Intel's processors. The VMX features are those that KVM can offer to a nested hypervisor.
 * @qemu target/i386/cpu.c builtin_x86_defs
 */
export const intelX86Defs: readonly X86CPUDefinition[] = [
  {
    name: 'core2duo',
    level: 0xa,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 15,
    stepping: 11,
    modelId: 'Intel(R) Core(TM)2 Duo CPU     T7700  @ 2.40GHz',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush acpi mmx fxsr sse sse2 ss
      pni monitor ssse3 cx16
      syscall nx lm
      lahf-lm
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending vmx-movdr-exit vmx-io-exit vmx-io-bitmap
      vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit vmx-secondary-ctls
      vmx-apicv-xapic
      vmx-intr-exit vmx-nmi-exit vmx-vnmi
      vmx-exit-ack-intr
      vmx-entry-ia32e-mode
      vmx-activity-hlt
      vmx-ins-outs`,
  },
  {
    name: 'coreduo',
    level: 0xa,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 14,
    stepping: 8,
    modelId: 'Genuine Intel(R) CPU           T2600  @ 2.16GHz',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat clflush acpi mmx fxsr sse sse2 ss
      pni monitor
      nx
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-intr-exit vmx-nmi-exit
      vmx-exit-ack-intr
      vmx-entry-ia32e-mode
      vmx-activity-hlt`,
  },
  {
    name: 'n270',
    level: 0xa,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 28,
    stepping: 2,
    modelId: 'Intel(R) Atom(TM) CPU N270   @ 1.60GHz',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat clflush acpi mmx fxsr sse sse2 ss
      pni monitor ssse3 movbe
      nx
      lahf-lm`,
  },
  {
    name: 'Conroe',
    level: 0xa,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 15,
    stepping: 3,
    modelId: 'Intel Celeron_4x0 (Conroe/Merom Class Core 2)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni ssse3
      syscall nx lm
      lahf-lm
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending vmx-movdr-exit vmx-io-exit vmx-io-bitmap
      vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit vmx-secondary-ctls
      vmx-apicv-xapic
      vmx-intr-exit vmx-nmi-exit vmx-vnmi
      vmx-exit-ack-intr
      vmx-entry-ia32e-mode
      vmx-activity-hlt
      vmx-ins-outs`,
  },
  {
    name: 'Penryn',
    level: 0xa,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 23,
    stepping: 3,
    modelId: 'Intel Core 2 Duo P9xxx (Penryn Class Core 2)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni ssse3 cx16 sse4.1
      syscall nx lm
      lahf-lm
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending vmx-movdr-exit vmx-io-exit vmx-io-bitmap
      vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit vmx-secondary-ctls
      vmx-apicv-xapic vmx-wbinvd-exit
      vmx-intr-exit vmx-nmi-exit vmx-vnmi
      vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr
      vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl
      vmx-activity-hlt
      vmx-ins-outs`,
  },
  {
    name: 'Nehalem',
    level: 0xb,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 26,
    stepping: 3,
    modelId: 'Intel Core i7 9xx (Nehalem Class Core i7)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni ssse3 cx16 sse4.1 sse4.2 popcnt
      syscall nx lm
      lahf-lm
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-activity-hlt
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      {
        version: 2,
        alias: 'Nehalem-IBRS',
        props: propValues('spec-ctrl=on', 'Intel Core i7 9xx (Nehalem Core i7, IBRS update)'),
      },
    ],
  },
  {
    name: 'Westmere',
    level: 0xb,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 44,
    stepping: 1,
    modelId: 'Westmere E56xx/L56xx/X56xx (Nehalem-C)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 cx16 sse4.1 sse4.2 popcnt aes
      syscall nx lm
      lahf-lm
      arat
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-unrestricted-guest
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      {
        version: 2,
        alias: 'Westmere-IBRS',
        props: propValues('spec-ctrl=on', 'Westmere E56xx/L56xx/X56xx (IBRS update)'),
      },
    ],
  },
  {
    name: 'SandyBridge',
    level: 0xd,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 42,
    stepping: 1,
    modelId: 'Intel Xeon E312xx (Sandy Bridge)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 cx16 sse4.1 sse4.2 x2apic popcnt tsc-deadline aes xsave avx
      syscall nx rdtscp lm
      lahf-lm
      xsaveopt
      arat
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-unrestricted-guest
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      {
        version: 2,
        alias: 'SandyBridge-IBRS',
        props: propValues('spec-ctrl=on', 'Intel Xeon E312xx (Sandy Bridge, IBRS update)'),
      },
    ],
  },
  {
    name: 'IvyBridge',
    level: 0xd,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 58,
    stepping: 9,
    modelId: 'Intel Xeon E3-12xx v2 (Ivy Bridge)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 cx16 sse4.1 sse4.2 x2apic popcnt tsc-deadline aes xsave avx f16c rdrand
      fsgsbase smep erms
      syscall nx rdtscp lm
      lahf-lm
      xsaveopt
      arat
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-rdrand-exit
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer vmx-posted-intr
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      {
        version: 2,
        alias: 'IvyBridge-IBRS',
        props: propValues('spec-ctrl=on', 'Intel Xeon E3-12xx v2 (Ivy Bridge, IBRS)'),
      },
    ],
  },
  {
    name: 'Haswell',
    level: 0xd,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 60,
    stepping: 4,
    modelId: 'Intel Core Processor (Haswell)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 fma cx16 pcid sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand
      fsgsbase bmi1 hle avx2 smep bmi2 erms invpcid rtm
      syscall nx rdtscp lm
      lahf-lm abm
      xsaveopt
      arat
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-rdrand-exit vmx-invpcid-exit vmx-vmfunc
      vmx-shadow-vmcs
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer vmx-posted-intr
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt vmx-vmwrite-vmexit-fields
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-eptad vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls
      vmx-eptp-switching`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      {
        version: 2,
        alias: 'Haswell-noTSX',
        props: propValues('hle=off rtm=off stepping=1', 'Intel Core Processor (Haswell, no TSX)'),
      },
      {
        version: 3,
        alias: 'Haswell-IBRS',
        props: propValues('hle=on rtm=on spec-ctrl=on stepping=4', 'Intel Core Processor (Haswell, IBRS)'),
      },
      {
        version: 4,
        alias: 'Haswell-noTSX-IBRS',
        props: propValues('hle=off rtm=off stepping=1', 'Intel Core Processor (Haswell, no TSX, IBRS)'),
      },
    ],
  },
  {
    name: 'Broadwell',
    level: 0xd,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 61,
    stepping: 2,
    modelId: 'Intel Core Processor (Broadwell)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 fma cx16 pcid sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand
      fsgsbase bmi1 hle avx2 smep bmi2 erms invpcid rtm rdseed adx smap
      syscall nx rdtscp lm
      lahf-lm abm 3dnowprefetch
      xsaveopt
      arat
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-rdrand-exit vmx-invpcid-exit vmx-vmfunc
      vmx-shadow-vmcs vmx-rdseed-exit vmx-pml
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer vmx-posted-intr
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt vmx-vmwrite-vmexit-fields
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-eptad vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls
      vmx-eptp-switching`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      {
        version: 2,
        alias: 'Broadwell-noTSX',
        props: propValues('hle=off rtm=off', 'Intel Core Processor (Broadwell, no TSX)'),
      },
      {
        version: 3,
        alias: 'Broadwell-IBRS',
        props: propValues('hle=on rtm=on spec-ctrl=on', 'Intel Core Processor (Broadwell, IBRS)'),
      },
      {
        version: 4,
        alias: 'Broadwell-noTSX-IBRS',
        props: propValues('hle=off rtm=off', 'Intel Core Processor (Broadwell, no TSX, IBRS)'),
      },
    ],
  },
  {
    name: 'Skylake-Client',
    level: 0xd,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 94,
    stepping: 3,
    modelId: 'Intel Core Processor (Skylake)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 fma cx16 pcid sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand
      fsgsbase bmi1 hle avx2 smep bmi2 erms invpcid rtm rdseed adx smap
      syscall nx rdtscp lm
      lahf-lm abm 3dnowprefetch
      xsaveopt xsavec xgetbv1
      arat
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-vpid vmx-wbinvd-exit vmx-unrestricted-guest
      vmx-rdrand-exit vmx-invpcid-exit vmx-vmfunc vmx-shadow-vmcs vmx-rdseed-exit vmx-pml
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt vmx-vmwrite-vmexit-fields
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-eptad vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls
      vmx-eptp-switching`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      {
        version: 2,
        alias: 'Skylake-Client-IBRS',
        props: propValues('spec-ctrl=on', 'Intel Core Processor (Skylake, IBRS)'),
      },
      {
        version: 3,
        alias: 'Skylake-Client-noTSX-IBRS',
        props: propValues('hle=off rtm=off', 'Intel Core Processor (Skylake, IBRS, no TSX)'),
      },
      { version: 4, note: 'IBRS, XSAVES, no TSX', props: propValues('xsaves=on vmx-xsaves=on') },
    ],
  },
  {
    name: 'Skylake-Server',
    level: 0xd,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 85,
    stepping: 4,
    modelId: 'Intel Xeon Processor (Skylake)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 fma cx16 pcid sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand
      fsgsbase bmi1 hle avx2 smep bmi2 erms invpcid rtm avx512f avx512dq rdseed adx smap clflushopt clwb avx512cd
      avx512bw avx512vl
      pku
      syscall nx pdpe1gb rdtscp lm
      lahf-lm abm 3dnowprefetch
      xsaveopt xsavec xgetbv1
      arat
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-rdrand-exit vmx-invpcid-exit vmx-vmfunc
      vmx-shadow-vmcs vmx-rdseed-exit vmx-pml
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer vmx-posted-intr
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt vmx-vmwrite-vmexit-fields
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-eptad vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      {
        version: 2,
        alias: 'Skylake-Server-IBRS',
        props: propValues('spec-ctrl=on clflushopt=off', 'Intel Xeon Processor (Skylake, IBRS)'),
      },
      {
        version: 3,
        alias: 'Skylake-Server-noTSX-IBRS',
        props: propValues('hle=off rtm=off', 'Intel Xeon Processor (Skylake, IBRS, no TSX)'),
      },
      { version: 4, note: 'IBRS, EPT switching, no TSX', props: propValues('vmx-eptp-switching=on') },
      {
        version: 5,
        note: 'IBRS, XSAVES, EPT switching, no TSX',
        props: propValues('xsaves=on vmx-xsaves=on'),
      },
    ],
  },
  {
    name: 'Cascadelake-Server',
    level: 0xd,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 85,
    stepping: 6,
    modelId: 'Intel Xeon Processor (Cascadelake)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 fma cx16 pcid sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand
      fsgsbase bmi1 hle avx2 smep bmi2 erms invpcid rtm avx512f avx512dq rdseed adx smap clflushopt clwb avx512cd
      avx512bw avx512vl
      pku avx512vnni
      spec-ctrl ssbd
      syscall nx pdpe1gb rdtscp lm
      lahf-lm abm 3dnowprefetch
      xsaveopt xsavec xgetbv1
      arat
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-rdrand-exit vmx-invpcid-exit vmx-vmfunc
      vmx-shadow-vmcs vmx-rdseed-exit vmx-pml
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer vmx-posted-intr
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt vmx-vmwrite-vmexit-fields
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-eptad vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      {
        version: 2,
        note: 'ARCH_CAPABILITIES',
        props: propValues('arch-capabilities=on rdctl-no=on ibrs-all=on skip-l1dfl-vmentry=on mds-no=on'),
      },
      {
        version: 3,
        alias: 'Cascadelake-Server-noTSX',
        note: 'ARCH_CAPABILITIES, no TSX',
        props: propValues('hle=off rtm=off'),
      },
      {
        version: 4,
        note: 'ARCH_CAPABILITIES, EPT switching, no TSX',
        props: propValues('vmx-eptp-switching=on'),
      },
      {
        version: 5,
        note: 'ARCH_CAPABILITIES, EPT switching, XSAVES, no TSX',
        props: propValues('xsaves=on vmx-xsaves=on'),
      },
    ],
  },
  {
    name: 'Cooperlake',
    level: 0xd,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 85,
    stepping: 10,
    modelId: 'Intel Xeon Processor (Cooperlake)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 fma cx16 pcid sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand
      fsgsbase bmi1 hle avx2 smep bmi2 erms invpcid rtm avx512f avx512dq rdseed adx smap clflushopt clwb avx512cd
      avx512bw avx512vl
      pku avx512vnni
      spec-ctrl stibp arch-capabilities ssbd
      avx512-bf16
      syscall nx pdpe1gb rdtscp lm
      lahf-lm abm 3dnowprefetch
      xsaveopt xsavec xgetbv1
      arat
      rdctl-no ibrs-all skip-l1dfl-vmentry mds-no pschange-mc-no taa-no
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-rdrand-exit vmx-invpcid-exit vmx-vmfunc
      vmx-shadow-vmcs vmx-rdseed-exit vmx-pml
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer vmx-posted-intr
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt vmx-vmwrite-vmexit-fields
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-eptad vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls
      vmx-eptp-switching`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [{ version: 1 }, { version: 2, note: 'XSAVES', props: propValues('xsaves=on vmx-xsaves=on') }],
  },
  {
    name: 'Icelake-Server',
    level: 0xd,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 134,
    stepping: 0,
    modelId: 'Intel Xeon Processor (Icelake)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 fma cx16 pcid sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand
      fsgsbase bmi1 hle avx2 smep bmi2 erms invpcid rtm avx512f avx512dq rdseed adx smap clflushopt clwb avx512cd
      avx512bw avx512vl
      avx512vbmi umip pku avx512vbmi2 gfni vaes vpclmulqdq avx512vnni avx512bitalg avx512-vpopcntdq la57
      spec-ctrl ssbd
      syscall nx pdpe1gb rdtscp lm
      lahf-lm abm 3dnowprefetch
      wbnoinvd
      xsaveopt xsavec xgetbv1
      arat
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-rdrand-exit vmx-invpcid-exit vmx-vmfunc
      vmx-shadow-vmcs
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer vmx-posted-intr
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt vmx-vmwrite-vmexit-fields
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-eptad vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      { version: 2, alias: 'Icelake-Server-noTSX', note: 'no TSX', props: propValues('hle=off rtm=off') },
      {
        version: 3,
        props: propValues(
          'arch-capabilities=on rdctl-no=on ibrs-all=on skip-l1dfl-vmentry=on mds-no=on pschange-mc-no=on taa-no=on',
        ),
      },
      {
        version: 4,
        props: propValues(
          'avx512ifma=on sha-ni=on rdpid=on fsrm=on vmx-rdseed-exit=on vmx-pml=on vmx-eptp-switching=on model=106',
        ),
      },
      { version: 5, note: 'XSAVES', props: propValues('xsaves=on vmx-xsaves=on') },
      { version: 6, note: '5-level EPT', props: propValues('vmx-page-walk-5=on') },
    ],
  },
  {
    name: 'Denverton',
    level: 0x15,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 95,
    stepping: 1,
    modelId: 'Intel Atom Processor (Denverton)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq monitor ssse3 cx16 sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave rdrand
      fsgsbase smep erms mpx rdseed smap clflushopt sha-ni
      spec-ctrl arch-capabilities ssbd
      syscall nx pdpe1gb rdtscp lm
      lahf-lm 3dnowprefetch
      xsaveopt xsavec xgetbv1
      arat
      rdctl-no skip-l1dfl-vmentry
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-rdrand-exit vmx-invpcid-exit vmx-vmfunc
      vmx-shadow-vmcs vmx-rdseed-exit vmx-pml
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer vmx-posted-intr
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt vmx-vmwrite-vmexit-fields
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-eptad vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls
      vmx-eptp-switching`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      { version: 2, note: 'no MPX, no MONITOR', props: propValues('monitor=off mpx=off') },
      { version: 3, note: 'XSAVES, no MPX, no MONITOR', props: propValues('xsaves=on vmx-xsaves=on') },
    ],
  },
  {
    name: 'Snowridge',
    level: 0x1b,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 134,
    stepping: 1,
    modelId: 'Intel Atom Processor (SnowRidge)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq monitor ssse3 cx16 sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave rdrand
      fsgsbase smep erms mpx rdseed smap clflushopt clwb sha-ni
      umip gfni cldemote movdiri movdir64b
      spec-ctrl arch-capabilities core-capability ssbd
      syscall nx pdpe1gb rdtscp lm
      lahf-lm 3dnowprefetch
      xsaveopt xsavec xgetbv1
      arat
      split-lock-detect
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-secondary-ctls
      vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
      vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-rdrand-exit vmx-invpcid-exit vmx-vmfunc
      vmx-shadow-vmcs vmx-rdseed-exit vmx-pml
      vmx-intr-exit vmx-nmi-exit vmx-vnmi vmx-preemption-timer vmx-posted-intr
      vmx-exit-nosave-debugctl vmx-exit-load-perf-global-ctrl vmx-exit-ack-intr vmx-exit-save-pat vmx-exit-load-pat
      vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
      vmx-entry-noload-debugctl vmx-entry-ia32e-mode vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
      vmx-entry-load-efer
      vmx-store-lma vmx-activity-hlt vmx-vmwrite-vmexit-fields
      vmx-ept-execonly vmx-page-walk-4 vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-eptad vmx-invept-single-context
      vmx-invept-all-context vmx-invvpid vmx-invvpid-single-addr vmx-invvpid-all-context
      vmx-invept-single-context-noglobals
      vmx-ins-outs vmx-true-ctls
      vmx-eptp-switching`,
    unnamedFeatures: [EPT_WRITE_BACK],
    versions: [
      { version: 1 },
      { version: 2, props: propValues('mpx=off', 'Intel Atom Processor (Snowridge, no MPX)') },
      { version: 3, note: 'XSAVES, no MPX', props: propValues('xsaves=on vmx-xsaves=on') },
      {
        version: 4,
        note: 'no split lock detect, no core-capability',
        props: propValues('core-capability=off split-lock-detect=off'),
      },
    ],
  },
  {
    name: 'KnightsMill',
    level: 0xd,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 133,
    stepping: 0,
    modelId: 'Intel Xeon Phi Processor (Knights Mill)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ss
      pni pclmulqdq ssse3 fma cx16 sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand
      fsgsbase bmi1 avx2 smep bmi2 erms avx512f rdseed adx avx512pf avx512er avx512cd
      avx512-vpopcntdq
      avx512-4vnniw avx512-4fmaps
      syscall nx pdpe1gb rdtscp lm
      lahf-lm abm 3dnowprefetch
      xsaveopt
      arat`,
  },
]
