// SPDX-License-Identifier: GPL-2.0-or-later
import '@dromaius/hw-i386'
import '@dromaius/target-i386/kvm'
import '@dromaius/accel-kvm'
import { readFileSync } from 'node:fs'
import {
  accelExitMachine,
  configureAccelerators,
  cpuRemoveSync,
  cpuSynchronizeAllPostInit,
  pauseAllVcpus,
  qemuMainLoop,
  qemuSystemReset,
  qemuSystemShutdownRequest,
  SystemState,
  vmStart,
} from '@dromaius/cpus'
import {
  addressSpaceDestroy,
  addressSpaceWrite,
  MemoryRegion,
  memoryRegionAddSubregion,
  memoryRegionGetRamBlock,
  memoryRegionInitIo,
  memoryRegionInitRam,
} from '@dromaius/memory'
import { KVM_MP_STATE_RUNNABLE, kvmGetTscKhz } from '@dromaius/native'
import { objectUnparent, qdevRealize, qdevUnrealize } from '@dromaius/qom'
import { X86_CPU, x86CpuCreate } from '@dromaius/target-i386'
import { guest } from './processes.mjs'

const LOAD_ADDRESS = 0x1000
const COUNT_ADDRESS = 0x800
const RAM_SIZE = 0xa0000
const PORT_DATA = 0xe000
const PORT_EXIT = 0xf4
const MMIO_ADDRESS = 0xd0000

/**
 * The C loop's machine, built of our layers: RAM up to 0xa0000, a device at port 0xe000 and at 0xd0000, one at port
 * 0xf4, the in-kernel interrupt controllers, and every vCPU at the flat guest's first instruction.
 */
export class BareMachine {
  /** Accesses to the devices at 0xe000 and 0xd0000; time in ns at the access after the warm-up, and at the end. By vCPU. */
  exits = [0, 0]
  first = [0n, 0n]
  last = [0n, 0n]
  #regions = []
  #left
  #warmUp
  #done = () => undefined

  /**
   * @param {string} program  name of a flat guest
   * @param {{ count: number, warmUp?: number, vcpus?: number }} options  accesses of each vCPU, of which the first
   *   `warmUp` are not timed
   */
  constructor(program, { count, warmUp = 0, vcpus = 1 }) {
    this.#left = vcpus
    this.#warmUp = warmUp
    const system = new SystemState({ smp: { sockets: vcpus, cpus: vcpus, maxCpus: vcpus } })
    this.system = system
    configureAccelerators(system, [{ name: 'kvm' }])
    const ram = new MemoryRegion()
    memoryRegionInitRam(ram, null, 'ram', RAM_SIZE, system.accel.qomClass.ramAllocator)
    memoryRegionAddSubregion(system.systemMemory, 0, ram)
    this.#regions.push(ram)

    const access = () => {
      const { cpuIndex } = system.currentCpu
      if (this.exits[cpuIndex]++ === warmUp) this.first[cpuIndex] = process.hrtime.bigint()
    }
    const end = () => {
      this.last[system.currentCpu.cpuIndex] = process.hrtime.bigint()
      if (--this.#left === 0) this.#done()
    }
    this.#addDevice(system.systemIo, PORT_DATA, 1, access)
    this.#addDevice(system.systemIo, PORT_EXIT, 1, end)
    this.#addDevice(system.systemMemory, MMIO_ADDRESS, 0x1000, access)

    const count32 = new Uint8Array(new Uint32Array([count + warmUp]).buffer)
    addressSpaceWrite(system.addressSpaceMemory, LOAD_ADDRESS, readFileSync(guest(`${program}.bin`)))
    addressSpaceWrite(system.addressSpaceMemory, COUNT_ADDRESS, count32)
    for (let apicId = 0; apicId < vcpus; apicId++) {
      const cpu = x86CpuCreate(system, 'qemu64-x86_64-cpu', null)
      cpu.checkCpuid = false
      cpu.apicId = apicId
      qdevRealize(cpu, null, system.root)
    }
    qemuSystemReset(system, 'none')
    for (const cpu of system.cpus) {
      const { env } = X86_CPU(cpu)
      env.segs[1].selector = 0
      env.segs[1].base = 0n
      env.eip = BigInt(LOAD_ADDRESS)
      env.mpState = KVM_MP_STATE_RUNNABLE // no CPU waits for a start-up IPI
      cpu.halted = false
    }
    cpuSynchronizeAllPostInit(system)
  }

  /** @param {MemoryRegion} container @param {number} address @param {number} size @param {() => void} access */
  #addDevice(container, address, size, access) {
    const ops = { read: () => (access(), 0), write: access, endianness: 'little' }
    const region = new MemoryRegion()
    memoryRegionInitIo(region, null, ops, `bench-${address.toString(16)}`, size)
    memoryRegionAddSubregion(container, address, region)
  }

  /** Frequency of the guest's time-stamp counter. */
  get tscKhz() {
    return kvmGetTscKhz(this.system.cpus[0].kvmVcpu)
  }

  /** Starts the vCPUs; resolves when every one has made its accesses. @returns {Promise<void>} */
  run() {
    this.loop = qemuMainLoop(this.system)
    const done = new Promise((resolve) => (this.#done = resolve))
    vmStart(this.system)
    return done
  }

  /** ns per access, the mean over all vCPUs, each from its first one after the warm-up to its end. */
  get nsPerExit() {
    const ns = this.last.reduce((sum, last, i) => sum + Number(last - this.first[i]), 0)
    return ns / this.exits.reduce((sum, exits) => sum + Math.max(0, exits - this.#warmUp), 0)
  }

  async destroy() {
    const { system } = this
    if (this.loop) {
      qemuSystemShutdownRequest(system, 'host-qmp-quit')
      await this.loop
    }
    await pauseAllVcpus(system)
    for (const cpu of [...system.cpus]) {
      await cpuRemoveSync(cpu)
      qdevUnrealize(cpu)
      objectUnparent(cpu)
    }
    accelExitMachine(system)
    addressSpaceDestroy(system.addressSpaceMemory)
    addressSpaceDestroy(system.addressSpaceIo)
    system.clocks.destroy()
    for (const region of this.#regions) memoryRegionGetRamBlock(region)?.block.backing.free()
  }
}
