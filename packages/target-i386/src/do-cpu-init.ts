// SPDX-License-Identifier: GPL-2.0-or-later
import { CPU_INTERRUPT_SIPI, cpuReset, cpuSynchronizeState } from '@dromaius/cpus'
import { accelCpuOf } from './cpu-features.js'
import type { X86CPU } from './cpu.js'
import { type CPUX86State, R_CS } from './env.js'

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
 * @differs an APIC in the kernel resets itself at INIT
 */
export function doCpuInit(cpu: X86CPU): void {
  const { env } = cpu
  const sipi = cpu.interruptRequest & CPU_INTERRUPT_SIPI
  const kept = structuredClone(Object.fromEntries(KEPT_BY_INIT.map((name) => [name, env[name]])))
  cpuReset(cpu)
  cpu.interruptRequest = sipi
  Object.assign(env, kept)
  accelCpuOf(cpu)?.cpuDoInit?.(cpu)
  cpu.apicState?.initReset?.()
}

/**
 * A start-up IPI: the CPU begins in real mode at the page that the vector names (SDM volume 3, 11.6.2).
 * @qemu target/i386/cpu.h cpu_x86_load_seg_cache_sipi
 */
export function cpuX86LoadSegCacheSipi(cpu: X86CPU, sipiVector: number): void {
  cpuSynchronizeState(cpu)
  const { env } = cpu
  env.eip = 0n
  env.segs[R_CS].selector = sipiVector << 8
  env.segs[R_CS].base = BigInt(sipiVector) << 12n
  cpu.halted = false
}
