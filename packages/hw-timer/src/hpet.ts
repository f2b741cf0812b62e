// SPDX-License-Identifier: GPL-2.0-or-later
import { sysbusInitIrq, sysbusInitMmio, systemOf, TYPE_SYS_BUS_DEVICE } from '@dromaius/hw-core'
import { addressSpaceStore, memoryRegionInitIo } from '@dromaius/memory'
import {
  type DeviceClass,
  deviceClassSetProps,
  propBool,
  propUint32,
  propUint8,
  qdevInitGpioIn,
  qdevInitGpioOut,
  typeRegister,
} from '@dromaius/qom'
import { type qemu_irq, qemuSetIrq, QEMUTimer, UserError } from '@dromaius/util'
import {
  HPET_CFG_ENABLE,
  HPET_CFG_LEGACY,
  HPET_CFG_WRITE_MASK,
  HPET_MAX_TIMERS,
  HPET_MIN_TIMERS,
  HPET_NUM_IRQ_ROUTES,
  hpetGetTicks,
  hpetNow,
  hpetStartCounter,
  HPETState,
  hpetTimerCapabilities,
} from './hpet-state.js'
import {
  HPET_CLK_PERIOD,
  HPET_TN_32BIT,
  HPET_TN_CFG_WRITE_MASK,
  HPET_TN_FSB_CAP,
  HPET_TN_FSB_ENABLE,
  HPET_TN_INT_ROUTE_MASK,
  HPET_TN_INT_ROUTE_SHIFT,
  HPET_TN_PERIODIC,
  HPET_TN_SETVAL,
  hpetNextEvent,
  hpetSetTimer,
  type HPETTimer,
} from './hpet-timer.js'
import { vmstateHpet } from './hpet-vmstate.js'

/** Where a PC's HPET lies. */
export const HPET_BASE = 0xfed0_0000
/** Size of its registers in bytes. */
export const HPET_LEN = 0x400
/** Inputs of the device: the outputs of the 8254 and of the real-time clock. */
export const HPET_LEGACY_PIT_INT = 0
export const HPET_LEGACY_RTC_INT = 1
const FS_PER_NS = 1_000_000n

/** Registers (IA-PC HPET 1.0a, 2.3.1), each of 64 bits. */
const HPET_ID = 0x000
const HPET_CFG = 0x010
const HPET_STATUS = 0x020
const HPET_COUNTER = 0x0f0
const HPET_TN_BASE = 0x100
const HPET_TN_SIZE = 0x20
const HPET_TN_CFG = 0x00
const HPET_TN_CMP = 0x08
const HPET_TN_ROUTE = 0x10

/** Low half of the capabilities (2.3.4): revision 1, 64 bits, legacy replacement, Intel. */
const HPET_CAPABILITY = 0x8086_a001
const HPET_ID_NUM_TIM_SHIFT = 8

/** Lines of timers 0 and 1 with legacy replacement, those of the 8254 and of the real-time clock. */
const LEGACY_ROUTES = [0, 8] as const

const ALL_ONES = (1n << 64n) - 1n

const line = (s: HPETState, n: number): qemu_irq => s.lines[n]!()

const lineOf = (s: HPETState, t: HPETTimer): qemu_irq =>
  line(s, s.legacy && t.tn <= 1 ? LEGACY_ROUTES[t.tn as 0 | 1] : t.route)

/** A level-triggered timer's line is high while its status bit is set, and both timer and HPET are on. */
function updateLevel(s: HPETState, t: HPETTimer): void {
  if (!t.level) return
  const pending = (s.isr & (1n << BigInt(t.tn))) !== 0n
  qemuSetIrq(lineOf(s, t), pending && t.enabled && s.running ? 1 : 0)
}

/**
 * An event of a timer: status bit, line or message.
 * @qemu hw/timer/hpet.c update_irq
 * @differs the status bit of a level-triggered timer is set whether its interrupt is on or not (2.3.8, Tn_INT_ENB_CNF)
 */
