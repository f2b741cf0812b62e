// SPDX-License-Identifier: GPL-2.0-or-later
import { fileURLToPath } from 'node:url'
import { kvmExitCounts, KVMState } from '@dromaius/accel-kvm'
import { Chardev, qemuChrAdd, qemuChrNew, TYPE_CHARDEV } from '@dromaius/chardev'
import {
  accelExitMachine,
  configureAccelerators,
  cpuRemoveSync,
  cpuSynchronizeAllPostInit,
  type MainLoopExit,
  pauseAllVcpus,
  qemuAddVmChangeStateHandler,
  qemuMainLoop,
  qemuSystemPowerdownRequest,
  qemuSystemReset,
  qemuSystemResetRequest,
  qemuSystemShutdownRequest,
  qemuSystemShutdownRequestWithCode,
  type RunState,
  SystemState,
  vmStart,
  vmStop,
} from '@dromaius/cpus'
import {
  findMachine,
  machineParseSmpConfig,
  machineRunBoardInit,
  smpConfigurationParse,
} from '@dromaius/hw-core'
import {
  containerGet,
  objectChildren,
  objectPropertyAddChild,
  objectPropertyParse,
  objectPropertySet,
  objectUnparent,
  qdevMachineCreationDone,
  type RootObject,
  typeByName,
} from '@dromaius/qom'
import { x86CpuClassByName, x86CpuParseFeaturestr } from '@dromaius/target-i386'
import { errorReport, UserError } from '@dromaius/util'
import { CpuHotplug, type CpuPlace, type CpuSpec, type HotpluggableCpu } from './cpu-hotplug.js'
import './link.js'
import { parseBoot } from './board-fw-cfg.js'
import { qdevDeviceNew, qdevDevicePlug } from './device-add.js'
import { locate, type MachineConfig, type SerialSpec } from './machine-config.js'
import { checkMemorySize } from './memory-size.js'
import './microvm.js'
import './null-machine.js'
import type { RunFigures } from './summary.js'
import { TYPE_X86_MACHINE, type X86MachineState } from './x86-machine.js'

/** The guest that comes with the package; the build puts it here. */
const BUNDLED_GUEST = fileURLToPath(new URL('../dist/guests/hello.elf', import.meta.url))

/** How a machine ended. */
export interface MachineExit extends MainLoopExit {
  /** Why the machine could not go on, one line, which was reported already; null for every other end. */
  readonly error: string | null
  readonly figures: RunFigures
}

/**
 * A virtual machine in this process: built by {@link Machine.create}, started by `start`, gone when `exited` resolves.
 * Several may live side by side.
 */
export class Machine {
  /** What devices and CPUs share: clocks, memory, CPUs, run state. */
  readonly system: SystemState
  /** The machine object, `/machine` in the composition tree. */
  readonly board: X86MachineState
  /**
   * Resolves when the machine has ended by itself, by `stop` or by an error, and everything that it had is given back.
   * It never rejects for what a guest does.
   */
  readonly exited: Promise<MachineExit>
  readonly #cpuHotplug: CpuHotplug
  #loopStarted = false
  /** Why the machine could not go on. */
  #error: string | null = null
  #end: (exit: MachineExit) => void = () => undefined
  #reject: (error: unknown) => void = () => undefined
  #ending = false

  private constructor(config: MachineConfig) {
    const type = config.type ?? 'microvm'
    const mc = locate(`-machine ${type}`, () => findMachine(type))
    this.system = new SystemState()
    this.board = TYPE_X86_MACHINE.cast(typeByName(mc.typeName)!.new())
    this.board.system = this.system
    this.#cpuHotplug = new CpuHotplug(this.board)
    this.exited = new Promise((resolve, reject) => {
      this.#end = resolve
      this.#reject = reject
    })
    // Whoever does not ask how it ended shall not be told by a crash.
    this.exited.catch(() => undefined)
  }

  /**
   * Builds a machine and brings its CPUs to life; it does not run yet. Throws UserError for what is asked for and cannot be had,
   * HostError when the host refuses; nothing is left of the machine then.
   * @qemu softmmu/vl.c qemu_init
   */
  static async create(config: MachineConfig = {}): Promise<Machine> {
    const machine = new Machine(config)
    try {
      machine.#build(config)
    } catch (error) {
      machine.#ending = true
      await machine.#destroy()
      throw error
    }
    return machine
  }

