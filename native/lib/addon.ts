// SPDX-License-Identifier: GPL-2.0-or-later
//
// The whole surface of the C++ addon. Nothing else reaches native code.

import { constants } from 'node:os'
import { AddonError, HostError } from './errors.js'
import { loadAddon, missingAddon } from './load-addon.js'
import type { ThreadBindings } from './thread.js'

/**
 * What the addon exports: all of it on Linux; on Windows `thread`, the host's CPUs and anonymous memory. Every function throws a HostError when the host refuses, and a
 * TypeError, RangeError or Error when it is misused. `server` is the id of a vCPU thread, `fd` a descriptor.
 */
export interface Addon {
  /** Hands in the class of the errors; once per environment. */
  initialize(hostError: typeof HostError): void
  /** Symbolic name of an errno. */
  errnoName(errno: number): string

  // src/linux/pump.cc: vCPU threads
  /** Sets the callback for a ready vCPU while the pump slept; returns the memory that pumpWait fills. */
  pumpInit(onWake: () => void): ArrayBuffer
  /** Spins for ready vCPUs; returns how many, 0 when the pump has gone to sleep. */
  pumpWait(fresh: boolean): number
  /** Creates a vCPU's thread; returns its id. */
  vcpuCreate(name: string): number
  /** The thread's id as `ps -T` shows it. */
  vcpuTid(server: number): number
  /** Starts KVM_RUN; the result comes through the pump. */
  vcpuRun(server: number, fd: number): void
  /** Sends SIG_IPI. */
  vcpuKick(server: number): void
  /** Asks the thread to end; its end comes through the pump. */
  vcpuStop(server: number): void
  /** Joins a thread whose end was reported. */
  vcpuJoin(server: number): void

  // src/mapping.cc and, for descriptors, src/linux/ram_bindings.cc: host memory. Sizes and offsets in bytes.
  ramMapAnonymous(size: number): number
  ramMapFd(fd: number, size: number, shared: boolean): number
  memfdCreate(name: string, size: number): number
  openRamFile(path: string): number
  memoryAddress(id: number): bigint
  memoryWindow(id: number, offset: number, length: number): ArrayBuffer
  memoryReprotect(id: number, offset: number, length: number): void
  memoryRelease(id: number): void

  // src/cpu_bindings.cc
  hostCpuid(leaf: number, subleaf: number): { eax: number; ebx: number; ecx: number; edx: number }
  usableCpus(): number

  // src/linux/host_bindings.cc
  eventfdCreate(initial: number): number
  eventfdSignal(fd: number): void
  eventfdRead(fd: number): bigint
  ttyGuard(fd: number): void
  /** Takes a file's write lock until the descriptor is closed; false if another open file has it. */
  lockFile(fd: number): boolean

  // src/linux/pty_bindings.cc
  /** Makes a pseudo terminal; returns its master side, non-blocking, and the path of the other. */
  ptyOpen(): { fd: number; path: string }
  /** Whether somebody has the other side open. */
  ptyConnected(fd: number): boolean
  /** Another descriptor of the master side, which the caller's stream closes. */
  ptyDuplicate(fd: number): number

  // src/linux/kvm_bindings.cc: what does not fit the table
  openKvm(path: string): number
  closeFd(fd: number): void
  adoptFd(fd: number): void
  kvmCreateVcpu(server: number, vmfd: number, id: number): number
  kvmMapRun(server: number, fd: number, size: number): number
  kvmInitSignals(server: number, fd: number, mapping: number): void
  kvmSetUserMemoryRegion(
    vmfd: number,
    slot: number,
    flags: number,
    guestAddress: number,
    size: number,
    hostAddress: bigint,
  ): void
  kvmGetDirtyLog(vmfd: number, slot: number, bitmap: Uint8Array): void
  kvmIrqLine(vmfd: number, irq: number, level: number): number
  kvmX86GetMceCapSupported(fd: number): bigint

