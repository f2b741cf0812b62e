// SPDX-License-Identifier: GPL-2.0-or-later
//
// Runs the images of guests/system, under QEMU's translator and on ours.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { boot, debugExit } from './boot.js'
import type { CaseLines } from './system-differences/system-difference.js'

const TIMEOUT_MS = 60_000
const machine = '-M microvm -nodefaults -no-user-config -display none -m 64M -serial stdio'.split(' ')

/** What each case of an image wrote, by its name and without it: a line for each of its events. */
export type Cases = ReadonlyMap<string, string>

const imageOf = (name: string): string =>
  fileURLToPath(new URL(`../../../guests/build/system/${name}.bin`, import.meta.url))

/** Runs an image under QEMU's translator. */
export function underQemu(image: string, cpu: string): Cases {
  const { stdout, status } = spawnSync(
    'qemu-system-x86_64',
    [
      ...machine,
      ...['-accel', 'tcg', '-cpu', cpu, '-bios', imageOf(image)],
      ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ],
    { encoding: 'latin1', timeout: TIMEOUT_MS, input: '' },
  )
  expect(status).toBe(1)
  return casesOf(stdout)
}

/** Runs an image on our translator. @param executions  of a block after which it is compiled; an image is over before 1,500 */
export async function underOurs(image: string, cpu: string, executions = 1500): Promise<Cases> {
  const accel = { accel: 'tcg', 'x-compile-after': executions }
  const { output, code } = await boot(
    { accel, cpu, bios: imageOf(image), memory: 64 * 2 ** 20, device: [debugExit] },
    { timeout: TIMEOUT_MS },
  )
  expect(code).toBe(1)
  return casesOf(output)
}

/** A case's lines as one text. */
export const text = (lines: CaseLines): string => (typeof lines === 'string' ? lines : lines.join('\n'))

/** The last line of all is `end`. */
function casesOf(output: string): Cases {
  const lines = output.trimEnd().split(/\r?\n/)
  expect(lines.pop()).toBe('end')
  const cases = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(': ')
    const name = line.slice(0, colon)
    cases.set(name, [...(cases.get(name) ?? []), line.slice(colon + 2)])
  }
  return new Map([...cases].map(([name, own]) => [name, text(own)]))
}
