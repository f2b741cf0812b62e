// SPDX-License-Identifier: GPL-2.0-or-later
import { AddressSpace, type MemoryRegion, systemIoInit, systemMemoryInit } from '@dromaius/memory'
import { objectRootNew, type QemuObject, resetContainerNew } from '@dromaius/qom'
import { Clocks, type TimeSource } from '@dromaius/util'
import type { AccelState } from './accel.js'
import { BqlCond } from './bql-cond.js'
import type { CPUState } from './cpu-state.js'
import type { GuestRandom } from './guest-random.js'
import type { Icount } from './icount.js'
import type { QapiEvent } from './qapi-events.js'
import { type RunState, RunStateMachine } from './run-state.js'
import type { ShutdownCause } from './shutdown-cause.js'

/** The CPU topology of a machine: counts of each level per the level above, and CPUs in all. */
export interface CpuTopology {
  sockets: number
  dies: number
  cores: number
  threads: number
  /** CPUs present at start. */
  cpus: number
  /** CPUs possible, with those plugged later. */
  maxCpus: number
}

/** Told when the VM starts (`running` true) or stops, and the new state. @qemu include/sysemu/runstate.h VMChangeStateHandler */
export type VMChangeStateHandler = (running: boolean, state: RunState) => void

/** What somebody asked of the main loop and is still to be done. */
export interface SystemRequests {
  shutdown: ShutdownCause | null
  /** Exit code that goes with the shutdown. */
  shutdownExitCode: number
  reset: ShutdownCause | null
  powerdown: boolean
  vmstop: RunState | null
  debug: boolean
}

/** What happens to a machine when its guest resets, powers off or tells of its crash. @qemu qapi/run-state.json RebootAction */
export interface SystemActions {
  reboot: 'reset' | 'shutdown'
  shutdown: 'poweroff' | 'pause'
  panic: 'pause' | 'shutdown' | 'exit-failure' | 'none'
}

/** What the guest's real-time clock starts with and follows. @qemu softmmu/rtc.c configure_rtc */
export interface RtcConfig {
  /** `utc`, `localtime`, or a date such as `2006-06-17T16:01:21`. */
  base: string
  /** Seconds since 1970 of a `base` that is a date; null where the host's clock tells. */
  start: bigint | null
  clock: 'host' | 'realtime' | 'virtual'
  /** What becomes of ticks that the guest was too slow for, unless the device is told. */
  lostTickPolicy: 'discard' | 'slew'
}

/**
 * One machine as the system layer sees it: what QEMU keeps in globals of softmmu/cpus.c, runstate.c and memory.c.
 *
 * An isolate may hold several. The isolate is the big lock of all of them, so nothing here is ever locked.
 */
export class SystemState {
  /** Root of the composition tree; `/machine` stands below it. */
  readonly root: QemuObject = objectRootNew()
  readonly clocks: Clocks
  readonly runState = new RunStateMachine()
  readonly rtc: RtcConfig = { base: 'utc', start: null, clock: 'host', lostTickPolicy: 'discard' }
  readonly actions: SystemActions = { reboot: 'reset', shutdown: 'poweroff', panic: 'shutdown' }

  /** The memory that CPUs see, and the 64 KiB of ports. */
  readonly systemMemory: MemoryRegion
  readonly systemIo: MemoryRegion
  readonly addressSpaceMemory: AddressSpace
  readonly addressSpaceIo: AddressSpace

  /** All CPUs, in the order of their index. @qemu cpus-common.c cpus */
  readonly cpus: CPUState[] = []
  /**
   * The CPU whose thread's code runs now; null in everybody else's. A vCPU sets it whenever it is resumed and clears it
   * before it awaits.
   * @qemu include/hw/core/cpu.h current_cpu
   */
  currentCpu: CPUState | null = null
  /** Chosen by `configureAccelerators`. */
  accel: AccelState | null = null
  /** Counts instructions, from which guest time comes then; null where it follows the host's. @qemu softmmu/icount.c use_icount */
  icount: Icount | null = null
  /** Gives the guest its random numbers; null for the host's own. */
  guestRandom: GuestRandom | null = null
  smp: CpuTopology

  /** Interrupts that the controllers took since {@link apicResetIrqDelivered}. @qemu hw/intc/apic_common.c apic_irq_delivered */
  apicIrqDelivered = 0

  /** Signalled when a CPU came to life or went. @qemu softmmu/cpus.c qemu_cpu_cond */
  readonly qemuCpuCond = new BqlCond()
  /** Signalled when a CPU has stopped. @qemu softmmu/cpus.c qemu_pause_cond */
  readonly qemuPauseCond = new BqlCond()
  /** The stop that is under way, until every CPU is out of guest code and the handlers know. */
  stopping: Promise<void> | null = null
  /** Somebody wants the machine to go on as soon as that stop is through. */
  startWhenStopped = false
  /** Signalled when queued work was done. @qemu cpus-common.c qemu_work_cond */
  readonly qemuWorkCond = new BqlCond()

  readonly requests: SystemRequests = {
    shutdown: null,
    shutdownExitCode: 0,
    reset: null,
    powerdown: false,
    vmstop: null,
    debug: false,
  }
  /** Signalled with each request: the main loop waits for it. */
  readonly requestCond = new BqlCond()

  readonly vmChangeStateHandlers: { handler: VMChangeStateHandler; priority: number }[] = []
  readonly powerdownNotifiers: (() => void)[] = []
  /** Who is told of events, see `qapiEventEmit`. */
  readonly qapiEventListeners = new Set<(event: QapiEvent) => void>()
  /** What `qemuSystemReset` resets. */
  readonly resetContainer = resetContainerNew()
  /** The machine's own reset; the container's when null. @qemu include/hw/boards.h MachineClass */
  machineReset: ((cause: ShutdownCause) => void) | null = null
  /** The CPU that hit a breakpoint last. */
  debugCpu: CPUState | null = null
  /** Why the machine cannot go on, one line, when it is in state internal-error. */
  internalError: string | null = null

  /** @param options  `smp` in whole; the time source is the host's unless a test brings its own */
  constructor(options: { smp?: Partial<CpuTopology>; timeSource?: TimeSource } = {}) {
    this.clocks = new Clocks(options.timeSource)
    this.smp = { sockets: 1, dies: 1, cores: 1, threads: 1, cpus: 1, maxCpus: 1, ...options.smp }
    this.systemMemory = systemMemoryInit()
    this.systemIo = systemIoInit()
    this.addressSpaceMemory = new AddressSpace(this.systemMemory, 'memory')
    this.addressSpaceIo = new AddressSpace(this.systemIo, 'I/O')
  }
}
