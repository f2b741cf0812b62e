// SPDX-License-Identifier: GPL-2.0-or-later
import { type ISABus, isaRealize } from '@dromaius/hw-core'
import { memoryRegionInitIo } from '@dromaius/memory'
import {
  qdevConnectGpioOut,
  qdevGetGpioIn,
  qdevInitGpioIn,
  qdevInitGpioOut,
  typeRegister,
} from '@dromaius/qom'
import { setIsaPic } from '@dromaius/target-i386'
import { LOG_GUEST_ERROR, type qemu_irq, qemuLogMask, qemuSetIrq } from '@dromaius/util'
import type { PICCommonClass } from './i8259-common.js'
import { picCommonRealize, PICCommonState, picResetCommon, TYPE_PIC_COMMON } from './i8259-common.js'

/** Input of the first controller that the second one hangs on. */
const CASCADE = 2
/** The input that stands for an interrupt that was gone before it was acknowledged. */
const SPURIOUS = 7
/** No request. */
const NO_PRIORITY = 8

/**
 * An 8259A interrupt controller (Intel's data sheet 231468), with the edge/level register of a PC's chip set.
 * @qemu hw/intc/i8259.c TYPE_I8259
 */
export class PICState extends PICCommonState {
  /** The line to the processor, or to the first controller. */
  intOut: qemu_irq[] = []
}

/** The highest priority in a set of inputs, 0 first; 8 for none. @qemu hw/intc/i8259.c get_priority */
function getPriority(s: PICState, mask: number): number {
  for (let priority = 0; priority < NO_PRIORITY; priority++) {
    if (mask & (1 << ((priority + s.priorityAdd) & 7))) return priority
  }
  return NO_PRIORITY
}

/** The input that wants the processor's attention now; -1 for none. @qemu hw/intc/i8259.c pic_get_irq */
function picGetIrq(s: PICState): number {
  const priority = getPriority(s, s.irr & ~s.imr)
  if (priority === NO_PRIORITY) return -1
  let inService = s.isr
  if (s.specialMask) inService &= ~s.imr
  // In special fully nested mode the second controller may interrupt itself.
  if (s.specialFullyNestedMode && s.master) inService &= ~(1 << CASCADE)
  return priority < getPriority(s, inService) ? (priority + s.priorityAdd) & 7 : -1
}

/** @qemu hw/intc/i8259.c pic_update_irq */
function picUpdateIrq(s: PICState): void {
  qemuSetIrq(s.intOut[0] ?? null, picGetIrq(s) >= 0 ? 1 : 0)
}

/** An input changes. @qemu hw/intc/i8259.c pic_set_irq */
function picSetIrq(s: PICState, irq: number, level: number): void {
  const mask = 1 << irq
  const levelTriggered = (s.elcr & mask) !== 0
  if (level) {
    if (levelTriggered || !(s.lastIrr & mask)) s.irr |= mask
    s.lastIrr |= mask
  } else {
    // An edge stays until it is acknowledged.
    if (levelTriggered) s.irr &= ~mask
    s.lastIrr &= ~mask
  }
  picUpdateIrq(s)
}

/** The processor acknowledges an input. @qemu hw/intc/i8259.c pic_intack */
function picIntack(s: PICState, irq: number): void {
  if (!s.autoEoi) s.isr |= 1 << irq
  else if (s.rotateOnAutoEoi) s.priorityAdd = (irq + 1) & 7
  if (!(s.elcr & (1 << irq))) s.irr &= ~(1 << irq)
  picUpdateIrq(s)
}

/**
 * The vector of the pair's interrupt, acknowledged.
 * @qemu hw/intc/i8259.c pic_read_irq
 * @differs the second controller's line falls meanwhile, so that what it has next is an edge to the first one even where its
 * interrupts end by themselves
 */
function readIrq(master: PICState, slave: PICState): number {
  const irq = picGetIrq(master)
  if (irq < 0) return master.irqBase + SPURIOUS
  if (irq !== CASCADE) {
    picIntack(master, irq)
    return master.irqBase + irq
  }
  picIntack(master, irq)
  const second = picGetIrq(slave)
  if (second >= 0) {
    qemuSetIrq(slave.intOut[0] ?? null, 0)
    picIntack(slave, second)
  }
  return slave.irqBase + (second >= 0 ? second : SPURIOUS)
}

/** ICW1. @qemu hw/intc/i8259.c pic_init_reset */
function picInitReset(s: PICState): void {
  picResetCommon(s)
  picUpdateIrq(s)
}

function endOfInterrupt(s: PICState, irq: number, rotate: boolean): void {
  s.isr &= ~(1 << irq)
  if (rotate) s.priorityAdd = (irq + 1) & 7
  picUpdateIrq(s)
}

