// SPDX-License-Identifier: GPL-2.0-or-later
//
// MSRs that stand in the CPU's object, not in its block (QEMU's target/i386/tcg/sysemu/misc_helper.c). Those that
// translated code or its helpers read are helper_rdmsr's own.

import type { TcgVcpu } from '@dromaius/tcg'
import { isAmdCpu, X86_CPU, type X86CPU } from '../cpu.js'
import { cpuGetApicBase } from '../cpu-apic-device.js'
import { CPUID_APIC, CPUID_EXT_TSC_DEADLINE_TIMER, CPUID_MCA, CPUID_MTRR } from '../cpuid-bits.js'
import type { CPUX86State } from '../env.js'
import { FEAT_1_ECX, FEAT_1_EDX } from '../feature-words.js'
import { tcgCounterSet, tcgReadKvmclockMsr, tcgWriteKvmclockMsr } from './tcg-kvmclock.js'
import { tcgReadTsc, tcgTscTime } from './tcg-tsc.js'

/** Fields of the state that are MSRs as they are, with the bits that may be set. */
const plain: ReadonlyMap<number, readonly [field: keyof CPUX86State, mask: bigint]> = new Map<
  number,
  readonly [keyof CPUX86State, bigint]
>([
  [0x1a0, ['msrIa32MiscEnable', 0xffff_ffff_ffff_ffffn]],
  [0x179, ['mcgCap', 0n]],
  // RIPV, EIPV, MCIP (SDM volume 3, 15.3.1.2).
  [0x17a, ['mcgStatus', 7n]],
])

/** Fixed-range MTRRs, in the order of `mtrrFixed`. */
const fixedMtrrs = [0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f]
const MTRR_VCNT = 8
const MSR_APICBASE = 0x1b
const MSR_TSC = 0x10
const MSR_MTRRCAP = 0xfe
const MSR_MTRR_DEFTYPE = 0x2ff
const MSR_PAT = 0x277
const MSR_UCODE_REV = 0x8b
const MSR_TSC_DEADLINE = 0x6e0
/** Intel's since the P6: no identification of a platform, nothing of a bus. */
const MSR_PLATFORM_ID = 0x17
const MSR_EBL_CR_POWERON = 0x2a
/** AMD's: no encryption of memory and no MTRR beyond the architecture's; no message when an interrupt is pending. */
const MSR_AMD64_SYSCFG = 0xc001_0010
const MSR_K8_INT_PENDING_MSG = 0xc001_0055
/** The local APIC's registers in x2APIC mode. */
const isX2apicMsr = (index: number): boolean => index >= 0x800 && index <= 0x8ff
const has = (cpu: X86CPU, bit: bigint): boolean => (cpu.env.features[FEAT_1_EDX]! & bit) !== 0n

const hasTscDeadline = ({ env }: X86CPU): boolean =>
  (env.features[FEAT_1_ECX]! & CPUID_EXT_TSC_DEADLINE_TIMER) !== 0n

/** Tells the APIC when its timer's deadline is; also when the counter changes under it. */
function armTscDeadline(cpu: X86CPU, deadline: bigint): void {
  cpu.apicState?.setTscDeadline?.(deadline, tcgTscTime(cpu, deadline))
}

/** The pair and half of a variable-range MTRR, null for another MSR. */
function variableMtrr(index: number): { pair: number; half: 'base' | 'mask' } | null {
  const n = index - 0x200
  if (n < 0 || n >= 2 * MTRR_VCNT) return null
  return { pair: n >> 1, half: n & 1 ? 'mask' : 'base' }
}

function machineCheckBank(cpu: X86CPU, index: number): number {
  const n = index - 0x400
  return n >= 0 && n < 4 * Number(cpu.env.mcgCap & 0xffn) ? n : -1
}

