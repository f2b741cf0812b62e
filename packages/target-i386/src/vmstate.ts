// SPDX-License-Identifier: GPL-2.0-or-later
import {
  vmBool,
  vmBytes,
  vmI32,
  type VMStateDescription,
  type VMStateField,
  VMStateError,
  vmStruct,
  vmStructArray,
  vmU16,
  vmU32,
  vmU64,
  vmU64Array,
  vmU8,
} from '@dromaius/util'
import type { X86CPU } from './cpu.js'
import {
  type BNDReg,
  CPU_NB_REGS,
  type CPUX86State,
  MAX_FIXED_COUNTERS,
  MAX_GP_COUNTERS,
  MCE_BANKS_DEF,
  MSR_MTRRcap_VCNT,
  type MTRRVar,
  NB_MTRR_FIXED,
  type SegmentCache,
} from './env.js'
import { x86UpdateHflags } from './hflags.js'

/** @qemu target/i386/machine.c vmstate_segment */
const vmstateSegment: VMStateDescription<SegmentCache> = {
  name: 'segment',
  version: 1,
  minimumVersion: 1,
  fields: [vmU16('selector'), vmU64('base'), vmU32('limit'), vmU32('flags')],
}

/** @qemu target/i386/machine.c vmstate_mtrr_var */
const vmstateMtrrVar: VMStateDescription<MTRRVar> = {
  name: 'mtrr_var',
  version: 1,
  minimumVersion: 1,
  fields: [vmU64('base'), vmU64('mask')],
}

/** @qemu target/i386/machine.c vmstate_bnd_regs */
const vmstateBndReg: VMStateDescription<BNDReg> = {
  name: 'bnd_regs',
  version: 1,
  minimumVersion: 1,
  fields: [vmU64('lb'), vmU64('ub')],
}

const generalFields: VMStateField<CPUX86State>[] = [
  vmU64Array('regs', CPU_NB_REGS),
  vmU64('eip'),
  vmU64('eflags'),
  vmU32('hflags'),
  vmU32('hflags2'),
  vmStructArray('segs', vmstateSegment, 6),
  vmStruct('ldt', vmstateSegment),
  vmStruct('tr', vmstateSegment),
  vmStruct('gdt', vmstateSegment),
  vmStruct('idt', vmstateSegment),
  vmU64Array('cr', 5),
  vmU64Array('pdptrs', 4),
  vmBool('pdptrsValid'),
  vmU64Array('dr', 8),
  vmI32('a20Mask'),
  vmU32('mpState'),
]

const extendedStateFields: VMStateField<CPUX86State>[] = [
  vmU8('fpstt'),
  vmU16('fpus'),
  vmU16('fpuc'),
  vmBytes('fptags', 8),
  vmU16('fpop'),
  vmU64('fpip'),
  vmU64('fpdp'),
  vmBytes('fpregs', 8 * 16),
  vmU32('mxcsr'),
  vmBytes('xmmRegs', 32 * 64),
  vmU64('xstateBv'),
  vmU64('xcr0'),
  vmU64('xss'),
  vmU32('pkru'),
  vmU32('pkrs'),
]

const msrFields: VMStateField<CPUX86State>[] = [
  vmU64('efer'),
  vmU64('star'),
  vmU64('lstar'),
  vmU64('cstar'),
  vmU64('fmask'),
  vmU64('kernelgsbase'),
  vmU64('sysenterCs'),
  vmU64('sysenterEsp'),
  vmU64('sysenterEip'),
  vmU64('vmHsave'),
  vmU64('tsc'),
  vmU64('tscAdjust'),
  vmU64('tscAux'),
  vmU64('tscDeadline'),
  vmU32('tscKhz'),
  vmU64('pat'),
  vmU64Array('mtrrFixed', NB_MTRR_FIXED),
  vmU64('mtrrDeftype'),
  vmStructArray('mtrrVar', vmstateMtrrVar, MSR_MTRRcap_VCNT),
  vmU64('mcgCap'),
  vmU64('mcgStatus'),
  vmU64('mcgCtl'),
  vmU64('mcgExtCtl'),
  vmU64Array('mceBanks', MCE_BANKS_DEF * 4),
  vmU32('smbase'),
  vmU64('msrSmiCount'),
  vmU64('msrIa32MiscEnable'),
  vmU64('msrIa32FeatureControl'),
  vmU64('specCtrl'),
  vmU64('amdTscScaleMsr'),
  vmU64('virtSsbd'),
  vmU64('tsxCtrl'),
  vmU64('umwait'),
]

