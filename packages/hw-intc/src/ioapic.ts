// SPDX-License-Identifier: GPL-2.0-or-later
import { systemOf } from '@dromaius/hw-core'
import { type AccessSize, addressSpaceStore, memoryRegionInitIo } from '@dromaius/memory'
import { deviceClassSetProps, propUint8, qdevInitGpioIn, typeRegister } from '@dromaius/qom'
import { APIC_DEFAULT_ADDRESS, ioapicListAdd } from '@dromaius/target-i386'
import { NANOSECONDS_PER_SECOND, QEMUTimer, UserError } from '@dromaius/util'
import {
  type IOAPICCommonClass,
  IOAPIC_LVT_MASKED,
  IOAPIC_MMIO_SIZE,
  IOAPIC_NUM_PINS,
  IOAPICCommonState,
  ioapicResetCommon,
  TYPE_IOAPIC_COMMON,
} from './ioapic-common.js'

/** Registers in memory (82093AA, 3.1), and the EOI register of version 0x20. */
const IOAPIC_IOREGSEL = 0x00
const IOAPIC_IOWIN = 0x10
const IOAPIC_EOI = 0x40
/** Registers behind the window (82093AA, 3.2). */
const IOAPIC_REG_ID = 0x00
const IOAPIC_REG_VER = 0x01
const IOAPIC_REG_ARB = 0x02
const IOAPIC_REG_REDTBL_BASE = 0x10

const IOAPIC_VER_DEF = 0x20
const IOAPIC_ID_SHIFT = 24
const IOAPIC_ID_MASK = 0xf
const IOAPIC_VER_ENTRIES_SHIFT = 16

/** Redirection entry. */
const IOAPIC_LVT_DEST_MODE = 1n << 11n
const IOAPIC_LVT_DELIV_STATUS = 1n << 12n
const IOAPIC_LVT_REMOTE_IRR = 1n << 14n
const IOAPIC_LVT_LEVEL = 1n << 15n
const IOAPIC_RO_BITS = IOAPIC_LVT_DELIV_STATUS | IOAPIC_LVT_REMOTE_IRR
/** Bits 16:0 and the destination, 63:56. */
const IOAPIC_BITS = 0xff00_0000_0001_ffffn

/** Destination, bits 14:8, in the entries of a guest that was told so (KVM_FEATURE_MSI_EXT_DEST_ID). */
const IOAPIC_EXT_DEST = 0x00fe_0000_0000_0000n

/** So many interrupts in a row, each at the end of the one before, are a storm. */
const SUCCESSIVE_IRQ_MAX_COUNT = 10_000

/** The kernel behind an I/O APIC whose local APICs are there: it sends the inputs' messages, and tells of their ends. */
export interface IoapicKernel {
  /** Sets the level of an input. */
  setIrq(pin: number, level: number): void
  /** The message of each input that is not masked: an address below 4 GiB, and 32 bits of data. */
  updateRoutes(routes: ReadonlyMap<number, { address: bigint; data: number }>): void
}

/**
 * An I/O APIC. Its interrupts are messages that it stores to the local APICs, or that the kernel sends to its own.
 * @qemu hw/intc/ioapic.c TYPE_IOAPIC
 */
export class IOAPICState extends IOAPICCommonState {
  /** Ends of interrupts on each input that found it still active. */
  readonly irqEoi = new Uint32Array(IOAPIC_NUM_PINS)
  kernel: IoapicKernel | null = null
  delayedServiceTimer: QEMUTimer | null = null
  /** Takes it off the machine's list. */
  removeFromList: (() => void) | null = null
}

/**
 * Sends an entry's interrupt.
 * @qemu hw/intc/ioapic.c ioapic_entry_parse
 * @differs with ExtINT it is the processor that asks the 8259s for the vector, when it takes the interrupt
 */
function send(s: IOAPICState, entry: bigint): void {
  const { address, data } = messageOf(entry)
  addressSpaceStore(systemOf(s).addressSpaceMemory, Number(address), data, 4)
}

/** The message of an entry: the destination, 16 bits, is in bits 19:4 of the address. */
function messageOf(entry: bigint): { address: bigint; data: number } {
  const logical = entry & IOAPIC_LVT_DEST_MODE ? 4n : 0n
  const trigger = entry & IOAPIC_LVT_LEVEL ? 0x8000 : 0
  const address = APIC_DEFAULT_ADDRESS | ((entry >> 48n) << 4n) | logical
  return { address, data: Number(entry & 0x7ffn) | trigger }
}

/**
 * Tells the kernel what to send for each input, and with it which vectors' ends are of interest here.
 * @qemu hw/intc/ioapic.c ioapic_update_kvm_routes
 * @differs ExtINT has no vector to be told beforehand
 */
