// SPDX-License-Identifier: GPL-2.0-or-later
//
// KVM's paravirtual clock for guests of the translator (Linux, Documentation/virt/kvm/x86/msr.rst): it reads the virtual clock,
// as the time stamp counter and all timers do, so that a guest need not measure one against another on a busy host.

import { addressSpaceRead, addressSpaceWrite } from '@dromaius/memory'
import { X86_CPU, type X86CPU } from '../cpu.js'
import { FEAT_KVM } from '../feature-words.js'
import { tcgReadTsc } from './tcg-tsc.js'

/** Bits of leaf 0x40000001's EAX: the clock by its two pairs of MSRs. */
const KVM_FEATURE_CLOCKSOURCE = 1n << 0n
const KVM_FEATURE_CLOCKSOURCE2 = 1n << 3n
const MSR_KVM_WALL_CLOCK = 0x11
const MSR_KVM_SYSTEM_TIME = 0x12
const MSR_KVM_WALL_CLOCK_NEW = 0x4b56_4d00
const MSR_KVM_SYSTEM_TIME_NEW = 0x4b56_4d01
/** The structure is to be kept. */
const SYSTEM_TIME_ENABLE = 1n

/** Bytes of struct pvclock_vcpu_time_info and of struct pvclock_wall_clock. */
const TIME_INFO_SIZE = 32
const WALL_CLOCK_SIZE = 12
/** All CPUs' counters agree. */
const PVCLOCK_TSC_STABLE_BIT = 1
/** The counter counts ns: (delta << 1) * 2^31 >> 32. */
const TSC_TO_SYSTEM_MUL = 0x8000_0000
const TSC_SHIFT = 1
const NS_PER_S = 1_000_000_000n

type Register = 'systemTimeMsr' | 'wallClockMsr'

/** Which of the clock's registers an MSR is; null for another MSR, or when the CPU does not show that pair. */
function registerOf(cpu: X86CPU, index: number): Register | null {
  const features = cpu.env.features[FEAT_KVM]!
  const old = (features & KVM_FEATURE_CLOCKSOURCE) !== 0n
  const present = (features & KVM_FEATURE_CLOCKSOURCE2) !== 0n
  if ((old && index === MSR_KVM_SYSTEM_TIME) || (present && index === MSR_KVM_SYSTEM_TIME_NEW))
    return 'systemTimeMsr'
  if ((old && index === MSR_KVM_WALL_CLOCK) || (present && index === MSR_KVM_WALL_CLOCK_NEW))
    return 'wallClockMsr'
  return null
}

/** An even number that is not the one in guest memory: a reader sees that the structure changed. */
function nextVersion(cpu: X86CPU, address: number): number {
  const bytes = new Uint8Array(4)
  addressSpaceRead(cpu.system.addressSpaceMemory, address, bytes)
  return ((new DataView(bytes.buffer).getUint32(0, true) | 1) + 1) >>> 0
}

/** No CPU has set its counter to something else: then a guest may use one CPU's structure on another. */
const countersAgree = ({ system, env }: X86CPU): boolean =>
  system.cpus.every((other) => X86_CPU(other).env.tscAdjust === env.tscAdjust)

/** A CPU has set its counter: each structure says whether all of them agree. */
export function tcgCounterSet(cpu: X86CPU): void {
  for (const each of cpu.system.cpus) tcgUpdateKvmclock(X86_CPU(each))
}

/**
 * Writes the structure from which the guest reckons the time out of its counter, if it asked for one.
 * @qemu target/i386/tcg/sysemu/misc_helper.c helper_wrmsr
 * @differs QEMU's translator has no such clock; KVM does this in kvm_guest_time_update
 */
function tcgUpdateKvmclock(cpu: X86CPU): void {
  const { systemTimeMsr } = cpu.env
  if (!(systemTimeMsr & SYSTEM_TIME_ENABLE)) return
  const address = Number(systemTimeMsr & ~SYSTEM_TIME_ENABLE)
  const info = new DataView(new ArrayBuffer(TIME_INFO_SIZE))
  info.setUint32(0, nextVersion(cpu, address), true)
  info.setBigUint64(8, BigInt.asUintN(64, tcgReadTsc(cpu)), true)
  info.setBigUint64(16, cpu.system.clocks.virtual.getNs(), true)
  info.setUint32(24, TSC_TO_SYSTEM_MUL, true)
  info.setInt8(28, TSC_SHIFT)
  info.setUint8(29, countersAgree(cpu) ? PVCLOCK_TSC_STABLE_BIT : 0)
  addressSpaceWrite(cpu.system.addressSpaceMemory, address, new Uint8Array(info.buffer))
}

/** The time of day at which the virtual clock was zero: the host's, unless `-rtc base=` gives a date. */
function writeWallClock(cpu: X86CPU, address: number): void {
  const { clocks, rtc } = cpu.system
  const ns = rtc.start === null ? clocks.host.getNs() - clocks.virtual.getNs() : rtc.start * NS_PER_S
  const wall = new DataView(new ArrayBuffer(WALL_CLOCK_SIZE))
  wall.setUint32(0, nextVersion(cpu, address), true)
  wall.setUint32(4, Number(BigInt.asUintN(32, ns / NS_PER_S)), true)
  wall.setUint32(8, Number(ns % NS_PER_S), true)
  addressSpaceWrite(cpu.system.addressSpaceMemory, address, new Uint8Array(wall.buffer))
}

/** One of the clock's MSRs, 64 bits; null when `index` is none, or the CPU does not show it. */
export function tcgReadKvmclockMsr(cpu: X86CPU, index: number): bigint | null {
  const register = registerOf(cpu, index)
  return register && cpu.env[register]
}

/** Writes one of the clock's MSRs; false when `index` is none. */
export function tcgWriteKvmclockMsr(cpu: X86CPU, index: number, value: bigint): boolean {
  const register = registerOf(cpu, index)
  if (!register) return false
  cpu.env[register] = value
  if (register === 'systemTimeMsr') tcgUpdateKvmclock(cpu)
  else writeWallClock(cpu, Number(value))
  return true
}
