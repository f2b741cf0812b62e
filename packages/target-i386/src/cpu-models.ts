// SPDX-License-Identifier: GPL-2.0-or-later
import {
  deviceClassSetProps,
  objectPropertyParse,
  objectPropertySet,
  propBool,
  typeRegister,
} from '@dromaius/qom'
import { TYPE_X86_CPU, X86_CPU_TYPE_SUFFIX } from './cpu-class.js'
import { builtinX86Defs } from './cpu-model-table.js'
import {
  CPU_VERSION_AUTO,
  type PropValue,
  type X86CPUDefinition,
  type X86CPUModel,
} from './cpu-model-types.js'
import type { X86CPUClass } from './cpu.js'
import { type X86CPU } from './cpu.js'
import { CPUID_EXT_HYPERVISOR, CPUID_VENDOR_AMD } from './cpuid-bits.js'
import { featureWordsOf } from './feature-names.js'
import { FEATURE_WORD_COUNT, FEAT_1_ECX } from './feature-words.js'

/** What a model's plain name means: its first version. Machines with an opinion come with more models. */
const DEFAULT_CPU_VERSION = 1

const DEFAULT_VERSIONS = [{ version: 1 }] as const

/**
 * The version that a model stands for.
 * @qemu target/i386/cpu.c x86_cpu_model_resolve_version
 */
export function x86CpuModelResolveVersion(model: X86CPUModel): number {
  return model.version === CPU_VERSION_AUTO ? DEFAULT_CPU_VERSION : model.version
}

/**
 * Sets properties that a table names. Throws UserError on a mistake in the table.
 * @qemu target/i386/cpu.c x86_cpu_apply_props
 */
export function x86CpuApplyProps(cpu: X86CPU, props: readonly PropValue[]): void {
  for (const { prop, value } of props) objectPropertyParse(cpu, prop, value)
}

/** @qemu target/i386/cpu.c x86_cpu_apply_version_props */
function x86CpuApplyVersionProps(cpu: X86CPU, model: X86CPUModel): void {
  const version = x86CpuModelResolveVersion(model)
  for (const vdef of model.cpudef.versions ?? DEFAULT_VERSIONS) {
    if (vdef.version <= version) x86CpuApplyProps(cpu, ('props' in vdef && vdef.props) || [])
  }
}

/**
 * Loads a model into a new CPU.
 * @qemu target/i386/cpu.c x86_cpu_load_model
 */
export function x86CpuLoadModel(cpu: X86CPU, model: X86CPUModel): void {
  const def = model.cpudef
  const { env } = cpu
  // The levels are only the least: features raise them.
  env.cpuidMinLevel = def.level
  env.cpuidMinXlevel = def.xlevel
  objectPropertySet(cpu, 'family', def.family)
  objectPropertySet(cpu, 'model', def.model)
  objectPropertySet(cpu, 'stepping', def.stepping)
  objectPropertySet(cpu, 'model-id', def.modelId)
  env.features = featureWordsOf(def.features)
  cpu.legacyCache = !def.cacheInfo
  env.features[FEAT_1_ECX] |= CPUID_EXT_HYPERVISOR
  // An accelerator that runs on the host's CPU puts the host's vendor here: system calls depend on it.
  objectPropertySet(cpu, 'vendor', def.vendor)
  x86CpuApplyVersionProps(cpu, model)
  // What a version brings was not asked for by the user.
  env.userFeatures = new Array<bigint>(FEATURE_WORD_COUNT).fill(0n)
}

/**
 * QOM type of a model.
 * @qemu target/i386/cpu.c x86_cpu_type_name
 */
export function x86CpuTypeName(modelName: string): string {
  return `${modelName}${X86_CPU_TYPE_SUFFIX}`
}

/** @qemu target/i386/cpu.c x86_register_cpu_model_type */
function x86RegisterCpuModelType(name: string, model: X86CPUModel): void {
  typeRegister<X86CPU, X86CPUClass>({
    name: x86CpuTypeName(name),
    parent: TYPE_X86_CPU,
    classInit(xcc) {
      xcc.model = model
    },
    instanceInit: (cpu) => x86CpuLoadModel(cpu, model),
  })
}

/**
 * Registers a model's types: its plain name, one per version, and the versions' aliases.
 * @qemu target/i386/cpu.c x86_register_cpudef_types
 */
export function x86RegisterCpudefTypes(cpudef: X86CPUDefinition): void {
  x86RegisterCpuModelType(cpudef.name, { cpudef, version: CPU_VERSION_AUTO, isAlias: true })
  for (const vdef of cpudef.versions ?? DEFAULT_VERSIONS) {
    const { version } = vdef
    const note = 'note' in vdef && vdef.note ? { note: vdef.note } : {}
    x86RegisterCpuModelType(`${cpudef.name}-v${version}`, { cpudef, version, isAlias: false, ...note })
    if ('alias' in vdef && vdef.alias) {
      x86RegisterCpuModelType(vdef.alias, { cpudef, version, isAlias: true })
    }
  }
}

/**
 * The start of a `max` or `host` CPU. The defaults are for accelerators that run on no host CPU; the others overwrite
 * them. Features come at realize, when `migratable` is known.
 * @qemu target/i386/cpu.c max_x86_cpu_initfn
 */
function maxX86CpuInitfn(cpu: X86CPU): void {
  cpu.maxFeatures = true
  cpu.enablePmu = true
  objectPropertySet(cpu, 'vendor', CPUID_VENDOR_AMD)
  objectPropertySet(cpu, 'family', 15)
  objectPropertySet(cpu, 'model', 107)
  objectPropertySet(cpu, 'stepping', 1)
  objectPropertySet(cpu, 'model-id', 'QEMU TCG CPU version 2.5+')
}

/** All features that the accelerator can give. */
export const TYPE_MAX_X86_CPU = typeRegister<X86CPU, X86CPUClass>({
  name: x86CpuTypeName('max'),
  parent: TYPE_X86_CPU,
  instanceInit: maxX86CpuInitfn,
  classInit(xcc) {
    xcc.ordering = 9
    xcc.modelDescription = 'Enables all features supported by the accelerator in the current host'
    deviceClassSetProps<X86CPU>(xcc, [
      propBool('migratable', 'migratable', true),
      propBool('host-cache-info', 'cacheInfoPassthrough', false),
    ])
  },
})

/**
 * The host's CPU, as far as the accelerator can pass it on.
 * @qemu target/i386/host-cpu.c host_cpu_type_info
 */
export const TYPE_HOST_X86_CPU = typeRegister<X86CPU, X86CPUClass>({
  name: x86CpuTypeName('host'),
  parent: TYPE_MAX_X86_CPU,
  classInit(xcc) {
    xcc.hostCpuidRequired = true
    xcc.ordering = 8
    xcc.modelDescription = 'processor with all supported host features'
  },
})

for (const def of builtinX86Defs) x86RegisterCpudefTypes(def)