function ioapicUpdateKvmRoutes(s: IOAPICState): void {
  if (!s.kernel) return
  const open = [...s.ioredtbl.entries()].filter(([, entry]) => !(entry & IOAPIC_LVT_MASKED))
  s.kernel.updateRoutes(new Map(open.map(([pin, entry]) => [pin, messageOf(entry)])))
}

/** The kernel has each input's message: it is enough to tell it the level, of an edge both. */
function sendByKernel(kernel: IoapicKernel, pin: number, level: boolean): void {
  kernel.setIrq(pin, 1)
  if (!level) kernel.setIrq(pin, 0)
}

/** Sends what is requested and not masked. @qemu hw/intc/ioapic.c ioapic_service */
function ioapicService(s: IOAPICState): void {
  for (let i = 0; i < IOAPIC_NUM_PINS; i++) {
    const mask = 1 << i
    const entry = s.ioredtbl[i]!
    if (!(s.irr & mask) || entry & IOAPIC_LVT_MASKED) continue
    if (!(entry & IOAPIC_LVT_LEVEL)) s.irr &= ~mask
    // Somebody is at work on it still.
    else if (entry & IOAPIC_LVT_REMOTE_IRR) continue
    else s.ioredtbl[i] = entry | IOAPIC_LVT_REMOTE_IRR
    if (s.kernel) sendByKernel(s.kernel, i, (entry & IOAPIC_LVT_LEVEL) !== 0n)
    else send(s, entry)
  }
}

/**
 * An input changes. Global system interrupt 0 is on input 2, as on a PC.
 * @qemu hw/intc/ioapic.c ioapic_set_irq
 */
function ioapicSetIrq(s: IOAPICState, gsi: number, level: number): void {
  const pin = gsi === 0 ? 2 : gsi
  const mask = 1 << pin
  const entry = s.ioredtbl[pin]!
  if (entry & IOAPIC_LVT_LEVEL) {
    if (!level) {
      s.irr &= ~mask
      return
    }
    s.irr |= mask
    if (!(entry & IOAPIC_LVT_REMOTE_IRR)) ioapicService(s)
  } else if (level && !(entry & IOAPIC_LVT_MASKED)) {
    // A masked input does not remember edges (82093AA, 3.2.4).
    s.irr |= mask
    ioapicService(s)
  }
}

/** A level-triggered interrupt ended: if the input is still active, it begins again. @qemu hw/intc/ioapic.c ioapic_eoi_broadcast */
function ioapicEoi(s: IOAPICState, vector: number): void {
  for (let n = 0; n < IOAPIC_NUM_PINS; n++) {
    const entry = s.ioredtbl[n]!
    if (Number(entry & 0xffn) !== vector || !(entry & IOAPIC_LVT_LEVEL)) continue
    if (!(entry & IOAPIC_LVT_REMOTE_IRR)) continue
    s.ioredtbl[n] = entry & ~IOAPIC_LVT_REMOTE_IRR
    if (entry & IOAPIC_LVT_MASKED || !(s.irr & (1 << n))) s.irqEoi[n] = 0
    else if (++s.irqEoi[n]! < SUCCESSIVE_IRQ_MAX_COUNT) ioapicService(s)
    else {
      // Real hardware takes its time, which lets a guest get on that does not handle the interrupt right.
      s.irqEoi[n] = 0
      const { virtual } = systemOf(s).clocks
      s.delayedServiceTimer!.modAnticipateNs(virtual.getNs() + NANOSECONDS_PER_SECOND / 100n)
    }
  }
}

/** Input of a register of the redirection table; -1 for another. */
function redtblIndex(ioregsel: number): number {
  const index = (ioregsel - IOAPIC_REG_REDTBL_BASE) >> 1
  return index < IOAPIC_NUM_PINS ? index : -1
}

function readWindow(s: IOAPICState): number {
  switch (s.ioregsel) {
    case IOAPIC_REG_ID:
    case IOAPIC_REG_ARB:
      return (s.ioapicId << IOAPIC_ID_SHIFT) >>> 0
    case IOAPIC_REG_VER:
      return s.version | ((IOAPIC_NUM_PINS - 1) << IOAPIC_VER_ENTRIES_SHIFT)
  }
  const index = redtblIndex(s.ioregsel)
  if (index < 0) return 0
  return Number((s.ioredtbl[index]! >> (s.ioregsel & 1 ? 32n : 0n)) & 0xffff_ffffn)
}