/** An MSR's value, 64 bits; null when there is none such. @qemu target/i386/tcg/sysemu/misc_helper.c helper_rdmsr */
export function tcgReadMsr(cpu: X86CPU, index: number): bigint | null {
  const { env } = cpu
  if (index === MSR_TSC) return tcgReadTsc(cpu)
  if (index === MSR_APICBASE) return has(cpu, CPUID_APIC) ? cpuGetApicBase(cpu.apicState) : null
  if (isX2apicMsr(index)) return cpu.apicState?.readMsr?.(index) ?? null
  if (index === MSR_TSC_DEADLINE) return hasTscDeadline(cpu) ? env.tscDeadline : null
  if (index === MSR_PAT) return env.pat
  if (index === MSR_UCODE_REV) return cpu.ucodeRev
  if (index === MSR_PLATFORM_ID || index === MSR_EBL_CR_POWERON) return isAmdCpu(env) ? null : 0n
  if (index === MSR_AMD64_SYSCFG || index === MSR_K8_INT_PENDING_MSG) return isAmdCpu(env) ? 0n : null
  if (has(cpu, CPUID_MTRR)) {
    if (index === MSR_MTRRCAP) return BigInt(MTRR_VCNT) | (1n << 8n) | (1n << 10n)
    if (index === MSR_MTRR_DEFTYPE) return env.mtrrDeftype
    const fixed = fixedMtrrs.indexOf(index)
    if (fixed >= 0) return env.mtrrFixed[fixed]!
    const variable = variableMtrr(index)
    if (variable) return env.mtrrVar[variable.pair]![variable.half]
  }
  if (has(cpu, CPUID_MCA)) {
    const bank = machineCheckBank(cpu, index)
    if (bank >= 0) return env.mceBanks[bank]!
  }
  const field = plain.get(index)
  return field ? (env[field[0]] as bigint) : tcgReadKvmclockMsr(cpu, index)
}

/** UC, WC, WT, WP and WB; PAT has UC- too (SDM volume 3, 11.11 and 11.12). */
const MTRR_TYPES: readonly bigint[] = [0n, 1n, 4n, 5n, 6n]
const PAT_TYPES: readonly bigint[] = [...MTRR_TYPES, 7n]

/** Whether each of the eight bytes is a memory type that exists. */
function areTypes(value: bigint, types: readonly bigint[]): boolean {
  for (let shift = 0n; shift < 64n; shift += 8n) if (!types.includes((value >> shift) & 0xffn)) return false
  return true
}

/**
 * Writes an MTRR; false for a value with reserved bits or a type that there is not, null when it is another MSR (SDM volume 3,
 * 11.11.2).
 */
function writeMtrr({ env, physBits }: X86CPU, index: number, value: bigint): boolean | null {
  const fixed = fixedMtrrs.indexOf(index)
  if (fixed >= 0) {
    if (!areTypes(value, MTRR_TYPES)) return false
    env.mtrrFixed[fixed] = value
    return true
  }
  const isType = MTRR_TYPES.includes(value & 0xffn)
  if (index === MSR_MTRR_DEFTYPE) {
    // E, FE and the type.
    if (!isType || (value & ~0xcffn) !== 0n) return false
    env.mtrrDeftype = value
    return true
  }
  const variable = variableMtrr(index)
  if (!variable) return null
  // A base has a type, a mask has V, and addresses are as wide as the CPU's.
  const low = variable.half === 'base' ? 0xffn : 0x800n
  const frames = ((1n << BigInt(physBits || 40)) - 1n) & ~0xfffn
  if ((value & ~(frames | low)) !== 0n || (variable.half === 'base' && !isType)) return false
  env.mtrrVar[variable.pair]![variable.half] = value
  return true
}

/** Writes an MSR; false when there is none such or it refuses the value. @qemu target/i386/tcg/sysemu/misc_helper.c helper_wrmsr */
export function tcgWriteMsr(vcpu: TcgVcpu, index: number, value: bigint): boolean {
  const cpu = X86_CPU(vcpu.cpu)
  const { env } = cpu
  switch (index) {
    case MSR_TSC:
      env.tscAdjust += value - tcgReadTsc(cpu)
      if (env.tscDeadline !== 0n) armTscDeadline(cpu, env.tscDeadline)
      tcgCounterSet(cpu)
      return true
    case MSR_APICBASE:
      return has(cpu, CPUID_APIC) && (cpu.apicState?.writeBase?.(value) ?? false)
    case MSR_TSC_DEADLINE:
      if (!hasTscDeadline(cpu)) return false
      armTscDeadline(cpu, value)
      return true
    case MSR_PAT:
      if (!areTypes(value, PAT_TYPES)) return false
      env.pat = value
      return true
    case MSR_UCODE_REV:
      // Writing 0 before reading the revision is how it is asked for.
      return true
  }
  if (isX2apicMsr(index)) return cpu.apicState?.writeMsr?.(index, value) ?? false
  if (has(cpu, CPUID_MTRR)) {
    const done = writeMtrr(cpu, index, value)
    if (done !== null) return done
  }
  const bank = has(cpu, CPUID_MCA) ? machineCheckBank(cpu, index) : -1
  if (bank >= 0) {
    // Status registers take zero only (SDM volume 3, 16.3.2.2).
    if ((bank & 3) === 1 && value !== 0n) return false
    env.mceBanks[bank] = value
    return true
  }
  const field = plain.get(index)
  if (!field) return tcgWriteKvmclockMsr(cpu, index, value)
  if (field[1] === 0n || (value & ~field[1]) !== 0n) return false
  Object.assign(env, { [field[0]]: value })
  return true
}
