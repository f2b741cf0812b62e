// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmIrqchipSendMsi } from '@dromaius/accel-kvm'
import { cpuSynchronizeState, kvmEnabled, kvmStateOf } from '@dromaius/cpus'
import {
  APIC_LVT_NB,
  APIC_SPACE_SIZE,
  type APICCommonClass,
  APICCommonState,
  apicNextTimer,
  TYPE_APIC_COMMON,
} from '@dromaius/hw-intc'
import { memoryRegionInitIo } from '@dromaius/memory'
import { HostError, kvm_lapic_state, kvmSetLapic } from '@dromaius/native'
import { typeRegister } from '@dromaius/qom'
import { APIC_DEFAULT_ADDRESS, MSR_IA32_APICBASE_EXTD } from '@dromaius/target-i386'
import { kvmHasX2apicApi, kvmPutApicbase, type KvmApicDevice } from '@dromaius/target-i386/kvm'
import { UserError, warnReport } from '@dromaius/util'

/** Numbers of the registers: offset in the page divided by 16. */
const APIC_ID = 0x02
const APIC_TASKPRI = 0x08
const APIC_ARBPRI = 0x09
const APIC_LDR = 0x0d
const APIC_DFR = 0x0e
const APIC_SPIV = 0x0f
const APIC_ISR = 0x10
const APIC_TMR = 0x18
const APIC_IRR = 0x20
const APIC_ESR = 0x28
const APIC_ICR = 0x30
const APIC_LVT = 0x32
const APIC_TMICT = 0x38
const APIC_TDCR = 0x3e

/** A page of registers by number. */
class LapicRegs {
  private readonly view: DataView

  constructor(page: Uint8Array) {
    this.view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  }

  get(reg: number): number {
    return this.view.getUint32(reg << 4, true)
  }

  set(reg: number, value: number): void {
    this.view.setUint32(reg << 4, value >>> 0, true)
  }
}

/**
 * A local APIC in the kernel.
 * @qemu hw/i386/kvm/apic.c kvm_apic_info
 */
export class KVMAPICState extends APICCommonState implements KvmApicDevice {
  /** The register of the id holds all of its 32 bits. */
  private get hasWideId(): boolean {
    return (this.apicbase & MSR_IA32_APICBASE_EXTD) !== 0n && kvmHasX2apicApi(kvmStateOf(this.cpu!))
  }

  /**
   * Takes the kernel's registers over.
   * @qemu hw/i386/kvm/apic.c kvm_get_apic_state
   */
  kvmGetApicState(page: Uint8Array): void {
    const regs = new LapicRegs(page)
    // In x2APIC mode the id is the one that the CPU was made with, and nobody can change it.
    if (!this.hasWideId) this.apicId = regs.get(APIC_ID) >>> 24
    this.tpr = regs.get(APIC_TASKPRI) & 0xff
    this.arbId = regs.get(APIC_ARBPRI) & 0xff
    this.logDest = regs.get(APIC_LDR) >>> 24
    this.destMode = regs.get(APIC_DFR) >>> 28
    this.spuriousVec = regs.get(APIC_SPIV)
    for (let i = 0; i < 8; i++) {
      this.isr[i] = regs.get(APIC_ISR + i)
      this.tmr[i] = regs.get(APIC_TMR + i)
      this.irr[i] = regs.get(APIC_IRR + i)
    }
    this.esr = regs.get(APIC_ESR)
    this.icr[0] = regs.get(APIC_ICR)
    this.icr[1] = regs.get(APIC_ICR + 1)
    for (let i = 0; i < APIC_LVT_NB; i++) this.lvt[i] = regs.get(APIC_LVT + i)
    this.initialCount = regs.get(APIC_TMICT)
    this.divideConf = regs.get(APIC_TDCR)
    const v = (this.divideConf & 3) | ((this.divideConf >>> 1) & 4)
    this.countShift = (v + 1) & 7
    this.initialCountLoadTime = this.cpu!.system.clocks.virtual.getNs()
    apicNextTimer(this, this.initialCountLoadTime)
  }

  /**
   * Puts the registers into a page as the kernel takes it.
   * @qemu hw/i386/kvm/apic.c kvm_put_apic_state
   */
  kvmPutApicState(page: Uint8Array): void {
    page.fill(0)
    const regs = new LapicRegs(page)
    regs.set(APIC_ID, this.hasWideId ? this.initialApicId : this.apicId << 24)
    regs.set(APIC_TASKPRI, this.tpr)
    regs.set(APIC_LDR, this.logDest << 24)
    regs.set(APIC_DFR, (this.destMode << 28) | 0x0fff_ffff)
    regs.set(APIC_SPIV, this.spuriousVec)
    for (let i = 0; i < 8; i++) {
      regs.set(APIC_ISR + i, this.isr[i]!)
      regs.set(APIC_TMR + i, this.tmr[i]!)
      regs.set(APIC_IRR + i, this.irr[i]!)
    }
    regs.set(APIC_ESR, this.esr)
    regs.set(APIC_ICR, this.icr[0]!)
    regs.set(APIC_ICR + 1, this.icr[1]!)
    for (let i = 0; i < APIC_LVT_NB; i++) regs.set(APIC_LVT + i, this.lvt[i]!)
    regs.set(APIC_TMICT, this.initialCount)
    regs.set(APIC_TDCR, this.divideConf)
  }
}

/**
 * Writes the base and then the registers into the kernel. Throws HostError.
 * @qemu hw/i386/kvm/apic.c kvm_apic_put
 */
function kvmApicPut(common: APICCommonState): void {
  const s = TYPE_KVM_APIC.cast(common)
  const { cpu } = s
  // Before the vCPU exists there is nobody to tell; the reset that follows its creation does.
  if (!cpu?.kvmVcpu) return
  kvmPutApicbase(cpu, s.apicbase)
  const kapic = kvm_lapic_state.alloc()
  s.kvmPutApicState(kapic.regs)
  kvmSetLapic(cpu.kvmVcpu, kapic)
}

/** @qemu hw/i386/kvm/apic.c kvm_apic_realize */
function kvmApicRealize(s: APICCommonState): void {
  if (!s.cpu || !kvmEnabled(s.cpu.system)) throw new UserError('kvm-apic device requires KVM')
  const kvm = kvmStateOf(s.cpu)
  // The kernel answers the registers. What gets here are messages that a device writes to the APIC's range.
  memoryRegionInitIo(
    s.ioMemory,
    s,
    {
      read: () => 0xffff_ffff,
      write(addr, data) {
        try {
          kvmIrqchipSendMsi(kvm, { address: APIC_DEFAULT_ADDRESS + BigInt(addr), data })
        } catch (error) {
          if (!(error instanceof HostError)) throw error
          warnReport(`KVM: injection failed, MSI lost (${error.code})`)
        }
      },
      endianness: 'little',
    },
    'kvm-apic-msi',
    APIC_SPACE_SIZE,
  )
}

export const TYPE_KVM_APIC = typeRegister<KVMAPICState, APICCommonClass>({
  name: 'kvm-apic',
  parent: TYPE_APIC_COMMON,
  instance: KVMAPICState,
  classInit(dc) {
    dc.realize = kvmApicRealize
    dc.phases.hold = (s) => {
      // The kernel knows by the vCPU's state who waits for a SIPI.
      s.waitForSipi = 0
      kvmApicPut(s)
    }
    dc.preSave = (s) => {
      if (s.cpu?.kvmVcpu) cpuSynchronizeState(s.cpu)
    }
    dc.postLoad = kvmApicPut
  },
})
