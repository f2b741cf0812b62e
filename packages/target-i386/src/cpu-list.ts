// SPDX-License-Identifier: GPL-2.0-or-later
import { objectClassGetList, typeByName } from '@dromaius/qom'
import { TYPE_X86_CPU, X86_CPU_TYPE_SUFFIX } from './cpu-class.js'
import { CPU_VERSION_AUTO } from './cpu-model-types.js'
import { x86CpuModelResolveVersion, x86CpuTypeName } from './cpu-models.js'
import type { X86CPUClass } from './cpu.js'
import { featureBitsByName } from './feature-names.js'

/** Line length of the list of features. */
const FLAGS_WIDTH = 75

/**
 * The class of the model with this name, null when there is none.
 * @qemu target/i386/cpu.c x86_cpu_class_by_name
 */
export function x86CpuClassByName(modelName: string): X86CPUClass | null {
  const type = typeByName(x86CpuTypeName(modelName))
  return type ? TYPE_X86_CPU.classCast(type.class()) : null
}

/**
 * Name of a class's model, as `-cpu` takes it.
 * @qemu target/i386/cpu.c x86_cpu_class_get_model_name
 */
export function x86CpuClassGetModelName(xcc: X86CPUClass): string {
  return xcc.typeName.slice(0, -X86_CPU_TYPE_SUFFIX.length)
}

function describe(xcc: X86CPUClass): string {
  if (xcc.modelDescription !== null) return xcc.modelDescription
  const { model } = xcc
  if (!model) return ''
  if (model.isAlias) {
    if (model.version === CPU_VERSION_AUTO) return '(alias configured by machine type)'
    return `(alias of ${model.cpudef.name}-v${x86CpuModelResolveVersion(model)})`
  }
  const note = model.note === undefined ? '' : ` [${model.note}]`
  return `${model.cpudef.modelId}${note}${model.cpudef.deprecationNote ? ' (deprecated)' : ''}`
}

function flagLines(): string[] {
  const lines: string[] = []
  let line = ''
  for (const name of [...featureBitsByName.keys()].sort()) {
    if (line.length + name.length + 1 >= FLAGS_WIDTH) {
      lines.push(`  ${line}`)
      line = ''
    }
    line += line === '' ? name : ` ${name}`
  }
  return [...lines, `  ${line}`]
}

/**
 * What `-cpu help` prints: models and names of features.
 * @qemu target/i386/cpu.c x86_cpu_list
 */
export function x86CpuList(): string {
  const classes = objectClassGetList(TYPE_X86_CPU, false).map((klass) => TYPE_X86_CPU.classCast(klass))
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  classes.sort(
    (a, b) => a.ordering - b.ordering || byName(x86CpuClassGetModelName(a), x86CpuClassGetModelName(b)),
  )
  const models = classes.map((xcc) => `x86 ${x86CpuClassGetModelName(xcc).padEnd(20)}  ${describe(xcc)}`)
  return ['Available CPUs:', ...models, '', 'Recognized CPUID flags:', ...flagLines(), ''].join('\n')
}
