// SPDX-License-Identifier: GPL-2.0-or-later
import {
  cpuExecRealizefn,
  cpuExecUnrealizefn,
  cpuReset,
  cpuResume,
  cpuSynchronizePostInit,
  qemuCpuKick,
  qemuInitVcpu,
} from '@dromaius/cpus'
import { type DeviceState, objectUnparent, qemuRegisterReset, qemuUnregisterReset } from '@dromaius/qom'
import { errorPrintf, UserError, warnReport } from '@dromaius/util'
import { x86CpuApicCreate, x86CpuApicRealize } from './cpu-apic.js'
import {
  accelCpuOf,
  x86CpuExpandFeatures,
  x86CpuFilterFeatures,
  x86CpuHaveFilteredFeatures,
} from './cpu-features.js'
import { x86CpuApplyLbrFmt } from './cpu-lbr.js'
import { mceInit } from './cpu-mce.js'
import { isAmdCpu, UNASSIGNED_APIC_ID, type X86CPU, X86_CPU } from './cpu.js'
import * as bits from './cpuid-bits.js'
import { legacyCaches } from './cpuid-cache.js'
import { x86CpuHypervRealize } from './hyperv.js'
import { x86CpuSetSgxlepubkeyhash } from './cpu-sgx.js'
import { FEAT_1_EDX, FEAT_8000_0001_ECX, FEAT_8000_0001_EDX } from './feature-words.js'

/** Widest physical address that page tables can hold, bits. */
const TARGET_PHYS_ADDR_SPACE_BITS = 52
/** Width that a guest sees where neither user nor host says another, bits. */
const DEFAULT_PHYS_BITS = 40
/** Microcode revisions as KVM's own defaults have them. */
const UCODE_REV_AMD = 0x01000065n
const UCODE_REV_INTEL = 0x100000000n

/** Name of the model, without the type's suffix. */
function modelNameOf(cpu: X86CPU): string {
  return cpu.qomClass.typeName.replace(/-x86_64-cpu$/, '')
}

/** Step 3: `check` has warned while features were filtered; `enforce` refuses. */
function enforceFeatures(cpu: X86CPU): void {
  if (!cpu.enforceCpuid || !x86CpuHaveFilteredFeatures(cpu)) return
  const host = accelCpuOf(cpu)?.usesHostCpuid ?? false
  throw new UserError(`${host ? 'Host' : 'TCG'} doesn't support requested features`)
}

/** Some bits of leaf 0x80000001 EDX must be those of leaf 1 on AMD's. */
function copyAmdAliases(cpu: X86CPU): void {
  if (!isAmdCpu(cpu.env)) return
  const { features } = cpu.env
  features[FEAT_8000_0001_EDX] &= ~bits.CPUID_EXT2_AMD_ALIASES
  features[FEAT_8000_0001_EDX] |= features[FEAT_1_EDX] & bits.CPUID_EXT2_AMD_ALIASES
}

/** The accelerator's defaults, and ours for what it leaves open. They look at the expanded features. */
function realizeAccelDefaults(cpu: X86CPU): void {
  accelCpuOf(cpu)?.cpuRealize?.(cpu)
  if (cpu.qomClass.hostCpuidRequired && !accelCpuOf(cpu)?.usesHostCpuid) {
    throw new UserError(`CPU model '${modelNameOf(cpu)}' requires KVM or HVF`)
  }
  if (cpu.ucodeRev === 0n) cpu.ucodeRev = isAmdCpu(cpu.env) ? UCODE_REV_AMD : UCODE_REV_INTEL
  // Guests need the extended information; interrupts end an MWAIT here whatever the host can do.
  cpu.mwait.ecx |= bits.CPUID_MWAIT_EMX | bits.CPUID_MWAIT_IBE
}

/** Step 4: how wide guest physical addresses are. */
function setPhysBits(cpu: X86CPU): void {
  const { features } = cpu.env
  if (features[FEAT_8000_0001_EDX] & bits.CPUID_EXT2_LM) {
    if (cpu.physBits !== 0 && (cpu.physBits > TARGET_PHYS_ADDR_SPACE_BITS || cpu.physBits < 32)) {
      throw new UserError(
        `phys-bits should be between 32 and ${TARGET_PHYS_ADDR_SPACE_BITS}  (but is ${cpu.physBits})`,
      )
    }
    if (cpu.physBits === 0) cpu.physBits = DEFAULT_PHYS_BITS
    return
  }
  if (cpu.physBits !== 0) throw new UserError('phys-bits is not user-configurable in 32 bit')
  cpu.physBits = features[FEAT_1_EDX] & bits.CPUID_PSE36 ? 36 : 32
}

/** Step 5: which caches CPUID tells of. */
function initCacheInfo(cpu: X86CPU): void {
  if (cpu.legacyCache) {
    cpu.cacheInfo = legacyCaches
    return
  }
  const own = cpu.qomClass.model?.cpudef.cacheInfo
  if (!own) throw new UserError(`CPU model '${modelNameOf(cpu)}' doesn't support legacy-cache=off`)
  cpu.cacheInfo = { cpuid2: own, cpuid4: own, amd: own }
}

