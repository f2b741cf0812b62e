// SPDX-License-Identifier: GPL-2.0-or-later
import { EventEmitter } from 'node:events'
import {
  type MainLoopExit,
  qemuAddVmChangeStateHandler,
  qemuMainLoop,
  qemuSystemPowerdownRequest,
  qemuSystemResetRequest,
  qemuSystemShutdownRequestWithCode,
  type RunState,
  type ShutdownCause,
  SystemState,
  vmStart,
  vmStop,
} from '@dromaius/cpus'
import { findMachine } from '@dromaius/hw-core'
import { typeByName } from '@dromaius/qom'
import { TYPE_X86_CPU } from '@dromaius/target-i386'
import { errorReport, UserError } from '@dromaius/util'
import { CpuHotplug, type CpuPlace, type CpuSpec, type HotpluggableCpu } from './cpu-hotplug.js'
import './link.js'
import { StreamChardev } from './char-stream.js'
import { GuestMemory } from './guest-memory.js'
import { locate, type MachineConfig } from './machine-config.js'
import { MachineCpu } from './machine-cpu.js'
import { emitArguments, type MachineEvents } from './machine-events.js'
import { qemuCleanup, qemuInit } from './machine-init.js'
import type { MachineOptions } from './machine-options.js'
import './microvm.js'
import './null-machine.js'
import { inFieldsWords, readMachineOptions } from './read-options.js'
import type { SerialStream } from './serial-stream.js'
import type { RunFigures } from './summary.js'
import { TYPE_X86_MACHINE, type X86MachineState } from './x86-machine.js'

/** Node.js has it from 20.5 on; before, it is a symbol that everybody who looks for it agrees on. */
const asyncDispose: typeof Symbol.asyncDispose =
  (Symbol as { asyncDispose?: typeof Symbol.asyncDispose }).asyncDispose ??
  (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose)

/** How a machine ended. */
export interface MachineExit {
  /** Exit code of the command: 0 for a power-off or an end that was asked for. */
  readonly code: number
  /** Who or what ended it, in QMP's words. */
  readonly reason: ShutdownCause
  /** Why the machine could not go on, one line, which was reported already; null for every other end. */
  readonly error: string | null
  readonly figures: RunFigures
}

/**
 * A virtual machine in this process: built by {@link Machine.create}, started by `start`, gone when `exited` resolves.
 * Several may live side by side. What happens to it is emitted, see {@link MachineEvents}; listeners are called a moment later,
 * when nothing of the machine is in the middle of anything.
 */
export class Machine extends EventEmitter<MachineEvents> {
  /** What devices and CPUs share: clocks, memory, CPUs, run state. */
  readonly system: SystemState
  /** The machine object, `/machine` in the composition tree. */
  readonly board: X86MachineState
  /** The guest's memory by physical address. */
  readonly memory: GuestMemory
  /**
   * Resolves when the machine has ended by itself, by `stop` or by an error, and everything that it had is given back.
   * It never rejects for what a guest does.
   */
  readonly exited: Promise<MachineExit>
  readonly #cpuHotplug: CpuHotplug
  /** Why the machine could not go on. */
  #error: string | null = null
  #end: (exit: MachineExit) => void = () => undefined
  #reject: (error: unknown) => void = () => undefined
  #ending = false

