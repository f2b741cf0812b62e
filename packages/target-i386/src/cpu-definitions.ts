// SPDX-License-Identifier: GPL-2.0-or-later
import type { SystemState } from '@dromaius/cpus'
import { objectClassGetList, objectNew } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { x86AccelCpuOf } from './accel-cpu.js'
import { TYPE_X86_CPU, x86CpuPostInitfn } from './cpu-class.js'
import { x86CpuModelResolveVersion } from './cpu-default-version.js'
import { x86CpuExpandFeatures, x86CpuFilterFeatures } from './cpu-features.js'
import { x86CpuClassGetModelName, x86CpuListCompare } from './cpu-list.js'
import { type X86CPUClass, X86_CPU } from './cpu.js'
import { x86CpuListFeatureNames } from './feature-names.js'

/**
 * A CPU model in QMP's words.
 * @qemu qapi/machine-target.json CpuDefinitionInfo
 */
export interface CpuDefinitionInfo {
  name: string
  typename: string
  /** Features without which the model would run here; empty for one that runs as it is. */
  'unavailable-features': string[]
  /** Looks the same on every host. */
  'migration-safe': boolean
  /** Will look the same in every release. */
  static: boolean
  deprecated: boolean
  /** The version that the name stands for in this machine. */
  'alias-of'?: string
}

/**
 * What keeps a model from running in the machine as it is.
 * @qemu target/i386/cpu.c x86_cpu_class_check_missing_features
 */
function x86CpuClassCheckMissingFeatures(xcc: X86CPUClass, system: SystemState): string[] {
  if (xcc.hostCpuidRequired && !x86AccelCpuOf(system.accel)?.usesHostCpuid) return ['kvm']
  const cpu = X86_CPU(objectNew(xcc.typeName))
  cpu.system = system
  x86CpuPostInitfn(cpu)
  const missing: string[] = []
  try {
    x86CpuExpandFeatures(cpu)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    missing.push('type')
  }
  x86CpuFilterFeatures(cpu, false)
  return [...missing, ...x86CpuListFeatureNames(cpu.filteredFeatures)]
}

/** @qemu target/i386/cpu.c x86_cpu_definition_entry */
function x86CpuDefinitionEntry(xcc: X86CPUClass, system: SystemState): CpuDefinitionInfo {
  const { model } = xcc
  return {
    name: x86CpuClassGetModelName(xcc),
    typename: xcc.typeName,
    'unavailable-features': x86CpuClassCheckMissingFeatures(xcc, system),
    'migration-safe': xcc.migrationSafe,
    static: xcc.staticModel,
    deprecated: model?.cpudef.deprecationNote !== undefined,
    ...(model?.isAlias && {
      'alias-of': `${model.cpudef.name}-v${x86CpuModelResolveVersion(model, system)}`,
    }),
  }
}

/**
 * Every CPU model as the machine `system` sees it, with what its accelerator lacks of each; last in `-cpu help` first.
 * @qemu target/i386/cpu.c qmp_query_cpu_definitions
 */
export function qmpQueryCpuDefinitions(system: SystemState): CpuDefinitionInfo[] {
  return objectClassGetList(TYPE_X86_CPU, false)
    .map((klass) => TYPE_X86_CPU.classCast(klass))
    .sort(x86CpuListCompare)
    .reverse()
    .map((xcc) => x86CpuDefinitionEntry(xcc, system))
}
