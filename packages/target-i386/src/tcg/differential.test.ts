// SPDX-License-Identifier: GPL-2.0-or-later
//
// Random code on the translator and on the host's own CPU: registers, defined flags, memory and faults are the same.
// DROMAIUS_DIFFERENTIAL is the number of cases of each kind, DROMAIUS_SEED repeats a run.

import { afterAll, describe, expect, it } from 'vitest'
import { NativeCpu, whyNoNativeCpu } from '../../fixtures/native-cpu.js'
import { type Random, type RandomCase, randomCase, randomFrom } from '../../fixtures/random-code.js'
import { randomFloatCase } from '../../fixtures/random-simd.js'
import { type Outcome, UserModeCpu } from '../../fixtures/user-mode-cpu.js'
import { CC_ALL } from './x86-layout.js'

const CASES = Number(process.env.DROMAIUS_DIFFERENTIAL ?? 40_000)
const SEED = Number(process.env.DROMAIUS_SEED ?? Date.now() % 2 ** 32)
const BATCH = 10_000
/** Of so many cases one runs compiled too: each is a module of its own. */
const COMPILED = 40
const reason = whyNoNativeCpu()

/** Registers in FXSAVE's area: not the addresses of the last instruction. */
const fxParts: readonly (readonly [what: string, from: number, to: number])[] = [
  ['FCW', 0, 2],
  ['FSW', 2, 4],
  ['FTW', 4, 5],
  ['MXCSR', 24, 28],
  ...Array.from({ length: 8 }, (_, n): [string, number, number] => [`ST(${n})`, 32 + n * 16, 42 + n * 16]),
  ...Array.from({ length: 16 }, (_, n): [string, number, number] => [`XMM${n}`, 160 + n * 16, 176 + n * 16]),
]

/** What differs, as text; empty when nothing does. */
function differences(test: RandomCase, ours: Outcome, theirs: Outcome): string[] {
  const mask = theirs.signal === 'TRAP' ? test.defined : CC_ALL
  const hex = (value: bigint): string => value.toString(16)
  const found: string[] = []
  if (ours.signal !== theirs.signal) found.push(`signal ${ours.signal}, not ${theirs.signal}`)
  if (ours.rip !== theirs.rip) found.push(`RIP ${hex(ours.rip)}, not ${hex(theirs.rip)}`)
  ours.regs.forEach((value, n) => {
    if (value !== theirs.regs[n]) found.push(`register ${n} ${hex(value)}, not ${hex(theirs.regs[n]!)}`)
  })
  if ((ours.flags ^ theirs.flags) & mask) {
    found.push(`flags ${(ours.flags & mask).toString(16)}, not ${(theirs.flags & mask).toString(16)}`)
  }
  for (const [what, from, to] of fxParts) {
    const [a, b] = [ours, theirs].map(({ fx }) => Buffer.from(fx.subarray(from, to)).toString('hex'))
    if (a !== b) found.push(`${what} ${a}, not ${b}`)
  }
  if (!Buffer.from(ours.data).equals(Buffer.from(theirs.data))) found.push('memory')
  return found
}

describe.skipIf(reason !== null)(`against the host's CPU${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const native = reason === null ? new NativeCpu() : null
  const ours = new UserModeCpu()
  const compiled = new UserModeCpu(true)
  afterAll(() => native?.destroy())

  it.each([
    ['single instructions', (random: Random) => randomCase(random, 1), false],
    ['sequences of four', (random: Random) => randomCase(random, 4), false],
    ['MMX and SSE', (random: Random) => randomFloatCase(random, false), true],
    ['x87', (random: Random) => randomFloatCase(random, true), true],
  ])(
    `%s, seed ${SEED}`,
    (_name, make, onlyData) => {
      const random = randomFrom(SEED)
      let compared = 0
      for (let done = 0; done < CASES; done += BATCH) {
        const cases = Array.from({ length: Math.min(BATCH, CASES - done) }, () => make(random))
        const answers = native!.run(cases)
        cases.forEach((test, i) => {
          const theirs = answers[i]!
          const outcome = ours.run(test)
          // Memory beyond the page of data is not the same memory on both; what stays in it faults alike.
          if (outcome === null || (theirs.signal === 'SEGV' && !onlyData)) return
          compared++
          const code = Buffer.from(test.code).toString('hex')
          expect(differences(test, outcome, theirs), `${test.names}: ${code}`).toEqual([])
          if (i % COMPILED !== 0) return
          const other = compiled.run(test)!
          expect(differences(test, other, theirs), `compiled, ${test.names}: ${code}`).toEqual([])
        })
      }
      expect(compared).toBeGreaterThan(CASES * 0.8)
    },
    600_000,
  )
})