const eventFields: VMStateField<CPUX86State>[] = [
  vmI32('exceptionNr'),
  vmBool('exceptionPending'),
  vmBool('exceptionInjected'),
  vmBool('hasErrorCode'),
  vmU32('errorCode'),
  vmBool('exceptionHasPayload'),
  vmU64('exceptionPayload'),
  vmBool('tripleFaultPending'),
  vmI32('interruptInjected'),
  vmBool('softInterrupt'),
  vmBool('nmiInjected'),
  vmBool('nmiPending'),
  vmU32('sipiVector'),
  vmU32('insLen'),
]

const anySet = (values: readonly bigint[]): boolean => values.some((value) => value !== 0n)

/** The paravirtual MSRs of KVM's guests. */
const vmstateKvmPv = {
  name: 'kvm_pv',
  version: 1,
  minimumVersion: 1,
  needed: (env: CPUX86State): boolean =>
    anySet([
      env.systemTimeMsr,
      env.wallClockMsr,
      env.asyncPfEnMsr,
      env.asyncPfIntMsr,
      env.stealTimeMsr,
      env.pvEoiEnMsr,
      env.pollControlMsr,
    ]),
  fields: [
    vmU64<CPUX86State>('systemTimeMsr'),
    vmU64<CPUX86State>('wallClockMsr'),
    vmU64<CPUX86State>('asyncPfEnMsr'),
    vmU64<CPUX86State>('asyncPfIntMsr'),
    vmU64<CPUX86State>('stealTimeMsr'),
    vmU64<CPUX86State>('pvEoiEnMsr'),
    vmU64<CPUX86State>('pollControlMsr'),
  ],
}

/** @qemu target/i386/machine.c vmstate_msr_architectural_pmu */
const vmstatePmu = {
  name: 'pmu',
  version: 1,
  minimumVersion: 1,
  needed: (env: CPUX86State): boolean =>
    anySet([
      env.msrFixedCtrCtrl,
      env.msrGlobalCtrl,
      env.msrGlobalStatus,
      env.msrGlobalOvfCtrl,
      ...env.msrFixedCounters,
      ...env.msrGpCounters,
      ...env.msrGpEvtsel,
    ]),
  fields: [
    vmU64<CPUX86State>('msrFixedCtrCtrl'),
    vmU64<CPUX86State>('msrGlobalCtrl'),
    vmU64<CPUX86State>('msrGlobalStatus'),
    vmU64<CPUX86State>('msrGlobalOvfCtrl'),
    vmU64Array<CPUX86State>('msrFixedCounters', MAX_FIXED_COUNTERS),
    vmU64Array<CPUX86State>('msrGpCounters', MAX_GP_COUNTERS),
    vmU64Array<CPUX86State>('msrGpEvtsel', MAX_GP_COUNTERS),
  ],
}

/** @qemu target/i386/machine.c vmstate_avx512 */
const vmstateAvx512 = {
  name: 'avx512',
  version: 1,
  minimumVersion: 1,
  needed: (env: CPUX86State): boolean => anySet(env.opmaskRegs),
  fields: [vmU64Array<CPUX86State>('opmaskRegs', 8)],
}

