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
  CPU_NB_REGS,
  type CPUX86State,
  MCE_BANKS_DEF,
  MSR_MTRRcap_VCNT,
  type MTRRVar,
  NB_MTRR_FIXED,
  type SegmentCache,
} from './env.js'
import { x86UpdateHflags } from './hflags.js'
import { clearX86EnvSubsections, x86EnvSubsections } from './vmstate-subsections.js'

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
  vmU64Array('dr', 8),
  vmI32('a20Mask'),
  vmU32('mpState'),
]

const extendedStateFields: VMStateField<CPUX86State>[] = [
  vmU8('fpstt'),
  vmU16('fpus'),
  vmU16('fpuc'),
  vmBytes('fptags', 8),
  vmBytes('fpregs', 8 * 16),
  vmU32('mxcsr'),
  vmBytes('xmmRegs', 32 * 64),
  vmU64('xstateBv'),
  vmU64('xcr0'),
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
  vmU64('tscAux'),
  vmU64('pat'),
  vmU64Array('mtrrFixed', NB_MTRR_FIXED),
  vmU64('mtrrDeftype'),
  vmStructArray('mtrrVar', vmstateMtrrVar, MSR_MTRRcap_VCNT),
  vmU64('mcgCap'),
  vmU64('mcgStatus'),
  vmU64('mcgCtl'),
  vmU64Array('mceBanks', MCE_BANKS_DEF * 4),
  vmU32('smbase'),
  vmU64('systemTimeMsr'),
  vmU64('wallClockMsr'),
]

const eventFields: VMStateField<CPUX86State>[] = [
  vmI32('exceptionNr'),
  vmBool('hasErrorCode'),
  vmU32('errorCode'),
  vmI32('interruptInjected'),
  vmBool('softInterrupt'),
  vmBool('nmiInjected'),
  vmBool('nmiPending'),
  vmU32('sipiVector'),
  vmU32('insLen'),
]

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
  subsections: x86EnvSubsections,
  preLoad: clearX86EnvSubsections,
  postLoad(env) {
    checkLoaded(env)
    // A state without `cpu/exception_info` has an exception that is being delivered, or none.
    if (env.exceptionNr !== -1 && !env.exceptionPending) env.exceptionInjected = true
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
