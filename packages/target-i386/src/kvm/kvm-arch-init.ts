// SPDX-License-Identifier: GPL-2.0-or-later
import type { KVMState } from '@dromaius/cpus'
import {
  KVM_CAP_DEBUGREGS,
  KVM_CAP_EXCEPTION_PAYLOAD,
  KVM_CAP_EXT_CPUID,
  KVM_CAP_IRQ_ROUTING,
  KVM_CAP_MP_STATE,
  KVM_CAP_SET_IDENTITY_MAP_ADDR,
  KVM_CAP_SET_TSS_ADDR,
  KVM_CAP_SPLIT_IRQCHIP,
  KVM_CAP_SREGS2,
  KVM_CAP_VCPU_EVENTS,
  KVM_CAP_X86_NOTIFY_VMEXIT,
  KVM_CAP_X86_ROBUST_SINGLESTEP,
  KVM_CAP_X86_TRIPLE_FAULT_EVENT,
  KVM_CAP_XCRS,
  KVM_CAP_XSAVE,
  KVM_X86_NOTIFY_VMEXIT_ENABLED,
  KVM_X86_NOTIFY_VMEXIT_USER,
  kvmEnableVmCap,
  kvmSetIdentityMapAddr,
  kvmSetTssAddr,
  kvm_enable_cap,
} from '@dromaius/native'
import { UserError } from '@dromaius/util'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { kvmGetSupportedFeatureMsrs, kvmGetSupportedMsrs } from './kvm-msr-lists.js'

/**
 * Capabilities without which no x86 machine runs here.
 * @qemu target/i386/kvm/kvm.c kvm_arch_required_capabilities
 */
export const kvmArchRequiredCapabilities: { name: string; cap: number }[] = [
  { name: 'KVM_CAP_SET_TSS_ADDR', cap: KVM_CAP_SET_TSS_ADDR },
  { name: 'KVM_CAP_EXT_CPUID', cap: KVM_CAP_EXT_CPUID },
  { name: 'KVM_CAP_MP_STATE', cap: KVM_CAP_MP_STATE },
]

/** Where KVM may put its identity map and, one page on, its task state segments: below a firmware of 16 MiB. */
const IDENTITY_BASE = 0xfeff_c000
/** The same on kernels where it cannot be moved. */
const IDENTITY_BASE_FIXED = 0xfffb_c000
/** Pins of the I/O APIC that has to be emulated with a split irqchip. */
const IOAPIC_NUM_PINS = 24

/** Switches a capability of the VM on, with one argument (64 bits). Throws HostError. */
function kvmVmEnableCap(s: KVMState, cap: number, arg: bigint): void {
  const enable = kvm_enable_cap.alloc()
  enable.cap = cap
  enable.args[0] = arg
  kvmEnableVmCap(s.vmfd, enable)
}

/**
 * The x86 part of creating a virtual machine: looks at what the host can do and places what KVM keeps in guest
 * physical memory. Throws UserError when the host is too old, HostError when a call fails.
 * @qemu target/i386/kvm/kvm.c kvm_arch_init
 * @differs no SEV, Xen, system management memory, bus lock limit, shadow MMU size, power management
 *   pass-through or MSR filter; the four pages are reserved by their address, outside of all RAM, and not in e820
 */
export function kvmArchInit(s: KVMState): void {
  const state = kvmArchStateOf(s)
  if (s.checkExtension(KVM_CAP_IRQ_ROUTING) === 0) {
    throw new UserError("KVM_CAP_IRQ_ROUTING is missing: this host's KVM is too old")
  }
  state.hasXsave = s.checkExtension(KVM_CAP_XSAVE) !== 0
  state.hasXcrs = s.checkExtension(KVM_CAP_XCRS) !== 0
  state.hasSregs2 = s.checkExtension(KVM_CAP_SREGS2) > 0
  state.hasVcpuEvents = s.checkExtension(KVM_CAP_VCPU_EVENTS) !== 0
  state.hasDebugregs = s.checkExtension(KVM_CAP_DEBUGREGS) !== 0
  state.hasRobustSinglestep = s.checkExtension(KVM_CAP_X86_ROBUST_SINGLESTEP) !== 0

  state.hasExceptionPayload = s.checkExtension(KVM_CAP_EXCEPTION_PAYLOAD) !== 0
  if (state.hasExceptionPayload) kvmVmEnableCap(s, KVM_CAP_EXCEPTION_PAYLOAD, 1n)

  state.hasTripleFaultEvent = s.checkExtension(KVM_CAP_X86_TRIPLE_FAULT_EVENT) !== 0
  if (state.hasTripleFaultEvent) kvmVmEnableCap(s, KVM_CAP_X86_TRIPLE_FAULT_EVENT, 1n)

  kvmGetSupportedMsrs(s)
  kvmGetSupportedFeatureMsrs(s)

  // Old Intel CPUs run real mode as virtual-8086 tasks with paging on: that takes an identity map and a TSS.
  let identityBase = IDENTITY_BASE_FIXED
  if (s.checkExtension(KVM_CAP_SET_IDENTITY_MAP_ADDR) !== 0) {
    identityBase = IDENTITY_BASE
    kvmSetIdentityMapAddr(s.vmfd, BigInt(identityBase))
  }
  kvmSetTssAddr(s.vmfd, identityBase + 0x1000)

  if (s.checkExtension(KVM_CAP_X86_NOTIFY_VMEXIT) !== 0) {
    // Window 0 in the upper half: the hardware's own default.
    kvmVmEnableCap(
      s,
      KVM_CAP_X86_NOTIFY_VMEXIT,
      BigInt(KVM_X86_NOTIFY_VMEXIT_ENABLED | KVM_X86_NOTIFY_VMEXIT_USER),
    )
  }
}

/**
 * Reserves a route for each input of an I/O APIC that is here while the local APICs are the kernel's: the first GSIs, whose
 * routes the kernel looks through for the vectors whose end it has to tell.
 * @qemu target/i386/kvm/kvm.c kvm_arch_init_irq_routing
 */
export function kvmArchInitIrqRouting(s: KVMState): void {
  if (s.kernelIrqchip !== 'split') return
  for (let pin = 0; pin < IOAPIC_NUM_PINS; pin++) s.irqRouting?.addMsiRoute({ address: 0n, data: 0 })
}

/**
 * Makes the interrupt controllers that are split between kernel and user space. Returns false when they are not
 * split: then the caller creates them all in the kernel. Throws UserError where the host cannot split them.
 * @qemu target/i386/kvm/kvm.c kvm_arch_irqchip_create
 */
export function kvmArchIrqchipCreate(s: KVMState): boolean {
  if (s.kernelIrqchip !== 'split') return false
  if (s.checkExtension(KVM_CAP_SPLIT_IRQCHIP) <= 0) {
    throw new UserError(
      "kernel-irqchip=split: the host's kernel lacks KVM_CAP_SPLIT_IRQCHIP, expected kernel-irqchip=on or off",
    )
  }
  kvmVmEnableCap(s, KVM_CAP_SPLIT_IRQCHIP, BigInt(IOAPIC_NUM_PINS))
  return true
}
