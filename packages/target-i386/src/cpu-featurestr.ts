// SPDX-License-Identifier: GPL-2.0-or-later
import { objectPropertyParse } from '@dromaius/qom'
import { UserError, warnReport } from '@dromaius/util'
import type { X86CPU } from './cpu.js'
import type { PropValue } from './cpu-model-types.js'

/**
 * What stands behind the model in `-cpu model,...`. In QEMU it becomes global properties and two lists of the
 * process; here whoever creates CPUs applies it to each.
 */
export interface X86CpuFeatureString {
  readonly props: readonly PropValue[]
  readonly plusFeatures: readonly string[]
  readonly minusFeatures: readonly string[]
}

const SIZE_UNITS: Record<string, bigint> = {
  '': 1n,
  B: 1n,
  K: 1000n,
  M: 1000n ** 2n,
  G: 1000n ** 3n,
  T: 1000n ** 4n,
}

/**
 * A frequency such as `2.4G`, in Hz, units of 1000.
 * @qemu util/cutils.c qemu_strtosz_metric
 */
function parseMetric(text: string): bigint {
  const match = /^(\d+)(?:\.(\d{1,9}))?([bkmgt]?)$/i.exec(text)
  if (!match) throw new UserError(`bad numerical value ${text}`)
  const [, whole, fraction = '', unit] = match
  const scaled = BigInt(whole! + fraction.padEnd(9, '0')) * SIZE_UNITS[unit!.toUpperCase()]!
  return scaled / 1_000_000_000n
}

/**
 * Reads `+feature,-feature,feature=on|off,property=value` (or null for nothing). Underscores in names count as dashes,
 * a name without value as `=on`. Warns where `+x` or `-x` stands beside `x=...`: the former wins, whatever the order.
 * Throws UserError when a frequency is none; names are checked when they are applied.
 * @qemu target/i386/cpu.c x86_cpu_parse_featurestr
 */
export function x86CpuParseFeaturestr(features: string | null): X86CpuFeatureString {
  const props: PropValue[] = []
  const plusFeatures: string[] = []
  const minusFeatures: string[] = []
  let ambiguous = false

  for (const part of (features ?? '').split(',').filter((text) => text !== '')) {
    if (part.startsWith('+')) {
      plusFeatures.push(part.slice(1))
      continue
    }
    if (part.startsWith('-')) {
      minusFeatures.push(part.slice(1))
      continue
    }
    const eq = part.indexOf('=')
    const name = (eq < 0 ? part : part.slice(0, eq)).replaceAll('_', '-')
    const value = eq < 0 ? 'on' : part.slice(eq + 1)
    for (const [sign, list] of [
      ['+', plusFeatures],
      ['-', minusFeatures],
    ] as const) {
      if (!list.includes(name)) continue
      warnReport(`Ambiguous CPU model string. Don't mix both "${sign}${name}" and "${name}=${value}"`)
      ambiguous = true
    }
    if (name === 'tsc-freq') props.push({ prop: 'tsc-frequency', value: String(parseMetric(value)) })
    else props.push({ prop: name, value })
  }
  if (ambiguous) {
    warnReport("Compatibility of ambiguous CPU model strings won't be kept on future QEMU versions")
  }
  return { props, plusFeatures, minusFeatures }
}

/**
 * Gives a new CPU what `-cpu` said. Throws UserError on a name that does not exist or a value that does not suit;
 * names behind `+` and `-` are looked at when the CPU is realized.
 * @qemu qom/object.c object_apply_global_props
 */
export function x86CpuApplyFeaturestr(cpu: X86CPU, featurestr: X86CpuFeatureString): void {
  for (const { prop, value } of featurestr.props) objectPropertyParse(cpu, prop, value)
  cpu.plusFeatures = featurestr.plusFeatures
  cpu.minusFeatures = featurestr.minusFeatures
}