function updateIrq(s: HPETState, t: HPETTimer): void {
  const message = (t.config & HPET_TN_FSB_ENABLE) !== 0n
  if (t.level && !message) {
    s.isr |= 1n << BigInt(t.tn)
    return updateLevel(s, t)
  }
  if (!t.enabled || !s.running) return
  if (message) {
    const [address, data] = [Number(t.fsb >> 32n), Number(t.fsb & 0xffff_ffffn)]
    addressSpaceStore(systemOf(s).addressSpaceMemory, address, data, 4)
    return
  }
  qemuSetIrq(lineOf(s, t), 1)
  qemuSetIrq(lineOf(s, t), 0)
}

function timerEvent(s: HPETState, t: HPETTimer): void {
  hpetNextEvent(t, hpetNow(s), s.hpetOffset)
  updateIrq(s, t)
}

function setTimer(s: HPETState, t: HPETTimer, fresh: boolean): void {
  if (s.running) hpetSetTimer(t, hpetNow(s), s.hpetOffset, fresh)
}

/** What was written: `mask` bits of `value`, the others of `old`. @qemu hw/timer/hpet.c hpet_fixup_reg */
const hpetFixupReg = (value: bigint, old: bigint, mask: bigint): bigint => (old & ~mask) | (value & mask)

/** A timer's configuration (2.3.8). A line that the timer cannot have is not taken, nor are messages where there are none. */
function writeTimerConfig(s: HPETState, t: HPETTimer, value: bigint, mask: bigint): void {
  // Off the old line, wherever the new one is.
  if (t.level) qemuSetIrq(lineOf(s, t), 0)
  let writable = HPET_TN_CFG_WRITE_MASK
  if (!(t.config & HPET_TN_FSB_CAP)) writable &= ~HPET_TN_FSB_ENABLE
  const route = (hpetFixupReg(value, t.config, mask) & HPET_TN_INT_ROUTE_MASK) >> HPET_TN_INT_ROUTE_SHIFT
  if (!((BigInt(s.intcap >>> 0) >> route) & 1n)) writable &= ~HPET_TN_INT_ROUTE_MASK
  const before = t.config
  t.config = hpetFixupReg(value, before, mask & writable)
  if (t.is32Bit) {
    t.cmp &= 0xffff_ffffn
    t.period &= 0xffff_ffffn
  }
  if ((before ^ t.config) & (HPET_TN_32BIT | HPET_TN_PERIODIC)) setTimer(s, t, false)
  // Without levels there is no status (2.3.6).
  if (!t.level) s.isr &= ~(1n << BigInt(t.tn))
  updateLevel(s, t)
}

/**
 * A timer's comparator (2.3.9). In periodic mode what is written is the period, and the comparator too where the guest asked for
 * that just before.
 */
function writeComparator(s: HPETState, t: HPETTimer, value: bigint, mask: bigint): void {
  const bits = t.is32Bit ? mask & 0xffff_ffffn : mask
  if (bits === 0n) return
  if (!t.periodic || t.config & HPET_TN_SETVAL) t.cmp = hpetFixupReg(value, t.cmp, bits)
  // Half of the range at most, so that before and after can be told.
  if (t.periodic) t.period = hpetFixupReg(value, t.period, bits) & (t.is32Bit ? 0x7fff_ffffn : ALL_ONES >> 1n)
  t.config &= ~HPET_TN_SETVAL
  setTimer(s, t, true)
}

