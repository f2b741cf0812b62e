// SPDX-License-Identifier: GPL-2.0-or-later
import { TYPE_MEMORY_REGION } from '@dromaius/memory'
import {
  DeviceClass,
  deviceClassSetProps,
  DeviceState,
  propUint32,
  propUint8,
  TYPE_DEVICE,
} from '@dromaius/qom'
import { typeRegister } from '@dromaius/qom'
import {
  APIC_DEFAULT_ADDRESS,
  MSR_IA32_APICBASE_BSP,
  MSR_IA32_APICBASE_ENABLE,
  UNASSIGNED_APIC_ID,
  type X86ApicDevice,
  type X86CPU,
} from '@dromaius/target-i386'
import { vmI32, vmI64, vmU32, vmU32Array, vmU64, vmU8, type VMStateDescription } from '@dromaius/util'

/** Local vector table: timer, thermal, performance counters, LINT0, LINT1, error. */
export const APIC_LVT_TIMER = 0
export const APIC_LVT_LINT0 = 3
export const APIC_LVT_LINT1 = 4
export const APIC_LVT_ERROR = 5
export const APIC_LVT_NB = 6
/** Local vector table entry: masked; the timer's: periodic. */
export const APIC_LVT_MASKED = 1 << 16
export const APIC_LVT_TIMER_PERIODIC = 1 << 17
/** Bytes from the first APIC's page to the end of the messages' range. */
export const APIC_SPACE_SIZE = 0x10_0000

/**
 * A local APIC: what every model of it has, wherever it runs. Fields are registers of SDM volume 3, table 11-1.
 * @qemu include/hw/i386/apic_internal.h APICCommonState
 */
export class APICCommonState extends DeviceState implements X86ApicDevice {
  declare readonly qomClass: APICCommonClass
  cpu: X86CPU | null = null
  /** The APIC id after reset. */
  initialApicId = UNASSIGNED_APIC_ID
  /** IA32_APIC_BASE. */
  apicbase = 0n
  /** Local APIC id, bits 31:24 of its register. */
  apicId = 0
  version = 0x14
  arbId = 0
  /** Task priority. */
  tpr = 0
  /** Spurious interrupt vector register. */
  spuriousVec = 0xff
  /** Logical destination, bits 31:24 of its register. */
  logDest = 0
  /** Destination format, bits 31:28 of its register. */
  destMode = 0xf
  /** In-service, trigger mode and interrupt request registers, 256 bits each. */
  readonly isr = new Uint32Array(8)
  readonly tmr = new Uint32Array(8)
  readonly irr = new Uint32Array(8)
  readonly lvt = new Uint32Array(APIC_LVT_NB).fill(APIC_LVT_MASKED)
  /** Error status. */
  esr = 0
  /** Errors since the guest last wrote that register, which shows them then. */
  pendingEsr = 0
  /** Interrupt command. */
  readonly icr = new Uint32Array(2)
  divideConf = 0
  /** The timer counts bus cycles shifted right by this; a divide configuration of 0 divides by 2. */
  countShift = 1
  initialCount = 0
  /** Virtual time in `ns` at which the count was loaded. */
  initialCountLoadTime = 0n
  /** Virtual time in `ns` of the timer's next interrupt. */
  nextTime = 0n
  /** The same while the timer is armed, else -1. */
  timerExpiry = -1n
  sipiVector = 0
  waitForSipi = 0
  /** An interrupt has come whose vector the 8259s have. */
  extIntPending = 0
  readonly ioMemory = TYPE_MEMORY_REGION.new()

  setBase(value: bigint): void {
    this.qomClass.setBase(this, value)
  }

  setTpr(value: number): void {
    this.tpr = (value & 0x0f) << 4
  }

  getTpr(): number {
    return this.tpr >> 4
  }
}

/** @qemu include/hw/i386/apic_internal.h APICCommonClass */
export class APICCommonClass extends DeviceClass<APICCommonState> {
  /** Takes a new IA32_APIC_BASE. */
  setBase: (s: APICCommonState, value: bigint) => void = (s, value) => {
    s.apicbase = value
  }
  /** Brings the fields up to date before they are saved. */
  preSave?: (s: APICCommonState) => void
  /** Takes over fields that were loaded. */
  postLoad?: (s: APICCommonState) => void
}

/**
 * Reckons when the timer fires next after a virtual time in `ns`; false if it does not.
 * @qemu hw/intc/apic_common.c apic_next_timer
 */
export function apicNextTimer(s: APICCommonState, currentTime: bigint): boolean {
  // Kept apart from any timer of ours, since the kernel's APIC has its own.
  s.timerExpiry = -1n
  if (s.lvt[APIC_LVT_TIMER]! & APIC_LVT_MASKED) return false
  const shift = BigInt(s.countShift)
  const period = BigInt(s.initialCount) + 1n
  let d = (currentTime - s.initialCountLoadTime) >> shift
  if (s.lvt[APIC_LVT_TIMER]! & APIC_LVT_TIMER_PERIODIC) {
    if (s.initialCount === 0) return false
    d = (d / period + 1n) * period
  } else {
    if (d >= BigInt(s.initialCount)) return false
    d = period
  }
  s.nextTime = s.initialCountLoadTime + (d << shift)
  s.timerExpiry = s.nextTime
  return true
}

