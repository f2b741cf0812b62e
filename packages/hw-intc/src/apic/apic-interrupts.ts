// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a local APIC does with interrupts that have reached it (SDM volume 3, 11.5 and 11.8).

import {
  apicReportIrqDelivered,
  CPU_INTERRUPT_HARD,
  CPU_INTERRUPT_INIT,
  CPU_INTERRUPT_NMI,
  CPU_INTERRUPT_POLL,
  cpuInterrupt,
  cpuResetInterrupt,
  qemuCpuIsSelf,
} from '@dromaius/cpus'
import { ioapicEoiBroadcast, MSR_IA32_APICBASE_ENABLE, picReadIrq } from '@dromaius/target-i386'
import { LOG_GUEST_ERROR, qemuLogMask } from '@dromaius/util'
import {
  APIC_LVT_ERROR,
  APIC_LVT_LINT0,
  APIC_LVT_LINT1,
  APIC_LVT_MASKED,
  APIC_SPURIO_ENABLED,
} from '../apic-common.js'
import type { APICState } from './apic.js'
import { picOutput } from './pic-line.js'

/** Delivery modes, bits 10:8 of an interrupt command, local vector table entry or message. */
export const APIC_DM_FIXED = 0
export const APIC_DM_LOWPRI = 1
export const APIC_DM_SMI = 2
export const APIC_DM_NMI = 4
export const APIC_DM_INIT = 5
export const APIC_DM_SIPI = 6
export const APIC_DM_EXTINT = 7

/** Error status register (SDM volume 3, 11.5.3). */
export const APIC_ESR_SEND_ILLEGAL_VECTOR = 1 << 5
export const APIC_ESR_RECEIVE_ILLEGAL_VECTOR = 1 << 6
export const APIC_ESR_ILLEGAL_ADDRESS = 1 << 7

/** Local vector table: level-triggered. */
const APIC_LVT_LEVEL_TRIGGER = 1 << 15
/** Vectors below are the processor's own. */
const FIRST_VECTOR = 16

const getBit = (table: Uint32Array, index: number): boolean =>
  (table[index >> 5]! & (1 << (index & 31))) !== 0

function setBit(table: Uint32Array, index: number): void {
  table[index >> 5]! |= 1 << (index & 31)
}

function resetBit(table: Uint32Array, index: number): void {
  table[index >> 5]! &= ~(1 << (index & 31))
}

/** The highest vector in a register of 256 bits; -1 for none. @qemu hw/intc/apic.c get_highest_priority_int */
function getHighestPriorityInt(table: Uint32Array): number {
  for (let i = 7; i >= 0; i--) if (table[i] !== 0) return i * 32 + 31 - Math.clz32(table[i]!)
  return -1
}

/** Whether the APIC is on by IA32_APIC_BASE. */
export const apicIsOn = (s: APICState): boolean => (s.apicbase & MSR_IA32_APICBASE_ENABLE) !== 0n

/** Whether it is on by its spurious-interrupt register too: off, it takes no interrupts with a vector (SDM volume 3, 11.4.7.2). */
export const apicIsEnabled = (s: APICState): boolean =>
  apicIsOn(s) && (s.spuriousVec & APIC_SPURIO_ENABLED) !== 0

/** Processor priority, 8 bits (SDM volume 3, 11.8.3.1). @qemu hw/intc/apic.c apic_get_ppr */
export function apicGetPpr(s: APICState): number {
  const isrv = Math.max(getHighestPriorityInt(s.isr), 0)
  return s.tpr >> 4 >= isrv >> 4 ? s.tpr : isrv & 0xf0
}

/**
 * The interrupt that the processor would take: its vector, 0 for none, -1 for one whose priority is too low.
 * @qemu hw/intc/apic.c apic_irq_pending
 * @differs what was requested before software switched the APIC off is still handled, as the manual says
 */
function apicIrqPending(s: APICState): number {
  if (!apicIsOn(s)) return 0
  const irrv = getHighestPriorityInt(s.irr)
  if (irrv < 0) return 0
  return (irrv & 0xf0) <= (apicGetPpr(s) & 0xf0) ? -1 : irrv
}

/**
 * Whether the processor asks the 8259s for the vector.
 * @qemu hw/intc/apic.c apic_accept_pic_intr
 * @differs not where LINT0 has a vector of its own
 */
export function apicAcceptPicIntr(s: APICState): boolean {
  return !apicIsOn(s) || (s.lvt[APIC_LVT_LINT0]! & (APIC_LVT_MASKED | 0x700)) === APIC_DM_EXTINT << 8
}

/**
 * Tells the processor whether there is an interrupt for it. One that executes something else looks for itself, since its CR8
 * may be elsewhere.
 * @qemu hw/intc/apic.c apic_update_irq
 */
export function apicUpdateIrq(s: APICState): void {
  const cpu = s.cpu!
  if (!qemuCpuIsSelf(cpu)) cpuInterrupt(cpu, CPU_INTERRUPT_POLL)
  else if (s.extIntPending || apicIrqPending(s) > 0) cpuInterrupt(cpu, CPU_INTERRUPT_HARD)
  else if (!apicAcceptPicIntr(s) || !picOutput(cpu.system)) cpuResetInterrupt(cpu, CPU_INTERRUPT_HARD)
}

/**
 * Notes an error, which the guest sees with its next write to the register, and interrupts if it wants so. QEMU notes some errors
 * and never interrupts.
 */
