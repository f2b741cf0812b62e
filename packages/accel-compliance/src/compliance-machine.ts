// SPDX-License-Identifier: GPL-2.0-or-later
import '@dromaius/accel-qtest'
import '@dromaius/accel-tcg'
import '@dromaius/hw-i386'
import '@dromaius/target-i386/kvm'
import '@dromaius/target-i386/tcg'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  accelExitMachine,
  configureAccelerators,
  cpuRemoveSync,
  type CPUState,
  cpuSynchronizeAllPostInit,
  cpuSynchronizeState,
  kvmEnabled,
  kvmStateOf,
  qemuMainLoop,
  qemuSystemReset,
  qemuSystemShutdownRequest,
  SystemState,
  type MainLoopExit,
  vmStart,
} from '@dromaius/cpus'
import {
  addressSpaceDestroy,
  addressSpaceRead,
  addressSpaceWrite,
  addressSpaceWriteRom,
  type MemoryRegionOps,
  MemoryRegion,
  memoryRegionAddSubregion,
  memoryRegionGetRamBlock,
  memoryRegionInitIo,
  memoryRegionInitRam,
  memoryRegionInitRom,
  type RAMBlock,
} from '@dromaius/memory'
import { kvmSetIrq } from '@dromaius/accel-kvm'
import { isaBusNew } from '@dromaius/hw-core'
import { apicSetVirtualWire, i8259Init, TYPE_APIC, x86AllocateCpuIrq } from '@dromaius/hw-intc'
import {
  objectPropertyAddChild,
  objectUnparent,
  qdevRealize,
  qdevUnrealize,
  qemuRegisterReset,
} from '@dromaius/qom'
import { type qemu_irq, qemuSetIrq } from '@dromaius/util'
import { X86_CPU, type X86CPU, x86CpuCreate } from '@dromaius/target-i386'
import { acceleratorOf } from './accelerators.js'
import { TYPE_IDLE_CPU } from './idle-cpu.js'

/** Where guests/compliance's programs are loaded and entered. */
const LOAD_ADDRESS = 0x1000
const RAM_SIZE = 0xa0000
const ROM_ADDRESS = 0xf0000
const ROM_SIZE = 0x10000
const PORTS = { base: 0xe000, size: 0x30 }
const MMIO = { base: 0xd0000, size: 0x1000 }

/** The last byte that a program sends. */
export const DONE = 0xd0
/** The byte by which a program says that it has started. */
export const STARTED = 0x01

/** One access that reached a device. */
export interface Access {
  /** Port, or address. */
  at: number
  value: number
  /** Bytes. */
  size: number
}

/** What a compliance machine is made of. */
export interface ComplianceOptions {
  /** Name of one of the accelerators. */
  accel: string
  /** Program of guests/compliance by name; nothing is loaded without. */
  program?: string
  cpus?: number
  /** CPU model, qemu64 when absent. */
  model?: string
  /** CPUs that can be plugged later. */
  maxCpus?: number
  /** What is mapped at 0xd0000: a recording device, or nothing. */
  mmio?: boolean
  /** Values that reads of port 0xe010 give, one after the other; then all ones. */
  input?: number[]
}

/** Whether the 8259As are in the kernel. */
function kernelHasPic(system: SystemState): boolean {
  return kvmEnabled(system) && kvmStateOf(system).kernelIrqchip === 'on'
}

/** A program of guests/compliance. */
function readProgram(name: string): Uint8Array {
  const path = `../../../guests/build/compliance/${name}.bin`
  return readFileSync(fileURLToPath(new URL(path, import.meta.url)))
}

/** Addresses of the labels in the program `debug`. */
export function debugLabels(): Record<string, number> {
  const path = '../../../guests/build/compliance/debug.json'
  return JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')) as Record<
    string,
    number
  >
}

/**
 * A machine with nothing but RAM, CPUs, a port and an address that record what is written: the stage for one small
 * program on one accelerator.
 */
