// SPDX-License-Identifier: GPL-2.0-or-later
//
// The module that executes x86: interpreter, soft MMU and helpers. Helpers have one signature, and names that begin with
// `helper_`: the translator finds them by these.
export { setEntry, tcgQemuTbExec } from '@dromaius/tcg/build/interpreter'
export * from '@dromaius/tcg/assembly/softmmu'
export { cpuGetTbCpuState, updateMmuIndex } from './env'
export { refineFault, x86CpuDoUnalignedAccess } from './fault'
export { x86TlbFill } from './mmu'
export { computeEflags, helper_cc_compute_all, helper_read_eflags, helper_write_eflags, loadEflags } from './cc'
export * from './int'
export * from './string'
export * from './misc'
export {
  helper_get_dr, helper_ibreak, helper_icebp, helper_rechecking_single_step, helper_set_dr, helper_single_step, updateBreakpoints,
} from './debug'
export { helper_arpl, helper_check_alignment, helper_check_code, helper_check_segment, helper_lar_lsl, helper_lldt, helper_load_seg, helper_ltr, helper_verify, updateSegmentFlags } from './seg'
export { doInterruptAll, helper_raise_interrupt } from './interrupt'
export { helper_iret, helper_lcall, helper_ljmp, helper_lret } from './transfer'
export { helper_syscall, helper_sysenter, helper_sysexit, helper_sysret } from './syscall'
export * from '../build/simd'
export * from './simd'
export * from './simd-crypto'
export * from './simd-strings'
export * from './sse-float'
export { helper_x87_control, helper_x87_d9e, helper_x87_fld, helper_x87_fxch, helper_x87_move, helper_x87_wait } from './x87'
export { helper_x87_arith, helper_x87_com, helper_x87_comi } from './x87-arith'
export { helper_x87_arith_mem, helper_x87_fst, helper_x87_load, helper_x87_load80, helper_x87_store80 } from './x87-memory'
export { helper_x87_exact } from './x87-exact'
export * from './x87-transcendental'
export {
  helper_fxrstor, helper_fxsave, helper_x87_fbld, helper_x87_fbstp, helper_x87_fldcw, helper_x87_fldenv, helper_x87_fninit, helper_x87_fnsave,
  helper_x87_fnstenv, helper_x87_fnstsw, helper_x87_frstor, helper_xgetbv, helper_xrstor, helper_xsave, helper_xsetbv,
} from './fpu-state'