function writeConfig(s: HPETState, value: bigint): void {
  const changed = s.config ^ value
  if (changed & HPET_CFG_ENABLE && s.running) s.hpetCounter = hpetGetTicks(s)
  if (changed & HPET_CFG_LEGACY) for (const t of s.timers) if (t.level) qemuSetIrq(lineOf(s, t), 0)
  s.config = value
  if (changed & HPET_CFG_ENABLE) {
    // One reading for all: what was ahead of the counter must not have been passed by when its timer is set.
    const now = hpetNow(s)
    if (s.running) hpetStartCounter(s, now)
    for (const t of s.timers) {
      if (s.running) hpetSetTimer(t, now, s.hpetOffset, false)
      else t.timer.del()
    }
  }
  if (changed & HPET_CFG_LEGACY) {
    // The 8254 and the real-time clock are cut off, or come back.
    qemuSetIrq(s.pitEnabled[0] ?? null, s.legacy ? 0 : 1)
    for (const n of LEGACY_ROUTES) qemuSetIrq(line(s, n), 0)
    if (!s.legacy) qemuSetIrq(line(s, LEGACY_ROUTES[1]), s.rtcIrqLevel)
  }
  for (const t of s.timers) updateLevel(s, t)
}

function writeStatus(s: HPETState, value: bigint): void {
  const cleared = s.isr & value
  s.isr &= ~cleared
  for (const t of s.timers) if (cleared & (1n << BigInt(t.tn))) updateLevel(s, t)
}

/** The timer whose register this is, if there is one. */
const timerAt = (s: HPETState, addr: number): HPETTimer | undefined =>
  addr < HPET_TN_BASE ? undefined : s.timers[Math.floor((addr - HPET_TN_BASE) / HPET_TN_SIZE)]

function readTimer(t: HPETTimer, offset: number): bigint {
  switch (offset) {
    case HPET_TN_CFG:
      return t.config
    case HPET_TN_CMP:
      return t.cmp
    case HPET_TN_ROUTE:
      return t.fsb
    default:
      return 0n
  }
}

/** Low half of the capabilities, which the ACPI table repeats. */
export const hpetBlockId = (s: HPETState): number =>
  (HPET_CAPABILITY | ((s.numTimers - 1) << HPET_ID_NUM_TIM_SHIFT)) >>> 0

/** A register's 64 bits. @qemu hw/timer/hpet.c hpet_ram_read */
function hpetRamRead(s: HPETState, addr: number): bigint {
  const t = timerAt(s, addr)
  if (t) return readTimer(t, addr % HPET_TN_SIZE)
  switch (addr) {
    case HPET_ID:
      return ((HPET_CLK_PERIOD * FS_PER_NS) << 32n) | BigInt(hpetBlockId(s))
    case HPET_CFG:
      return s.config
    case HPET_STATUS:
      return s.isr
    case HPET_COUNTER:
      return hpetGetTicks(s)
    default:
      return 0n
  }
}

/** Writes the bits of `mask` of a register. @qemu hw/timer/hpet.c hpet_ram_write */
function hpetRamWrite(s: HPETState, addr: number, value: bigint, mask: bigint): void {
  const t = timerAt(s, addr)
  if (t) {
    switch (addr % HPET_TN_SIZE) {
      case HPET_TN_CFG:
        return writeTimerConfig(s, t, value, mask)
      case HPET_TN_CMP:
        return writeComparator(s, t, value, mask)
      case HPET_TN_ROUTE:
        if (t.config & HPET_TN_FSB_CAP) t.fsb = hpetFixupReg(value, t.fsb, mask)
    }
    return
  }
  switch (addr) {
    case HPET_CFG:
      return writeConfig(s, hpetFixupReg(value, s.config, mask & HPET_CFG_WRITE_MASK))
    case HPET_STATUS:
      return writeStatus(s, value & mask)
    case HPET_COUNTER:
      // Running, it is not to be written (2.3.7).
      if (!s.running) s.hpetCounter = hpetFixupReg(value, s.hpetCounter, mask)
  }
}

const shiftOf = (addr: number): bigint => (addr & 4 ? 32n : 0n)

/**
 * The 8254's and the real-time clock's interrupts pass through unless they are replaced.
 * @qemu hw/timer/hpet.c hpet_handle_legacy_irq
 */