export class ComplianceMachine {
  readonly system: SystemState
  /** What the guest wrote to ports 0xe000 to 0xe02f, and to 0xd0000. */
  readonly ports: Access[] = []
  readonly mmio: Access[] = []
  readonly #runsGuests: boolean
  readonly #model: string
  readonly #input: number[]
  readonly #devices: MemoryRegion[] = []
  /** Lines of the machine's own 8259As, if they are not the kernel's. */
  #irqs: readonly qemu_irq[] = []
  #waiters: (() => void)[] = []
  #loop: Promise<MainLoopExit> | null = null

  constructor(options: ComplianceOptions) {
    const cpus = options.cpus ?? 1
    const maxCpus = options.maxCpus ?? cpus
    this.system = new SystemState({ smp: { sockets: maxCpus, cpus, maxCpus } })
    const { accel, properties, runsGuests } = acceleratorOf(options.accel)
    this.#runsGuests = runsGuests
    this.#model = options.model ?? 'qemu64'
    this.#input = [...(options.input ?? [])]
    configureAccelerators(this.system, [{ name: accel, properties }])
    this.#addMemory(options.mmio ?? true)
    this.#addControllers()
    if (options.program)
      addressSpaceWrite(this.system.addressSpaceMemory, LOAD_ADDRESS, readProgram(options.program))
    try {
      for (let apicId = 0; apicId < cpus; apicId++) this.plug(apicId)
      qemuSystemReset(this.system, 'none')
      this.#enterProgram()
      cpuSynchronizeAllPostInit(this.system)
    } catch (error) {
      this.#release()
      throw error
    }
  }

