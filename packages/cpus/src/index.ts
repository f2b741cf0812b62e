// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * CPUs and what runs them: CPUState, accelerators, the vCPU's life, the machine's run state and requests.
 *
 * @packageDocumentation
 */
import './accel-rows.js'

export {
  accelExitMachine,
  accelFind,
  accelList,
  AccelClass,
  type AccelSpec,
  AccelState,
  configureAccelerators,
  TYPE_ACCEL,
} from './accel.js'
export {
  type AccelCpu,
  accelCpuCommonRealize,
  accelCpuCommonUnrealize,
  registerAccelCpu,
} from './accel-cpu.js'
export type { AccelOps } from './accel-ops.js'
export { accelOpsOf } from './accel-ops-of.js'
export { BqlCond } from './bql-cond.js'
export {
  type CPUBreakpoint,
  cpuBreakpointInsert,
  cpuBreakpointRemove,
  cpuBreakpointRemoveAll,
  type CPUWatchpoint,
} from './breakpoint.js'
export * from './constants.js'
export {
  cpuCommonReset,
  cpuExecRealizefn,
  cpuExecUnrealizefn,
  cpuInterrupt,
  cpuListAdd,
  cpuListRemove,
  cpuReset,
  cpuResetInterrupt,
  genericHandleInterrupt,
  qemuGetCpu,
} from './cpu-common.js'
export { cpuExit, cpuStopCurrent, qemuCpuIsSelf, qemuCpuKick } from './cpu-kick.js'
export { CPUClass, CPUState, type QemuWorkItem, TYPE_CPU, UNASSIGNED_CPU_INDEX } from './cpu-state.js'
export {
  cpuSynchronizeAllPostInit,
  cpuSynchronizeAllPostReset,
  cpuSynchronizeAllPreLoadvm,
  cpuSynchronizeAllStates,
  cpuSynchronizePostInit,
  cpuSynchronizePostReset,
  cpuSynchronizePreLoadvm,
  cpuSynchronizeState,
} from './cpu-synchronize.js'
export { asyncRunOnCpu, processQueuedCpuWork, runOnCpu } from './cpu-work.js'
export {
  allCpuThreadsIdle,
  cpuAddressSpaceInit,
  cpuCanRun,
  cpuHandleGuestDebug,
  cpuHasWork,
  cpuIsStopped,
  cpuRemoveSync,
  cpuResume,
  cpuThreadIsIdle,
  pauseAllVcpus,
  qemuInitVcpu,
  qemuWaitIoEvent,
  qemuWaitIoEventCommon,
  resumeAllVcpus,
} from './cpus.js'
export {
  cpuSingleStep,
  gdbBreakpointInsert,
  gdbBreakpointRemove,
  gdbBreakpointRemoveAll,
  supportsGuestDebug,
} from './debug.js'
export {
  type KVMCapabilityInfo,
  type KvmMsiRoutes,
  type KVMState,
  kvmArch,
  type KvmArchOps,
  kvmEnabled,
  type KvmGuestDebug,
  kvmStateOf,
  type KvmSwBreakpoint,
  kvmSwBreakpointsActive,
  registerKvmArchOps,
} from './kvm-state.js'
export { GuestRandom, guestRandomSeed, qemuGuestGetrandom } from './guest-random.js'
export { Icount, type IcountConfig, icountConfigParse } from './icount.js'
export { apicGetIrqDelivered, apicReportIrqDelivered, apicResetIrqDelivered } from './irq-delivered.js'
export { type MainLoopExit, mainLoopShouldExit, qemuMainLoop, qemuSystemReset } from './main-loop.js'
export { type QapiEvent, qapiEventEmit } from './qapi-events.js'
export {
  cpuStopWithInternalError,
  cpuThreadFailed,
  qemuSystemDebugRequest,
  qemuSystemGuestPanicked,
  qemuSystemKilled,
  qemuSystemPowerdownRequest,
  qemuSystemResetRequest,
  qemuSystemShutdownRequest,
  qemuSystemShutdownRequestWithCode,
  qemuSystemVmstopRequest,
} from './requests.js'
export { type RunState, RunStateMachine, runStates, runstateTransitionAllowed } from './run-state.js'
export { type ShutdownCause, shutdownCausedByGuest } from './shutdown-cause.js'
export {
  type CpuTopology,
  type RtcConfig,
  type SystemActions,
  type SystemRequests,
  SystemState,
  type VMChangeStateHandler,
} from './system-state.js'
export { qemuAddVmChangeStateHandler, runstateIsRunning, vmStart, vmStop } from './vm-state.js'
