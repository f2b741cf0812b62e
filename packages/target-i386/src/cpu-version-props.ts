// SPDX-License-Identifier: GPL-2.0-or-later
import { objectPropertyParse } from '@dromaius/qom'
import { x86CpuDefGetVersions } from './cpu-default-version.js'
import type { PropValue, X86CPUModel } from './cpu-model-types.js'
import type { X86CPU } from './cpu.js'
import { FEATURE_WORD_COUNT } from './feature-words.js'

/**
 * Sets properties that a table names. Throws UserError on a mistake in the table.
 * @qemu target/i386/cpu.c x86_cpu_apply_props
 */
export function x86CpuApplyProps(cpu: X86CPU, props: readonly PropValue[]): void {
  for (const { prop, value } of props) objectPropertyParse(cpu, prop, value)
}

/**
 * Makes a CPU that is `model` at version `from` (0: as its table says) the one of version `to`. What a version brings was
 * not asked for by the user, so nothing counts as the user's afterwards.
 * @qemu target/i386/cpu.c x86_cpu_apply_version_props
 */
export function x86CpuApplyVersionProps(cpu: X86CPU, model: X86CPUModel, from: number, to: number): void {
  for (const { version, props } of x86CpuDefGetVersions(model)) {
    if (version > from && version <= to) x86CpuApplyProps(cpu, props ?? [])
  }
  cpu.env.userFeatures = new Array<bigint>(FEATURE_WORD_COUNT).fill(0n)
}
