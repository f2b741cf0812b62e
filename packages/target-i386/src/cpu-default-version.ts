// SPDX-License-Identifier: GPL-2.0-or-later
import type { SystemState } from '@dromaius/cpus'
import {
  CPU_VERSION_AUTO,
  CPU_VERSION_LATEST,
  type X86CPUModel,
  type X86CPUVersionDefinition,
} from './cpu-model-types.js'

const DEFAULT_VERSIONS: readonly X86CPUVersionDefinition[] = [{ version: 1 }]

/** What plain names of models mean where no machine says otherwise. */
const DEFAULT_CPU_VERSION = 1

const defaultVersions = new WeakMap<SystemState, number>()

/**
 * Says what plain names of models, such as `Haswell`, mean in a machine: a version, or `CPU_VERSION_LATEST`. Comes
 * before its CPUs are made.
 * @qemu target/i386/cpu.c x86_cpu_set_default_version
 * @differs of one machine, not of the process
 */
export function x86CpuSetDefaultVersion(system: SystemState, version: number): void {
  defaultVersions.set(system, version)
}

/**
 * All versions of a model, ascending.
 * @qemu target/i386/cpu.c x86_cpu_def_get_versions
 */
export function x86CpuDefGetVersions({
  cpudef,
}: Pick<X86CPUModel, 'cpudef'>): readonly X86CPUVersionDefinition[] {
  return cpudef.versions ?? DEFAULT_VERSIONS
}

/**
 * The version that a model stands for, in the machine `system` if there is one.
 * @qemu target/i386/cpu.c x86_cpu_model_resolve_version
 */
export function x86CpuModelResolveVersion(model: X86CPUModel, system?: SystemState): number {
  if (model.version !== CPU_VERSION_AUTO) return model.version
  const version = (system && defaultVersions.get(system)) ?? DEFAULT_CPU_VERSION
  return version === CPU_VERSION_LATEST ? x86CpuDefGetVersions(model).at(-1)!.version : version
}
