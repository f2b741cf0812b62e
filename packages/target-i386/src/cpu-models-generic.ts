// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { X86CPUDefinition } from './cpu-model-types.js'
import { CPUID_VENDOR_AMD, CPUID_VENDOR_INTEL } from './cpuid-bits.js'

/**
 * Models of no processor that was ever sold, and those from before model names.
 * @qemu target/i386/cpu.c builtin_x86_defs
 */
export const genericX86Defs: readonly X86CPUDefinition[] = [
  {
    name: 'qemu64',
    level: 0xd,
    xlevel: 0x8000000a,
    vendor: CPUID_VENDOR_AMD,
    family: 15,
    model: 107,
    stepping: 1,
    modelId: 'QEMU Virtual CPU version 2.5+',
    features: `fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni cx16
      syscall nx lm
      lahf-lm svm`,
  },
  {
    name: 'kvm64',
    level: 0xd,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 15,
    model: 6,
    stepping: 1,
    modelId: 'Common KVM processor',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni cx16
      syscall nx lm
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-monitor-exit
      vmx-pause-exit
      vmx-intr-exit vmx-nmi-exit
      vmx-exit-ack-intr
      vmx-entry-ia32e-mode
      vmx-activity-hlt`,
  },
  {
    name: 'qemu32',
    level: 4,
    xlevel: 0x80000004,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 6,
    stepping: 3,
    modelId: 'QEMU Virtual CPU version 2.5+',
    features: `fpu de pse tsc msr pae mce cx8 apic sep pge cmov pat mmx fxsr sse sse2
      pni`,
  },
  {
    name: 'kvm32',
    level: 5,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_INTEL,
    family: 15,
    model: 6,
    stepping: 1,
    modelId: 'Common 32-bit KVM processor',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni
      vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit
      vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit
      vmx-intr-exit vmx-nmi-exit
      vmx-exit-ack-intr
      vmx-entry-ia32e-mode
      vmx-activity-hlt`,
  },
  {
    name: '486',
    level: 1,
    xlevel: 0,
    vendor: CPUID_VENDOR_INTEL,
    family: 4,
    model: 8,
    stepping: 0,
    modelId: '',
    features: 'fpu vme pse',
  },
  {
    name: 'pentium',
    level: 1,
    xlevel: 0,
    vendor: CPUID_VENDOR_INTEL,
    family: 5,
    model: 4,
    stepping: 3,
    modelId: '',
    features: 'fpu vme de pse tsc msr mce cx8 apic mmx',
  },
  {
    name: 'pentium2',
    level: 2,
    xlevel: 0,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 5,
    stepping: 2,
    modelId: '',
    features: 'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 mmx fxsr',
  },
  {
    name: 'pentium3',
    level: 3,
    xlevel: 0,
    vendor: CPUID_VENDOR_INTEL,
    family: 6,
    model: 7,
    stepping: 3,
    modelId: '',
    features: 'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 mmx fxsr sse',
  },
]
