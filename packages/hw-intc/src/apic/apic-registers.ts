// SPDX-License-Identifier: GPL-2.0-or-later
//
// The local APIC's registers by number, which is their offset in the page divided by 16 and their MSR less 0x800 (SDM volume 3,
// tables 11-1 and 11-6).

import {
  APIC_LVT_LINT0,
  APIC_LVT_MASKED,
  APIC_LVT_NB,
  APIC_LVT_TIMER,
  APIC_SPURIO_ENABLED,
} from '../apic-common.js'
import type { APICState } from './apic.js'
import { apicDeliver, apicIsX2apic, x2apicLogicalId } from './apic-bus.js'
import { APIC_DM_FIXED, apicEoi, apicGetPpr, apicLint0Written, apicUpdateIrq } from './apic-interrupts.js'
import {
  APIC_LVT_TIMER_MODE,
  apicGetCurrentCount,
  apicTimerWriteDivide,
  apicTimerWriteInitialCount,
  apicTimerWriteLvt,
} from './apic-timer.js'

export const APIC_ID = 0x02
const APIC_VERSION = 0x03
export const APIC_TASKPRI = 0x08
export const APIC_ARBPRI = 0x09
const APIC_PROCPRI = 0x0a
export const APIC_EOI = 0x0b
const APIC_REMOTE_READ = 0x0c
export const APIC_LDR = 0x0d
export const APIC_DFR = 0x0e
export const APIC_SPIV = 0x0f
const APIC_ISR = 0x10
const APIC_TMR = 0x18
const APIC_IRR = 0x20
export const APIC_ESR = 0x28
export const APIC_ICR = 0x30
export const APIC_ICR2 = 0x31
export const APIC_LVT = 0x32
export const APIC_TMICT = 0x38
const APIC_TMCCT = 0x39
export const APIC_TDCR = 0x3e
/** In x2APIC mode only. */
export const APIC_SELF_IPI = 0x3f

/** Bits of the interrupt command register's lower half that can be set; delivery is done at once, so that its status is 0. */
export const APIC_ICR_MASK = 0xc_cfff
/** Bits of the spurious-interrupt register: vector and on. */
export const APIC_SPIV_MASK = 0x1ff
/** Bits of the divide configuration register. */
export const APIC_TDCR_MASK = 0xb

/** Vector, mask, and what else each entry of the local vector table has. */
const LVT_VECTOR = 0xff | APIC_LVT_MASKED
const LVT_MODE = 0x700
const LVT_PIN = 0xa000
const LVT_MASKS = [
  LVT_VECTOR | APIC_LVT_TIMER_MODE,
  LVT_VECTOR | LVT_MODE,
  LVT_VECTOR | LVT_MODE,
  LVT_VECTOR | LVT_MODE | LVT_PIN,
  LVT_VECTOR | LVT_MODE | LVT_PIN,
  LVT_VECTOR,
] as const

/** Bits of an entry of the local vector table that this CPU's APIC has. */
export function apicLvtMask(s: APICState, entry: number): number {
  const mask = LVT_MASKS[entry]!
  // The bit of the TSC-deadline mode is reserved without it.
  return entry === APIC_LVT_TIMER && !s.hasTscDeadline ? mask & ~(2 << 17) : mask
}

/** The register's value, 32 bits; null where there is none. @qemu hw/intc/apic.c apic_mem_read */
export function apicReadRegister(s: APICState, reg: number): number | null {
  if (reg >= APIC_ISR && reg < APIC_TMR) return s.isr[reg & 7]!
  if (reg >= APIC_TMR && reg < APIC_IRR) return s.tmr[reg & 7]!
  if (reg >= APIC_IRR && reg < APIC_ESR) return s.irr[reg & 7]!
  if (reg >= APIC_LVT && reg < APIC_TMICT) return s.lvt[reg - APIC_LVT]!
  switch (reg) {
    case APIC_ID:
      return apicIsX2apic(s) ? s.initialApicId : (s.apicId << 24) >>> 0
    case APIC_VERSION:
      return s.version | ((APIC_LVT_NB - 1) << 16)
    case APIC_TASKPRI:
      return s.tpr
    case APIC_PROCPRI:
      return apicGetPpr(s)
    case APIC_ARBPRI:
    case APIC_EOI:
    case APIC_REMOTE_READ:
      // Nobody arbitrates, EOI is for writing, and nobody answers remote reads.
      return 0
    case APIC_LDR:
      return apicIsX2apic(s) ? x2apicLogicalId(s) : (s.logDest << 24) >>> 0
    case APIC_DFR:
      return ((s.destMode << 28) | 0xfff_ffff) >>> 0
    case APIC_SPIV:
      return s.spuriousVec
    case APIC_ESR:
      return s.esr
    case APIC_ICR:
    case APIC_ICR2:
      return s.icr[reg & 1]!
    case APIC_TMICT:
      return s.initialCount
    case APIC_TMCCT:
      return apicGetCurrentCount(s)
    case APIC_TDCR:
      return s.divideConf
    default:
      return null
  }
}

/**
 * Switches the APIC on and off by software. Off, every entry of the local vector table is masked (SDM volume 3, 11.4.7.2), which
 * QEMU leaves out.
 */
function writeSpurious(s: APICState, value: number): void {
  s.spuriousVec = value & APIC_SPIV_MASK
  if (!(s.spuriousVec & APIC_SPURIO_ENABLED)) {
    for (let entry = 0; entry < APIC_LVT_NB; entry++) writeLvt(s, entry, s.lvt[entry]!)
  }
  apicUpdateIrq(s)
}

function writeLvt(s: APICState, entry: number, written: number): void {
  const off = s.spuriousVec & APIC_SPURIO_ENABLED ? 0 : APIC_LVT_MASKED
  const value = (written & apicLvtMask(s, entry)) | off
  if (entry === APIC_LVT_TIMER) return apicTimerWriteLvt(s, value)
  s.lvt[entry] = value
  if (entry === APIC_LVT_LINT0) apicLint0Written(s)
}

/** Writes a register, 32 bits; false where there is none. @qemu hw/intc/apic.c apic_mem_write */
export function apicWriteRegister(s: APICState, reg: number, value: number): boolean {
  if (reg >= APIC_LVT && reg < APIC_TMICT) {
    writeLvt(s, reg - APIC_LVT, value)
    return true
  }
  switch (reg) {
    case APIC_ID:
      s.apicId = value >>> 24
      return true
    case APIC_TASKPRI:
      s.tpr = value & 0xff
      apicUpdateIrq(s)
      return true
    case APIC_EOI:
      apicEoi(s)
      return true
    case APIC_LDR:
      s.logDest = value >>> 24
      return true
    case APIC_DFR:
      s.destMode = value >>> 28
      return true
    case APIC_SPIV:
      writeSpurious(s, value)
      return true
    case APIC_ESR:
      s.esr = s.pendingEsr
      s.pendingEsr = 0
      return true
    case APIC_ICR:
      s.icr[0] = value & APIC_ICR_MASK
      apicDeliver(s)
      return true
    case APIC_ICR2:
      s.icr[1] = value & 0xff00_0000
      return true
    case APIC_TMICT:
      apicTimerWriteInitialCount(s, value)
      return true
    case APIC_TDCR:
      apicTimerWriteDivide(s, value)
      return true
    case APIC_SELF_IPI:
      if (!apicIsX2apic(s)) return false
      s.icr[0] = (1 << 18) | (APIC_DM_FIXED << 8) | (value & 0xff)
      apicDeliver(s)
      return true
    default:
      // Registers that can only be read take writes without effect.
      return apicReadRegister(s, reg) !== null
  }
}
