// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuSystemResetRequest } from '@dromaius/cpus'
import {
  ISA_NUM_IRQS,
  ISADevice,
  isaGetIrq,
  isaRegisterIoport,
  systemOf,
  TYPE_ISA_DEVICE,
} from '@dromaius/hw-core'
import { memoryRegionDelSubregion, memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import {
  type DeviceClass,
  deviceClassSetProps,
  propUint8,
  qdevConnectGpioOut,
  qdevInitGpioOut,
  typeRegister,
} from '@dromaius/qom'
import { LOG_GUEST_ERROR, qemuIrqLower, qemuIrqRaise, qemuLogMask, qemuSetIrq, vmU8 } from '@dromaius/util'
import { UserError, type qemu_irq, type VMStateDescription } from '@dromaius/util'

/** Port of data in both directions. */
const KBD_DATA_PORT = 0x60
/** Port of the status (read) and of commands (write). */
const KBD_COMMAND_PORT = 0x64

/** Controller commands, written to port 0x64. */
const KBD_CCMD_READ_MODE = 0x20
const KBD_CCMD_WRITE_MODE = 0x60
const KBD_CCMD_MOUSE_DISABLE = 0xa7
const KBD_CCMD_MOUSE_ENABLE = 0xa8
const KBD_CCMD_TEST_MOUSE = 0xa9
const KBD_CCMD_SELF_TEST = 0xaa
const KBD_CCMD_KBD_TEST = 0xab
const KBD_CCMD_KBD_DISABLE = 0xad
const KBD_CCMD_KBD_ENABLE = 0xae
const KBD_CCMD_READ_INPORT = 0xc0
const KBD_CCMD_READ_OUTPORT = 0xd0
const KBD_CCMD_WRITE_OUTPORT = 0xd1
const KBD_CCMD_WRITE_OBUF = 0xd2
const KBD_CCMD_WRITE_AUX_OBUF = 0xd3
const KBD_CCMD_WRITE_MOUSE = 0xd4
const KBD_CCMD_DISABLE_A20 = 0xdd
const KBD_CCMD_ENABLE_A20 = 0xdf
/** Pulses low those of the output port's bits 3:0 that are 0 in the command; bit 0 resets the machine. */
const KBD_CCMD_PULSE_BITS_3_0 = 0xf0
const KBD_CCMD_RESET = 0xfe
const KBD_CCMD_NO_OP = 0xff

/** Status: output buffer full, self test passed, last write was a command, not locked, the byte is the mouse's, timeout. */
const KBD_STAT_OBF = 0x01
const KBD_STAT_SELFTEST = 0x04
const KBD_STAT_CMD = 0x08
const KBD_STAT_UNLOCKED = 0x10
const KBD_STAT_MOUSE_OBF = 0x20
const KBD_STAT_GTO = 0x40

/** Mode: keyboard interrupt, mouse interrupt, keyboard off, mouse off. */
const KBD_MODE_KBD_INT = 0x01
const KBD_MODE_MOUSE_INT = 0x02
const KBD_MODE_DISABLE_KBD = 0x10
const KBD_MODE_DISABLE_MOUSE = 0x20

/** Output port: 1 = no reset, A20 gate, output buffer full, the same for the mouse; the rest reads as ones. */
const KBD_OUT_RESET = 0x01
const KBD_OUT_A20 = 0x02
const KBD_OUT_OBF = 0x10
const KBD_OUT_MOUSE_OBF = 0x20
const KBD_OUT_ONES = 0xcc

/** Replies: self test passed, interface test passed, nothing answered. */
const REPLY_SELF_TEST_OK = 0x55
const REPLY_INTERFACE_OK = 0x00
const REPLY_NO_DEVICE = 0xfe
/** Input port: keyboard not locked. */
const INPORT_UNLOCKED = 0x80

/**
 * The i8042 keyboard controller of a PC without keyboard and mouse: reset line, A20 gate, self test, mode and output port.
 * What is sent to a keyboard or mouse times out as it does on hardware with empty sockets: status bit 6, data 0xfe.
 * @qemu hw/input/pckbd.c ISAKBDState
 * @differs no PS/2 devices yet
 */
export class ISAKBDState extends ISADevice {
  kbdIrq = 1
  mouseIrq = 12
  /** Command that waits for its data byte, 0 if none. */
  writeCmd = 0
  status = 0
  mode = 0
  outport = 0
  /** The byte in the output buffer; counts while status says that it is full. */
  obdata = 0
  irqs: { kbd: qemu_irq; mouse: qemu_irq } = { kbd: null, mouse: null }
  /** The A20 gate, line `a20`. */
  a20Out: qemu_irq[] = []
  readonly ioData = TYPE_MEMORY_REGION.new()
  readonly ioCmd = TYPE_MEMORY_REGION.new()
}

/** @qemu hw/input/pckbd.c kbd_update_irq_lines */
function kbdUpdateIrqLines(s: ISAKBDState): void {
  const full = (s.status & KBD_STAT_OBF) !== 0
  const mouse = full && (s.status & KBD_STAT_MOUSE_OBF) !== 0
  const keyboard = full && !mouse && (s.mode & KBD_MODE_DISABLE_KBD) === 0
  qemuSetIrq(s.irqs.kbd, keyboard && s.mode & KBD_MODE_KBD_INT ? 1 : 0)
  qemuSetIrq(s.irqs.mouse, mouse && s.mode & KBD_MODE_MOUSE_INT ? 1 : 0)
}

/** Puts a byte into the output buffer; `flags` are status bits that go with it. @qemu hw/input/pckbd.c kbd_queue */
function kbdQueue(s: ISAKBDState, byte: number, flags = 0): void {
  s.obdata = byte
  s.status = (s.status & ~(KBD_STAT_MOUSE_OBF | KBD_STAT_GTO)) | KBD_STAT_OBF | flags
  s.outport &= ~(KBD_OUT_OBF | KBD_OUT_MOUSE_OBF)
  s.outport |= KBD_OUT_OBF | (flags & KBD_STAT_MOUSE_OBF ? KBD_OUT_MOUSE_OBF : 0)
  kbdUpdateIrqLines(s)
}

/** @qemu hw/input/pckbd.c kbd_read_data */
function kbdReadData(s: ISAKBDState): number {
  if (s.status & KBD_STAT_OBF) {
    s.status &= ~(KBD_STAT_OBF | KBD_STAT_MOUSE_OBF | KBD_STAT_GTO)
    s.outport &= ~(KBD_OUT_OBF | KBD_OUT_MOUSE_OBF)
    kbdUpdateIrqLines(s)
  }
  return s.obdata
}

/** @qemu hw/input/pckbd.c outport_write */
function outportWrite(s: ISAKBDState, val: number): void {
  s.outport = val
  qemuSetIrq(s.a20Out[0] ?? null, (val >> 1) & 1)
  if (!(val & KBD_OUT_RESET)) qemuSystemResetRequest(systemOf(s), 'guest-reset')
}

/** @qemu hw/input/pckbd.c kbd_write_command */
function kbdWriteCommand(s: ISAKBDState, written: number): void {
  let val = written
  s.status |= KBD_STAT_CMD
  if ((val & KBD_CCMD_PULSE_BITS_3_0) === KBD_CCMD_PULSE_BITS_3_0)
    val = val & 1 ? KBD_CCMD_NO_OP : KBD_CCMD_RESET
  switch (val) {
    case KBD_CCMD_READ_MODE:
      kbdQueue(s, s.mode)
      break
    case KBD_CCMD_WRITE_MODE:
    case KBD_CCMD_WRITE_OBUF:
    case KBD_CCMD_WRITE_AUX_OBUF:
    case KBD_CCMD_WRITE_MOUSE:
    case KBD_CCMD_WRITE_OUTPORT:
      s.writeCmd = val
      break
    case KBD_CCMD_MOUSE_DISABLE:
      s.mode |= KBD_MODE_DISABLE_MOUSE
      break
    case KBD_CCMD_MOUSE_ENABLE:
      s.mode &= ~KBD_MODE_DISABLE_MOUSE
      break
    case KBD_CCMD_TEST_MOUSE:
    case KBD_CCMD_KBD_TEST:
      kbdQueue(s, REPLY_INTERFACE_OK)
      break
    case KBD_CCMD_SELF_TEST:
      s.status |= KBD_STAT_SELFTEST
      kbdQueue(s, REPLY_SELF_TEST_OK)
      break
    case KBD_CCMD_KBD_DISABLE:
      s.mode |= KBD_MODE_DISABLE_KBD
      break
    case KBD_CCMD_KBD_ENABLE:
      s.mode &= ~KBD_MODE_DISABLE_KBD
      kbdUpdateIrqLines(s)
      break
    case KBD_CCMD_READ_INPORT:
      kbdQueue(s, INPORT_UNLOCKED)
      break
    case KBD_CCMD_READ_OUTPORT:
      kbdQueue(s, s.outport)
      break
    case KBD_CCMD_ENABLE_A20:
      qemuIrqRaise(s.a20Out[0] ?? null)
      s.outport |= KBD_OUT_A20
      break
    case KBD_CCMD_DISABLE_A20:
      qemuIrqLower(s.a20Out[0] ?? null)
      s.outport &= ~KBD_OUT_A20
      break
    case KBD_CCMD_RESET:
      qemuSystemResetRequest(systemOf(s), 'guest-reset')
      break
    case KBD_CCMD_NO_OP:
      break
    default:
      qemuLogMask(LOG_GUEST_ERROR, () => `unsupported keyboard cmd=0x${val.toString(16).padStart(2, '0')}`)
  }
}

/** @qemu hw/input/pckbd.c kbd_write_data */
function kbdWriteData(s: ISAKBDState, val: number): void {
  const { writeCmd } = s
  s.writeCmd = 0
  s.status &= ~KBD_STAT_CMD
  switch (writeCmd) {
    case 0:
      // Writing to the keyboard switches its interface on.
      s.mode &= ~KBD_MODE_DISABLE_KBD
      kbdQueue(s, REPLY_NO_DEVICE, KBD_STAT_GTO)
      break
    case KBD_CCMD_WRITE_MODE:
      s.mode = val
      kbdUpdateIrqLines(s)
      break
    case KBD_CCMD_WRITE_OBUF:
      kbdQueue(s, val)
      break
    case KBD_CCMD_WRITE_AUX_OBUF:
      kbdQueue(s, val, KBD_STAT_MOUSE_OBF)
      break
    case KBD_CCMD_WRITE_OUTPORT:
      outportWrite(s, val)
      break
    case KBD_CCMD_WRITE_MOUSE:
      s.mode &= ~KBD_MODE_DISABLE_MOUSE
      kbdQueue(s, REPLY_NO_DEVICE, KBD_STAT_GTO | KBD_STAT_MOUSE_OBF)
      break
  }
}

/** @qemu hw/input/pckbd.c kbd_reset */
function kbdReset(s: ISAKBDState): void {
  s.mode = KBD_MODE_KBD_INT | KBD_MODE_MOUSE_INT
  s.status = KBD_STAT_CMD | KBD_STAT_UNLOCKED
  s.outport = KBD_OUT_RESET | KBD_OUT_A20 | KBD_OUT_ONES
  s.writeCmd = 0
  s.obdata = 0
}

/** @qemu hw/input/pckbd.c i8042_realizefn */
function i8042Realizefn(s: ISAKBDState): void {
  for (const [name, irq] of [
    ['kbd-irq', s.kbdIrq],
    ['mouse-irq', s.mouseIrq],
  ] as const) {
    if (irq >= ISA_NUM_IRQS) throw new UserError(`Maximum value for "${name}" is: ${ISA_NUM_IRQS - 1}`)
  }
  s.irqs = { kbd: isaGetIrq(s, s.kbdIrq), mouse: isaGetIrq(s, s.mouseIrq) }
  const oneByte = { minAccessSize: 1, maxAccessSize: 1 }
  memoryRegionInitIo(
    s.ioData,
    s,
    {
      read: () => kbdReadData(s),
      write: (_addr, value) => kbdWriteData(s, value),
      endianness: 'little',
      impl: oneByte,
    },
    'i8042-data',
    1,
  )
  memoryRegionInitIo(
    s.ioCmd,
    s,
    {
      read: () => s.status,
      write: (_addr, value) => kbdWriteCommand(s, value),
      endianness: 'little',
      impl: oneByte,
    },
    'i8042-cmd',
    1,
  )
  isaRegisterIoport(s, s.ioData, KBD_DATA_PORT)
  try {
    isaRegisterIoport(s, s.ioCmd, KBD_COMMAND_PORT)
  } catch (error) {
    memoryRegionDelSubregion(systemOf(s).systemIo, s.ioData)
    throw error
  }
}

/** Takes the ports back. */
function i8042Unrealizefn(s: ISAKBDState): void {
  const { systemIo } = systemOf(s)
  memoryRegionDelSubregion(systemIo, s.ioData)
  memoryRegionDelSubregion(systemIo, s.ioCmd)
}

/**
 * Connects the A20 gate.
 * @qemu hw/input/pckbd.c i8042_setup_a20_line
 */
export function i8042SetupA20Line(dev: ISAKBDState, a20: qemu_irq): void {
  qdevConnectGpioOut(dev, 0, a20, 'a20')
}

/** @qemu hw/input/pckbd.c vmstate_kbd */
const vmstateKbd: VMStateDescription<ISAKBDState> = {
  name: 'pckbd',
  version: 3,
  minimumVersion: 3,
  fields: [vmU8('writeCmd'), vmU8('status'), vmU8('mode'), vmU8('outport'), vmU8('obdata')],
}

export const TYPE_I8042 = typeRegister<ISAKBDState, DeviceClass<ISAKBDState>>({
  name: 'i8042',
  parent: TYPE_ISA_DEVICE,
  instance: ISAKBDState,
  instanceInit(s) {
    kbdReset(s)
    s.a20Out = qdevInitGpioOut(s, 1, 'a20')
  },
  classInit(dc) {
    dc.realize = i8042Realizefn
    dc.unrealize = i8042Unrealizefn
    dc.phases.enter = kbdReset
    dc.phases.hold = kbdUpdateIrqLines
    dc.vmsd = vmstateKbd
    dc.desc = 'i8042 keyboard controller without keyboard and mouse'
    dc.categories = ['input']
    deviceClassSetProps<ISAKBDState>(dc, [
      propUint8('kbd-irq', 'kbdIrq', 1),
      propUint8('mouse-irq', 'mouseIrq', 12),
    ])
  },
})
