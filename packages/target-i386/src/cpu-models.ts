// SPDX-License-Identifier: GPL-2.0-or-later
import { deviceClassSetProps, objectPropertySet, propBool, typeRegister } from '@dromaius/qom'
import { TYPE_X86_CPU, X86_CPU_TYPE_SUFFIX } from './cpu-class.js'
import { x86CpuDefGetVersions, x86CpuModelResolveVersion } from './cpu-default-version.js'
import { builtinX86Defs } from './cpu-model-table.js'
import { CPU_VERSION_AUTO, type X86CPUDefinition, type X86CPUModel } from './cpu-model-types.js'
import { x86CpuApplyVersionProps } from './cpu-version-props.js'
import type { X86CPUClass } from './cpu.js'
import { type X86CPU } from './cpu.js'
import { CPUID_EXT_HYPERVISOR, CPUID_VENDOR_AMD } from './cpuid-bits.js'
import { featureWordsOf } from './feature-names.js'
import { FEAT_1_ECX } from './feature-words.js'

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
  for (const { word, mask } of def.unnamedFeatures ?? []) env.features[word] |= mask
  cpu.legacyCache = !def.cacheInfo
  env.features[FEAT_1_ECX] |= CPUID_EXT_HYPERVISOR
  // An accelerator that runs on the host's CPU puts the host's vendor here: system calls depend on it.
  objectPropertySet(cpu, 'vendor', def.vendor)
  x86CpuApplyVersionProps(cpu, model, 0, x86CpuModelResolveVersion(model))
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
      xcc.migrationSafe = true
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
  for (const { version, note, alias } of x86CpuDefGetVersions({ cpudef })) {
    const noted = note === undefined ? {} : { note }
    x86RegisterCpuModelType(`${cpudef.name}-v${version}`, { cpudef, version, isAlias: false, ...noted })
    if (alias !== undefined) x86RegisterCpuModelType(alias, { cpudef, version, isAlias: true })
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
    // The space at the end is QEMU's.
    xcc.modelDescription = 'processor with all supported host features '
  },
})

/**
 * No feature but those that are named: what expansions of models start from.
 * @qemu target/i386/cpu.c x86_base_cpu_type_info
 */
export const TYPE_BASE_X86_CPU = typeRegister<X86CPU, X86CPUClass>({
  name: x86CpuTypeName('base'),
  parent: TYPE_X86_CPU,
  classInit(xcc) {
    xcc.staticModel = true
    xcc.migrationSafe = true
    xcc.ordering = 8
    xcc.modelDescription = 'base CPU model type with no features enabled'
  },
})

for (const def of builtinX86Defs) x86RegisterCpudefTypes(def)
