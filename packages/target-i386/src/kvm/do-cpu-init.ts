// SPDX-License-Identifier: GPL-2.0-or-later
import { CPU_INTERRUPT_SIPI, cpuReset } from '@dromaius/cpus'
import type { X86CPU } from '../cpu.js'
import type { CPUX86State } from '../env.js'
import { kvmArchDoInitVcpu } from './kvm-reset.js'

/** What INIT leaves alone (SDM volume 3, table 9-1): x87, SSE and extended state, and nearly all MSRs. */
const KEPT_BY_INIT = [
  'fpstt',
  'fpus',
  'fpuc',
  'fptags',
  'fpop',
  'fpip',
  'fpdp',
  'fpregs',
  'mxcsr',
  'xmmRegs',
  'opmaskRegs',
  'bndRegs',
  'bndcsCfgu',
  'bndcsSts',
  'pkru',
  'pkrs',
  'xtilecfg',
  'xtiledata',
  'xstateBv',
  'xcr0',
  'xss',
  'star',
  'lstar',
  'cstar',
  'fmask',
  'kernelgsbase',
  'sysenterCs',
  'sysenterEsp',
  'sysenterEip',
  'vmHsave',
  'tsc',
  'tscAdjust',
  'tscAux',
  'tscDeadline',
  'pat',
  'mtrrFixed',
  'mtrrDeftype',
  'mtrrVar',
  'mcgStatus',
  'mcgCtl',
  'mcgExtCtl',
  'mceBanks',
  'systemTimeMsr',
  'wallClockMsr',
  'asyncPfEnMsr',
  'asyncPfIntMsr',
  'stealTimeMsr',
  'pvEoiEnMsr',
  'pollControlMsr',
  'smbase',
  'msrSmiCount',
  'msrIa32MiscEnable',
  'msrIa32FeatureControl',
  'specCtrl',
  'amdTscScaleMsr',
  'virtSsbd',
  'tsxCtrl',
  'umwait',
  'msrBndcfgs',
  'msrXfd',
  'msrXfdErr',
] as const satisfies readonly (keyof CPUX86State)[]

/**
 * INIT: a reset that keeps floating point state and MSRs. An application processor then waits for SIPI.
 * @qemu target/i386/helper.c do_cpu_init
 * @differs the kernel's APIC resets itself at INIT
 */
export function doCpuInit(cpu: X86CPU): void {
  const { env } = cpu
  const sipi = cpu.interruptRequest & CPU_INTERRUPT_SIPI
  const kept = structuredClone(Object.fromEntries(KEPT_BY_INIT.map((name) => [name, env[name]])))
  cpuReset(cpu)
  cpu.interruptRequest = sipi
  Object.assign(env, kept)
  kvmArchDoInitVcpu(cpu)
}
