// SPDX-License-Identifier: GPL-2.0-or-later
//
// System instructions, beside QEMU's translator: the images of guests/system write a line for each of their cases, and
// both must write the same, but for a list of cases in which QEMU is wrong.

import { describe, expect, it } from 'vitest'
import { whyNoQemu } from '../test/ends.js'
import * as systemDifferences from '../test/system-differences/index.js'
import { text, underOurs, underQemu } from '../test/system-guests.js'

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
  { name: 'real', features: intel, least: 111 },
  { name: 'v86', features: intel, least: 185 },
  { name: 'paging32', features: intel, least: 180 },
  { name: 'paging', features: intel, least: 215 },
  { name: 'transfers64', features: intel, least: 504 },
  { name: 'events64', features: intel, least: 158 },
  { name: 'syscalls', features: intel, least: 93 },
  { name: 'registers', features: `${intel},+rdtscp,+fsgsbase`, least: 283 },
  { name: 'xsave', features: `${intel},+xsave,+xsaveopt`, least: 38 },
  { name: 'limits', features: intel, least: 415 },
  { name: 'branches', features: intel, least: 58 },
  { name: 'msrs', features: `${intel},+monitor,+pcid,+invpcid`, least: 164 },
  { name: 'syscallsAmd', image: 'syscalls', features: amd, least: 93 },
]

const whyNot = whyNoQemu()

describe(`system instructions beside QEMU's translator${whyNot}`, () => {
  it.skipIf(whyNot !== '').each(guests)(
    '$name: every case ends as it does there, or as the manual says',
    async ({ name, image = name, features, least }) => {
      const cpu = `qemu64,${features}`
      const qemu = underQemu(image, cpu)
      const ours = await underOurs(image, cpu)
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
      // Compiled code does what the interpreter does.
      expect([...(await underOurs(image, cpu, 1))]).toEqual([...ours])
    },
    180_000,
  )

  // QEMU's translator takes these values, and does not come back.
  it('reserved bits of control registers raise #GP', async () => {
    const ours = await underOurs('refused', `qemu64,${intel}`)

    expect(ours.size).toBeGreaterThanOrEqual(26)
    expect([...ours].filter(([, lines]) => !lines.startsWith('vector d error 0 ip=+'))).toEqual([])
  })
})