function hpetHandleLegacyIrq(s: HPETState, n: number, level: number): void {
  if (n === HPET_LEGACY_RTC_INT) s.rtcIrqLevel = level
  if (!s.legacy) qemuSetIrq(line(s, LEGACY_ROUTES[n as 0 | 1]), level)
}

/** @qemu hw/timer/hpet.c hpet_realize */
function hpetRealize(s: HPETState): void {
  if (s.numTimers < HPET_MIN_TIMERS || s.numTimers > HPET_MAX_TIMERS) {
    throw new UserError(
      `Parameter 'timers' expects ${HPET_MIN_TIMERS} to ${HPET_MAX_TIMERS}, not ${s.numTimers}`,
    )
  }
  const { virtual } = systemOf(s).clocks
  for (const t of s.timer) t.timer = new QEMUTimer(virtual, () => timerEvent(s, t), `hpet-${t.tn}`)
  memoryRegionInitIo(
    s.iomem,
    s,
    {
      read: (addr) => Number((hpetRamRead(s, addr & ~7) >> shiftOf(addr)) & 0xffff_ffffn),
      write: (addr, value) =>
        hpetRamWrite(s, addr & ~7, BigInt(value >>> 0) << shiftOf(addr), 0xffff_ffffn << shiftOf(addr)),
      read64: (addr) => hpetRamRead(s, addr),
      write64: (addr, value) => hpetRamWrite(s, addr, value, ALL_ONES),
      endianness: 'little',
      valid: { minAccessSize: 4, maxAccessSize: 8 },
      impl: { minAccessSize: 4, maxAccessSize: 8 },
    },
    'hpet',
    HPET_LEN,
  )
  sysbusInitMmio(s, s.iomem)
  s.lines = Array.from({ length: HPET_NUM_IRQ_ROUTES }, () => sysbusInitIrq(s))
  qdevInitGpioIn(s, (n, level) => hpetHandleLegacyIrq(s, n, level), LEGACY_ROUTES.length)
  s.pitEnabled = qdevInitGpioOut(s, 1)
}

/** @qemu hw/timer/hpet.c hpet_reset */
function hpetReset(s: HPETState): void {
  s.config = 0n
  s.isr = 0n
  s.hpetCounter = 0n
  s.hpetOffset = 0n
  s.rtcIrqLevel = 0
  const first = s.intcap === 0 ? 0 : 31 - Math.clz32(s.intcap & -s.intcap)
  for (const t of s.timer) {
    t.timer.del()
    t.cmp = ALL_ONES
    t.fsb = 0n
    t.period = 0n
    t.wrapFlag = false
    t.match = 0n
    t.config = hpetTimerCapabilities(s) | (BigInt(first) << HPET_TN_INT_ROUTE_SHIFT)
  }
}

/** The lines that are the HPET's alone. */
function lowerLines(s: HPETState): void {
  for (let n = 0; n < HPET_NUM_IRQ_ROUTES; n++) if (s.intcap & (1 << n)) qemuSetIrq(line(s, n), 0)
}

export const TYPE_HPET = typeRegister<HPETState, DeviceClass<HPETState>>({
  name: 'hpet',
  parent: TYPE_SYS_BUS_DEVICE,
  instance: HPETState,
  classInit(dc) {
    dc.realize = hpetRealize
    dc.unrealize = (s) => s.timer.forEach((t) => t.timer.free())
    dc.phases.enter = hpetReset
    dc.phases.hold = lowerLines
    // Not before the 8254 has been reset: KVM's takes its state from the kernel when it is switched.
    dc.phases.exit = (s) => qemuSetIrq(s.pitEnabled[0] ?? null, 1)
    dc.vmsd = vmstateHpet
    deviceClassSetProps<HPETState>(dc, [
      propUint8('timers', 'numTimers', HPET_MIN_TIMERS),
      propBool('msi', 'msi', false),
      propUint32('hpet-intcap', 'intcap', 0),
    ])
  },
})
