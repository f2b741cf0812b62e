// SPDX-License-Identifier: GPL-2.0-or-later
import type { RomList } from './rom-list.js'

/** Where the floating pointer stands: the start of the BIOS area, on a 16-byte border (MP 1.4, chapter 4). */
export const MP_FLOATING_POINTER_ADDR = 0xf0000
const MP_CONFIG_ADDR = MP_FLOATING_POINTER_ADDR + 16

/** Entry types of the configuration table (MP 1.4, table 4-3). */
const MP_PROCESSOR = 0
const MP_BUS = 1
const MP_IOAPIC = 2
const MP_INTSRC = 3
const MP_LINTSRC = 4

const MP_HEADER_SIZE = 44
const MP_PROCESSOR_SIZE = 20
const MP_OTHER_SIZE = 8

/** Interrupt types (MP 1.4, table 4-11). */
const MP_INT = 0
const MP_NMI = 1
const MP_EXTINT = 3

const LAPIC_ADDR = 0xfee00000
const IOAPIC_ADDR = 0xfec00000
/** Version register of the local APIC: integrated. */
const LAPIC_VERSION = 0x14
const IOAPIC_VERSION = 0x11
/** The I/O APIC's id after reset, in QEMU's devices and in KVM. */
const IOAPIC_ID = 0
const ISA_BUS_ID = 0
/** xAPIC's broadcast id, for a local interrupt: all CPUs. A CPU's own id must be below. */
const ALL_CPUS = 0xff
const ISA_NUM_IRQS = 16
/** The timer's IRQ 0 is wired to pin 2, which the cascade leaves free. */
const TIMER_PIN = 2

/** A CPU as the table lists it. */
export interface MpProcessor {
  /** Local APIC id; CPUs from 255 on are left out, xAPIC cannot name them. */
  readonly apicId: number
  /** Starts by itself; all others wait for INIT and SIPI. */
  readonly boot: boolean
  /** EAX of CPUID leaf 1. */
  readonly signature: number
  /** EDX of CPUID leaf 1. */
  readonly features: number
}

/** What the table tells of. */
export interface MpTableConfig {
  readonly processors: readonly MpProcessor[]
  /** A PC's 8259A is there, so that its interrupts may arrive at LINT0. */
  readonly pic: boolean
}

const checksum = (bytes: Uint8Array): number => -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff

const processorEntry = ({ apicId, boot, signature, features }: MpProcessor): number[] => {
  const bytes = new Uint8Array(MP_PROCESSOR_SIZE)
  const view = new DataView(bytes.buffer)
  bytes.set([MP_PROCESSOR, apicId, LAPIC_VERSION, boot ? 3 : 1])
  view.setUint32(4, signature, true)
  view.setUint32(8, features, true)
  return [...bytes]
}

/** ISA's lines are edge triggered and active high, which "conforms to the bus" means too: flags 0. */
const interruptEntry = (type: number, kind: number, irq: number, apic: number, pin: number): number[] => [
  type,
  kind,
  0,
  0,
  ISA_BUS_ID,
  irq,
  apic,
  pin,
]

/**
 * Makes the tables by which a guest without ACPI finds CPUs and interrupt lines: floating pointer and configuration table, to
 * be put at {@link MP_FLOATING_POINTER_ADDR}. Intel MultiProcessor Specification 1.4, chapter 4. In QEMU's machines SeaBIOS
 * makes them, with the same entries.
 */
export function buildMpTable({ processors, pic }: MpTableConfig): Uint8Array {
  const isa = [...Buffer.from('ISA   ')]
  const irqs = Array.from({ length: ISA_NUM_IRQS }, (_, irq) => irq).filter((irq) => irq !== TIMER_PIN)
  const listed = processors.filter(({ apicId }) => apicId < ALL_CPUS).map(processorEntry)
  const others = [
    [MP_BUS, ISA_BUS_ID, ...isa],
    [MP_IOAPIC, IOAPIC_ID, IOAPIC_VERSION, 1, ...little32(IOAPIC_ADDR)],
    ...irqs.map((irq) => interruptEntry(MP_INTSRC, MP_INT, irq, IOAPIC_ID, irq === 0 ? TIMER_PIN : irq)),
    ...(pic ? [interruptEntry(MP_LINTSRC, MP_EXTINT, 0, ALL_CPUS, 0)] : []),
    interruptEntry(MP_LINTSRC, MP_NMI, 0, ALL_CPUS, 1),
  ]
  const length = MP_HEADER_SIZE + listed.length * MP_PROCESSOR_SIZE + others.length * MP_OTHER_SIZE

  const table = new Uint8Array(16 + length)
  const floating = table.subarray(0, 16)
  floating.set(Buffer.from('_MP_'))
  floating.set(little32(MP_CONFIG_ADDR), 4)
  floating[8] = 1 // paragraphs
  floating[9] = 4 // revision 1.4
  floating[10] = checksum(floating)

  const config = table.subarray(16)
  config.set(Buffer.from('PCMP'))
  config.set([length & 0xff, length >> 8, 4], 4)
  config.set(Buffer.from('DROMAIUSMICROVM     '), 8)
  const entries = [...listed, ...others]
  config.set([entries.length & 0xff, entries.length >> 8, ...little32(LAPIC_ADDR)], 34)
  config.set(entries.flat(), MP_HEADER_SIZE)
  config[7] = checksum(config)
  return table
}

function little32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]
}

/** Puts the tables into guest memory, at each reset. The memory map reserves their place, the BIOS area. */
export function mpTableSetup(roms: RomList, config: MpTableConfig): void {
  roms.add('MP table', MP_FLOATING_POINTER_ADDR, buildMpTable(config))
}
