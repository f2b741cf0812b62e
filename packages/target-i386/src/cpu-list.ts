// SPDX-License-Identifier: GPL-2.0-or-later
import { objectClassGetList, objectNew, objectPropertyPrint, typeByName } from '@dromaius/qom'
import { TYPE_X86_CPU, X86_CPU_TYPE_SUFFIX } from './cpu-class.js'
import { CPU_VERSION_AUTO } from './cpu-model-types.js'
import { x86CpuTypeName } from './cpu-models.js'
import type { X86CPUClass } from './cpu.js'
import { featureWordInfo } from './feature-words.js'

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

/**
 * The brand string of a class's CPUs.
 * @qemu target/i386/cpu.c x86_cpu_class_get_model_id
 */
function x86CpuClassGetModelId(xcc: X86CPUClass): string {
  return objectPropertyPrint(objectNew(xcc.typeName), 'model-id')
}

/** @qemu target/i386/cpu.c x86_cpu_list_entry */
function describe(xcc: X86CPUClass): string {
  if (xcc.modelDescription !== null) return xcc.modelDescription
  const { model } = xcc
  if (!model) return ''
  const deprecated = model.cpudef.deprecationNote === undefined ? '' : ' (deprecated)'
  if (model.isAlias) {
    const { name } = model.cpudef
    const auto = model.version === CPU_VERSION_AUTO
    return `(alias ${auto ? 'configured by machine type' : `of ${name}-v${model.version}`})${deprecated}`
  }
  const note = model.note === undefined ? '' : ` [${model.note}]`
  return `${x86CpuClassGetModelId(xcc)}${note}${deprecated}`
}

/** The names of features in lines; one that stands for several bits comes as often. @qemu target/i386/cpu.c listflags */
function flagLines(): string[] {
  const names = featureWordInfo.flatMap((info) => info.names.filter((name) => name !== null)).sort()
  const lines: string[] = []
  let line = ''
  for (const name of names) {
    if (line !== '' && line.length + name.length + 2 >= FLAGS_WIDTH) {
      lines.push(`  ${line}`)
      line = ''
    }
    line += line === '' ? name : ` ${name}`
  }
  return [...lines, `  ${line}`]
}

/**
 * The order of models: by class, then by name.
 * @qemu target/i386/cpu.c x86_cpu_list_compare
 */
export function x86CpuListCompare(a: X86CPUClass, b: X86CPUClass): number {
  if (a.ordering !== b.ordering) return a.ordering - b.ordering
  const [nameA, nameB] = [x86CpuClassGetModelName(a), x86CpuClassGetModelName(b)]
  return nameA < nameB ? -1 : nameA > nameB ? 1 : 0
}

/**
 * What `-cpu help` prints: models and names of features.
 * @qemu target/i386/cpu.c x86_cpu_list
 */
export function x86CpuList(): string {
  const classes = objectClassGetList(TYPE_X86_CPU, false).map((klass) => TYPE_X86_CPU.classCast(klass))
  classes.sort(x86CpuListCompare)
  const models = classes.map((xcc) => `x86 ${x86CpuClassGetModelName(xcc).padEnd(20)}  ${describe(xcc)}`)
  return ['Available CPUs:', ...models, '', 'Recognized CPUID flags:', ...flagLines(), '', ''].join('\n')
}
