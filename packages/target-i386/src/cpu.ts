// SPDX-License-Identifier: GPL-2.0-or-later
import { CPUClass, CPUState } from '@dromaius/cpus'
import {
  type DeviceRealize,
  type DeviceUnrealize,
  InvalidCastError,
  type OnOffAuto,
  type QemuObject,
  type ResettablePhases,
} from '@dromaius/qom'
import type { X86ApicDevice } from './cpu-apic-device.js'
import type { X86CPUModel } from './cpu-model-types.js'
import { CPUID_VENDOR_AMD, CPUID_VENDOR_INTEL, LBR_FMT_UNSET } from './cpuid-bits.js'
import { type CpuidCaches, legacyCaches } from './cpuid-cache.js'
import { CPUX86State } from './env.js'
import { type ExtSaveArea, x86ExtSaveAreas } from './ext-save-areas.js'
import { FEATURE_WORD_COUNT } from './feature-words.js'
import { HYPERV_SPINLOCK_NEVER_NOTIFY } from './hyperv.js'

/** The value of `apic-id` before the machine has given one. */
export const UNASSIGNED_APIC_ID = 0xffff_ffff

/**
 * An x86 processor.
 * @qemu target/i386/cpu.h ArchCPU
 */
export class X86CPU extends CPUState {
  declare readonly qomClass: X86CPUClass
  readonly env = new CPUX86State()

  /** Says at realize which requested features the host does not have (`check`). */
  checkCpuid = true
  /** Refuses to realize when a requested feature is missing (`enforce`). */
  enforceCpuid = false
  /** Shows the guest features that the host does not have (`x-force-features`). */
  forceFeatures = false
  /** Shows the guest KVM's CPUID leaves (`kvm`). */
  exposeKvm = true
  /** Keeps system management mode's state out of what is written to KVM (`kvm-no-smi-migration`). */
  kvmNoSmiMigration = false
  /** Shows the guest the translator's CPUID leaf (`tcg-cpuid`). */
  exposeTcg = true
  /** With `maxFeatures`: only features that can be migrated (`migratable`). */
  migratable = true
  /** Shows only those of KVM's paravirtual features that CPUID tells of (`kvm-pv-enforce-cpuid`). */
  kvmPvEnforceCpuid = false

  /** Enlightenments that are offered, a bit for each `HYPERV_FEAT_*`. */
  hypervFeatures = 0n
  /** Attempts to get a lock before the guest tells the hypervisor (`hv-spinlocks`). */
  hypervSpinlockAttempts = HYPERV_SPINLOCK_NEVER_NOTIFY
  /** Every enlightenment of the host (`hv-passthrough`). */
  hypervPassthrough = false
  /** The guest can use only what CPUID tells of (`hv-enforce-cpuid`). */
  hypervEnforceCpuid = false
  /** Whether virtual CPUs never share a core unless CPUID says so; `auto` is what the host says. */
  hypervNoNonarchCs: OnOffAuto = 'off'
  /** The synthetic interrupt controller is the kernel's alone (`x-hv-synic-kvm-only`). */
  hypervSynicKvmOnly = false
  /** Who the hypervisor says it is: up to 12 characters; null until realize, unless given. */
  hypervVendor: string | null = null
  hypervVerIdBuild = 0
  hypervVerIdMajor = 0
  hypervVerIdMinor = 0
  hypervVerIdSp = 0
  hypervVerIdSb = 0
  hypervVerIdSn = 0
  /** Virtual processors at most, -1 for no limit told (`x-hv-max-vps`). */
  hvMaxVps = -1
  /** EBX, ECX and EDX of leaf 0x40000000; EAX to EDX of 0x40000001; EBX, ECX and EDX of 0x40000005. */
  hypervVendorId: [number, number, number] = [0, 0, 0]
  hypervInterfaceId: [number, number, number, number] = [0, 0, 0, 0]
  hypervLimits: [number, number, number] = [0, 0, 0]

