// SPDX-License-Identifier: GPL-2.0-or-later
//
// Messages between APICs: who is meant, and what they do (SDM volume 3, 11.6).

import {
  CPU_INTERRUPT_INIT,
  CPU_INTERRUPT_SIPI,
  cpuInterrupt,
  cpuResetInterrupt,
  type SystemState,
} from '@dromaius/cpus'
import { cpuX86LoadSegCacheSipi, MSR_IA32_APICBASE_EXTD, X86_CPU } from '@dromaius/target-i386'
import type { APICState } from './apic.js'
import {
  APIC_DM_EXTINT,
  APIC_DM_FIXED,
  APIC_DM_INIT,
  APIC_DM_LOWPRI,
  APIC_DM_NMI,
  APIC_DM_SIPI,
  APIC_DM_SMI,
  APIC_ESR_SEND_ILLEGAL_VECTOR,
  apicGetPpr,
  apicIgnoreSmi,
  apicIsEnabled,
  apicIsOn,
  apicSetError,
  apicSetExtInt,
  apicSetIrq,
  apicSetNmi,
} from './apic-interrupts.js'

/** A message's address, and where its fields lie (SDM volume 3, 11.11). */
const MSI_ADDR_DEST_ID_SHIFT = 12
const MSI_ADDR_DEST_MODE = 1 << 2

/** Interrupt command register, bits 19:18. */
const SHORTHAND_NONE = 0
const SHORTHAND_SELF = 1
const SHORTHAND_ALL = 2

/** Destination format register: every bit of the destination is a CPU. */
const DEST_FORMAT_FLAT = 0xf

/** Whether the registers are MSRs. */
export const apicIsX2apic = (s: APICState): boolean => (s.apicbase & MSR_IA32_APICBASE_EXTD) !== 0n

/** Logical id in x2APIC mode: cluster in bits 31:16, one bit of 15:0 (SDM volume 3, 11.12.10.2). */
export const x2apicLogicalId = (s: APICState): number =>
  (((s.initialApicId >>> 4) << 16) | (1 << (s.initialApicId & 0xf))) >>> 0

/** Who is meant: `dest` has 32 bits when it comes from an APIC in x2APIC mode, else 8. */
export interface ApicDestination {
  readonly dest: number
  readonly logical: boolean
  readonly wide: boolean
}

function matchesLogical(s: APICState, dest: number): boolean {
  if (apicIsX2apic(s)) {
    const id = x2apicLogicalId(s)
    return dest >>> 16 === id >>> 16 && (dest & id & 0xffff) !== 0
  }
  if (s.destMode === DEST_FORMAT_FLAT) return (dest & s.logDest) !== 0
  return dest >> 4 === s.logDest >> 4 && (dest & s.logDest & 0xf) !== 0
}

/** @qemu hw/intc/apic.c apic_get_delivery_bitmask */
function isMeant(s: APICState, { dest, logical, wide }: ApicDestination): boolean {
  if (dest === (wide ? 0xffff_ffff : 0xff)) return true
  if (logical) return matchesLogical(s, dest)
  return dest === (apicIsX2apic(s) ? s.initialApicId : s.apicId)
}

/** The machine's APICs that are on. A machine's CPUs all have the same kind of APIC, so that these are of ours. */
function* apicsOf(system: SystemState): Generator<APICState> {
  for (const cpu of system.cpus) {
    const s = X86_CPU(cpu).apicState as APICState | null
    if (s && apicIsOn(s)) yield s
  }
}

/** The one of them that has the least to do; null when none takes interrupts. */
function lowestPriority(targets: readonly APICState[]): APICState | null {
  return targets.reduce<APICState | null>(
    (best, s) => (apicIsEnabled(s) && (!best || apicGetPpr(s) < apicGetPpr(best)) ? s : best),
    null,
  )
}

/**
 * @qemu hw/intc/apic.c apic_bus_deliver
 * @differs ExtINT is no interrupt with a vector that has to be ended
 */