/**
 * Guests of AMD models without TOPOEXT cannot make out threads. Comes after `qemuInitVcpu`, which sets `nrThreads`;
 * once a machine, so for its first CPU.
 */
function warnOfHyperthreading(cpu: X86CPU): void {
  if (cpu.cpuIndex !== 0 || cpu.nrThreads <= 1 || !isAmdCpu(cpu.env)) return
  if (cpu.env.features[FEAT_8000_0001_ECX] & bits.CPUID_EXT3_TOPOEXT) return
  warnReport(`This family of AMD CPU doesn't support hyperthreading(${cpu.nrThreads})`)
  errorPrintf('Please configure -smp options properly or try enabling topoext feature.')
}

/**
 * Whether the CPU gets a local APIC: by its features, or because it has to be told apart from others.
 * @qemu target/i386/cpu.c x86_cpu_realizefn
 * @differs under an accelerator that executes no guest code there is none: nobody could take its interrupts, and the
 *   one outside the kernel is not there yet
 */
function needsApic(cpu: X86CPU): boolean {
  const { accel, smp } = cpu.system
  if (accel?.qomClass.runsGuestCode === false) return false
  return (cpu.env.features[FEAT_1_EDX] & bits.CPUID_APIC) !== 0n || smp.cpus > 1
}

/** Ends the APIC, if there is one. */
function dropApic(cpu: X86CPU): void {
  if (!cpu.apicState) return
  objectUnparent(cpu.apicState)
  cpu.apicState = null
}

/**
 * The end of every CPU's realize: one that is plugged into a running machine goes to work at once.
 * @qemu hw/core/cpu-common.c cpu_common_realizefn
 * @differs stands here, and the base class's realize is called before it
 */
function cpuCommonRealizefn(cpu: X86CPU): void {
  if (!cpu.hotplugged) return
  cpuSynchronizePostInit(cpu)
  cpuResume(cpu)
}

/**
 * Brings a CPU to life. The order is the article's, and each step needs those before it: features are expanded before
 * they are filtered, and both before `check` and `enforce` judge; the accelerator's defaults look at the expanded
 * features and may set the width of physical addresses, so they come just before it is checked; CPUID is complete with
 * the caches, before the CPU joins the machine; machine checks are set up before the vCPU's thread hands CPUID and
 * MCG_CAP to the accelerator; the APIC is realized when its vCPU exists; the reset needs the APIC, to tell the CPU
 * that starts from those that wait; and only a CPU that has been reset may be resumed by the parent's realize.
 *
 * Throws UserError or HostError; then the CPU is as before, unless its thread exists: that is for the machine to join.
 * @qemu target/i386/cpu.c x86_cpu_realizefn
 * @differs the accelerator's defaults have a call of their own; since QEMU 5.2 cpu_exec_realizefn makes it and stands
 *   before phys bits and caches
 */
export function x86CpuRealizefn(dev: DeviceState): void {
  const cpu = X86_CPU(dev)
  if (cpu.apicId === UNASSIGNED_APIC_ID) {
    throw new UserError('apic-id property was not initialized properly')
  }

  x86CpuHypervRealize(cpu)
  x86CpuExpandFeatures(cpu)
  x86CpuApplyLbrFmt(cpu)
  x86CpuFilterFeatures(cpu, cpu.checkCpuid || cpu.enforceCpuid)
  enforceFeatures(cpu)
  copyAmdAliases(cpu)
  x86CpuSetSgxlepubkeyhash(cpu.env)
  realizeAccelDefaults(cpu)
  setPhysBits(cpu)
  initCacheInfo(cpu)

  cpuExecRealizefn(cpu)
  qemuRegisterReset(cpu.system.resetContainer, cpu)
  try {
    if (needsApic(cpu)) x86CpuApicCreate(cpu)
    mceInit(cpu)
    qemuInitVcpu(cpu)
  } catch (error) {
    // There is no vCPU yet, so what was built can be taken down at once.
    dropApic(cpu)
    qemuUnregisterReset(cpu.system.resetContainer, cpu)
    cpuExecUnrealizefn(cpu)
    throw error
  }
  warnOfHyperthreading(cpu)

  x86CpuApicRealize(cpu)
  cpuReset(cpu)
  cpu.qomClass.parentRealize?.(dev)
  cpuCommonRealizefn(cpu)
}

/**
 * Takes a CPU out of the machine. Its thread has ended by then; a thread that has not, because a later step of the
 * device's realize failed, is told to.
 * @qemu target/i386/cpu.c x86_cpu_unrealizefn
 * @differs the wait for the thread (`cpuRemoveSync`) is a promise, so whoever unplugs the CPU awaits it first;
 *   unrealize itself is never async
 */
export function x86CpuUnrealizefn(dev: DeviceState): void {
  const cpu = X86_CPU(dev)
  if (cpu.thread !== null) {
    cpu.stop = true
    cpu.unplug = true
    qemuCpuKick(cpu)
  }
  qemuUnregisterReset(cpu.system.resetContainer, cpu)
  dropApic(cpu)
  cpu.qomClass.parentUnrealize?.(dev)
  if (cpu.system.cpus.includes(cpu)) cpuExecUnrealizefn(cpu)
}
