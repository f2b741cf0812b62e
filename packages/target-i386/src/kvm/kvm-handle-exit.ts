// SPDX-License-Identifier: GPL-2.0-or-later
import { CPU_INTERRUPT_HARD, CPU_INTERRUPT_NMI, type CPUState, EXCP_HLT, kvmStateOf } from '@dromaius/cpus'
import {
  KVM_EXIT_DEBUG,
  KVM_EXIT_EXCEPTION,
  KVM_EXIT_FAIL_ENTRY,
  KVM_EXIT_HLT,
  KVM_EXIT_HYPERV,
  KVM_EXIT_IOAPIC_EOI,
  KVM_EXIT_NOTIFY,
  KVM_EXIT_SET_TPR,
  KVM_EXIT_TPR_ACCESS,
  KVM_EXIT_X86_BUS_LOCK,
  KVM_EXIT_X86_RDMSR,
  KVM_EXIT_X86_WRMSR,
  KVM_EXIT_XEN,
  KVM_NOTIFY_CONTEXT_INVALID,
  type KvmRun,
  hostCpuid,
} from '@dromaius/native'
import { errorReport, warnReport } from '@dromaius/util'
import { X86_CPU } from '../cpu.js'
import { CPUID_EXT_VMX, IF_MASK } from '../cpuid-bits.js'
import { ioapicEoiBroadcast } from '../ioapic-list.js'
import { kvmHvHandleExit } from './hyperv-exit.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { kvmHandleDebug } from './kvm-handle-debug.js'

/** Go on with the guest. */
const EXIT_HANDLED = 0
/** Stop the machine: it cannot go on. */
const EXIT_STOP = -1

/** VMX's code for an entry with guest state that the CPU does not allow (SDM volume 3, 27.8). */
const VMX_INVALID_GUEST_STATE = 0x8000_0021n

/**
 * HLT that the kernel did not handle: the vCPU sleeps unless there is something for it.
 * @qemu target/i386/kvm/kvm.c kvm_handle_halt
 */
function kvmHandleHalt(cs: CPUState): number {
  const { env } = X86_CPU(cs)
  const hard = cs.interruptRequest & CPU_INTERRUPT_HARD && (env.eflags & IF_MASK) !== 0n
  if (hard || cs.interruptRequest & CPU_INTERRUPT_NMI) return EXIT_HANDLED
  cs.halted = true
  return EXCP_HLT
}

/** The CPU refused to enter the guest. */
function handleFailEntry(run: KvmRun): number {
  const code = run.fail_entry.hardware_entry_failure_reason
  errorReport(`KVM: entry failed, hardware error 0x${code.toString(16)}`)
  if (code === VMX_INVALID_GUEST_STATE && hostCpuid(1, 0).ecx & Number(CPUID_EXT_VMX)) {
    errorReport(
      'The guest is in a state that this Intel CPU, without unrestricted guest mode, cannot run, such as big real mode',
    )
  }
  return EXIT_STOP
}

/** The guest has kept the CPU from ever leaving it. */
function handleNotify(cs: CPUState, run: KvmRun): number {
  const invalid = (run.notify.flags & KVM_NOTIFY_CONTEXT_INVALID) !== 0
  const message = `KVM: a notify exit with ${invalid ? 'invalid' : 'valid'} context: the guest may misbehave`
  if (invalid) {
    warnReport(message)
    return EXIT_STOP
  }
  kvmArchStateOf(kvmStateOf(cs)).warnOnce(message)
  return EXIT_HANDLED
}

/** An interface to the guest that is not built here. */
function notAvailable(what: string): number {
  errorReport(`KVM: exit for ${what}, which is not available`)
  return EXIT_STOP
}

/**
 * Handles the exit reasons that only x86 has. Returns 0 to go on with the guest, `EXCP_*` to leave the inner loop,
 * -1 when the machine has to stop.
 * @qemu target/i386/kvm/kvm.c kvm_arch_handle_exit
 * @differs an access to an MSR that comes to user space gets #GP for an answer: no filter is installed
 */
export function kvmArchHandleExit(cs: CPUState, run: KvmRun): number {
  switch (run.exit_reason) {
    case KVM_EXIT_HLT:
      return kvmHandleHalt(cs)
    // CR8 was taken over in kvmArchPostRun; a bus lock asks for nothing.
    case KVM_EXIT_SET_TPR:
    case KVM_EXIT_X86_BUS_LOCK:
      return EXIT_HANDLED
    case KVM_EXIT_TPR_ACCESS:
      return notAvailable('TPR access reporting')
    case KVM_EXIT_FAIL_ENTRY:
      return handleFailEntry(run)
    case KVM_EXIT_EXCEPTION:
      errorReport(`KVM: exception ${run.ex.exception} exit (error code 0x${run.ex.error_code.toString(16)})`)
      return EXIT_STOP
    case KVM_EXIT_DEBUG:
      return kvmHandleDebug(cs, run)
    case KVM_EXIT_HYPERV:
      return kvmHvHandleExit(X86_CPU(cs), run)
    case KVM_EXIT_XEN:
      return notAvailable("Xen's interface")
    case KVM_EXIT_IOAPIC_EOI:
      ioapicEoiBroadcast(cs.system, run.eoi.vector)
      return EXIT_HANDLED
    case KVM_EXIT_NOTIFY:
      return handleNotify(cs, run)
    case KVM_EXIT_X86_RDMSR:
    case KVM_EXIT_X86_WRMSR:
      run.msr.error = 1
      return EXIT_HANDLED
    default:
      errorReport(`KVM: unknown exit reason ${run.exit_reason}`)
      return EXIT_STOP
  }
}
