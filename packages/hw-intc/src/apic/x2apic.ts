// SPDX-License-Identifier: GPL-2.0-or-later
//
// The registers as MSRs, 0x800 on (SDM volume 3, 11.12.1).

import { APIC_LVT_NB } from '../apic-common.js'
import type { APICState } from './apic.js'
import { apicDeliver, apicIsX2apic } from './apic-bus.js'
import {
  APIC_ARBPRI,
  APIC_DFR,
  APIC_EOI,
  APIC_ESR,
  APIC_ICR,
  APIC_ICR2,
  APIC_ICR_MASK,
  APIC_LVT,
  APIC_SELF_IPI,
  APIC_SPIV,
  APIC_SPIV_MASK,
  APIC_TASKPRI,
  APIC_TDCR,
  APIC_TDCR_MASK,
  APIC_TMICT,
  apicLvtMask,
  apicReadRegister,
  apicWriteRegister,
} from './apic-registers.js'

const X2APIC_MSR_BASE = 0x800
/** Registers of the page that have no MSR, or one to write only. */
const UNREADABLE = [APIC_ARBPRI, APIC_EOI, 0x0c, APIC_DFR, APIC_ICR2]

/** Bits that can be written to a register; null for one that cannot be written. */
function writableBits(s: APICState, reg: number): number | null {
  if (reg >= APIC_LVT && reg < APIC_LVT + APIC_LVT_NB) {
    // Delivery status and remote IRR are read-only, no fault.
    return apicLvtMask(s, reg - APIC_LVT) | 0x5000
  }
  switch (reg) {
    case APIC_TASKPRI:
    case APIC_SELF_IPI:
      return 0xff
    case APIC_EOI:
    case APIC_ESR:
      return 0
    case APIC_SPIV:
      return APIC_SPIV_MASK
    case APIC_TMICT:
      return 0xffff_ffff
    case APIC_TDCR:
      return APIC_TDCR_MASK
    default:
      return null
  }
}

/** A register's value, 64 bits; null for #GP. */
export function x2apicRead(s: APICState, msr: number): bigint | null {
  const reg = msr - X2APIC_MSR_BASE
  if (!apicIsX2apic(s) || UNREADABLE.includes(reg)) return null
  const value = apicReadRegister(s, reg)
  if (value === null) return null
  return reg === APIC_ICR ? (BigInt(s.icr[1]!) << 32n) | BigInt(value >>> 0) : BigInt(value >>> 0)
}

/** Writes a register; false for #GP: none there, reserved bits. */
export function x2apicWrite(s: APICState, msr: number, value: bigint): boolean {
  const reg = msr - X2APIC_MSR_BASE
  if (!apicIsX2apic(s)) return false
  if (reg === APIC_ICR) {
    if (value & 0xffff_ffffn & ~BigInt(APIC_ICR_MASK)) return false
    s.icr[1] = Number(value >> 32n)
    s.icr[0] = Number(value & 0xffff_ffffn)
    apicDeliver(s)
    return true
  }
  const bits = writableBits(s, reg)
  if (bits === null || value & ~BigInt(bits >>> 0)) return false
  return apicWriteRegister(s, reg, Number(value))
}