function apicBusDeliver(targets: readonly APICState[], mode: number, vector: number, level: boolean): void {
  if (mode === APIC_DM_LOWPRI) {
    const s = lowestPriority(targets)
    if (s) apicSetIrq(s, vector, level)
    return
  }
  for (const s of targets) deliverTo(s, mode, vector, level)
}

function deliverTo(s: APICState, mode: number, vector: number, level: boolean): void {
  switch (mode) {
    case APIC_DM_FIXED:
      return apicSetIrq(s, vector, level)
    case APIC_DM_EXTINT:
      return apicSetExtInt(s)
    case APIC_DM_SMI:
      return apicIgnoreSmi(s)
    case APIC_DM_NMI:
      return apicSetNmi(s)
    case APIC_DM_INIT:
      return cpuInterrupt(s.cpu!, CPU_INTERRUPT_INIT)
    case APIC_DM_SIPI:
      // apic_startup
      s.sipiVector = vector
      return cpuInterrupt(s.cpu!, CPU_INTERRUPT_SIPI)
  }
}

/** A message out of a device or an I/O APIC: a store to `addr`, an offset in the messages' range. @qemu hw/intc/apic.c apic_send_msi */
export function apicSendMsi(system: SystemState, addr: number, data: number): void {
  const destination = {
    dest: (addr >> MSI_ADDR_DEST_ID_SHIFT) & 0xff,
    logical: (addr & MSI_ADDR_DEST_MODE) !== 0,
    wide: false,
  }
  const mode = (data >> 8) & 7
  // A start-up IPI is no message of a device.
  if (mode === APIC_DM_SIPI) return
  const targets = [...apicsOf(system)].filter((s) => isMeant(s, destination))
  apicBusDeliver(targets, mode, data & 0xff, (data & 0x8000) !== 0)
}

function shorthandTargets(s: APICState, shorthand: number): APICState[] {
  if (shorthand === SHORTHAND_SELF) return [s]
  const all = [...apicsOf(s.cpu!.system)]
  return shorthand === SHORTHAND_ALL ? all : all.filter((other) => other !== s)
}

/** Sends what the interrupt command register says. @qemu hw/intc/apic.c apic_deliver */
export function apicDeliver(s: APICState): void {
  const icr = s.icr[0]!
  const mode = (icr >> 8) & 7
  const vector = icr & 0xff
  if ((mode === APIC_DM_FIXED || mode === APIC_DM_LOWPRI) && vector < 16) {
    return apicSetError(s, APIC_ESR_SEND_ILLEGAL_VECTOR)
  }
  const shorthand = (icr >> 18) & 3
  const wide = apicIsX2apic(s)
  const destination = {
    dest: wide ? s.icr[1]! : s.icr[1]! >>> 24,
    logical: (icr & (1 << 11)) !== 0,
    wide,
  }
  const targets =
    shorthand === SHORTHAND_NONE
      ? [...apicsOf(s.cpu!.system)].filter((other) => isMeant(other, destination))
      : shorthandTargets(s, shorthand)
  const level = (icr & (1 << 14)) !== 0
  const levelTriggered = (icr & (1 << 15)) !== 0
  if (mode === APIC_DM_INIT && !level && levelTriggered) {
    // INIT level de-assert: arbitration begins anew, nothing else.
    for (const other of targets) other.arbId = other.apicId
    return
  }
  // Nobody sends ExtINT; all that is sent is edge-triggered (SDM volume 3, 11.6.1).
  if (mode !== APIC_DM_EXTINT) apicBusDeliver(targets, mode, vector, false)
}

/** The CPU takes its start-up IPI, if it waits for one. @qemu hw/intc/apic.c apic_sipi */
export function apicSipi(s: APICState): void {
  cpuResetInterrupt(s.cpu!, CPU_INTERRUPT_SIPI)
  if (!s.waitForSipi) return
  cpuX86LoadSegCacheSipi(s.cpu!, s.sipiVector)
  s.waitForSipi = 0
}