/** @qemu hw/intc/ioapic.c ioapic_mem_read */
function ioapicMemRead(s: IOAPICState, addr: number, size: AccessSize): number {
  if ((addr & 0xff) === IOAPIC_IOREGSEL) return s.ioregsel
  return (addr & 0xff) === IOAPIC_IOWIN && size === 4 ? readWindow(s) : 0
}

function writeWindow(s: IOAPICState, value: number): void {
  if (s.ioregsel === IOAPIC_REG_ID) s.ioapicId = (value >>> IOAPIC_ID_SHIFT) & IOAPIC_ID_MASK
  const index = redtblIndex(s.ioregsel)
  if (index < 0) return
  const old = s.ioredtbl[index]!
  const written =
    s.ioregsel & 1
      ? (old & 0xffff_ffffn) | (BigInt(value >>> 0) << 32n)
      : (old & ~0xffff_ffffn) | BigInt(value >>> 0)
  // An edge-triggered input has no remote IRR: guests clear it by changing the mode to and fro.
  const kept = IOAPIC_LVT_DELIV_STATUS | (written & IOAPIC_LVT_LEVEL ? IOAPIC_LVT_REMOTE_IRR : 0n)
  const bits = IOAPIC_BITS | (s.kernel ? IOAPIC_EXT_DEST : 0n)
  s.ioredtbl[index] = (written & bits & ~IOAPIC_RO_BITS) | (old & kept)
  s.irqEoi[index] = 0
  // Before anything is sent by the new entry, where QEMU does it after.
  ioapicUpdateKvmRoutes(s)
  ioapicService(s)
}

/** @qemu hw/intc/ioapic.c ioapic_mem_write */
function ioapicMemWrite(s: IOAPICState, addr: number, value: number, size: AccessSize): void {
  switch (addr & 0xff) {
    case IOAPIC_IOREGSEL:
      s.ioregsel = value & 0xff
      break
    case IOAPIC_IOWIN:
      if (size === 4) writeWindow(s, value)
      break
    case IOAPIC_EOI:
      if (size === 4 && s.version === 0x20) ioapicEoi(s, value & 0xff)
      break
  }
}

/** @qemu hw/intc/ioapic.c ioapic_realize */
function ioapicRealize(common: IOAPICCommonState): void {
  const s = TYPE_IOAPIC.cast(common)
  if (s.version !== 0x11 && s.version !== 0x20) {
    throw new UserError(
      `IOAPIC only supports version 0x11 or 0x20 (default: 0x${IOAPIC_VER_DEF.toString(16)})`,
    )
  }
  memoryRegionInitIo(
    s.ioMemory,
    s,
    {
      read: (addr, size) => ioapicMemRead(s, addr, size),
      write: (addr, value, size) => ioapicMemWrite(s, addr, value, size),
      endianness: 'little',
    },
    'ioapic',
    IOAPIC_MMIO_SIZE,
  )
  const system = systemOf(s)
  s.delayedServiceTimer = new QEMUTimer(system.clocks.virtual, () => ioapicService(s), 'ioapic-service')
  qdevInitGpioIn(s, (n, level) => ioapicSetIrq(s, n, level), IOAPIC_NUM_PINS)
  s.removeFromList = ioapicListAdd(system, { eoi: (vector) => ioapicEoi(s, vector) })
}

/** @qemu hw/intc/ioapic.c ioapic_unrealize */
function ioapicUnrealize(common: IOAPICCommonState): void {
  const s = TYPE_IOAPIC.cast(common)
  s.delayedServiceTimer?.free()
  s.removeFromList?.()
}

/** An I/O APIC that is emulated. */
export const TYPE_IOAPIC = typeRegister<IOAPICState, IOAPICCommonClass>({
  name: 'ioapic',
  parent: TYPE_IOAPIC_COMMON,
  instance: IOAPICState,
  classInit(dc) {
    dc.realizeModel = ioapicRealize
    dc.unrealize = ioapicUnrealize
    dc.postLoad = (common) => {
      const s = TYPE_IOAPIC.cast(common)
      // KVM's keeps reserved bits that a guest has written.
      const bits = IOAPIC_BITS | (s.kernel ? IOAPIC_EXT_DEST : 0n)
      s.ioredtbl.forEach((entry, i) => (s.ioredtbl[i] = entry & bits))
      ioapicUpdateKvmRoutes(s)
    }
    dc.phases.enter = (common) => {
      const s = TYPE_IOAPIC.cast(common)
      ioapicResetCommon(s)
      s.irqEoi.fill(0)
      s.delayedServiceTimer?.del()
    }
    deviceClassSetProps<IOAPICState>(dc, [propUint8('version', 'version', IOAPIC_VER_DEF)])
  },
})
