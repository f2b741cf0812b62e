// SPDX-License-Identifier: GPL-2.0-or-later
//
// The parts of a CPU's state that are saved only when they differ from a new CPU's, under the names that QEMU has for
// them (target/i386/machine.c).

import {
  vmBool,
  vmBytes,
  type VMStateDescription,
  type VMStateField,
  type VMStateSubsection,
  vmStructArray,
  vmU16,
  vmU32,
  vmU64,
  vmU64Array,
} from '@dromaius/util'
import * as e from './env.js'
import { nestedStateField, nestedStateNeeded } from './vmstate-nested.js'

type Env = e.CPUX86State

/** Values of a new CPU that are not zero. */
const POLL_CONTROL_DEFAULT = 1n
const MISC_ENABLE_DEFAULT = 1n
const TSC_SCALE_DEFAULT = 0x1_0000_0000n

/** A CPU's state in which every part has the value that need not be saved. */
function newState(): Env {
  const env = new e.CPUX86State()
  env.pollControlMsr = POLL_CONTROL_DEFAULT
  env.msrIa32MiscEnable = MISC_ENABLE_DEFAULT
  env.amdTscScaleMsr = TSC_SCALE_DEFAULT
  return env
}

/** Whether two values of fields are the same, element for element. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b
  if (a instanceof Uint8Array) return a.every((byte, i) => byte === (b as Uint8Array)[i])
  const other = b as Record<string, unknown>
  return Object.entries(a).every(([key, value]) => same(value, other[key]))
}

const reference = newState()

/**
 * A part with these fields, saved when one of them has not the value of a new CPU.
 * @param name  QEMU's, without `cpu/`
 */
function part(name: string, ...fields: VMStateField<Env>[]): VMStateSubsection<Env> {
  const keys = fields.map((field) => field.name as keyof Env)
  return {
    name: `cpu/${name}`,
    version: 1,
    minimumVersion: 1,
    needed: (env) => keys.some((key) => !same(env[key], reference[key])),
    fields,
  }
}

/** @qemu target/i386/machine.c vmstate_bnd_regs */
const vmstateBndReg: VMStateDescription<e.BNDReg> = {
  name: 'bnd_regs',
  version: 1,
  minimumVersion: 1,
  fields: [vmU64('lb'), vmU64('ub')],
}

/** @qemu target/i386/machine.c vmstate_arch_lbr */
const vmstateLbrRecord: VMStateDescription<e.LBREntry> = {
  name: 'lbr_records',
  version: 1,
  minimumVersion: 1,
  fields: [vmU64('from'), vmU64('to'), vmU64('info')],
}

/** Microsoft's synthetic MSRs. */
const hypervParts: readonly VMStateSubsection<Env>[] = [
  part('msr_hyperv_hypercall', vmU64('msrHvGuestOsId'), vmU64('msrHvHypercall')),
  part('msr_hyperv_vapic', vmU64('msrHvVapic')),
  part('msr_hyperv_time', vmU64('msrHvTsc')),
  part('msr_hyperv_crash', vmU64Array('msrHvCrashParams', e.HV_CRASH_PARAMS)),
  part('msr_hyperv_runtime', vmU64('msrHvRuntime')),
  part(
    'msr_hyperv_synic',
    vmU64('msrHvSynicControl'),
    vmU64('msrHvSynicEvtPage'),
    vmU64('msrHvSynicMsgPage'),
    vmU64Array('msrHvSynicSint', e.HV_SINT_COUNT),
  ),
  part(
    'msr_hyperv_stimer',
    vmU64Array('msrHvStimerConfig', e.HV_STIMER_COUNT),
    vmU64Array('msrHvStimerCount', e.HV_STIMER_COUNT),
  ),
  part(
    'msr_hyperv_reenlightenment',
    vmU64('msrHvReenlightenmentControl'),
    vmU64('msrHvTscEmulationControl'),
    vmU64('msrHvTscEmulationStatus'),
  ),
  // QEMU's synthetic debugger has no state that is saved; here what the guest wrote is.
  part(
    'msr_hyperv_syndbg',
    vmU64('msrHvSyndbgControl'),
    vmU64('msrHvSyndbgSendPage'),
    vmU64('msrHvSyndbgRecvPage'),
    vmU64('msrHvSyndbgPendingPage'),
  ),
]

/** The state of a hypervisor that the guest runs. */
const nestedStatePart: VMStateSubsection<Env> = {
  name: 'cpu/nested_state',
  version: 1,
  minimumVersion: 1,
  needed: nestedStateNeeded,
  fields: [nestedStateField],
}

