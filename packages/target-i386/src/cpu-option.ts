// SPDX-License-Identifier: GPL-2.0-or-later
import type { SystemState } from '@dromaius/cpus'
import { objectNew } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { x86CpuPostInitfn } from './cpu-class.js'
import { x86CpuApplyFeaturestr, type X86CpuFeatureString, x86CpuParseFeaturestr } from './cpu-featurestr.js'
import { x86CpuClassByName } from './cpu-list.js'
import { type X86CPU, X86_CPU } from './cpu.js'

/** What `-cpu` asks for. */
export interface X86CpuOption {
  /** QOM type of the model. */
  readonly typeName: string
  readonly features: X86CpuFeatureString
}

/**
 * Reads the value of `-cpu`: a model, then features and properties. Throws UserError on a model that does not exist.
 * @qemu cpu.c parse_cpu_option
 */
export function x86ParseCpuOption(text: string): X86CpuOption {
  const comma = text.indexOf(',')
  const modelName = comma < 0 ? text : text.slice(0, comma)
  const xcc = modelName === '' ? null : x86CpuClassByName(modelName)
  if (!xcc || xcc.abstract) {
    throw new UserError(`Unable to find CPU model '${modelName}' (-cpu help lists those there are)`)
  }
  return { typeName: xcc.typeName, features: x86CpuParseFeaturestr(comma < 0 ? null : text.slice(comma + 1)) }
}

/**
 * Makes a CPU for `system`, ready for its APIC id, the properties of a `-device` and realize. The order matters: the
 * model's own settings, the accelerator's defaults, then what `-cpu` says (null for nothing). Throws UserError.
 * @qemu hw/i386/x86.c x86_cpu_new
 * @differs does not realize; the machine does, once the CPU has its place
 */
export function x86CpuCreate(
  system: SystemState,
  typeName: string,
  features: X86CpuFeatureString | null,
): X86CPU {
  const cpu = X86_CPU(objectNew(typeName))
  cpu.system = system
  x86CpuPostInitfn(cpu)
  if (features) x86CpuApplyFeaturestr(cpu, features)
  return cpu
}