export function apicSetError(s: APICState, error: number): void {
  if (s.pendingEsr & error) return
  s.pendingEsr |= error
  apicLocalDeliver(s, APIC_LVT_ERROR)
}

/**
 * Takes an interrupt with a vector, level- or edge-triggered.
 * @qemu hw/intc/apic.c apic_set_irq
 */
export function apicSetIrq(s: APICState, vector: number, level: boolean): void {
  if (!apicIsEnabled(s)) return
  if (vector < FIRST_VECTOR) return apicSetError(s, APIC_ESR_RECEIVE_ILLEGAL_VECTOR)
  apicReportIrqDelivered(s.cpu!.system, getBit(s.irr, vector) ? 0 : 1)
  setBit(s.irr, vector)
  if (level) setBit(s.tmr, vector)
  else resetBit(s.tmr, vector)
  apicUpdateIrq(s)
}

/** Takes an interrupt whose vector the 8259s have; neither priorities nor EOI are for it (SDM volume 3, 11.5.1). */
export function apicSetExtInt(s: APICState): void {
  if (!apicIsEnabled(s)) return
  s.extIntPending = 1
  apicUpdateIrq(s)
}

/** NMI, which a processor that waits for its start-up IPI does not take. */
export function apicSetNmi(s: APICState): void {
  if (!s.waitForSipi) cpuInterrupt(s.cpu!, CPU_INTERRUPT_NMI)
}

/** There is no system management mode to go to. */
export function apicIgnoreSmi(s: APICState): void {
  qemuLogMask(LOG_GUEST_ERROR, () => `apic ${s.apicId}: SMI ignored, system management mode is not there`)
}

/** Delivers an interrupt out of the local vector table. @qemu hw/intc/apic.c apic_local_deliver */
export function apicLocalDeliver(s: APICState, entry: number): void {
  const lvt = s.lvt[entry]!
  if (lvt & APIC_LVT_MASKED) return
  switch ((lvt >> 8) & 7) {
    case APIC_DM_FIXED: {
      const pin = entry === APIC_LVT_LINT0 || entry === APIC_LVT_LINT1
      return apicSetIrq(s, lvt & 0xff, pin && (lvt & APIC_LVT_LEVEL_TRIGGER) !== 0)
    }
    case APIC_DM_SMI:
      return apicIgnoreSmi(s)
    case APIC_DM_NMI:
      return apicSetNmi(s)
    case APIC_DM_INIT:
      return cpuInterrupt(s.cpu!, CPU_INTERRUPT_INIT)
    case APIC_DM_EXTINT:
      return cpuInterrupt(s.cpu!, CPU_INTERRUPT_HARD)
  }
}

/** The line of the 8259s, which leads to LINT0. @qemu hw/intc/apic.c apic_deliver_pic_intr */
export function apicDeliverPicIntr(s: APICState, level: number): void {
  // An APIC that is off lets it through.
  if (!apicIsOn(s)) {
    if (level) cpuInterrupt(s.cpu!, CPU_INTERRUPT_HARD)
    else apicUpdateIrq(s)
    return
  }
  if (level) return apicLocalDeliver(s, APIC_LVT_LINT0)
  const lvt = s.lvt[APIC_LVT_LINT0]!
  if (lvt & APIC_LVT_MASKED) return
  const mode = (lvt >> 8) & 7
  if (mode === APIC_DM_FIXED && lvt & APIC_LVT_LEVEL_TRIGGER) resetBit(s.irr, lvt & 0xff)
  else if (mode !== APIC_DM_EXTINT) return
  apicUpdateIrq(s)
}

/** LINT0 has changed: what the 8259s want already is passed on. */
export function apicLint0Written(s: APICState): void {
  if (picOutput(s.cpu!.system)) apicDeliverPicIntr(s, 1)
  apicUpdateIrq(s)
}

/** Whether the 8259s have an interrupt for the processor, which stays requested then. @qemu hw/intc/apic.c apic_check_pic */
function apicCheckPic(s: APICState): boolean {
  if (!apicAcceptPicIntr(s) || !picOutput(s.cpu!.system)) return false
  apicDeliverPicIntr(s, 1)
  return true
}

function apicTakeExtInt(s: APICState): number {
  s.extIntPending = 0
  const vector = picReadIrq(s.cpu!.system)
  apicUpdateIrq(s)
  return vector
}

/** The processor acknowledges: the vector is in service now; -1 when the 8259s are to be asked. @qemu hw/intc/apic.c apic_get_interrupt */
export function apicGetInterrupt(s: APICState): number {
  if (s.extIntPending) return apicTakeExtInt(s)
  const intno = apicIrqPending(s)
  // An interrupt of the 8259s goes first, since those ignore priorities.
  if (intno === 0 || apicCheckPic(s)) return -1
  if (intno < 0) return s.spuriousVec & 0xff
  resetBit(s.irr, intno)
  setBit(s.isr, intno)
  apicUpdateIrq(s)
  return intno
}

/** End of interrupt; of a level-triggered one the I/O APICs are told. @qemu hw/intc/apic.c apic_eoi */
export function apicEoi(s: APICState): void {
  const isrv = getHighestPriorityInt(s.isr)
  if (isrv < 0) return
  resetBit(s.isr, isrv)
  if (getBit(s.tmr, isrv)) ioapicEoiBroadcast(s.cpu!.system, isrv)
  apicUpdateIrq(s)
}
