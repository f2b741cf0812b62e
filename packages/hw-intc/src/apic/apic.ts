// SPDX-License-Identifier: GPL-2.0-or-later
import { type AccessSize, memoryRegionInitIo } from '@dromaius/memory'
import { typeRegister } from '@dromaius/qom'
import {
  CPUID_EXT_TSC_DEADLINE_TIMER,
  CPUID_EXT_X2APIC,
  FEAT_1_ECX,
  APIC_DEFAULT_ADDRESS,
  MSR_IA32_APICBASE_BASE,
  MSR_IA32_APICBASE_BSP,
  MSR_IA32_APICBASE_ENABLE,
  MSR_IA32_APICBASE_EXTD,
  X86_CPU,
} from '@dromaius/target-i386'
import { QEMUTimer } from '@dromaius/util'
import {
  APIC_SPACE_SIZE,
  type APICCommonClass,
  APICCommonState,
  apicInitReset,
  TYPE_APIC_COMMON,
} from '../apic-common.js'
import { apicSendMsi, apicSipi } from './apic-bus.js'
import {
  APIC_ESR_ILLEGAL_ADDRESS,
  apicAcceptPicIntr,
  apicDeliverPicIntr,
  apicGetInterrupt,
  apicSetError,
  apicUpdateIrq,
} from './apic-interrupts.js'
import { apicReadRegister, apicWriteRegister } from './apic-registers.js'
import { apicTimer, apicTimerSetDeadline } from './apic-timer.js'
import {
  APIC_PAGE_SIZE,
  apicCloseWindow,
  apicMoveWindow,
  apicPage,
  type ApicWindowAccess,
} from './apic-window.js'
import { x2apicRead, x2apicWrite } from './x2apic.js'

/**
 * A local APIC (SDM volume 3, chapter 11): xAPIC and x2APIC, with a timer that knows TSC deadlines.
 * @qemu hw/intc/apic.c TYPE_APIC
 */
export class APICState extends APICCommonState {
  timer: QEMUTimer | null = null

