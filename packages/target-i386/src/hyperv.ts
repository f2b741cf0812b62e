// SPDX-License-Identifier: GPL-2.0-or-later
//
// Microsoft's hypervisor interface, as far as it belongs to the CPU's configuration: which enlightenments a guest is
// offered, and who the hypervisor says it is. An accelerator fills in the leaves.

import {
  objectClassPropertyAdd,
  type Property,
  propBool,
  propInt32,
  propOnOffAuto,
  propString,
  propUint16,
  propUint32,
  propUint8,
} from '@dromaius/qom'
import { UserError, warnReport } from '@dromaius/util'
import type { X86CPU, X86CPUClass } from './cpu.js'

/**
 * Enlightenments, bit numbers of `X86CPU.hypervFeatures`.
 * @qemu target/i386/cpu.h HYPERV_FEAT_RELAXED
 */
export const HYPERV_FEAT_RELAXED = 0
export const HYPERV_FEAT_VAPIC = 1
export const HYPERV_FEAT_TIME = 2
export const HYPERV_FEAT_CRASH = 3
export const HYPERV_FEAT_RESET = 4
export const HYPERV_FEAT_VPINDEX = 5
export const HYPERV_FEAT_RUNTIME = 6
export const HYPERV_FEAT_SYNIC = 7
export const HYPERV_FEAT_STIMER = 8
export const HYPERV_FEAT_FREQUENCIES = 9
export const HYPERV_FEAT_REENLIGHTENMENT = 10
export const HYPERV_FEAT_TLBFLUSH = 11
export const HYPERV_FEAT_EVMCS = 12
export const HYPERV_FEAT_IPI = 13
export const HYPERV_FEAT_STIMER_DIRECT = 14
export const HYPERV_FEAT_AVIC = 15
export const HYPERV_FEAT_SYNDBG = 16
export const HYPERV_FEAT_MSR_BITMAP = 17
export const HYPERV_FEAT_XMM_INPUT = 18
export const HYPERV_FEAT_TLBFLUSH_EXT = 19
export const HYPERV_FEAT_TLBFLUSH_DIRECT = 20

/** `hv-spinlocks` that tells a guest never to report a long wait for a lock. */
export const HYPERV_SPINLOCK_NEVER_NOTIFY = 0xffff_ffff

/** The switch of each enlightenment; AMD's and Intel's names of the same one differ. */
export const hypervFeatureProperties: readonly (readonly [name: string, feature: number])[] = [
  ['hv-relaxed', HYPERV_FEAT_RELAXED],
  ['hv-vapic', HYPERV_FEAT_VAPIC],
  ['hv-time', HYPERV_FEAT_TIME],
  ['hv-crash', HYPERV_FEAT_CRASH],
  ['hv-reset', HYPERV_FEAT_RESET],
  ['hv-vpindex', HYPERV_FEAT_VPINDEX],
  ['hv-runtime', HYPERV_FEAT_RUNTIME],
  ['hv-synic', HYPERV_FEAT_SYNIC],
  ['hv-stimer', HYPERV_FEAT_STIMER],
  ['hv-frequencies', HYPERV_FEAT_FREQUENCIES],
  ['hv-reenlightenment', HYPERV_FEAT_REENLIGHTENMENT],
  ['hv-tlbflush', HYPERV_FEAT_TLBFLUSH],
  ['hv-evmcs', HYPERV_FEAT_EVMCS],
  ['hv-ipi', HYPERV_FEAT_IPI],
  ['hv-stimer-direct', HYPERV_FEAT_STIMER_DIRECT],
  ['hv-avic', HYPERV_FEAT_AVIC],
  ['hv-apicv', HYPERV_FEAT_AVIC],
  ['hv-emsr-bitmap', HYPERV_FEAT_MSR_BITMAP],
  ['hv-xmm-input', HYPERV_FEAT_XMM_INPUT],
  ['hv-tlbflush-ext', HYPERV_FEAT_TLBFLUSH_EXT],
  ['hv-tlbflush-direct', HYPERV_FEAT_TLBFLUSH_DIRECT],
  ['hv-syndbg', HYPERV_FEAT_SYNDBG],
]