/**
 * What an INIT does to the registers (SDM volume 3, 11.4.7.3).
 * @qemu hw/intc/apic_common.c apic_init_reset
 * @differs the timer's divisor is 2, as its register says; in QEMU it is 1 until that is written
 */
export function apicInitReset(s: APICCommonState): void {
  s.tpr = 0
  s.spuriousVec = 0xff
  s.logDest = 0
  s.destMode = 0xf
  s.isr.fill(0)
  s.tmr.fill(0)
  s.irr.fill(0)
  s.lvt.fill(APIC_LVT_MASKED)
  s.esr = 0
  s.pendingEsr = 0
  s.extIntPending = 0
  s.icr.fill(0)
  s.divideConf = 0
  s.countShift = 1
  s.initialCount = 0
  s.initialCountLoadTime = 0n
  s.nextTime = 0n
  s.waitForSipi = s.apicbase & MSR_IA32_APICBASE_BSP ? 0 : 1
  s.timerExpiry = -1n
}

/**
 * State after power-on. Which CPU starts the machine stays.
 * @qemu hw/intc/apic_common.c apic_reset_common
 */
export function apicResetCommon(s: APICCommonState): void {
  s.apicbase = APIC_DEFAULT_ADDRESS | (s.apicbase & MSR_IA32_APICBASE_BSP) | MSR_IA32_APICBASE_ENABLE
  s.apicId = s.initialApicId & 0xff
  apicInitReset(s)
}

/** Local vector table: level-triggered external interrupts, and level-triggered NMI (SDM volume 3, 11.5.1). */
const APIC_LVT_EXTINT_LEVEL = 0x8700
const APIC_LVT_NMI_LEVEL = 0x8400
/** In the spurious-interrupt register: the APIC is on (SDM volume 3, 11.9). */
export const APIC_SPURIO_ENABLED = 1 << 8

/**
 * What a PC's firmware does to the boot CPU's local APIC before it starts a system, so that interrupts of the 8259A get through
 * ("virtual wire mode", Intel MultiProcessor Specification 1.4, 3.6.2.2). SeaBIOS does it in src/fw/smp.c.
 */
export function apicSetVirtualWire(s: APICCommonState): void {
  s.spuriousVec |= APIC_SPURIO_ENABLED
  s.lvt[APIC_LVT_LINT0] = APIC_LVT_EXTINT_LEVEL
  s.lvt[APIC_LVT_LINT1] = APIC_LVT_NMI_LEVEL
  s.qomClass.postLoad?.(s)
}

/** @qemu hw/intc/apic_common.c vmstate_apic_common */
const vmstateApicCommon: VMStateDescription<APICCommonState> = {
  name: 'apic',
  version: 3,
  minimumVersion: 3,
  preSave: (s) => s.qomClass.preSave?.(s),
  preLoad(s) {
    s.pendingEsr = 0
    s.extIntPending = 0
  },
  postLoad(s) {
    // What is reckoned from it has to fit into 64 bits, too.
    if (BigInt.asIntN(63, s.initialCountLoadTime) !== s.initialCountLoadTime) {
      throw new RangeError('a count that was loaded at no time')
    }
    s.qomClass.postLoad?.(s)
  },
  fields: [
    vmU64('apicbase'),
    vmU8('apicId'),
    vmU8('arbId'),
    vmU8('tpr'),
    vmU32('spuriousVec'),
    vmU8('logDest'),
    vmU8('destMode', { max: 0xf }),
    vmU32Array('isr', 8),
    vmU32Array('tmr', 8),
    vmU32Array('irr', 8),
    vmU32Array('lvt', APIC_LVT_NB),
    vmU32('esr'),
    vmU32Array('icr', 2),
    vmU32('divideConf'),
    vmI32('countShift', { max: 7 }),
    vmU32('initialCount'),
    vmI64('initialCountLoadTime'),
    vmI64('nextTime'),
    vmI64('timerExpiry'),
    vmI32('sipiVector', { max: 0xff }),
    vmI32('waitForSipi', { max: 1 }),
  ],
  subsections: [
    {
      name: 'apic/pending-esr',
      version: 1,
      minimumVersion: 1,
      needed: (s) => s.pendingEsr !== 0,
      fields: [vmU32('pendingEsr')],
    },
    {
      name: 'apic/ext-int',
      version: 1,
      minimumVersion: 1,
      needed: (s) => s.extIntPending !== 0,
      fields: [vmU8('extIntPending', { max: 1 })],
    },
  ],
}

export const TYPE_APIC_COMMON = typeRegister<APICCommonState, APICCommonClass>({
  name: 'apic-common',
  parent: TYPE_DEVICE,
  abstract: true,
  instance: APICCommonState,
  classType: APICCommonClass,
  classInit(dc) {
    dc.vmsd = vmstateApicCommon
    dc.phases.enter = apicResetCommon
    // A CPU makes its own.
    dc.userCreatable = false
    deviceClassSetProps<APICCommonState>(dc, [
      propUint32('id', 'initialApicId', UNASSIGNED_APIC_ID),
      propUint8('version', 'version', 0x14),
    ])
  },
})