/** OCW2: ends of interrupts and rotation, by bits 7:5. */
function writeOcw2(s: PICState, value: number): void {
  const command = value >> 5
  switch (command) {
    case 0:
    case 4:
      s.rotateOnAutoEoi = command >> 2
      break
    case 1:
    case 5: {
      const priority = getPriority(s, s.isr)
      if (priority !== NO_PRIORITY) endOfInterrupt(s, (priority + s.priorityAdd) & 7, command === 5)
      break
    }
    case 3:
    case 7:
      endOfInterrupt(s, value & 7, command === 7)
      break
    case 6:
      s.priorityAdd = (value + 1) & 7
      picUpdateIrq(s)
      break
  }
}

/** OCW3: polling, what is read, and the special mask mode. */
function writeOcw3(s: PICState, value: number): void {
  if (value & 0x04) s.poll = 1
  if (value & 0x02) s.readRegSelect = value & 1
  if (!(value & 0x40)) return
  s.specialMask = (value >> 5) & 1
  // Requests that wait may go now, or have to wait again; QEMU finds that out at the next change of an input.
  picUpdateIrq(s)
}

function writeCommand(s: PICState, value: number): void {
  if (value & 0x10) {
    picInitReset(s)
    s.initState = 1
    s.init4 = value & 1
    s.singleMode = value & 2
    if (value & 8) qemuLogMask(LOG_GUEST_ERROR, () => 'i8259: level sensitive irq not supported')
  } else if (value & 0x08) writeOcw3(s, value)
  else writeOcw2(s, value)
}

/** The mask, or the initialisation word that is due. */
function writeData(s: PICState, value: number): void {
  switch (s.initState) {
    case 0:
      s.imr = value
      picUpdateIrq(s)
      break
    case 1:
      s.irqBase = value & 0xf8
      if (!s.singleMode) s.initState = 2
      else s.initState = s.init4 ? 3 : 0
      break
    case 2:
      s.initState = s.init4 ? 3 : 0
      break
    case 3:
      s.specialFullyNestedMode = (value >> 4) & 1
      s.autoEoi = (value >> 1) & 1
      s.initState = 0
      break
  }
}

/** @qemu hw/intc/i8259.c pic_ioport_read */
function picIoportRead(s: PICState, addr: number): number {
  if (s.poll) {
    s.poll = 0
    const irq = picGetIrq(s)
    if (irq < 0) return 0
    picIntack(s, irq)
    return irq | 0x80
  }
  if (addr !== 0) return s.imr
  return s.readRegSelect ? s.isr : s.irr
}

/** @qemu hw/intc/i8259.c pic_realize */
function picRealize(common: PICCommonState): void {
  const s = TYPE_I8259.cast(common)
  memoryRegionInitIo(
    s.baseIo,
    s,
    {
      read: (addr) => picIoportRead(s, addr),
      write: (addr, value) => (addr === 0 ? writeCommand(s, value) : writeData(s, value)),
      endianness: 'little',
      impl: { minAccessSize: 1, maxAccessSize: 1 },
    },
    'pic',
    2,
  )
  memoryRegionInitIo(
    s.elcrIo,
    s,
    {
      read: () => s.elcr,
      write(_addr, value) {
        s.elcr = value & s.elcrMask
      },
      endianness: 'little',
      impl: { minAccessSize: 1, maxAccessSize: 1 },
    },
    'elcr',
    1,
  )
  s.intOut = qdevInitGpioOut(s, 1)
  qdevInitGpioIn(s, (irq, level) => picSetIrq(s, irq, level), 8)
  picCommonRealize(s)
}

/** @qemu hw/intc/i8259_common.c i8259_init_chip */
function initChip(bus: ISABus, master: boolean): PICState {
  const s = TYPE_I8259.new()
  s.master = master
  s.iobase = master ? 0x20 : 0xa0
  s.elcrAddr = master ? 0x4d0 : 0x4d1
  // IRQ 0, 1, 2, 8 and 13 are always edge-triggered.
  s.elcrMask = master ? 0xf8 : 0xde
  isaRealize(s, bus)
  return s
}

/**
 * Makes a PC's two controllers, which drive `parentIrq`, and returns the lines of the sixteen ISA interrupts.
 * @qemu hw/intc/i8259.c i8259_init
 */
export function i8259Init(bus: ISABus, parentIrq: qemu_irq): qemu_irq[] {
  const master = initChip(bus, true)
  const slave = initChip(bus, false)
  qdevConnectGpioOut(master, 0, parentIrq)
  qdevConnectGpioOut(slave, 0, qdevGetGpioIn(master, CASCADE))
  setIsaPic(bus.system, () => readIrq(master, slave))
  return [master, slave].flatMap((s) => Array.from({ length: 8 }, (_, n) => qdevGetGpioIn(s, n)))
}

/** An 8259A that is emulated. */
export const TYPE_I8259 = typeRegister<PICState, PICCommonClass>({
  name: 'isa-i8259',
  parent: TYPE_PIC_COMMON,
  instance: PICState,
  classInit(dc) {
    dc.realize = picRealize
    dc.phases.hold = (s) => {
      s.elcr = 0
      picInitReset(TYPE_I8259.cast(s))
    }
    dc.postLoad = (s) => picUpdateIrq(TYPE_I8259.cast(s))
  },
})
