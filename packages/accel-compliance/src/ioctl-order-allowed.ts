// SPDX-License-Identifier: GPL-2.0-or-later
import type { AllowedDifference } from './ioctl-order.js'

/** What sets the creation of a microvm of two CPUs apart from QEMU 7.2's, and why that is meant to be. */
export const allowedDifferences: readonly AllowedDifference[] = [
  {
    phase: 'the VM',
    by: 'QEMU',
    text: 'KVM_ENABLE_CAP',
    times: 3,
    reason:
      'MANUAL_DIRTY_LOG_PROTECT2: our KVM_GET_DIRTY_LOG clears as it reads. X86_USER_SPACE_MSR: see KVM_X86_SET_MSR_FILTER. ' +
      'MAX_VCPU_ID: a hint that lets KVM allocate less',
  },
  {
    phase: 'the VM',
    by: 'QEMU',
    text: 'KVM_X86_SET_MSR_FILTER',
    times: 1,
    reason: 'QEMU answers MSR_CORE_THREAD_COUNT itself; ours is left to KVM',
  },
  {
    phase: 'the VM',
    by: 'QEMU',
    text: 'KVM_IOEVENTFD',
    times: 14,
    reason:
      'kvm_check_many_ioeventfds: tries out whether more than six can be had, as on every kernel since 2.6.37',
  },
  {
    phase: 'the VM',
    by: 'QEMU',
    text: 'KVM_GET_DEVICE_ATTR',
    times: 2,
    reason:
      "KVM_X86_XCOMP_GUEST_SUPP: XSAVE components that a process must ask for first (AMX's) are not offered",
  },
  {
    phase: 'the vCPUs',
    by: 'QEMU',
    text: 'KVM_GET_DEVICE_ATTR',
    times: 2,
    reason: 'the same for the second CPU',
  },
  {
    phase: 'the devices',
    by: 'Dromaius',
    text: 'KVM_SET_GSI_ROUTING',
    times: 1,
    reason:
      "a PC's routing, with interrupt 0 on input 2 of the I/O APIC; QEMU's microvm keeps KVM's own, with input 0",
  },
  {
    phase: 'the devices',
    by: 'QEMU',
    text: 'KVM_SET_USER_MEMORY_REGION',
    times: 5,
    reason: 'QEMU maps its firmware over the RAM and below 4 GiB; our kernels are entered without one',
  },
  {
    phase: 'the reset',
    by: 'QEMU',
    text: 'KVM_TPR_ACCESS_REPORTING vcpu 0',
    times: 1,
    reason:
      "the APIC's vapic page, which speeds up 32-bit Windows on CPUs without TPR shadow, is not offered",
  },
  {
    phase: 'the reset',
    by: 'QEMU',
    text: 'KVM_TPR_ACCESS_REPORTING vcpu 1',
    times: 1,
    reason: 'as for vcpu 0',
  },
  {
    phase: 'the reset',
    by: 'QEMU',
    text: 'KVM_SET_VAPIC_ADDR vcpu 0',
    times: 1,
    reason: 'the vapic page again',
  },
  {
    phase: 'the reset',
    by: 'QEMU',
    text: 'KVM_SET_VAPIC_ADDR vcpu 1',
    times: 1,
    reason: 'the vapic page again',
  },
  {
    phase: 'the reset',
    by: 'Dromaius',
    text: 'KVM_SET_MSRS vcpu 0 of 1',
    times: 1,
    reason: 'the APIC base, which goes before the LAPIC state that follows',
  },
  {
    phase: 'the reset',
    by: 'Dromaius',
    text: 'KVM_SET_LAPIC vcpu 0',
    times: 1,
    reason:
      "our kernels are entered without firmware: the boot CPU's APIC is put in virtual wire mode, as firmware leaves it",
  },
  {
    phase: 'the reset',
    by: 'Dromaius',
    text: 'KVM_IRQ_LINE_STATUS',
    times: 2,
    reason: "our microvm has a keyboard controller, whose reset lowers both of its lines; QEMU's has none",
  },
  {
    phase: 'the reset',
    by: 'Dromaius',
    text: 'KVM_SET_IRQCHIP',
    times: 4,
    reason:
      "our 8259 pair is the kernel's, and masked for a guest without firmware; QEMU's microvm has its own even with kernel-irqchip=on",
  },
]

/** Leaves, as strace shows them, that QEMU 7.2 hands to KVM_SET_CPUID2 and we do not. */
export const allowedCpuidEntries: readonly { entry: string; reason: string }[] = [
  {
    entry: 'function=0xd, index=0x3f, flags=KVM_CPUID_FLAG_SIGNIFCANT_INDEX, eax=0, ebx=0, ecx=0, edx=0',
    reason: 'left behind at the end of its loop over the subleaves; QEMU has mended that since',
  },
]