  #build(config: MachineConfig): void {
    const { system, board } = this
    const root = system.root as RootObject
    objectPropertyAddChild(root, 'machine', board)
    if (config.noReboot) system.actions.reboot = 'shutdown'
    if (config.noShutdown) system.actions.shutdown = 'pause'

    this.#applyMachineOptions(config)
    const accelerators = config.accelerators ?? [{ name: 'kvm' }]
    configureAccelerators(system, accelerators)
    this.#createChardevs(config)
    this.#applyCpuModel(config)
    // Made before the CPUs, so that a misspelt device is told before anything has cost time.
    const devices = (config.devices ?? []).map((spec) =>
      locate(`-device ${spec.text}`, () => ({ spec, dev: qdevDeviceNew(board, spec) })),
    )
    machineRunBoardInit(board)
    for (const { spec, dev } of devices) {
      locate(`-device ${spec.text}`, () => qdevDevicePlug(board, board.buses, spec, dev))
    }
    for (const notify of board.machineDoneNotifiers) notify()

    cpuSynchronizeAllPostInit(system)
    qdevMachineCreationDone(root)
    system.machineReset = () => board.qomClass.reset?.(board)
    qemuSystemReset(system, 'none')
    qemuAddVmChangeStateHandler(system, (_running, state) => {
      if (state === 'internal-error' && !config.noShutdown) this.#failed()
    })
  }

  /** What `-machine`, `-smp`, `-m` and `-kernel` say. */
  #applyMachineOptions(config: MachineConfig): void {
    const { board, system } = this
    for (const [name, value] of config.properties ?? []) {
      locate(`-machine ${name}=${value}`, () => objectPropertyParse(board, name, value))
    }
    const smp = String(config.smp ?? '1')
    locate(`-smp ${smp}`, () => machineParseSmpConfig(board, smpConfigurationParse(smp)))
    system.smp = { ...board.smp }
    if (config.memory !== undefined) {
      checkMemorySize(config.memory)
      board.ramSize = config.memory
    }
    if (config.bios !== undefined) objectPropertySet(board, 'firmware', config.bios)
    board.dataDirs = config.dataDirs ?? []
    board.fwCfgFiles = config.fwCfg ?? []
    if (config.boot !== undefined)
      board.bootConfig = locate(`-boot ${config.boot}`, () => parseBoot(config.boot!))
    // Without anything to boot, the guest that comes with the package.
    const bundled = board.firmware === '' && board.takesKernel ? BUNDLED_GUEST : ''
    objectPropertySet(board, 'kernel', config.kernel ?? bundled)
    objectPropertySet(board, 'initrd', config.initrd ?? '')
    objectPropertySet(board, 'append', config.append ?? '')
  }

  /** Finds the CPU model. The accelerator comes first: it has a say in features. @qemu softmmu/vl.c parse_cpu_option */
  #applyCpuModel({ cpu }: MachineConfig): void {
    if (cpu === undefined) return
    const { board } = this
    board.cpuOption = `-cpu ${cpu}`
    locate(board.cpuOption, () => {
      const [model, ...features] = cpu.split(',')
      const xcc = x86CpuClassByName(model!)
      if (!xcc || xcc.abstract)
        throw new UserError(`unable to find CPU model '${model}' (-cpu help lists them)`)
      board.cpuType = xcc.typeName
      board.cpuFeatures = x86CpuParseFeaturestr(features.join(',') || null)
    })
  }

  #createChardevs(config: MachineConfig): void {
    const serials = config.serials ?? []
    if (serials.length > 1) throw new UserError('-serial: this machine has one serial port')
    this.board.serialHds = serials.map((spec, index) => this.#chardev('-serial', `serial${index}`, spec))
    this.board.debugcons = (config.debugcons ?? []).map((spec, index) =>
      this.#chardev('-debugcon', index === 0 ? 'debugcon' : `debugcon${index}`, spec),
    )
  }

  #chardev(option: string, label: string, spec: SerialSpec): Chardev | null {
    const { root } = this.system
    if (spec instanceof Chardev) {
      if (spec.parent)
        throw new UserError(`${option}: the back end belongs to a machine already; each needs its own`)
      spec.label ||= label
      qemuChrAdd(root, spec)
      return spec
    }
    const onQuit = (): void => qemuSystemShutdownRequest(this.system, 'host-ui')
    return locate(`${option} ${spec}`, () => qemuChrNew(label, spec, { root, onQuit }))
  }

  /** What the machine is doing, in QMP's words. */
  get state(): RunState {
    return this.system.runState.current
  }

  /**
   * Lets the machine run, for the first time or after a pause. Returns at once; `exited` tells of the end.
   * @qemu softmmu/cpus.c vm_start
   */
  start(): void {
    if (this.#ending) throw new Error('The machine has ended')
    if (!this.#loopStarted) {
      this.#loopStarted = true
      // Not awaited: it lasts as long as the machine.
      qemuMainLoop(this.system).then(
        (exit) => this.#finish(exit),
        (error: unknown) => this.#fail(error),
      )
    }
    vmStart(this.system)
  }

  /** Stops the virtual clock and all CPUs; resolves when every CPU is out of guest code. */
  async pause(): Promise<void> {
    await vmStop(this.system, 'paused')
  }

  /** Lets a paused machine go on. */
  resume(): void {
    this.start()
  }

  /** Resets the machine as its reset button would. */
  reset(): void {
    qemuSystemResetRequest(this.system, 'host-qmp-system-reset')
  }

  /** Presses the power button, which the guest may heed or not. */
  powerdown(): void {
    qemuSystemPowerdownRequest(this.system)
  }

  /** The places for CPUs, of which `-smp maxcpus` says how many there are, and which CPUs are there. */
  get cpuPlaces(): HotpluggableCpu[] {
    return this.#cpuHotplug.list()
  }

  /**
   * Plugs a CPU into the machine, running or paused; the guest starts it by INIT and SIPI. Rejects with UserError for a place
   * that is wrong or taken, HostError when the host refuses.
   */
  async plugCpu(spec: CpuSpec): Promise<HotpluggableCpu> {
    return this.#cpuHotplug.plug(spec)
  }

  /**
   * Takes a CPU out of the machine, running or paused; resolves when its thread has ended. Rejects with UserError for a place
   * that is wrong or free, and for the CPU that starts the machine.
   */
  async unplugCpu(place: CpuPlace): Promise<void> {
    return this.#cpuHotplug.unplug(place)
  }

  /** Ends the machine whatever it is doing, and resolves when everything is given back. */
  async stop(): Promise<MachineExit> {
    // The main loop may be in the middle of a reset or a stop: it ends the machine when that is through.
    if (this.#loopStarted) qemuSystemShutdownRequestWithCode(this.system, 'host-qmp-quit', 0)
    else this.#finish({ cause: 'host-qmp-quit', code: 0 })
    return this.exited
  }

  #failed(): void {
    // Whoever found the reason has reported it.
    this.#error = this.system.internalError ?? 'The machine cannot go on: internal error'
    if (this.system.internalError === null) errorReport(this.#error)
    qemuSystemShutdownRequestWithCode(this.system, 'host-error', 1)
  }

  #finish(exit: MainLoopExit): void {
    if (this.#ending) return
    this.#ending = true
    this.#destroy().then(
      (figures) => this.#end({ ...exit, error: this.#error, figures }),
      (failure: unknown) => this.#reject(failure),
    )
  }

  #fail(error: unknown): void {
    if (this.#ending) return
    this.#ending = true
    this.#destroy().then(
      () => this.#reject(error),
      () => this.#reject(error),
    )
  }

  /**
   * Takes the machine apart: CPUs, devices, accelerator, memory, and last the back ends, which write out what is queued.
   * @qemu softmmu/runstate.c qemu_cleanup
   */
  async #destroy(): Promise<RunFigures> {
    const { system, board } = this
    await this.#cpuHotplug.close()
    await pauseAllVcpus(system)
    const figures = this.#figures()
    for (const cpu of [...system.cpus].reverse()) await cpuRemoveSync(cpu)
    objectUnparent(board)
    accelExitMachine(system)
    board.freeRam()
    for (const chr of objectChildren(containerGet(system.root, '/chardevs'))) {
      if (TYPE_CHARDEV.is(chr)) chr.chrClose()
    }
    return figures
  }

  #figures(): RunFigures {
    const { accel } = this.system
    return {
      firstRunNs: accel instanceof KVMState ? accel.firstRunNs : null,
      endNs: process.hrtime.bigint(),
      exits: kvmExitCounts(this.system),
    }
  }
}
