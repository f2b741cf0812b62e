// SPDX-License-Identifier: GPL-2.0-or-later
//
// One function per ioctl, named after it. Those of the system and of a VM take its descriptor and run on the
// calling thread; those of a vCPU take its VcpuServer and run on its thread, as a synchronous round trip.
// All throw a HostError whose operation is the request's name. The kernel's KVM API document describes each.

import { addon } from './addon.js'
import type { VcpuServer } from './vcpu-server.js'

/** Memory for an ioctl: a structure from kvm-structs.ts, or plain bytes. */
export type IoctlBuffer = Uint8Array | { readonly bytes: Uint8Array }

function bytesOf(buffer: IoctlBuffer): Uint8Array {
  return buffer instanceof Uint8Array ? buffer : buffer.bytes
}

/**
 * An ioctl of the system or of a VM, without an argument.
 * @qemu accel/kvm/kvm-all.c kvm_ioctl
 * @qemu accel/kvm/kvm-all.c kvm_vm_ioctl
 * @differs makes one function per request; a failure is a HostError
 */
const fdNone = (issue: (fd: number) => number) => issue

/**
 * An ioctl of the system or of a VM, with a number of 32 bits.
 * @qemu accel/kvm/kvm-all.c kvm_ioctl
 * @qemu accel/kvm/kvm-all.c kvm_vm_ioctl
 * @differs makes one function per request; a failure is a HostError
 */
const fdValue = (issue: (fd: number, value: number) => number) => issue

/**
 * An ioctl of the system or of a VM, with a number of 64 bits.
 * @qemu accel/kvm/kvm-all.c kvm_ioctl
 * @qemu accel/kvm/kvm-all.c kvm_vm_ioctl
 * @differs makes one function per request; a failure is a HostError
 */
const fdU64 = (issue: (fd: number, value: bigint) => number) => issue

/**
 * An ioctl of the system or of a VM, with memory that the kernel reads or fills.
 * @qemu accel/kvm/kvm-all.c kvm_ioctl
 * @qemu accel/kvm/kvm-all.c kvm_vm_ioctl
 * @differs makes one function per request; a failure is a HostError
 */
const fdBytes = (issue: (fd: number, bytes: Uint8Array) => number) => (fd: number, buffer: IoctlBuffer) =>
  issue(fd, bytesOf(buffer))

/**
 * An ioctl of a vCPU, without an argument.
 * @qemu accel/kvm/kvm-all.c kvm_vcpu_ioctl
 * @differs makes one function per request, carried out on the vCPU's thread; a failure is a HostError
 */
const vcpuNone = (issue: (server: number, fd: number) => number) => (vcpu: VcpuServer) =>
  issue(vcpu.id, vcpu.fd)

/**
 * An ioctl of a vCPU, with a number of 32 bits.
 * @qemu accel/kvm/kvm-all.c kvm_vcpu_ioctl
 * @differs makes one function per request, carried out on the vCPU's thread; a failure is a HostError
 */
const vcpuValue =
  (issue: (server: number, fd: number, value: number) => number) => (vcpu: VcpuServer, value: number) =>
    issue(vcpu.id, vcpu.fd, value)

/**
 * An ioctl of a vCPU, with a number of 64 bits.
 * @qemu accel/kvm/kvm-all.c kvm_vcpu_ioctl
 * @differs makes one function per request, carried out on the vCPU's thread; a failure is a HostError
 */
const vcpuU64 =
  (issue: (server: number, fd: number, value: bigint) => number) => (vcpu: VcpuServer, value: bigint) =>
    issue(vcpu.id, vcpu.fd, value)

/**
 * An ioctl of a vCPU, with memory that the kernel reads or fills.
 * @qemu accel/kvm/kvm-all.c kvm_vcpu_ioctl
 * @differs makes one function per request, carried out on the vCPU's thread; a failure is a HostError
 */
const vcpuBytes =
  (issue: (server: number, fd: number, bytes: Uint8Array) => number) =>
  (vcpu: VcpuServer, buffer: IoctlBuffer) =>
    issue(vcpu.id, vcpu.fd, bytesOf(buffer))