  // src/linux/kvm_ioctls.def: one function per ioctl, its value returned
  kvmGetApiVersion(fd: number): number
  kvmCreateVm(fd: number, value: number): number
  kvmCheckExtension(fd: number, value: number): number
  kvmGetVcpuMmapSize(fd: number): number
  kvmGetSupportedCpuid(fd: number, bytes: Uint8Array): number
  kvmGetEmulatedCpuid(fd: number, bytes: Uint8Array): number
  kvmGetSupportedHvCpuid(fd: number, bytes: Uint8Array): number
  kvmGetMsrIndexList(fd: number, bytes: Uint8Array): number
  kvmGetMsrFeatureIndexList(fd: number, bytes: Uint8Array): number
  kvmGetFeatureMsrs(fd: number, bytes: Uint8Array): number
  kvmSetTssAddr(fd: number, value: number): number
  kvmSetIdentityMapAddr(fd: number, value: bigint): number
  kvmEnableVmCap(fd: number, bytes: Uint8Array): number
  kvmCreateIrqchip(fd: number): number
  kvmGetIrqchip(fd: number, bytes: Uint8Array): number
  kvmSetIrqchip(fd: number, bytes: Uint8Array): number
  kvmCreatePit2(fd: number, bytes: Uint8Array): number
  kvmGetPit2(fd: number, bytes: Uint8Array): number
  kvmSetPit2(fd: number, bytes: Uint8Array): number
  kvmReinjectControl(fd: number, bytes: Uint8Array): number
  kvmGetClock(fd: number, bytes: Uint8Array): number
  kvmSetClock(fd: number, bytes: Uint8Array): number
  kvmSignalMsi(fd: number, bytes: Uint8Array): number
  kvmSetGsiRouting(fd: number, bytes: Uint8Array): number
  kvmIrqfd(fd: number, bytes: Uint8Array): number
  kvmIoeventfd(fd: number, bytes: Uint8Array): number
  kvmRegisterCoalescedMmio(fd: number, bytes: Uint8Array): number
  kvmUnregisterCoalescedMmio(fd: number, bytes: Uint8Array): number
  kvmSetBootCpuId(fd: number, value: number): number
  kvmGetRegs(server: number, fd: number, bytes: Uint8Array): number
  kvmSetRegs(server: number, fd: number, bytes: Uint8Array): number
  kvmGetSregs(server: number, fd: number, bytes: Uint8Array): number
  kvmSetSregs(server: number, fd: number, bytes: Uint8Array): number
  kvmGetSregs2(server: number, fd: number, bytes: Uint8Array): number
  kvmSetSregs2(server: number, fd: number, bytes: Uint8Array): number
  kvmGetFpu(server: number, fd: number, bytes: Uint8Array): number
  kvmSetFpu(server: number, fd: number, bytes: Uint8Array): number
  kvmGetXcrs(server: number, fd: number, bytes: Uint8Array): number
  kvmSetXcrs(server: number, fd: number, bytes: Uint8Array): number
  kvmGetXsave(server: number, fd: number, bytes: Uint8Array): number
  kvmGetXsave2(server: number, fd: number, bytes: Uint8Array): number
  kvmSetXsave(server: number, fd: number, bytes: Uint8Array): number
  kvmGetMsrs(server: number, fd: number, bytes: Uint8Array): number
  kvmSetMsrs(server: number, fd: number, bytes: Uint8Array): number
  kvmSetCpuid2(server: number, fd: number, bytes: Uint8Array): number
  kvmGetVcpuSupportedHvCpuid(server: number, fd: number, bytes: Uint8Array): number
  kvmGetNestedState(server: number, fd: number, bytes: Uint8Array): number
  kvmSetNestedState(server: number, fd: number, bytes: Uint8Array): number
  kvmGetCpuid2(server: number, fd: number, bytes: Uint8Array): number
  kvmGetVcpuEvents(server: number, fd: number, bytes: Uint8Array): number
  kvmSetVcpuEvents(server: number, fd: number, bytes: Uint8Array): number
  kvmGetMpState(server: number, fd: number, bytes: Uint8Array): number
  kvmSetMpState(server: number, fd: number, bytes: Uint8Array): number
  kvmGetDebugregs(server: number, fd: number, bytes: Uint8Array): number
  kvmSetDebugregs(server: number, fd: number, bytes: Uint8Array): number
  kvmGetLapic(server: number, fd: number, bytes: Uint8Array): number
  kvmSetLapic(server: number, fd: number, bytes: Uint8Array): number
  kvmSetGuestDebug(server: number, fd: number, bytes: Uint8Array): number
  kvmTranslate(server: number, fd: number, bytes: Uint8Array): number
  kvmInterrupt(server: number, fd: number, bytes: Uint8Array): number
  kvmNmi(server: number, fd: number): number
  kvmGetTscKhz(server: number, fd: number): number
  kvmSetTscKhz(server: number, fd: number, value: number): number
  kvmX86SetupMce(server: number, fd: number, value: bigint): number
  kvmX86SetMce(server: number, fd: number, bytes: Uint8Array): number
  kvmEnableCap(server: number, fd: number, bytes: Uint8Array): number
  kvmEnableCapResult(server: number, fd: number, bytes: Uint8Array): number
  kvmKvmclockCtrl(server: number, fd: number): number
  kvmTprAccessReporting(server: number, fd: number, bytes: Uint8Array): number
  kvmSetVapicAddr(server: number, fd: number, bytes: Uint8Array): number

  /** src/thread_bindings.cc */
  readonly thread: ThreadBindings
}

/** KVM, descriptors and signals are Linux's: elsewhere the functions are not in the addon, and say so when called. */
function sayAbsent(loaded: Addon): Addon {
  return new Proxy(loaded, {
    get(_, name) {
      if (name in loaded) return Reflect.get(loaded, name)
      return () => {
        const text = `only Linux has this, and this is ${process.platform}`
        throw new HostError(String(name), constants.errno.ENOSYS, 'ENOSYS', text)
      }
    },
  })
}

function load(): Addon {
  try {
    const loaded = loadAddon() as Addon
    loaded.initialize(HostError)
    return process.platform === 'linux' ? loaded : sayAbsent(loaded)
  } catch (error) {
    if (error instanceof AddonError) return missingAddon(error) as Addon
    throw error
  }
}

export const addon = load()
