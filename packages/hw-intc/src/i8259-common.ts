// SPDX-License-Identifier: GPL-2.0-or-later
import { ISADevice, isaRegisterIoport, TYPE_ISA_DEVICE } from '@dromaius/hw-core'
import { TYPE_MEMORY_REGION } from '@dromaius/memory'
import {
  DeviceClass,
  deviceClassSetProps,
  propBool,
  propUint32,
  propUint8,
  typeRegister,
} from '@dromaius/qom'
import { vmU8, type VMStateDescription } from '@dromaius/util'

/** Value of a property that nobody set. */
const UNSET = 0xffff_ffff

/**
 * One 8259A interrupt controller: what every model of it has, wherever it runs. Fields are as in Intel's data sheet 231468.
 * @qemu include/hw/isa/i8259_internal.h PICCommonState
 */
export class PICCommonState extends ISADevice {
  declare readonly qomClass: PICCommonClass
  /** Levels of the inputs at the last look, for edges. */
  lastIrr = 0
  /** Interrupt request, mask and in-service registers. */
  irr = 0
  imr = 0
  isr = 0
  /** Input with the highest priority. */
  priorityAdd = 0
  /** Vector of input 0. */
  irqBase = 0
  /** The next read gives ISR instead of IRR. */
  readRegSelect = 0
  /** The next read is a poll. */
  poll = 0
  specialMask = 0
  /** Initialisation word that is expected next, 0 when none. */
  initState = 0
  autoEoi = 0
  rotateOnAutoEoi = 0
  specialFullyNestedMode = 0
  /** A fourth initialisation word follows. */
  init4 = 0
  /** There is no second controller. */
  singleMode = 0
  /** Inputs that are level-triggered (edge/level control register), and which of them can be. */
  elcr = 0
  elcrMask = 0xff
  iobase = UNSET
  elcrAddr = UNSET
  /** First of the two controllers. */
  master = false
  readonly baseIo = TYPE_MEMORY_REGION.new()
  readonly elcrIo = TYPE_MEMORY_REGION.new()
}

/** @qemu include/hw/isa/i8259_internal.h PICCommonClass */
export class PICCommonClass extends DeviceClass<PICCommonState> {
  /** Brings the fields up to date before they are saved. */
  preSave?: (s: PICCommonState) => void
  /** Takes over fields that were loaded. */
  postLoad?: (s: PICCommonState) => void
}

/**
 * State after power-on; the edge/level register stays.
 * @qemu hw/intc/i8259_common.c pic_reset_common
 */
export function picResetCommon(s: PICCommonState): void {
  s.lastIrr = 0
  s.irr &= s.elcr
  s.imr = 0
  s.isr = 0
  s.priorityAdd = 0
  s.irqBase = 0
  s.readRegSelect = 0
  s.poll = 0
  s.specialMask = 0
  s.initState = 0
  s.autoEoi = 0
  s.rotateOnAutoEoi = 0
  s.specialFullyNestedMode = 0
  s.init4 = 0
  s.singleMode = 0
}

/**
 * What a PC's firmware does to a controller before it starts a system: vectors 0x08 or 0x70 on, every input masked but that of
 * the second controller. SeaBIOS does it in src/hw/pic.c.
 */
export function picSetFirmwareState(s: PICCommonState): void {
  s.irqBase = s.master ? 0x08 : 0x70
  s.imr = s.master ? 0xfb : 0xff
  s.qomClass.postLoad?.(s)
}

/**
 * Takes the ports.
 * @qemu hw/intc/i8259_common.c pic_common_realize
 */
export function picCommonRealize(s: PICCommonState): void {
  isaRegisterIoport(s, s.baseIo, s.iobase)
  if (s.elcrAddr !== UNSET) isaRegisterIoport(s, s.elcrIo, s.elcrAddr)
}

/** @qemu hw/intc/i8259_common.c vmstate_pic_common */
const vmstatePicCommon: VMStateDescription<PICCommonState> = {
  name: 'i8259',
  version: 1,
  minimumVersion: 1,
  preSave: (s) => s.qomClass.preSave?.(s),
  postLoad: (s) => s.qomClass.postLoad?.(s),
  fields: [
    vmU8('lastIrr'),
    vmU8('irr'),
    vmU8('imr'),
    vmU8('isr'),
    vmU8('priorityAdd', { max: 7 }),
    vmU8('irqBase'),
    vmU8('readRegSelect', { max: 1 }),
    vmU8('poll', { max: 1 }),
    vmU8('specialMask', { max: 1 }),
    vmU8('initState', { max: 3 }),
    vmU8('autoEoi', { max: 1 }),
    vmU8('rotateOnAutoEoi', { max: 1 }),
    vmU8('specialFullyNestedMode', { max: 1 }),
    vmU8('init4', { max: 1 }),
    vmU8('singleMode', { max: 2 }),
    vmU8('elcr'),
  ],
}

export const TYPE_PIC_COMMON = typeRegister<PICCommonState, PICCommonClass>({
  name: 'pic-common',
  parent: TYPE_ISA_DEVICE,
  abstract: true,
  instance: PICCommonState,
  classType: PICCommonClass,
  classInit(dc) {
    dc.vmsd = vmstatePicCommon
    // The board wires the inputs.
    dc.userCreatable = false
    deviceClassSetProps<PICCommonState>(dc, [
      propUint32('iobase', 'iobase', UNSET),
      propUint32('elcr_addr', 'elcrAddr', UNSET),
      propUint8('elcr_mask', 'elcrMask', 0xff),
      propBool('master', 'master', false),
    ])
  },
})