/** KVM_GET_API_VERSION */
export const kvmGetApiVersion = fdNone(addon.kvmGetApiVersion)
/** KVM_CREATE_VM */
export const kvmCreateVm = fdValue(addon.kvmCreateVm)
/** KVM_CHECK_EXTENSION */
export const kvmCheckExtension = fdValue(addon.kvmCheckExtension)
/** KVM_GET_VCPU_MMAP_SIZE */
export const kvmGetVcpuMmapSize = fdNone(addon.kvmGetVcpuMmapSize)
/** KVM_GET_SUPPORTED_CPUID */
export const kvmGetSupportedCpuid = fdBytes(addon.kvmGetSupportedCpuid)
/** KVM_GET_EMULATED_CPUID */
export const kvmGetEmulatedCpuid = fdBytes(addon.kvmGetEmulatedCpuid)
/** KVM_GET_SUPPORTED_HV_CPUID of the system, with KVM_CAP_SYS_HYPERV_CPUID */
export const kvmGetSupportedHvCpuid = fdBytes(addon.kvmGetSupportedHvCpuid)
/** KVM_GET_MSR_INDEX_LIST */
export const kvmGetMsrIndexList = fdBytes(addon.kvmGetMsrIndexList)
/** KVM_GET_MSR_FEATURE_INDEX_LIST */
export const kvmGetMsrFeatureIndexList = fdBytes(addon.kvmGetMsrFeatureIndexList)
/** KVM_GET_MSRS */
export const kvmGetFeatureMsrs = fdBytes(addon.kvmGetFeatureMsrs)
/** KVM_SET_TSS_ADDR */
export const kvmSetTssAddr = fdValue(addon.kvmSetTssAddr)
/** KVM_SET_IDENTITY_MAP_ADDR */
export const kvmSetIdentityMapAddr = fdU64(addon.kvmSetIdentityMapAddr)
/** KVM_ENABLE_CAP */
export const kvmEnableVmCap = fdBytes(addon.kvmEnableVmCap)
/** KVM_CREATE_IRQCHIP */
export const kvmCreateIrqchip = fdNone(addon.kvmCreateIrqchip)
/** KVM_GET_IRQCHIP */
export const kvmGetIrqchip = fdBytes(addon.kvmGetIrqchip)
/** KVM_SET_IRQCHIP */
export const kvmSetIrqchip = fdBytes(addon.kvmSetIrqchip)
/** KVM_CREATE_PIT2 */
export const kvmCreatePit2 = fdBytes(addon.kvmCreatePit2)
/** KVM_GET_PIT2 */
export const kvmGetPit2 = fdBytes(addon.kvmGetPit2)
/** KVM_SET_PIT2 */
export const kvmSetPit2 = fdBytes(addon.kvmSetPit2)
/** KVM_REINJECT_CONTROL */
export const kvmReinjectControl = fdBytes(addon.kvmReinjectControl)
/** KVM_GET_CLOCK */
export const kvmGetClock = fdBytes(addon.kvmGetClock)
/** KVM_SET_CLOCK */
export const kvmSetClock = fdBytes(addon.kvmSetClock)
/** KVM_SIGNAL_MSI */
export const kvmSignalMsi = fdBytes(addon.kvmSignalMsi)
/** KVM_SET_GSI_ROUTING */
export const kvmSetGsiRouting = fdBytes(addon.kvmSetGsiRouting)
/** KVM_IRQFD */
export const kvmIrqfd = fdBytes(addon.kvmIrqfd)
/** KVM_IOEVENTFD */
export const kvmIoeventfd = fdBytes(addon.kvmIoeventfd)
/** KVM_REGISTER_COALESCED_MMIO */
export const kvmRegisterCoalescedMmio = fdBytes(addon.kvmRegisterCoalescedMmio)
/** KVM_UNREGISTER_COALESCED_MMIO */
export const kvmUnregisterCoalescedMmio = fdBytes(addon.kvmUnregisterCoalescedMmio)
/** KVM_SET_BOOT_CPU_ID */
export const kvmSetBootCpuId = fdValue(addon.kvmSetBootCpuId)
/** KVM_GET_REGS */
export const kvmGetRegs = vcpuBytes(addon.kvmGetRegs)
/** KVM_SET_REGS */
export const kvmSetRegs = vcpuBytes(addon.kvmSetRegs)
/** KVM_GET_SREGS */
export const kvmGetSregs = vcpuBytes(addon.kvmGetSregs)
/** KVM_SET_SREGS */
export const kvmSetSregs = vcpuBytes(addon.kvmSetSregs)
/** KVM_GET_SREGS2 */
export const kvmGetSregs2 = vcpuBytes(addon.kvmGetSregs2)
/** KVM_SET_SREGS2 */
export const kvmSetSregs2 = vcpuBytes(addon.kvmSetSregs2)
/** KVM_GET_FPU */
export const kvmGetFpu = vcpuBytes(addon.kvmGetFpu)
/** KVM_SET_FPU */
export const kvmSetFpu = vcpuBytes(addon.kvmSetFpu)
/** KVM_GET_XCRS */
export const kvmGetXcrs = vcpuBytes(addon.kvmGetXcrs)
/** KVM_SET_XCRS */
export const kvmSetXcrs = vcpuBytes(addon.kvmSetXcrs)
/** KVM_GET_MSRS */
export const kvmGetMsrs = vcpuBytes(addon.kvmGetMsrs)
/** KVM_SET_MSRS */
export const kvmSetMsrs = vcpuBytes(addon.kvmSetMsrs)
/** KVM_SET_CPUID2 */
export const kvmSetCpuid2 = vcpuBytes(addon.kvmSetCpuid2)
/** KVM_GET_CPUID2 */
export const kvmGetCpuid2 = vcpuBytes(addon.kvmGetCpuid2)
/** KVM_GET_SUPPORTED_HV_CPUID of a vCPU, with KVM_CAP_HYPERV_CPUID */
export const kvmGetVcpuSupportedHvCpuid = vcpuBytes(addon.kvmGetVcpuSupportedHvCpuid)
/** KVM_GET_NESTED_STATE; `size` says how much room there is, and then how many bytes there are */
export const kvmGetNestedState = vcpuBytes(addon.kvmGetNestedState)
/** KVM_SET_NESTED_STATE */
export const kvmSetNestedState = vcpuBytes(addon.kvmSetNestedState)
/** KVM_GET_VCPU_EVENTS */
export const kvmGetVcpuEvents = vcpuBytes(addon.kvmGetVcpuEvents)
/** KVM_SET_VCPU_EVENTS */
export const kvmSetVcpuEvents = vcpuBytes(addon.kvmSetVcpuEvents)
/** KVM_GET_MP_STATE */
export const kvmGetMpState = vcpuBytes(addon.kvmGetMpState)
/** KVM_SET_MP_STATE */
export const kvmSetMpState = vcpuBytes(addon.kvmSetMpState)
/** KVM_GET_DEBUGREGS */
export const kvmGetDebugregs = vcpuBytes(addon.kvmGetDebugregs)
/** KVM_SET_DEBUGREGS */
export const kvmSetDebugregs = vcpuBytes(addon.kvmSetDebugregs)
/** KVM_GET_LAPIC */
export const kvmGetLapic = vcpuBytes(addon.kvmGetLapic)
/** KVM_SET_LAPIC */
export const kvmSetLapic = vcpuBytes(addon.kvmSetLapic)
/** KVM_SET_GUEST_DEBUG */
export const kvmSetGuestDebug = vcpuBytes(addon.kvmSetGuestDebug)
/** KVM_TRANSLATE */
export const kvmTranslate = vcpuBytes(addon.kvmTranslate)
/** KVM_INTERRUPT */
export const kvmInterrupt = vcpuBytes(addon.kvmInterrupt)
/** KVM_NMI */
export const kvmNmi = vcpuNone(addon.kvmNmi)
/** KVM_GET_TSC_KHZ */
export const kvmGetTscKhz = vcpuNone(addon.kvmGetTscKhz)
/** KVM_SET_TSC_KHZ */
export const kvmSetTscKhz = vcpuValue(addon.kvmSetTscKhz)
/** KVM_X86_SETUP_MCE */
export const kvmX86SetupMce = vcpuU64(addon.kvmX86SetupMce)
/** KVM_X86_SET_MCE */
export const kvmX86SetMce = vcpuBytes(addon.kvmX86SetMce)
/** KVM_ENABLE_CAP */
export const kvmEnableCap = vcpuBytes(addon.kvmEnableCap)
/** KVM_ENABLE_CAP of a capability that answers: the kernel's answer comes into the 8 bytes behind the structure */
export const kvmEnableCapResult = vcpuBytes(addon.kvmEnableCapResult)
/** KVM_KVMCLOCK_CTRL */
export const kvmKvmclockCtrl = vcpuNone(addon.kvmKvmclockCtrl)
/** KVM_TPR_ACCESS_REPORTING */
export const kvmTprAccessReporting = vcpuBytes(addon.kvmTprAccessReporting)
/** KVM_SET_VAPIC_ADDR */
export const kvmSetVapicAddr = vcpuBytes(addon.kvmSetVapicAddr)

