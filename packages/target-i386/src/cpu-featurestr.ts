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

/** Unit letters, each 1000 times the one before; B stands for none. */
const METRIC_UNITS = 'BKMGTPE'
const INT64_MAX = (1n << 63n) - 1n

/**
 * A frequency such as `2.4G` or `0x3b9aca00`, in Hz, units of 1000.
 * @qemu util/cutils.c qemu_strtosz_metric
 */
function parseMetric(text: string): bigint {
  const bad = new UserError(`bad numerical value ${text}`)
  const hex = /^(0x[\da-f]+)([kmgtp]?)$/i.exec(text)
  const decimal = /^(\d+)(?:\.(\d*))?([bkmgtpe]?)$/i.exec(text)
  if (!hex && !decimal) throw bad
  const [whole, fraction, letter] = hex
    ? [hex[1]!, '', hex[2]!]
    : [decimal![1]!, decimal![2] ?? '', decimal![3]!]
  const exponent = letter === '' ? 0 : 3 * METRIC_UNITS.indexOf(letter.toUpperCase())
  // Parts of a hertz are cut off; without a unit there is nothing to have parts of.
  if (fraction !== '' && exponent === 0) throw bad
  const hertz =
    BigInt(whole) * 10n ** BigInt(exponent) + BigInt(fraction.padEnd(exponent, '0').slice(0, exponent) || 0)
  if (hertz > INT64_MAX) throw bad
  return hertz
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
