// SPDX-License-Identifier: GPL-2.0-or-later
import { statSync } from 'node:fs'
import { type AccelState, type KVMCapabilityInfo, kvmArch, type SystemState } from '@dromaius/cpus'
import {
  closeFd,
  KVM_API_VERSION,
  KVM_CAP_COALESCED_MMIO,
  KVM_CAP_COALESCED_PIO,
  KVM_CAP_DESTROY_MEMORY_REGION_WORKS,
  KVM_CAP_IMMEDIATE_EXIT,
  KVM_CAP_IRQ_ROUTING,
  KVM_CAP_IRQCHIP,
  KVM_CAP_NR_MEMSLOTS,
  KVM_CAP_USER_MEMORY,
  kvmCreateIrqchip,
  kvmCreateVmFd,
  kvmGetApiVersion,
  openKvm,
} from '@dromaius/native'
import { HostError, strerror, UserError } from '@dromaius/util'
import { KvmEventListener } from './kvm-eventfds.js'
import { KvmIrqRouting } from './kvm-irq-routing.js'
import { KvmMemoryListener } from './kvm-memory.js'
import type { KVMState } from './kvm-state.js'

/** Slots where the kernel does not say how many it has. */
const DEFAULT_NR_SLOTS = 32

/** What this program cannot do without, on every architecture. @qemu accel/kvm/kvm-all.c kvm_required_capabilites */
const kvmRequiredCapabilities: readonly KVMCapabilityInfo[] = [
  { name: 'KVM_CAP_USER_MEMORY', cap: KVM_CAP_USER_MEMORY },
  { name: 'KVM_CAP_DESTROY_MEMORY_REGION_WORKS', cap: KVM_CAP_DESTROY_MEMORY_REGION_WORKS },
  // QEMU can do without it, by a signal mask for KVM_RUN; kernels since 4.13 have it.
  { name: 'KVM_CAP_IMMEDIATE_EXIT', cap: KVM_CAP_IMMEDIATE_EXIT },
]

/**
 * Makes a VM for the machine: opens the device, checks what it can do, creates the interrupt controllers and starts
 * mapping memory.
 *
 * @throws UserError or HostError with everything given back
 * @qemu accel/kvm/kvm-all.c kvm_init
 */
export function kvmInit(accel: AccelState, system: SystemState): void {
  const s = accel as KVMState
  s.system = system
  try {
    kvmOpenDevice(s)
    kvmCreateVm(s)
    checkCapabilities(s)
    s.nrSlots = s.checkExtension(KVM_CAP_NR_MEMSLOTS) || DEFAULT_NR_SLOTS
    s.coalescedMmio = s.checkExtension(KVM_CAP_COALESCED_MMIO)
    s.coalescedPio = s.coalescedMmio > 0 && s.checkExtension(KVM_CAP_COALESCED_PIO) > 0
    kvmArch().kvmArchInit(s)
    kvmIrqchipCreate(s)
    registerListeners(s)
  } catch (error) {
    kvmExit(accel)
    throw error
  }
}

/** Opens the device; the message of a failure says what its owner, group and mode are. */
function kvmOpenDevice(s: KVMState): void {
  if (process.platform !== 'linux') throw new UserError(`KVM is Linux only, and this is ${process.platform}`)
  try {
    s.fd = openKvm(s.device)
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    throw new UserError(`${explainOpenFailure(s.device, error)}`, { cause: error })
  }
  const version = kvmGetApiVersion(s.fd)
  if (version !== KVM_API_VERSION) {
    throw new UserError(`${s.device} has KVM API version ${version}, expected ${KVM_API_VERSION}`)
  }
}

function explainOpenFailure(device: string, error: HostError): string {
  if (error.code === 'ENOENT') {
    return `${device} does not exist: this kernel has no KVM, or its module (kvm_intel, kvm_amd) is not loaded`
  }
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    const { uid, gid, mode } = statSync(device)
    const octal = (mode & 0o7777).toString(8).padStart(4, '0')
    return (
      `no permission to open ${device} (owner ${uid}, group ${gid}, mode ${octal}; ` +
      `this process is user ${process.getuid?.()}, groups ${process.getgroups?.().join(' ')})`
    )
  }
  return `could not open ${device}: ${strerror(error)} (${error.code})`
}

/** KVM_CREATE_VM, again while a signal comes between. */
function kvmCreateVm(s: KVMState): void {
  for (;;) {
    try {
      s.vmfd = kvmCreateVmFd(s.fd, 0)
      return
    } catch (error) {
      if (!(error instanceof HostError && error.code === 'EINTR')) throw error
    }
  }
}

/** @qemu accel/kvm/kvm-all.c kvm_check_extension_list */
function checkCapabilities(s: KVMState): void {
  const required = [...kvmRequiredCapabilities, ...kvmArch().kvmArchRequiredCapabilities]
  const missing = required.find(({ cap }) => s.checkExtension(cap) <= 0)
  if (missing) throw new UserError(`the host's kernel lacks ${missing.name}; a newer one is needed`)
}

/** @qemu accel/kvm/kvm-all.c kvm_irqchip_create */
function kvmIrqchipCreate(s: KVMState): void {
  if (s.kernelIrqchip === 'off') return
  if (s.checkExtension(KVM_CAP_IRQCHIP) <= 0) {
    throw new UserError("the host's kernel lacks KVM_CAP_IRQCHIP, interrupt controllers in the kernel")
  }
  if (!kvmArch().kvmArchIrqchipCreate(s)) kvmCreateIrqchip(s.vmfd)
  s.irqRouting = new KvmIrqRouting(s.vmfd, s.checkExtension(KVM_CAP_IRQ_ROUTING))
  kvmArch().kvmArchInitIrqRouting(s)
}

function registerListeners(s: KVMState): void {
  const { addressSpaceMemory, addressSpaceIo } = s.system
  const memory = new KvmMemoryListener(s, addressSpaceMemory)
  s.listeners.push(memory)
  memory.register()
  for (const listener of [
    new KvmEventListener(s, addressSpaceMemory, false),
    new KvmEventListener(s, addressSpaceIo, true),
  ]) {
    s.listeners.push(listener)
    listener.register()
  }
  const flush = (): void => s.coalescedRing?.flush()
  addressSpaceMemory.setCoalescedFlush(flush)
  addressSpaceIo.setCoalescedFlush(flush)
}

/**
 * Gives the VM back: every vCPU's thread has ended. QEMU leaves that to the end of the process.
 */
export function kvmExit(accel: AccelState): void {
  const s = accel as KVMState
  const { addressSpaceMemory, addressSpaceIo } = s.system
  addressSpaceMemory.setCoalescedFlush(null)
  addressSpaceIo.setCoalescedFlush(null)
  for (const listener of s.listeners.splice(0).reverse()) listener.unregister()
  for (const { fd } of s.parkedVcpus.splice(0)) closeFd(fd)
  if (s.vmfd >= 0) closeFd(s.vmfd)
  if (s.fd >= 0) closeFd(s.fd)
  s.vmfd = s.fd = -1
}