  /** All features of the accelerator are wanted: the models `max` and `host`. */
  maxFeatures = false
  /** `UNASSIGNED_APIC_ID` until the machine, or the user, gives one. */
  apicId = UNASSIGNED_APIC_ID
  /** Shows TSC and bus frequency in leaf 0x40000010 (`vmware-cpuid-freq`). */
  vmwareCpuidFreq = true
  /** The host's own cache leaves instead of the model's (`host-cache-info`). */
  cacheInfoPassthrough = false
  /** Leaf 5. */
  mwait = { eax: 0, ebx: 0, ecx: 0, edx: 0 }
  /** Requested features that were taken away, by feature word. */
  filteredFeatures: bigint[] = new Array<bigint>(FEATURE_WORD_COUNT).fill(0n)
  /** Shows performance counters (`pmu`). */
  enablePmu = false
  /** Format of last branch records (`lbr-fmt`), or that it is the model's. */
  lbrFmt = LBR_FMT_UNSET
  /** Local machine checks (`lmce`). */
  enableLmce = false
  enableL3Cache = true
  /** The caches that every model had before models brought their own (`legacy-cache`). */
  legacyCache = true
  /** Extended topology leaf 0xb (`cpuid-0xb`). */
  enableCpuid0xb = true
  /** Raises the CPUID levels as far as the enabled features need (`full-cpuid-auto-level`). */
  fullCpuidAutoLevel = true
  /** Intel's leaves only on Intel's models (`x-vendor-cpuid-only`). */
  vendorCpuidOnly = true
  /** Raises the level to 0x14 when Processor Trace is on (`x-intel-pt-auto-level`). */
  intelPtAutoLevel = true
  /** Fills variable-range MTRR masks up to the host's width when they are written to KVM (`fill-mtrr-mask`). */
  fillMtrrMask = true
  /** Physical address width as the host has it (`host-phys-bits`). */
  hostPhysBits = false
  /** At most so many of the host's, 0 for no limit. */
  hostPhysBitsLimit = 0
  /** Physical address width in bits; 0 until it is known. */
  physBits = 0
  /** MSR_IA32_UCODE_REV; 0 until it is known. */
  ucodeRev = 0n

  nodeId = -1
  socketId = -1
  dieId = -1
  coreId = -1
  /** Thread within the core (`thread-id`); `threadId` is the OS thread of the base class. */
  smtId = -1

  /** The local APIC, from realize to unrealize; null for a CPU without. */
  apicState: X86ApicDevice | null = null
  cacheInfo: CpuidCaches = legacyCaches
  /** Layout of the XSAVE area, by component. */
  extSaveAreas: readonly (ExtSaveArea | null)[] = x86ExtSaveAreas

  /** `+feature` and `-feature` of the command line: they come after everything else, `-` last. */
  plusFeatures: readonly string[] = []
  minusFeatures: readonly string[] = []
}

/**
 * Class of the x86 CPU models.
 * @qemu target/i386/cpu-qom.h X86CPUClass
 */
export class X86CPUClass extends CPUClass {
  /** The definition that instances are loaded from; null for `max` and `host`. */
  model: X86CPUModel | null = null
  /** Needs an accelerator that runs guests on the host's CPU. */
  hostCpuidRequired = false
  /** Place in `-cpu help`, smaller first. */
  ordering = 0
  /** Looks the same on every host. */
  migrationSafe = false
  /** Will look the same in every release. */
  staticModel = false
  /** Line of `-cpu help`, when it is not the brand string. */
  modelDescription: string | null = null
  /**
   * The realize of DeviceClass, which ours calls last.
   * @qemu target/i386/cpu-qom.h parent_realize
   */
  parentRealize?: DeviceRealize
  parentUnrealize?: DeviceUnrealize
  parentPhases: ResettablePhases = {}
}

/**
 * `obj` as an x86 CPU. Throws InvalidCastError.
 * @qemu target/i386/cpu-qom.h X86_CPU
 */
export function X86_CPU(obj: QemuObject): X86CPU {
  if (!(obj instanceof X86CPU)) throw new InvalidCastError('Object', obj.qomClass.typeName, 'x86_64-cpu')
  return obj
}

/**
 * The class of an x86 CPU.
 * @qemu target/i386/cpu-qom.h X86CPUClass
 */
export function X86_CPU_GET_CLASS(cpu: X86CPU): X86CPUClass {
  return cpu.qomClass
}

/**
 * The vendor string of three CPUID words.
 * @qemu target/i386/cpu.c x86_cpu_vendor_words2str
 */
export function x86CpuVendorWords2str(vendor1: number, vendor2: number, vendor3: number): string {
  return [vendor1, vendor2, vendor3]
    .flatMap((word) => [word, word >>> 8, word >>> 16, word >>> 24])
    .map((byte) => String.fromCharCode(byte & 0xff))
    .join('')
}

function vendorOf(env: CPUX86State): string {
  return x86CpuVendorWords2str(env.cpuidVendor1, env.cpuidVendor2, env.cpuidVendor3)
}

/**
 * Whether the guest sees an Intel CPU.
 * @qemu target/i386/cpu.h IS_INTEL_CPU
 */
export function isIntelCpu(env: CPUX86State): boolean {
  return vendorOf(env) === CPUID_VENDOR_INTEL
}

/**
 * Whether the guest sees an AMD CPU.
 * @qemu target/i386/cpu.h IS_AMD_CPU
 */
export function isAmdCpu(env: CPUX86State): boolean {
  return vendorOf(env) === CPUID_VENDOR_AMD
}