/** The options beside the switches; the numbers are those of Windows Server 2016. */
export const hypervProperties: readonly Property<X86CPU>[] = [
  propUint32('hv-spinlocks', 'hypervSpinlockAttempts', HYPERV_SPINLOCK_NEVER_NOTIFY),
  propOnOffAuto('hv-no-nonarch-coresharing', 'hypervNoNonarchCs', 'off'),
  propBool('hv-passthrough', 'hypervPassthrough', false),
  propBool('hv-enforce-cpuid', 'hypervEnforceCpuid', false),
  propUint32('hv-version-id-build', 'hypervVerIdBuild', 14393),
  propUint16('hv-version-id-major', 'hypervVerIdMajor', 10),
  propUint16('hv-version-id-minor', 'hypervVerIdMinor', 0),
  propUint32('hv-version-id-spack', 'hypervVerIdSp', 0),
  propUint8('hv-version-id-sbranch', 'hypervVerIdSb', 0),
  propUint32('hv-version-id-snumber', 'hypervVerIdSn', 0),
  propString('hv-vendor-id', 'hypervVendor'),
  propInt32('x-hv-max-vps', 'hvMaxVps', -1),
  propBool('x-hv-synic-kvm-only', 'hypervSynicKvmOnly', false),
]

/**
 * Adds the switches of the enlightenments to the CPU's class.
 * @qemu target/i386/cpu.c x86_cpu_properties
 */
export function addHypervFeatureProperties(klass: X86CPUClass): void {
  for (const [name, feature] of hypervFeatureProperties) {
    const mask = 1n << BigInt(feature)
    objectClassPropertyAdd<X86CPU, 'bool'>(klass, {
      name,
      type: 'bool',
      description: 'on/off',
      default: false,
      get: (cpu) => (cpu.hypervFeatures & mask) !== 0n,
      set(cpu, value) {
        if (cpu.realized) {
          throw new UserError(
            `Attempt to set property '${name}' on device '${cpu.id ?? ''}' (type '${klass.typeName}') after it was realized`,
          )
        }
        cpu.hypervFeatures = value ? cpu.hypervFeatures | mask : cpu.hypervFeatures & ~mask
      },
    })
  }
}

/**
 * Whether an enlightenment (`HYPERV_FEAT_*`) is on.
 * @qemu target/i386/cpu.h hyperv_feat_enabled
 */
export function hypervFeatEnabled(cpu: X86CPU, feature: number): boolean {
  return (cpu.hypervFeatures & (1n << BigInt(feature))) !== 0n
}

/** The first twelve bytes of a text as three little-endian words, filled up with zeros. */
export function hypervSignature(text: string): [number, number, number] {
  const bytes = Buffer.alloc(12)
  bytes.write(text.slice(0, 12), 'latin1')
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8)]
}

/** "Hv#1": the interface of Microsoft's hypervisor (TLFS, leaf 0x40000001). */
const HV_INTERFACE = 0x3123_7648
/** How many virtual processors a partition may have at most, where `x-hv-max-vps` does not say. */
const HV_LOGICAL_PROCESSORS = 64
const VENDOR_LENGTH = 12

/**
 * Works out who the hypervisor says it is, before features are expanded.
 * @qemu target/i386/cpu.c x86_cpu_hyperv_realize
 */
export function x86CpuHypervRealize(cpu: X86CPU): void {
  cpu.hypervVendor ??= 'Microsoft Hv'
  if (cpu.hypervVendor.length > VENDOR_LENGTH) {
    warnReport(`hv-vendor-id truncated to ${VENDOR_LENGTH} characters`)
  }
  cpu.hypervVendorId = hypervSignature(cpu.hypervVendor)
  cpu.hypervInterfaceId = [HV_INTERFACE, 0, 0, 0]
  cpu.hypervLimits = [HV_LOGICAL_PROCESSORS, 0, 0]
}