/**
 * All parts, in QEMU's order.
 * @qemu target/i386/machine.c vmstate_x86_cpu
 * @differs a part is saved when any of its fields differs from a new CPU's, where QEMU has a condition for each
 */
export const x86EnvSubsections: readonly VMStateSubsection<Env>[] = [
  part(
    'exception_info',
    vmBool('exceptionPending'),
    vmBool('exceptionInjected'),
    vmBool('exceptionHasPayload'),
    vmU64('exceptionPayload'),
  ),
  part('async_pf_msr', vmU64('asyncPfEnMsr')),
  part('async_pf_int_msr', vmU64('asyncPfIntMsr')),
  part('async_pv_eoi_msr', vmU64('pvEoiEnMsr')),
  part('steal_time_msr', vmU64('stealTimeMsr')),
  part('poll_control_msr', vmU64('pollControlMsr')),
  part('fpop_ip_dp', vmU16('fpop'), vmU64('fpip'), vmU64('fpdp')),
  part('msr_tsc_adjust', vmU64('tscAdjust')),
  part('msr_tscdeadline', vmU64('tscDeadline')),
  part('msr_ia32_misc_enable', vmU64('msrIa32MiscEnable')),
  part('msr_ia32_feature_control', vmU64('msrIa32FeatureControl')),
  part(
    'msr_architectural_pmu',
    vmU64('msrFixedCtrCtrl'),
    vmU64('msrGlobalCtrl'),
    vmU64('msrGlobalStatus'),
    vmU64('msrGlobalOvfCtrl'),
    vmU64Array('msrFixedCounters', e.MAX_FIXED_COUNTERS),
    vmU64Array('msrGpCounters', e.MAX_GP_COUNTERS),
    vmU64Array('msrGpEvtsel', e.MAX_GP_COUNTERS),
  ),
  part(
    'mpx',
    vmStructArray('bndRegs', vmstateBndReg, 4),
    vmU64('bndcsCfgu'),
    vmU64('bndcsSts'),
    vmU64('msrBndcfgs'),
  ),
  ...hypervParts,
  part('avx512', vmU64Array('opmaskRegs', 8)),
  part('xss', vmU64('xss')),
  part('umwait', vmU64('umwait')),
  part('tsc_khz', vmU32('tscKhz')),
  {
    ...part('msr_smi_count', vmU64('msrSmiCount')),
    needed: (env) => env.migrateSmiCount && env.msrSmiCount !== 0n,
  },
  part('pkru', vmU32('pkru')),
  part('pkrs', vmU32('pkrs')),
  part('spec_ctrl', vmU64('specCtrl')),
  part('amd_tsc_scale_msr', vmU64('amdTscScaleMsr')),
  part('mcg_ext_ctl', vmU64('mcgExtCtl')),
  part(
    'intel_pt',
    vmU64('msrRtitCtrl'),
    vmU64('msrRtitStatus'),
    vmU64('msrRtitOutputBase'),
    vmU64('msrRtitOutputMask'),
    vmU64('msrRtitCr3Match'),
    vmU64Array('msrRtitAddrs', e.MAX_RTIT_ADDRS),
  ),
  part('virt_ssbd', vmU64('virtSsbd')),
  nestedStatePart,
  part('msr_tsx_ctrl', vmU64('tsxCtrl')),
  part('intel_sgx', vmU64Array('msrIa32Sgxlepubkeyhash', 4)),
  part('pdptrs', vmU64Array('pdptrs', 4), vmBool('pdptrsValid')),
  part('msr_xfd', vmU64('msrXfd'), vmU64('msrXfdErr')),
  part('intel_amx_xtile', vmBytes('xtilecfg', 64), vmBytes('xtiledata', 8192)),
  part(
    'arch_lbr',
    vmU64('msrLbrCtl'),
    vmU64('msrLbrDepth'),
    vmStructArray('lbrRecords', vmstateLbrRecord, e.ARCH_LBR_NR_ENTRIES),
  ),
  part('triple_fault', vmBool('tripleFaultPending')),
]

/**
 * Gives every part the values of a new CPU: one that was not saved had them, and nothing of the state before may stay in
 * its place. A hypervisor's state keeps its room.
 */
export function clearX86EnvSubsections(env: Env): void {
  const fresh = newState()
  for (const { fields } of x86EnvSubsections) {
    for (const { name } of fields) {
      if (name === nestedStateField.name) continue
      const key = name as keyof Env
      // Objects in a list stay the same objects: what is loaded next fills those that it has found.
      if (key === 'bndRegs' || key === 'lbrRecords')
        env[key].forEach((item, i) => Object.assign(item, fresh[key][i]))
      else Object.assign(env, { [key]: fresh[key] })
    }
  }
}
