// SPDX-License-Identifier: GPL-2.0-or-later
//
// System instructions, beside QEMU's translator: the images of guests/system write a line for each of their cases, and
// both must write the same, but for a list of cases in which QEMU is wrong.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { boot, debugExit } from '../test/boot.js'
import { whyNoQemu } from '../test/ends.js'
import * as systemDifferences from '../test/system-differences/index.js'
import type { CaseLines } from '../test/system-differences/system-difference.js'

const imageOf = (name: string): string =>
  fileURLToPath(new URL(`../../../guests/build/system/${name}.bin`, import.meta.url))

interface Guest {
  /** Its differences are listed by this name. */
  readonly name: keyof typeof systemDifferences
  /** The image, if it has another name. */
  readonly image?: string
  /** Features on top of model qemu64's. */
  readonly features: string
  /** How many cases it has at least. */
  readonly least: number
}

const intel = 'vendor=GenuineIntel,-svm,+smep,+smap'
const amd = 'vendor=AuthenticAMD,-svm,+smep,+smap'
const guests: readonly Guest[] = [
  { name: 'segments', features: intel, least: 650 },
  { name: 'transfers', features: intel, least: 300 },
  { name: 'tasks', features: intel, least: 75 },
  { name: 'events', features: intel, least: 120 },
  { name: 'debug', features: intel, least: 60 },
  { name: 'v86', features: intel, least: 185 },
  { name: 'paging32', features: intel, least: 180 },
  { name: 'paging', features: intel, least: 215 },
  { name: 'transfers64', features: intel, least: 504 },
  { name: 'events64', features: intel, least: 158 },
  { name: 'syscalls', features: intel, least: 93 },
  { name: 'registers', features: `${intel},+rdtscp,+fsgsbase`, least: 284 },
  { name: 'syscallsAmd', image: 'syscalls', features: amd, least: 93 },
]
const TIMEOUT_MS = 20_000

/** Runs an image under QEMU's translator; what came out of COM1. */
function underQemu(image: string, cpu: string): string {
  const { stdout, status } = spawnSync(
    'qemu-system-x86_64',
    [
      ...[
        '-M',
        'microvm',
        '-accel',
        'tcg',
        '-nodefaults',
        '-no-user-config',
        '-display',
        'none',
        '-m',
        '64M',
      ],
      ...['-cpu', cpu, '-bios', image, '-serial', 'stdio', '-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ],
    { encoding: 'latin1', timeout: TIMEOUT_MS, input: '' },
  )
  expect(status).toBe(1)
  return stdout
}

async function underOurs(image: string, cpu: string): Promise<string> {
  const { output, code } = await boot(
    { accel: 'tcg', cpu, bios: image, memory: 64 * 2 ** 20, device: [debugExit] },
    { timeout: TIMEOUT_MS },
  )
  expect(code).toBe(1)
  return output
}

const text = (lines: CaseLines): string => (typeof lines === 'string' ? lines : lines.join('\n'))

/** The lines of each case, without its name. The last line of all is `end`. */
function casesOf(output: string): Map<string, string> {
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

const whyNot = whyNoQemu()

describe(`system instructions beside QEMU's translator${whyNot}`, () => {
  it.skipIf(whyNot !== '').each(guests)(
    '$name: every case ends as it does there, or as the manual says',
    async ({ name, image = name, features, least }) => {
      const cpu = `qemu64,${features}`
      const qemu = casesOf(underQemu(imageOf(image), cpu))
      const ours = casesOf(await underOurs(imageOf(image), cpu))
      const listed = systemDifferences[name].flatMap(({ cases }) => Object.entries(cases))
      const expected = new Map(listed.map(([name, [own, theirs]]) => [name, [text(own), text(theirs)]]))
      const found = new Map(
        [...ours]
          .filter(([name, lines]) => lines !== qemu.get(name))
          .map(([name, lines]) => [name, [lines, qemu.get(name)]]),
      )

      expect([...ours.keys()]).toEqual([...qemu.keys()])
      expect(ours.size).toBeGreaterThanOrEqual(least)
      expect(found).toEqual(expected)
      // None is listed twice, for two reasons.
      expect(expected.size).toBe(listed.length)
    },
    60_000,
  )

  // QEMU's translator takes these values, and does not come back.
  it('reserved bits of control registers raise #GP', async () => {
    const ours = casesOf(await underOurs(imageOf('refused'), `qemu64,${intel}`))

    expect(ours.size).toBeGreaterThanOrEqual(26)
    expect([...ours].filter(([, lines]) => !lines.startsWith('vector d error 0 ip=+'))).toEqual([])
  })
})
