// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuSystemResetRequest } from '@dromaius/cpus'
import {
  ISADevice,
  isaInitIrq,
  isaRegisterIoport,
  isaReleaseIrqs,
  systemOf,
  TYPE_ISA_DEVICE,
} from '@dromaius/hw-core'
import { memoryRegionDelSubregion, memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import {
  type DeviceClass,
  deviceClassSetProps,
  propBool,
  propUint8,
  qdevConnectGpioOut,
  qdevInitGpioOut,
  typeRegister,
} from '@dromaius/qom'
import {
  LOG_GUEST_ERROR,
  qemuIrqLower,
  qemuIrqRaise,
  qemuLogMask,
  qemuSetIrq,
  QEMUTimer,
} from '@dromaius/util'
import { vmStruct, vmTimer, vmU8, type qemu_irq, type VMStateDescription } from '@dromaius/util'
import * as R from './i8042-regs.js'
import { PS2KbdState, vmstatePs2Kbd } from './ps2-kbd.js'
import { PS2MouseState, vmstatePs2Mouse } from './ps2-mouse.js'

/** Port of data in both directions. */
const KBD_DATA_PORT = 0x60
/** Port of the status (read) and of commands (write). */
const KBD_COMMAND_PORT = 0x64

/**
 * The i8042 keyboard controller of a PC, with a PS/2 keyboard and mouse.
 * @qemu hw/input/pckbd.c ISAKBDState
 */
export class ISAKBDState extends ISADevice {
  kbdIrq = 1
  mouseIrq = 12
  /** Bytes of the keyboard come at most one per millisecond, as on hardware. */
  kbdThrottle = false
  /** Command that waits for its data byte, 0 if none. */
  writeCmd = 0
  status = 0
  mode = 0
  outport = 0
  /** Which sources have a byte, KBD_PENDING bits. */
  pending = 0
  /** Where the byte in the output buffer comes from, one KBD_OBSRC bit. */
  obsrc = 0
  /** The byte that was read last. */
  obdata = 0
  /** The controller's own byte. */
  cbdata = 0
  irqs: { kbd: qemu_irq; mouse: qemu_irq } = { kbd: null, mouse: null }
  /** The A20 gate, line `a20`. */
  a20Out: qemu_irq[] = []
  /** Runs for a while after a byte of the keyboard was read; there from realize on. */
  throttleTimer!: QEMUTimer
  readonly ps2kbd = new PS2KbdState((level) => kbdUpdateDeviceIrq(this, R.KBD_PENDING_KBD, level))
  readonly ps2mouse = new PS2MouseState((level) => kbdUpdateDeviceIrq(this, R.KBD_PENDING_AUX, level))
  readonly ioData = TYPE_MEMORY_REGION.new()
  readonly ioCmd = TYPE_MEMORY_REGION.new()
}

/** @qemu hw/input/pckbd.c kbd_update_irq_lines */
function kbdUpdateIrqLines(s: ISAKBDState): void {
  const full = (s.status & R.KBD_STAT_OBF) !== 0
  const mouse = full && (s.status & R.KBD_STAT_MOUSE_OBF) !== 0
  const keyboard = full && !mouse && (s.mode & R.KBD_MODE_DISABLE_KBD) === 0
  qemuSetIrq(s.irqs.kbd, keyboard && s.mode & R.KBD_MODE_KBD_INT ? 1 : 0)
  qemuSetIrq(s.irqs.mouse, mouse && s.mode & R.KBD_MODE_MOUSE_INT ? 1 : 0)
}

/** Empties the output buffer. */
function emptyOutputBuffer(s: ISAKBDState): void {
  s.status &= ~(R.KBD_STAT_OBF | R.KBD_STAT_MOUSE_OBF)
  s.outport &= ~(R.KBD_OUT_OBF | R.KBD_OUT_MOUSE_OBF)
}

/** @qemu hw/input/pckbd.c kbd_deassert_irq */
function kbdDeassertIrq(s: ISAKBDState): void {
  emptyOutputBuffer(s)
  kbdUpdateIrqLines(s)
}

/** Sources with a byte, but for devices that are switched off. @qemu hw/input/pckbd.c kbd_pending */
function kbdPending(s: ISAKBDState): number {
  return s.pending & (~s.mode | ~(R.KBD_PENDING_KBD | R.KBD_PENDING_AUX))
}

/** Lets the first source with a byte have the output buffer. @qemu hw/input/pckbd.c kbd_update_irq */
function kbdUpdateIrq(s: ISAKBDState): void {
  const pending = kbdPending(s)
  emptyOutputBuffer(s)
  if (pending) {
    s.status |= R.KBD_STAT_OBF
    s.outport |= R.KBD_OUT_OBF
    const ctrl = pending & (R.KBD_PENDING_CTRL_KBD | R.KBD_PENDING_CTRL_AUX)
    const asKeyboard = ctrl ? pending & R.KBD_PENDING_CTRL_KBD : pending & R.KBD_PENDING_KBD
    if (!asKeyboard) {
      s.status |= R.KBD_STAT_MOUSE_OBF
      s.outport |= R.KBD_OUT_MOUSE_OBF
    }
    s.obsrc = ctrl ? R.KBD_OBSRC_CTRL : asKeyboard ? R.KBD_OBSRC_KBD : R.KBD_OBSRC_MOUSE
  }
  kbdUpdateIrqLines(s)
}

/** The same, unless a byte is in the buffer or the timer will see to it. @qemu hw/input/pckbd.c kbd_safe_update_irq */
function kbdSafeUpdateIrq(s: ISAKBDState): void {
  if (s.status & R.KBD_STAT_OBF || s.throttleTimer?.pending()) return
  if (kbdPending(s)) kbdUpdateIrq(s)
}

/** A device has a byte, or none any more. @qemu hw/input/pckbd.c kbd_update_kbd_irq */
function kbdUpdateDeviceIrq(s: ISAKBDState, source: number, level: number): void {
  s.pending = level ? s.pending | source : s.pending & ~source
  kbdSafeUpdateIrq(s)
}

/** @qemu hw/input/pckbd.c kbd_throttle_timeout */
function kbdThrottleTimeout(s: ISAKBDState): void {
  if (kbdPending(s)) kbdUpdateIrq(s)
}

/** The controller's own byte for the output buffer, as one of the keyboard's or the mouse's. @qemu hw/input/pckbd.c kbd_queue */
function kbdQueue(s: ISAKBDState, byte: number, aux = false): void {
  s.cbdata = byte
  s.pending &= ~(R.KBD_PENDING_CTRL_KBD | R.KBD_PENDING_CTRL_AUX)
  s.pending |= aux ? R.KBD_PENDING_CTRL_AUX : R.KBD_PENDING_CTRL_KBD
  kbdSafeUpdateIrq(s)
}

/** @qemu hw/input/pckbd.c kbd_dequeue */
function kbdDequeue(s: ISAKBDState): number {
  s.pending &= ~(R.KBD_PENDING_CTRL_KBD | R.KBD_PENDING_CTRL_AUX)
  if (kbdPending(s)) kbdUpdateIrq(s)
  return s.cbdata
}

/** @qemu hw/input/pckbd.c kbd_read_data */
function kbdReadData(s: ISAKBDState): number {
  if (!(s.status & R.KBD_STAT_OBF)) return s.obdata
  kbdDeassertIrq(s)
  if (s.obsrc === R.KBD_OBSRC_KBD) {
    if (s.kbdThrottle) s.throttleTimer.modNs(systemOf(s).clocks.virtual.getNs() + R.THROTTLE_NS)
    s.obdata = s.ps2kbd.readData()
  } else if (s.obsrc === R.KBD_OBSRC_MOUSE) {
    s.obdata = s.ps2mouse.readData()
  } else {
    s.obdata = kbdDequeue(s)
  }
  return s.obdata
}

/** @qemu hw/input/pckbd.c outport_write */
function outportWrite(s: ISAKBDState, val: number): void {
  s.outport = val
  qemuSetIrq(s.a20Out[0] ?? null, (val >> 1) & 1)
  if (!(val & R.KBD_OUT_RESET)) qemuSystemResetRequest(systemOf(s), 'guest-reset')
}

/** @qemu hw/input/pckbd.c kbd_write_command */
function kbdWriteCommand(s: ISAKBDState, written: number): void {
  let val = written
  s.status |= R.KBD_STAT_CMD
  if ((val & R.KBD_CCMD_PULSE_BITS_3_0) === R.KBD_CCMD_PULSE_BITS_3_0)
    val = val & 1 ? R.KBD_CCMD_NO_OP : R.KBD_CCMD_RESET
  switch (val) {
    case R.KBD_CCMD_READ_MODE:
      kbdQueue(s, s.mode)
      break
    case R.KBD_CCMD_WRITE_MODE:
    case R.KBD_CCMD_WRITE_OBUF:
    case R.KBD_CCMD_WRITE_AUX_OBUF:
    case R.KBD_CCMD_WRITE_MOUSE:
    case R.KBD_CCMD_WRITE_OUTPORT:
      s.writeCmd = val
      break
    case R.KBD_CCMD_MOUSE_DISABLE:
      s.mode |= R.KBD_MODE_DISABLE_MOUSE
      break
    case R.KBD_CCMD_MOUSE_ENABLE:
      s.mode &= ~R.KBD_MODE_DISABLE_MOUSE
      kbdSafeUpdateIrq(s)
      break
    case R.KBD_CCMD_TEST_MOUSE:
    case R.KBD_CCMD_KBD_TEST:
      kbdQueue(s, R.REPLY_INTERFACE_OK)
      break
    case R.KBD_CCMD_SELF_TEST:
      s.status |= R.KBD_STAT_SELFTEST
      kbdQueue(s, R.REPLY_SELF_TEST_OK)
      break
    case R.KBD_CCMD_KBD_DISABLE:
      s.mode |= R.KBD_MODE_DISABLE_KBD
      break
    case R.KBD_CCMD_KBD_ENABLE:
      s.mode &= ~R.KBD_MODE_DISABLE_KBD
      kbdSafeUpdateIrq(s)
      break
    case R.KBD_CCMD_READ_INPORT:
      kbdQueue(s, R.INPORT_UNLOCKED)
      break
    case R.KBD_CCMD_READ_OUTPORT:
      kbdQueue(s, s.outport)
      break
    case R.KBD_CCMD_ENABLE_A20:
      qemuIrqRaise(s.a20Out[0] ?? null)
      s.outport |= R.KBD_OUT_A20
      break
    case R.KBD_CCMD_DISABLE_A20:
      qemuIrqLower(s.a20Out[0] ?? null)
      s.outport &= ~R.KBD_OUT_A20
      break
    case R.KBD_CCMD_RESET:
      qemuSystemResetRequest(systemOf(s), 'guest-reset')
      break
    case R.KBD_CCMD_NO_OP:
      break
    default:
      qemuLogMask(LOG_GUEST_ERROR, () => `unsupported keyboard cmd=0x${val.toString(16).padStart(2, '0')}`)
  }
}

/** @qemu hw/input/pckbd.c kbd_write_data */
function kbdWriteData(s: ISAKBDState, val: number): void {
  const { writeCmd } = s
  s.writeCmd = 0
  s.status &= ~R.KBD_STAT_CMD
  switch (writeCmd) {
    case 0:
      s.ps2kbd.write(val)
      // Writing to the keyboard switches its interface on.
      s.mode &= ~R.KBD_MODE_DISABLE_KBD
      kbdSafeUpdateIrq(s)
      break
    case R.KBD_CCMD_WRITE_MODE:
      s.mode = val
      s.ps2kbd.translate = (val & R.KBD_MODE_KCC) !== 0
      // The interrupts' bits count at once; a device that is switched on may have a byte.
      kbdUpdateIrqLines(s)
      kbdSafeUpdateIrq(s)
      break
    case R.KBD_CCMD_WRITE_OBUF:
      kbdQueue(s, val)
      break
    case R.KBD_CCMD_WRITE_AUX_OBUF:
      kbdQueue(s, val, true)
      break
    case R.KBD_CCMD_WRITE_OUTPORT:
      outportWrite(s, val)
      break
    case R.KBD_CCMD_WRITE_MOUSE:
      s.ps2mouse.write(val)
      s.mode &= ~R.KBD_MODE_DISABLE_MOUSE
      kbdSafeUpdateIrq(s)
      break
  }
}

/** @qemu hw/input/pckbd.c kbd_reset */
function kbdReset(s: ISAKBDState): void {
  s.mode = R.KBD_MODE_KBD_INT | R.KBD_MODE_MOUSE_INT
  s.status = R.KBD_STAT_CMD | R.KBD_STAT_UNLOCKED
  s.outport = R.KBD_OUT_RESET | R.KBD_OUT_A20 | R.KBD_OUT_ONES
  s.writeCmd = 0
  s.obdata = 0
  s.cbdata = 0
  s.obsrc = 0
  s.pending = 0
  s.ps2kbd.reset()
  s.ps2mouse.reset()
  s.throttleTimer?.del()
}

/** @qemu hw/input/pckbd.c i8042_realizefn */
function i8042Realizefn(s: ISAKBDState): void {
  s.irqs = { kbd: isaInitIrq(s, s.kbdIrq, 'kbd-irq'), mouse: null }
  try {
    s.irqs.mouse = isaInitIrq(s, s.mouseIrq, 'mouse-irq')
    i8042RegisterPorts(s)
  } catch (error) {
    isaReleaseIrqs(s)
    throw error
  }
  s.throttleTimer = new QEMUTimer(systemOf(s).clocks.virtual, () => kbdThrottleTimeout(s), 'i8042-throttle')
}

function i8042RegisterPorts(s: ISAKBDState): void {
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

/** Takes ports and interrupts back. */
function i8042Unrealizefn(s: ISAKBDState): void {
  const { systemIo } = systemOf(s)
  memoryRegionDelSubregion(systemIo, s.ioData)
  memoryRegionDelSubregion(systemIo, s.ioCmd)
  s.throttleTimer.free()
  isaReleaseIrqs(s)
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
  fields: [
    vmU8('writeCmd'),
    vmU8('status'),
    vmU8('mode'),
    vmU8('outport'),
    vmU8('pending'),
    vmU8('obsrc'),
    vmU8('obdata'),
    vmU8('cbdata'),
    vmTimer('throttleTimer'),
    vmStruct('ps2kbd', vmstatePs2Kbd),
    vmStruct('ps2mouse', vmstatePs2Mouse),
  ],
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
    dc.desc = 'i8042 keyboard controller with PS/2 keyboard and mouse'
    dc.categories = ['input']
    deviceClassSetProps<ISAKBDState>(dc, [
      propUint8('kbd-irq', 'kbdIrq', 1),
      propUint8('mouse-irq', 'mouseIrq', 12),
      propBool('kbd-throttle', 'kbdThrottle', false),
    ])
  },
})