  private constructor(config: MachineConfig) {
    super()
    const type = config.type ?? 'microvm'
    const mc = locate(`-machine ${type}`, () => findMachine(type))
    this.system = new SystemState()
    this.board = TYPE_X86_MACHINE.cast(typeByName(mc.typeName)!.new())
    this.board.system = this.system
    this.#cpuHotplug = new CpuHotplug(this.board)
    this.memory = new GuestMemory(this.board, () => this.#ending)
    this.exited = new Promise((resolve, reject) => {
      this.#end = resolve
      this.#reject = reject
    })
    // Whoever does not ask how it ended shall not be told by a crash.
    this.exited.catch(() => undefined)
  }

  /**
   * Builds a machine and brings its CPUs to life; it does not run yet. Throws UserError for what is asked for and cannot be had,
   * with the field of the options in front, HostError when the host refuses, the signal's reason when that is aborted; nothing is
   * left of the machine then.
   */
  static async create(options: MachineOptions = {}): Promise<Machine> {
    const { signal } = options
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw new UserError('signal: expected an AbortSignal')
    signal?.throwIfAborted()
    try {
      const machine = await Machine.fromConfig(readMachineOptions(options), signal)
      if (!signal) return machine
      if (signal.aborted) await machine.stop()
      signal.throwIfAborted()
      machine.#endWith(signal)
      return machine
    } catch (error) {
      throw inFieldsWords(error)
    }
  }

  /** The same from what the command read. @internal */
  static async fromConfig(config: MachineConfig, signal?: AbortSignal): Promise<Machine> {
    const machine = new Machine(config)
    const { system } = machine
    try {
      await qemuInit(system, machine.board, config, signal)
    } catch (error) {
      machine.#ending = true
      await machine.#cleanup()
      throw error
    }
    qemuAddVmChangeStateHandler(system, (_running, state) => {
      if (state === 'internal-error' && system.actions.shutdown !== 'pause') machine.#failed()
    })
    machine.#listen()
    // Not awaited: it lasts as long as the machine.
    qemuMainLoop(system).then(
      (exit) => machine.#finish(exit),
      (error: unknown) => machine.#fail(error),
    )
    return machine
  }

  /** What the machine is doing, in QMP's words. */
  get state(): RunState {
    return this.system.runState.current
  }

  /** The CPUs that are there, by index. */
  get cpus(): MachineCpu[] {
    return this.system.cpus.map((cpu) => new MachineCpu(TYPE_X86_CPU.cast(cpu)))
  }

  /** The first serial port: its output to read, its input to write. Throws UserError when that goes elsewhere. */
  get serial(): SerialStream {
    const chr = this.board.serialHds[0]
    if (chr instanceof StreamChardev) return chr.stream
    throw new UserError(
      chr
        ? `serial: the port goes to '${chr.label}' and not to this program, as the option asks`
        : 'serial: the machine has no serial port',
    )
  }

  /**
   * Lets the machine run, for the first time or after a pause. Returns at once; `exited` tells of the end.
   * @throws UserError when only a reset can help, Error when the machine has ended
   * @qemu softmmu/cpus.c vm_start
   */
  start(): void {
    if (this.#ending) throw new Error('The machine has ended')
    vmStart(this.system)
  }

  /** Stops the virtual clock and all CPUs; resolves when every CPU is out of guest code. */
  async pause(): Promise<void> {
    await vmStop(this.system, 'paused')
  }

  /** Lets a paused machine go on, as `start` does. */
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
    qemuSystemShutdownRequestWithCode(this.system, 'host-qmp-quit', 0)
    return this.exited
  }

  /** Ends the machine, as `stop` does: `await using vm = await Machine.create()` where the language has that. */
  async [asyncDispose](): Promise<void> {
    await this.stop()
  }

  #endWith(signal: AbortSignal): void {
    const onAbort = (): void => void this.stop().catch(() => undefined)
    signal.addEventListener('abort', onAbort)
    const forget = (): void => signal.removeEventListener('abort', onAbort)
    this.exited.then(forget, forget)
  }

  /** Passes on what happens; a listener that throws must not meet a half-done step of the machine. */
  #listen(): void {
    const { runState, qapiEventListeners } = this.system
    runState.listeners.add((state) => process.nextTick(() => this.emit('state', state)))
    qapiEventListeners.add((event) => {
      const [name, ...args] = emitArguments(event)
      process.nextTick(() => this.emit(name, ...args))
    })
  }

  #failed(): void {
    // Whoever found the reason has reported it.
    this.#error = this.system.internalError ?? 'The machine cannot go on: internal error'
    if (this.system.internalError === null) errorReport(this.#error)
    qemuSystemShutdownRequestWithCode(this.system, 'host-error', 1)
  }

  async #cleanup(): Promise<RunFigures> {
    await this.#cpuHotplug.close()
    return qemuCleanup(this.system, this.board)
  }

  #finish({ cause, code }: MainLoopExit): void {
    this.#ending = true
    this.#cleanup().then(
      (figures) => this.#end({ code, reason: cause, error: this.#error, figures }),
      (failure: unknown) => this.#reject(failure),
    )
  }

  #fail(error: unknown): void {
    this.#ending = true
    this.#cleanup().then(
      () => this.#reject(error),
      () => this.#reject(error),
    )
  }
}