/** @qemu target/i386/machine.c vmstate_mpx */
const vmstateMpx = {
  name: 'mpx',
  version: 1,
  minimumVersion: 1,
  needed: (env: CPUX86State): boolean =>
    anySet([env.bndcsCfgu, env.bndcsSts, env.msrBndcfgs, ...env.bndRegs.flatMap(({ lb, ub }) => [lb, ub])]),
  fields: [
    vmStructArray<CPUX86State, BNDReg>('bndRegs', vmstateBndReg, 4),
    vmU64<CPUX86State>('bndcsCfgu'),
    vmU64<CPUX86State>('bndcsSts'),
    vmU64<CPUX86State>('msrBndcfgs'),
  ],
}

/** @qemu target/i386/machine.c vmstate_amx_xtile */
const vmstateAmx = {
  name: 'amx',
  version: 1,
  minimumVersion: 1,
  needed: (env: CPUX86State): boolean =>
    anySet([env.msrXfd, env.msrXfdErr]) ||
    env.xtilecfg.some((b) => b !== 0) ||
    env.xtiledata.some((b) => b !== 0),
  fields: [
    vmU64<CPUX86State>('msrXfd'),
    vmU64<CPUX86State>('msrXfdErr'),
    vmBytes<CPUX86State>('xtilecfg', 64),
    vmBytes<CPUX86State>('xtiledata', 8192),
  ],
}

const OPTIONAL_FIELDS = [
  'systemTimeMsr',
  'wallClockMsr',
  'asyncPfEnMsr',
  'asyncPfIntMsr',
  'stealTimeMsr',
  'pvEoiEnMsr',
  'pollControlMsr',
  'msrFixedCtrCtrl',
  'msrGlobalCtrl',
  'msrGlobalStatus',
  'msrGlobalOvfCtrl',
  'bndcsCfgu',
  'bndcsSts',
  'msrBndcfgs',
  'msrXfd',
  'msrXfdErr',
] as const satisfies readonly (keyof CPUX86State)[]

/** A part that was not saved was all zero: nothing of the state before may stay in its place. */
function clearSubsections(env: CPUX86State): void {
  for (const key of OPTIONAL_FIELDS) env[key] = 0n
  for (const values of [env.msrFixedCounters, env.msrGpCounters, env.msrGpEvtsel, env.opmaskRegs])
    values.fill(0n)
  for (const reg of env.bndRegs) reg.lb = reg.ub = 0n
  env.xtilecfg.fill(0)
  env.xtiledata.fill(0)
}

/** What the rest of the code uses as an index must be one. */
function checkLoaded(env: CPUX86State): void {
  if (env.fpstt > 7) throw new VMStateError('env.fpstt', 'not in 0 to 7')
  if (env.mpState > 4) throw new VMStateError('env.mpState', 'not in 0 to 4')
}

const vmstateX86Env: VMStateDescription<CPUX86State> = {
  name: 'env',
  version: 1,
  minimumVersion: 1,
  fields: [...generalFields, ...extendedStateFields, ...msrFields, ...eventFields],
  subsections: [vmstateKvmPv, vmstatePmu, vmstateAvx512, vmstateMpx, vmstateAmx],
  preLoad: clearSubsections,
  postLoad(env) {
    checkLoaded(env)
    x86UpdateHflags(env)
  },
}

/**
 * The state of an x86 CPU, whatever accelerator ran it. Features and identity are not in it: they are the machine's
 * configuration, and must be the same where it is loaded. The local APIC is a device of its own.
 * @qemu target/i386/machine.c vmstate_x86_cpu
 * @differs every field has a name, so this is not QEMU's format; x87 registers are in stack order
 */
export const vmstateX86Cpu: VMStateDescription<X86CPU> = {
  name: 'cpu',
  version: 1,
  minimumVersion: 1,
  fields: [vmBool('halted'), vmU32('interruptRequest'), vmStruct('env', vmstateX86Env)],
  postLoad(cpu) {
    // The counter was read while the machine stood; what is put back is that.
    cpu.env.tscValid = true
  },
}
