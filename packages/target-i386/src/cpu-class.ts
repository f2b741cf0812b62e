// SPDX-License-Identifier: GPL-2.0-or-later
import {
  CPU_INTERRUPT_HARD,
  CPU_INTERRUPT_MCE,
  CPU_INTERRUPT_NMI,
  CPU_INTERRUPT_POLL,
  CPU_INTERRUPT_SIPI,
  CPU_INTERRUPT_SMI,
  type CPUState,
  TYPE_CPU,
} from '@dromaius/cpus'
import {
  deviceClassSetParentRealize,
  deviceClassSetParentUnrealize,
  resettableClassSetParentPhases,
  typeRegister,
} from '@dromaius/qom'
import { x86CpuModelResolveVersion } from './cpu-default-version.js'
import { x86CpuDumpState } from './cpu-dump.js'
import { accelCpuOf } from './cpu-features.js'
import { CPU_VERSION_AUTO } from './cpu-model-types.js'
import { addX86CpuProperties } from './cpu-props.js'
import { x86CpuRealizefn, x86CpuUnrealizefn } from './cpu-realize.js'
import { x86CpuResetHold } from './cpu-reset.js'
import { x86CpuApplyVersionProps } from './cpu-version-props.js'
import { X86CPU, X86CPUClass, X86_CPU } from './cpu.js'
import { IF_MASK } from './cpuid-bits.js'
import { HF2_GIF_MASK, HF2_NMI_MASK, HF_INHIBIT_IRQ_MASK, HF_SMM_MASK, R_CS } from './env.js'
import { x86CpuGetPhysAddrDebug } from './kvm/cpu-memory-debug.js'
import { vmstateX86Cpu } from './vmstate.js'

/** What the type names of CPU models end in. */
export const X86_CPU_TYPE_SUFFIX = '-x86_64-cpu'

/**
 * The request out of `interruptRequest` that the CPU would take now, 0 for none.
 * @qemu target/i386/cpu.c x86_cpu_pending_interrupt
 */
export function x86CpuPendingInterrupt(cs: CPUState, interruptRequest: number): number {
  const { env } = X86_CPU(cs)
  if (interruptRequest & CPU_INTERRUPT_POLL) return CPU_INTERRUPT_POLL
  if (interruptRequest & CPU_INTERRUPT_SIPI) return CPU_INTERRUPT_SIPI
  if (!(env.hflags2 & HF2_GIF_MASK)) return 0
  if (interruptRequest & CPU_INTERRUPT_SMI && !(env.hflags & HF_SMM_MASK)) return CPU_INTERRUPT_SMI
  if (interruptRequest & CPU_INTERRUPT_NMI && !(env.hflags2 & HF2_NMI_MASK)) return CPU_INTERRUPT_NMI
  if (interruptRequest & CPU_INTERRUPT_MCE) return CPU_INTERRUPT_MCE
  const open = (env.eflags & IF_MASK) !== 0n && !(env.hflags & HF_INHIBIT_IRQ_MASK)
  return interruptRequest & CPU_INTERRUPT_HARD && open ? CPU_INTERRUPT_HARD : 0
}

/**
 * What a new CPU gets from its machine before the user's options: the version of its model that a plain name means
 * there, and the accelerator's defaults. Called by whoever created it, as soon as the CPU knows its machine.
 * @qemu target/i386/cpu.c x86_cpu_post_initfn
 * @differs an object does not know its machine while it is made, so this cannot be part of making it, and a plain name
 *   is version 1 until then
 */
export function x86CpuPostInitfn(cpu: X86CPU): void {
  const { model } = cpu.qomClass
  if (model?.version === CPU_VERSION_AUTO) {
    const version = x86CpuModelResolveVersion(model, cpu.system)
    if (version > 1) x86CpuApplyVersionProps(cpu, model, 1, version)
  }
  accelCpuOf(cpu)?.cpuInstanceInit?.(cpu)
}

/**
 * Fills in the class that all models share.
 * @qemu target/i386/cpu.c x86_cpu_common_class_init
 */
export function x86CpuCommonClassInit(xcc: X86CPUClass): void {
  deviceClassSetParentRealize(xcc, x86CpuRealizefn, 'parentRealize')
  deviceClassSetParentUnrealize(xcc, x86CpuUnrealizefn, 'parentUnrealize')
  resettableClassSetParentPhases(xcc, { hold: x86CpuResetHold }, 'parentPhases')

  xcc.hasWork = (cs) => x86CpuPendingInterrupt(cs, cs.interruptRequest) !== 0
  xcc.dumpState = (cs) => x86CpuDumpState(X86_CPU(cs))
  xcc.setPc = (cs, pc) => {
    X86_CPU(cs).env.eip = pc
  }
  xcc.getPc = (cs) => {
    const { env } = X86_CPU(cs)
    return BigInt.asUintN(64, env.eip + env.segs[R_CS].base)
  }
  xcc.translateDebug = (cs, address) => x86CpuGetPhysAddrDebug(X86_CPU(cs), address)
  xcc.getArchId = (cs) => X86_CPU(cs).apicId
  xcc.vmsd = vmstateX86Cpu
  xcc.userCreatable = true
  addX86CpuProperties(xcc)
}

/**
 * The x86 CPU; its models are registered in cpu-models.ts.
 * @qemu target/i386/cpu.c x86_cpu_type_info
 */
export const TYPE_X86_CPU = typeRegister<X86CPU, X86CPUClass>({
  name: 'x86_64-cpu',
  parent: TYPE_CPU,
  abstract: true,
  instance: X86CPU,
  classType: X86CPUClass,
  classInit: x86CpuCommonClassInit,
})