/** Opens /dev/kvm for reading and writing. */
export const openKvm = addon.openKvm
/** Closes a descriptor that this package opened. */
export const closeFd = addon.closeFd
/**
 * KVM_IRQ_LINE_STATUS: sets a line and returns how many CPUs took the interrupt, 0 when it fell together with a pending one,
 * a negative number when it is masked. KVM API 4.25
 */
export const kvmIrqLine = addon.kvmIrqLine
/** KVM_SET_USER_MEMORY_REGION: slot, flags, guest address, size in bytes, host address. KVM API 4.35 */
export const kvmSetUserMemoryRegion = addon.kvmSetUserMemoryRegion
/** KVM_GET_DIRTY_LOG: one bit per 4 KiB page of the slot, into whole 64-bit words. KVM API 4.8 */
export const kvmGetDirtyLog = addon.kvmGetDirtyLog
/** KVM_X86_GET_MCE_CAP_SUPPORTED. KVM API 4.104 */
export const kvmX86GetMceCapSupported = addon.kvmX86GetMceCapSupported

/** KVM_CREATE_VM, the descriptor kept until `closeFd`. KVM API 4.2 */
export function kvmCreateVmFd(fd: number, type: number): number {
  const vmfd = addon.kvmCreateVm(fd, type)
  addon.adoptFd(vmfd)
  return vmfd
}

