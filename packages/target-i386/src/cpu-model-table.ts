// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { X86CPUDefinition } from './cpu-model-types.js'
import { CPUID_VENDOR_AMD, CPUID_VENDOR_INTEL } from './cpuid-bits.js'

/** What a Pentium Pro and its successors up to SSE2 have in common. */
const PPRO_FEATURES = `fpu de pse tsc msr mce cx8 pge cmov pat fxsr mmx sse sse2 pae sep apic`

/**
 * The models that come with a definition. AMD's copies of leaf 1 in leaf 0x80000001 are made at realize, when the
 * vendor is known.
 * @qemu target/i386/cpu.c builtin_x86_defs
 */
export const builtinX86Defs: readonly X86CPUDefinition[] = [
  {
    name: 'qemu64',
    level: 0xd,
    vendor: CPUID_VENDOR_AMD,
    family: 15,
    model: 107,
    stepping: 1,
    features: `${PPRO_FEATURES} mtrr clflush mca pse36 pni cx16 lm syscall nx lahf-lm svm`,
    xlevel: 0x8000000a,
    modelId: 'QEMU Virtual CPU version 2.5+',
  },
  {
    name: 'kvm64',
    level: 0xd,
    vendor: CPUID_VENDOR_INTEL,
    family: 15,
    model: 6,
    stepping: 1,
    // VMX as on Cedar Mill and Prescott
    features: `${PPRO_FEATURES} vme mtrr clflush mca pse36 pni cx16 lm syscall nx vmx-entry-ia32e-mode vmx-exit-ack-intr
      vmx-activity-hlt vmx-intr-exit vmx-nmi-exit vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit
      vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-movdr-exit
      vmx-io-exit vmx-io-bitmap vmx-monitor-exit vmx-pause-exit`,
    xlevel: 0x80000008,
    modelId: 'Common KVM processor',
  },
]