  /** The RAM from address 0 up. */
  get ram(): { block: RAMBlock } {
    const ram = memoryRegionGetRamBlock(this.#devices[0])
    if (!ram) throw new Error('The machine has no RAM')
    return ram
  }

  get cpus(): readonly CPUState[] {
    return this.system.cpus
  }

  /** The CPU that enters the program; throws where no program can run. */
  get bootCpu(): X86CPU {
    return X86_CPU(this.cpus[0])
  }

  #addMemory(mmio: boolean): void {
    const { systemMemory, systemIo, accel } = this.system
    const allocator = accel?.ramAllocator
    if (!allocator) throw new Error('The accelerator has no RAM')
    const ram = new MemoryRegion()
    memoryRegionInitRam(ram, null, 'ram', RAM_SIZE, allocator)
    memoryRegionAddSubregion(systemMemory, 0, ram)
    const rom = new MemoryRegion()
    memoryRegionInitRom(rom, null, 'rom', ROM_SIZE, allocator)
    memoryRegionAddSubregion(systemMemory, ROM_ADDRESS, rom)
    this.#devices.push(ram, rom)

    const record = (list: Access[], base: number): MemoryRegionOps => ({
      read: (addr, size) => {
        if (base === MMIO.base) return list.findLast((access) => access.at === base + addr)?.value ?? 0
        return (this.#input.shift() ?? 0xffff_ffff) & (size === 4 ? -1 : (1 << (size * 8)) - 1)
      },
      write: (addr, value, size) => {
        list.push({ at: base + addr, value, size })
        const waiters = this.#waiters
        this.#waiters = []
        for (const wake of waiters) wake()
      },
      endianness: 'little',
      valid: { minAccessSize: 1, maxAccessSize: 4, unaligned: true },
      impl: { minAccessSize: 1, maxAccessSize: 4, unaligned: true },
    })
    const ports = new MemoryRegion()
    memoryRegionInitIo(ports, null, record(this.ports, PORTS.base), 'test-ports', PORTS.size)
    memoryRegionAddSubregion(systemIo, PORTS.base, ports)
    if (!mmio) return
    const device = new MemoryRegion()
    memoryRegionInitIo(device, null, record(this.mmio, MMIO.base), 'test-mmio', MMIO.size)
    memoryRegionAddSubregion(systemMemory, MMIO.base, device)
  }

  #addControllers(): void {
    const { system } = this
    if (!this.#runsGuests || kernelHasPic(system)) return
    const bus = isaBusNew(system)
    this.#irqs = i8259Init(bus, x86AllocateCpuIrq(system))
    qemuRegisterReset(system.resetContainer, bus)
    // Under their own path, so that their state is saved.
    objectPropertyAddChild(system.root, 'isa.0', bus)
  }

  /** Adds a CPU with this APIC id, to a running machine too. */
  plug(apicId: number): CPUState {
    if (!this.#runsGuests) return this.#plugIdle()
    const cpu = x86CpuCreate(this.system, `${this.#model}-x86_64-cpu`, null)
    // What this host's KVM lacks of the model is of no interest here.
    cpu.checkCpuid = false
    cpu.apicId = apicId
    qdevRealize(cpu, null, this.system.root)
    return cpu
  }

  #plugIdle(): CPUState {
    const cpu = TYPE_IDLE_CPU.new()
    cpu.system = this.system
    qdevRealize(cpu, null, this.system.root)
    return cpu
  }

  /** Takes a CPU away: its thread ends, KVM's vCPU is parked. */
  async unplug(cpu: CPUState): Promise<void> {
    await cpuRemoveSync(cpu)
    qdevUnrealize(cpu)
    objectUnparent(cpu)
  }

  /** The boot CPU starts at the program's first instruction: real mode, CS base 0. */
  #enterProgram(): void {
    if (!this.#runsGuests) return
    const { env, apicState } = this.bootCpu
    // An APIC in the kernel lets the 8259As through from the start.
    if (TYPE_APIC.is(apicState)) apicSetVirtualWire(apicState)
    env.segs[1].selector = 0
    env.segs[1].base = 0n
    env.eip = BigInt(LOAD_ADDRESS)
  }

  /** Starts the machine and its main loop. */
  start(): void {
    this.#loop ??= qemuMainLoop(this.system)
    vmStart(this.system)
  }

  /** Waits until `condition` holds; it is looked at after each recorded write. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }

  /** Waits until the guest has written `value` to port 0xe000. */
  untilSent(value: number): Promise<void> {
    return this.until(() => this.sent.includes(value))
  }

  /** What was written to port 0xe000, in order. */
  get sent(): number[] {
    return this.ports.filter(({ at }) => at === PORTS.base).map(({ value }) => value)
  }

  /** Sets the level of an interrupt line of the machine's PIC. */
  setIrq(irq: number, level: number): void {
    if (kernelHasPic(this.system)) kvmSetIrq(kvmStateOf(this.system), irq, level)
    else qemuSetIrq(this.#irqs[irq] ?? null, level)
  }

  /** A dword of guest memory. */
  readDword(address: number): number {
    const bytes = new Uint8Array(4)
    addressSpaceRead(this.system.addressSpaceMemory, address, bytes)
    return new DataView(bytes.buffer).getUint32(0, true)
  }

  writeDword(address: number, value: number): void {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, value, true)
    addressSpaceWriteRom(this.system.addressSpaceMemory, address, bytes)
  }

  /** The boot CPU's next instruction, as a linear address; the CPU must be stopped. */
  pc(cpu: X86CPU = this.bootCpu): number {
    cpuSynchronizeState(cpu)
    return Number(cpu.env.segs[1].base + cpu.env.eip)
  }

  /** How the machine ended, once it was started. */
  ended(): Promise<MainLoopExit> {
    if (!this.#loop) throw new Error('The machine was not started')
    return this.#loop
  }

  /** Ends the machine and gives everything back. */
  async destroy(): Promise<void> {
    if (this.#loop) {
      qemuSystemShutdownRequest(this.system, 'host-qmp-quit')
      await this.#loop
    }
    for (const cpu of [...this.system.cpus]) await this.unplug(cpu)
    this.#release()
  }

  #release(): void {
    accelExitMachine(this.system)
    addressSpaceDestroy(this.system.addressSpaceMemory)
    addressSpaceDestroy(this.system.addressSpaceIo)
    this.system.clocks.destroy()
    for (const region of this.#devices) memoryRegionGetRamBlock(region)?.block.backing.free()
  }
}