  #has(bit: bigint): boolean {
    return (this.cpu!.env.features[FEAT_1_ECX]! & bit) !== 0n
  }

  get hasTscDeadline(): boolean {
    return this.#has(CPUID_EXT_TSC_DEADLINE_TIMER)
  }

  /** @qemu hw/intc/apic.c apic_set_tpr */
  override setTpr(value: number): void {
    super.setTpr(value)
    apicUpdateIrq(this)
  }

  getInterrupt(): number {
    return apicGetInterrupt(this)
  }

  acceptPicIntr(): boolean {
    return apicAcceptPicIntr(this)
  }

  deliverPicIntr(level: number): void {
    apicDeliverPicIntr(this, level)
  }

  /** @qemu hw/intc/apic.c apic_poll_irq */
  pollIrq(): void {
    apicUpdateIrq(this)
  }

  sipi(): void {
    apicSipi(this)
  }

  initReset(): void {
    apicInitReset(this)
    this.stop()
  }

  /** No timer. */
  stop(): void {
    this.timer?.del()
    this.cpu!.env.tscDeadline = 0n
  }

  readMsr(index: number): bigint | null {
    return x2apicRead(this, index)
  }

  writeMsr(index: number, value: bigint): boolean {
    return x2apicWrite(this, index, value)
  }

  setTscDeadline(deadline: bigint, at: bigint): void {
    apicTimerSetDeadline(this, deadline, at)
  }

  /**
   * IA32_APIC_BASE as the guest writes it (SDM volume 3, 11.4.4 and 11.12.5).
   * @qemu hw/intc/apic.c apic_set_base
   * @differs an APIC that was switched off can be switched on again, and is as after a reset then; there is x2APIC mode; the
   * registers move
   */
  writeBase(value: bigint): boolean {
    const mode = MSR_IA32_APICBASE_ENABLE | MSR_IA32_APICBASE_EXTD
    const reserved = ~(this.#baseBits() | MSR_IA32_APICBASE_BSP | mode)
    if (value & reserved) return false
    const to = value & mode
    const from = this.apicbase & mode
    if (to === MSR_IA32_APICBASE_EXTD || (to === mode && !this.#has(CPUID_EXT_X2APIC))) return false
    // From x2APIC there is a way back to off only, and into it only from xAPIC.
    if (from === mode && to === MSR_IA32_APICBASE_ENABLE) return false
    if (from === 0n && to === mode) return false
    this.setBase(value)
    if (to === 0n && from !== 0n) {
      this.apicId = this.initialApicId & 0xff
      this.initReset()
      this.waitForSipi = 0
    }
    apicUpdateIrq(this)
    return true
  }

  /** Bits of the base that the CPU's physical addresses have. */
  #baseBits(): bigint {
    return ((1n << BigInt(this.cpu!.physBits || 40)) - 1n) & MSR_IA32_APICBASE_BASE
  }
}

/** The APIC of the CPU whose instruction is executed now; null for somebody else's access. @qemu hw/i386/x86.c cpu_get_current_apic */
function currentApic(s: APICState): APICState | null {
  const cpu = s.cpu!.system.currentCpu
  // A machine's CPUs all have the same kind of APIC.
  return cpu ? (X86_CPU(cpu).apicState as APICState | null) : null
}

/** The APIC whose registers an access to a page is for: that of the CPU, if the registers are there. */
function apicAt(s: APICState, page: bigint): APICState | null {
  const current = currentApic(s)
  return current && apicPage(current) === page ? current : null
}

function readPage(s: APICState, addr: number, size: AccessSize): number {
  // Other sizes, and the bytes between registers, are undefined (SDM volume 3, 11.4.1).
  if (size !== 4 || addr & 0xf) return 0
  const value = apicReadRegister(s, addr >> 4)
  if (value === null) apicSetError(s, APIC_ESR_ILLEGAL_ADDRESS)
  return (value ?? 0) >>> 0
}

function writePage(s: APICState, addr: number, value: number, size: AccessSize): void {
  if (size !== 4 || addr & 0xf) return
  if (!apicWriteRegister(s, addr >> 4, value)) apicSetError(s, APIC_ESR_ILLEGAL_ADDRESS)
}

/** @qemu hw/intc/apic.c apic_mem_read */
function apicMemRead(s: APICState, addr: number, size: AccessSize): number {
  const current = addr < APIC_PAGE_SIZE ? apicAt(s, APIC_DEFAULT_ADDRESS) : null
  return current ? readPage(current, addr, size) : 0xffff_ffff
}

/**
 * Registers and messages of devices lie at the same addresses: registers where a CPU has some, messages everywhere else.
 * @qemu hw/intc/apic.c apic_mem_write
 */
function apicMemWrite(s: APICState, addr: number, value: number, size: AccessSize): void {
  if (addr >= APIC_PAGE_SIZE || addr < 0x10) {
    if (size === 4) apicSendMsi(s.cpu!.system, addr, value)
    return
  }
  const current = apicAt(s, APIC_DEFAULT_ADDRESS)
  if (current) writePage(current, addr, value, size)
}

/** Pages of registers that are elsewhere. Where messages begin, they are not for the registers there either. */
const windowAccess = (s: APICState): ApicWindowAccess => ({
  read(base, offset, size) {
    const current = apicAt(s, base)
    return current && readPage(current, offset, size)
  },
  write(base, offset, value, size) {
    const current = offset < 0x10 ? null : apicAt(s, base)
    if (current) writePage(current, offset, value, size)
    return current !== null
  },
})

/** @qemu hw/intc/apic.c apic_realize */
function apicRealize(common: APICCommonState): void {
  const s = TYPE_APIC.cast(common)
  s.apicId = s.initialApicId & 0xff
  memoryRegionInitIo(
    s.ioMemory,
    s,
    {
      read: (addr, size) => apicMemRead(s, addr, size),
      write: (addr, value, size) => apicMemWrite(s, addr, value, size),
      endianness: 'little',
    },
    'apic-msi',
    APIC_SPACE_SIZE,
  )
  s.timer = new QEMUTimer(s.cpu!.system.clocks.virtual, () => apicTimer(s), 'apic-timer')
}

/** @qemu hw/intc/apic.c apic_post_load */
function apicPostLoad(common: APICCommonState): void {
  const s = TYPE_APIC.cast(common)
  apicMoveWindow(s, windowAccess(s))
  if (s.timerExpiry === -1n) s.timer?.del()
  else s.timer?.modNs(s.timerExpiry)
}

/** A local APIC that is emulated. */
export const TYPE_APIC = typeRegister<APICState, APICCommonClass>({
  name: 'apic',
  parent: TYPE_APIC_COMMON,
  instance: APICState,
  classInit(dc) {
    dc.realize = apicRealize
    dc.unrealize = (common) => {
      const s = TYPE_APIC.cast(common)
      s.timer?.free()
      apicCloseWindow(s)
    }
    dc.setBase = (common, value) => {
      const s = TYPE_APIC.cast(common)
      s.apicbase = value
      apicMoveWindow(s, windowAccess(s))
    }
    dc.phases.hold = (common) => {
      const s = TYPE_APIC.cast(common)
      apicMoveWindow(s, windowAccess(s))
      s.stop()
    }
    dc.postLoad = apicPostLoad
  },
})
