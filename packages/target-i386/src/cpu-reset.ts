// SPDX-License-Identifier: GPL-2.0-or-later
import { cpuCommonReset, cpuSynchronizeState } from '@dromaius/cpus'
import { deviceColdReset, type QemuObject, type ResetType } from '@dromaius/qom'
import { LOG_CPU_RESET, qemuLogMask } from '@dromaius/util'
import { apicDesignateBsp, cpuIsBsp } from './cpu-apic-device.js'
import { x86CpuDumpState } from './cpu-dump.js'
import { accelCpuOf } from './cpu-features.js'
import { x86CpuSetSgxlepubkeyhash } from './cpu-sgx.js'
import { type X86CPU, X86_CPU } from './cpu.js'
import { CPUID_EXT_MONITOR } from './cpuid-bits.js'
import * as e from './env.js'
import { FEAT_1_ECX } from './feature-words.js'
import { x86UpdateHflags } from './hflags.js'

/** CR0 after reset: caches off (CD, NW), ET always one. */
const CR0_RESET = 0x60000010n
const DR6_FIXED_1 = 0xffff0ff0n
const DR7_FIXED_1 = 0x400n
/** IA32_MISC_ENABLE: fast strings on; bit 18 follows the MONITOR feature. */
const MSR_IA32_MISC_ENABLE_DEFAULT = 1n
const MSR_IA32_MISC_ENABLE_MWAIT = 1n << 18n
/** Scale factor 1 in 8.32 fixed point. */
const MSR_AMD64_TSC_RATIO_DEFAULT = 0x1_0000_0000n
const XSTATE_FP_MASK = 1n

const DATA_FLAGS = e.DESC_P_MASK | e.DESC_S_MASK | e.DESC_W_MASK | e.DESC_A_MASK
const CODE_FLAGS = DATA_FLAGS | e.DESC_CS_MASK
const LDT_FLAGS = e.DESC_P_MASK | (2 << e.DESC_TYPE_SHIFT)
const TR_FLAGS = e.DESC_P_MASK | (11 << e.DESC_TYPE_SHIFT)

/**
 * What a reset leaves alone: the CPU's identity, what its accelerator measured, and the machine check registers, which
 * keep their errors over a warm reset (SDM volume 3, table 9-1).
 */
const PRESERVED: ReadonlySet<keyof e.CPUX86State> = new Set<keyof e.CPUX86State>([
  'features',
  'userFeatures',
  'cpuidLevel',
  'cpuidXlevel',
  'cpuidXlevel2',
  'cpuidLevelFunc7',
  'cpuidMinLevel',
  'cpuidMinXlevel',
  'cpuidMinXlevel2',
  'cpuidMinLevelFunc7',
  'cpuidVendor1',
  'cpuidVendor2',
  'cpuidVendor3',
  'cpuidVersion',
  'cpuidModel',
  'nrDies',
  'mpState',
  'tsc',
  'tscValid',
  'tscKhz',
  'userTscKhz',
  'migrateSmiCount',
  'apicBusFreq',
  'mcgCap',
  'mcgCtl',
  'mcgExtCtl',
  'mceBanks',
  'xss',
  'umwait',
  'nestedState',
])

/** Gives every field that a reset reaches the value of a new state. */
function clearState(env: e.CPUX86State): void {
  const fresh = new e.CPUX86State()
  for (const key of Object.keys(fresh) as (keyof e.CPUX86State)[]) {
    if (!PRESERVED.has(key)) Object.assign(env, { [key]: fresh[key] })
  }
}

function loadSegment(seg: e.SegmentCache, selector: number, base: bigint, flags: number): void {
  seg.selector = selector
  seg.base = base
  seg.limit = 0xffff
  seg.flags = flags
}

/** Segments, tables and control registers: real mode, first instruction at 0xfffffff0. */
function resetSystemRegisters(env: e.CPUX86State): void {
  env.cr[0] = CR0_RESET
  loadSegment(env.segs[e.R_CS], 0xf000, 0xffff0000n, CODE_FLAGS)
  for (const n of [e.R_DS, e.R_ES, e.R_SS, e.R_FS, e.R_GS]) loadSegment(env.segs[n], 0, 0n, DATA_FLAGS)
  loadSegment(env.ldt, 0, 0n, LDT_FLAGS)
  loadSegment(env.tr, 0, 0n, TR_FLAGS)
  env.gdt.limit = 0xffff
  env.idt.limit = 0xffff
  env.dr[6] = DR6_FIXED_1
  env.dr[7] = DR7_FIXED_1
}

function resetModelSpecificRegisters(cpu: X86CPU): void {
  const { env } = cpu
  // KVM takes a write of 0 for the hotplug of a new CPU and would synchronise it to the others; 1 forces a reset.
  env.tsc = accelCpuOf(cpu)?.name === 'kvm' && env.tsc !== 0n ? 1n : 0n
  env.msrIa32MiscEnable = MSR_IA32_MISC_ENABLE_DEFAULT
  if (env.features[FEAT_1_ECX] & CPUID_EXT_MONITOR) env.msrIa32MiscEnable |= MSR_IA32_MISC_ENABLE_MWAIT
  env.amdTscScaleMsr = MSR_AMD64_TSC_RATIO_DEFAULT
}

/**
 * The state that the reset will overwrite, for `-d cpu_reset`. Brings the registers from the accelerator.
 * @qemu hw/core/cpu-common.c cpu_common_reset
 */
function logStateBeforeReset(cpu: X86CPU): void {
  qemuLogMask(LOG_CPU_RESET, () => {
    cpuSynchronizeState(cpu)
    return `CPU Reset (CPU ${cpu.cpuIndex})\n${x86CpuDumpState(cpu)}`
  })
}

/**
 * Puts the CPU into its state after power-up or RESET (SDM volume 3, table 9-1), the hold phase of its reset.
 * @qemu target/i386/cpu.c x86_cpu_reset
 * @differs the guest's debug registers make no breakpoints outside the translator; FPU and vector state need nothing but the defaults of a new state
 */
export function x86CpuResetHold(obj: QemuObject, type: ResetType): void {
  const cpu = X86_CPU(obj)
  const { env } = cpu
  cpu.qomClass.parentPhases.hold?.(obj, type)
  logStateBeforeReset(cpu)
  cpuCommonReset(cpu)

  clearState(env)
  env.hflags2 |= e.HF2_GIF_MASK
  resetSystemRegisters(env)
  env.eip = 0xfff0n
  env.regs[e.R_EDX] = BigInt(env.cpuidVersion)
  env.eflags = 2n
  env.fptags.fill(1)
  env.xcr0 = XSTATE_FP_MASK
  resetModelSpecificRegisters(cpu)
  x86CpuSetSgxlepubkeyhash(env)
  x86UpdateHflags(env)

  // The first CPU starts the machine, always.
  apicDesignateBsp(cpu.apicState, cpu.cpuIndex === 0)
  cpu.halted = !cpuIsBsp(cpu)
  // The accelerator decides by the APIC base who waits for a SIPI, so this comes last.
  accelCpuOf(cpu)?.cpuReset?.(cpu)
}

/**
 * What a machine does to each CPU after all of it has been reset: its APIC, which is on no bus.
 * @qemu target/i386/cpu.c x86_cpu_after_reset
 */
export function x86CpuAfterReset(cpu: X86CPU): void {
  if (cpu.apicState) deviceColdReset(cpu.apicState)
}
