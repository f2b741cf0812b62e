// SPDX-License-Identifier: GPL-2.0-or-later
import { type AddressSpace, type MemoryRegion, TYPE_MEMORY_REGION } from '@dromaius/memory'
import type { KvmRun, VcpuServer } from '@dromaius/native'
import {
  DeviceClass,
  deviceClassSetProps,
  DeviceState,
  propBool,
  propLink,
  TYPE_DEVICE,
  typeRegister,
} from '@dromaius/qom'
import type { QemuThread, ThreadServer } from '@dromaius/thread'
import { BqlCond } from './bql-cond.js'
import type { CPUBreakpoint, CPUWatchpoint } from './breakpoint.js'
import type { SystemState } from './system-state.js'

/** CPU index before the CPU has joined its machine's list. @qemu include/hw/core/cpu.h UNASSIGNED_CPU_INDEX */
export const UNASSIGNED_CPU_INDEX = -1

/** Work that somebody wants done by a CPU's thread. @qemu cpus-common.c qemu_work_item */
export interface QemuWorkItem {
  fn: (cpu: CPUState) => void
  done: boolean
}

/**
 * A virtual CPU, whatever its architecture.
 * @qemu include/hw/core/cpu.h CPUState
 */
export class CPUState extends DeviceState {
  declare readonly qomClass: CPUClass
  /** The machine. Set by whoever creates the CPU, before it is realized. */
  system!: SystemState

  /** Place in the machine's list, stable as long as the CPU lives. */
  cpuIndex = UNASSIGNED_CPU_INDEX
  /** Cores in this CPU's die, threads in its core. */
  nrCores = 1
  nrThreads = 1

  /** The OS thread that runs the CPU, while there is one. */
  thread: QemuThread<ThreadServer, void> | null = null
  /** The thread's id as `ps -T` shows it. */
  threadId = 0
  /** What went wrong in the thread before the CPU was created. */
  threadError: unknown = null
  /** Signalled when a halted or stopped CPU has something to do. */
  readonly haltCond = new BqlCond()
  /** A kick is under way already. */
  threadKicked = false
  /** The thread has brought the CPU to life. */
  created = false
  /** The CPU is asked to stop. */
  stop = false
  /** The CPU has stopped. */
  stopped = false
  /** The CPU is asked to go away. */
  unplug = false
  /** KVM_RUN, or another accelerator's loop, executes guest code now. */
  running = false
  /** Leave the inner loop as soon as possible. */
  exitRequest = false
  /** The guest executed HLT, or waits for its start-up IPI. */
  halted = false
  /** CPU_INTERRUPT_*. */
  interruptRequest = 0
  /** EXCP_* or an exception vector, -1 for none. */
  exceptionIndex = -1
  /** The CPU starts in power-off. */
  startPoweredOff = false
  crashOccurred = false

  /** Guest memory as this CPU sees it. */
  memory: MemoryRegion | null = null
  as: AddressSpace | null = null

  readonly workList: QemuWorkItem[] = []
  readonly breakpoints: CPUBreakpoint[] = []
  readonly watchpoints: CPUWatchpoint[] = []
  watchpointHit: CPUWatchpoint | null = null
  /** SSTEP_* flags, 0 when the CPU is not single-stepped. */
  singlestepEnabled = 0

  /** The registers in this object are newer than the accelerator's. */
  vcpuDirty = false
  /** KVM's side of the CPU: the thread's ioctl server and the pages shared with the kernel. */
  kvmVcpu: VcpuServer | null = null
  kvmRun: KvmRun | null = null
}

/**
 * Class of all CPU models.
 * @qemu include/hw/core/cpu.h CPUClass
 */
export class CPUClass extends DeviceClass {
  /** Whether a halted CPU has a reason to go on. */
  hasWork: (cpu: CPUState) => boolean = () => false
  /** The registers as text, for `-d` and error reports. */
  dumpState: (cpu: CPUState) => string = () => ''
  /** Sets and gets the address of the next instruction, a linear address as the architecture's debuggers use it. */
  setPc: (cpu: CPUState, pc: bigint) => void = () => {}
  getPc: (cpu: CPUState) => bigint = () => 0n
  /** The architecture's own id of the CPU, on x86 the APIC id. */
  getArchId: (cpu: CPUState) => number = (cpu) => cpu.cpuIndex
  /**
   * Guest-physical address of a guest-virtual one for a debugger, null when it is not mapped.
   * @qemu include/hw/core/sysemu-cpu-ops.h get_phys_page_debug
   */
  translateDebug: (cpu: CPUState, address: bigint) => number | null = (_cpu, address) => Number(address)
}

/** @qemu include/hw/core/cpu.h TYPE_CPU */
export const TYPE_CPU = typeRegister<CPUState, CPUClass>({
  name: 'cpu',
  parent: TYPE_DEVICE,
  abstract: true,
  instance: CPUState,
  classType: CPUClass,
  classInit(cc) {
    cc.desc = 'CPU'
    cc.userCreatable = false
    deviceClassSetProps<CPUState>(cc, [
      propLink('memory', 'memory', TYPE_MEMORY_REGION),
      propBool('start-powered-off', 'startPoweredOff', false),
    ])
  },
})
