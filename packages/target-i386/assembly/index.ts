// SPDX-License-Identifier: GPL-2.0-or-later
//
// The module that executes x86: interpreter, soft MMU and helpers. Helpers have one signature, and names that begin with
// `helper_`: the translator finds them by these.
export { tcgQemuTbExec } from '@dromaius/tcg/build/interpreter'
export * from '@dromaius/tcg/assembly/softmmu'
export { cpuGetTbCpuState, updateMmuIndex } from './env'
export { x86TlbFill } from './mmu'
export { computeEflags, helper_cc_compute_all, helper_read_eflags, helper_write_eflags, loadEflags } from './cc'
export * from './int'
export * from './string'
export * from './misc'
export { helper_arpl, helper_lar_lsl, helper_lldt, helper_load_seg, helper_ltr, helper_verify } from './seg'
export { doInterruptAll, helper_raise_interrupt } from './interrupt'
export {
  helper_iret, helper_lcall, helper_ljmp, helper_lret, helper_syscall, helper_sysenter, helper_sysexit, helper_sysret,
} from './transfer'