/** KVM_CREATE_VCPU, issued on the thread that will run the vCPU. Returns its descriptor. KVM API 4.7 */
export function kvmCreateVcpu(vcpu: VcpuServer, vmfd: number, id: number): number {
  return addon.kvmCreateVcpu(vcpu.id, vmfd, id)
}

/** KVM_GET_XSAVE: at least 4 KiB. KVM API 4.42 */
export function kvmGetXsave(vcpu: VcpuServer, buffer: IoctlBuffer): void {
  addon.kvmGetXsave(vcpu.id, vcpu.fd, bytesOf(buffer))
}

/** KVM_GET_XSAVE2: as many bytes as KVM_CAP_XSAVE2 says. KVM API 4.135 */
export function kvmGetXsave2(vcpu: VcpuServer, buffer: IoctlBuffer): void {
  addon.kvmGetXsave2(vcpu.id, vcpu.fd, bytesOf(buffer))
}

/** KVM_SET_XSAVE: as many bytes as KVM_CAP_XSAVE2 says, at least 4 KiB. KVM API 4.43 */
export function kvmSetXsave(vcpu: VcpuServer, buffer: IoctlBuffer): void {
  addon.kvmSetXsave(vcpu.id, vcpu.fd, bytesOf(buffer))
}

/** The pages that a vCPU shares with the kernel: struct kvm_run and what follows it. */
export class KvmRunMapping {
  readonly #id: number
  /** The memory; its length is 0 after `unmap`. */
  readonly buffer: ArrayBuffer

  /** Maps `size` bytes (KVM_GET_VCPU_MMAP_SIZE) of the vCPU's descriptor, on its thread. KVM API 5 */
  constructor(vcpu: VcpuServer, size: number) {
    this.#id = addon.kvmMapRun(vcpu.id, vcpu.fd, size)
    this.buffer = addon.memoryWindow(this.#id, 0, size)
  }

  /** Lets SIG_IPI through on the vCPU's thread; its handler writes `immediate_exit` in this mapping. */
  initSignals(vcpu: VcpuServer): void {
    addon.kvmInitSignals(vcpu.id, vcpu.fd, this.#id)
  }

  /** Blocks SIG_IPI on the thread again, detaches the buffer and unmaps. Throws while KVM_RUN is under way. */
  unmap(vcpu: VcpuServer): void {
    // The handler writes into the pages: they go only after it has been told, or after its thread.
    if (!vcpu.ended) addon.kvmInitSignals(vcpu.id, vcpu.fd, 0)
    addon.memoryRelease(this.#id)
  }
}
