// SPDX-License-Identifier: GPL-2.0-or-later
import { afterAll, describe, expect, it } from 'vitest'
import { NativeCpu, whyNoNativeCpu } from '../../fixtures/native-cpu.js'
import { FX_BYTES } from '../../fixtures/case-layout.js'
import { type FxCase, runFx, runFxNative } from '../../fixtures/fx-case.js'
import { Random as Generator } from '../../fixtures/random.js'
import { UserModeCpu } from '../../fixtures/user-mode-cpu.js'
import { type Big, exponentOf, x87Reference } from '../../fixtures/x87-reference.js'

const CASES = Number(process.env.DROMAIUS_X87 ?? 1500)
const SEED = Number(process.env.DROMAIUS_SEED ?? Date.now() % 2 ** 32)

const codes: Readonly<Record<string, number>> = {
  f2xm1: 0xf0,
  fyl2x: 0xf1,
  fptan: 0xf2,
  fpatan: 0xf3,
  fyl2xp1: 0xf9,
  fsincos: 0xfb,
  fsin: 0xfe,
  fcos: 0xff,
}
const NEAREST = 0
const DOWN = 1
const UP = 2
const [P, U, O, Z, D, I] = [0x20, 0x10, 8, 4, 2, 1]
const C1 = 0x200
const C2 = 0x400
const SF = 0x40

/** Numbers below `n`. */
type Random = (n: number) => number
function randomFrom(seed: number): Random {
  const generator = new Generator(seed)
  return (n) => generator.below(n)
}

/** A number of 80 bits: significand; sign and exponent. */
type Extended = readonly [mantissa: bigint, high: number]

const exactly = ([mantissa, high]: Extended): Big => ({
  m: high & 0x8000 ? -mantissa : mantissa,
  e: Math.max(high & 0x7fff, 1) - 16383 - 63,
})
const finite = ([mantissa, high]: Extended): boolean =>
  (high & 0x7fff) < 0x7fff && (mantissa >> 63n === 1n || (high & 0x7fff) === 0)

interface Operation {
  name: string
  a: Extended
  b: Extended
  rounding: number
}

/** @param tag  a bit for each register of the stack that is not empty, in physical order */
function testCase({ name, a, b, rounding }: Operation, control = 0x37f, tag = 0x30, status = 0x2000): FxCase {
  const fx = new Uint8Array(FX_BYTES)
  const view = new DataView(fx.buffer)
  view.setUint16(0, control | (rounding << 10), true)
  view.setUint16(2, status, true)
  fx[4] = tag
  view.setUint32(24, 0x1f80, true)
  ;[a, b].forEach(([mantissa, high], n) => {
    view.setBigUint64(32 + n * 16, mantissa, true)
    view.setUint16(40 + n * 16, high, true)
  })
  return { fx, code: [0xd9, codes[name]!] }
}

interface Result {
  st: Extended[]
  status: number
  tag: number
}
function resultOf(fx: Uint8Array): Result {
  const view = new DataView(fx.buffer, fx.byteOffset)
  return {
    st: [0, 1].map((n) => [view.getBigUint64(32 + n * 16, true), view.getUint16(40 + n * 16, true)] as const),
    status: view.getUint16(2, true),
    tag: fx[4]!,
  }
}

const text = ([mantissa, high]: Extended): string =>
  `${high.toString(16).padStart(4, '0')}:${mantissa.toString(16).padStart(16, '0')}`
const shown = ({ name, a, b, rounding }: Operation): string =>
  `${name} ${text(a)} ${text(b)} rounding ${rounding}`

function mantissa(random: Random): bigint {
  const any = (BigInt(random(2 ** 32)) << 32n) | BigInt(random(2 ** 32))
  const top = 1n << 63n
  switch (random(6)) {
    case 0:
      return top
    case 1:
      return top | (1n << BigInt(random(63)))
    case 2:
      return 2n ** 64n - 1n - BigInt(random(4))
    case 3:
      return top | (any & 0xffffn)
    default:
      return top | any
  }
}
const sign = (random: Random): number => random(2) << 15
/** Of any magnitude: ordinary, denormal, anything between. */
function extended(random: Random, exponents: readonly [number, number]): Extended {
  const m = mantissa(random)
  const [from, to] = exponents
  const high = 16383 + from + random(to - from + 1)
  return high <= 0 ? [m >> BigInt(1 + random(62)), sign(random)] : [m, sign(random) | high]
}
const ORDINARY = [-12, 12] as const
const WIDE = [-16384, 16383] as const

/** Next to a multiple of pi/2. */
function nearPi(random: Random): Extended {
  const multiple =
    0xc90fdaa22168c234c4c6628b80dc1cd1n * BigInt(random(2) ? 1 + random(20) : 1 + random(2 ** 32))
  const bits = multiple.toString(2).length
  return [(multiple >> BigInt(bits - 64)) + BigInt(random(5)) - 2n, sign(random) | (16383 + bits - 128)]
}
/** Next to one. */
const nearOne = (random: Random): Extended => {
  const off = BigInt(random(2 ** random(32)))
  return random(2) ? [2n ** 64n - 1n - off, 0x3ffe] : [2n ** 63n + off, 0x3fff]
}
const positive = ([m, high]: Extended): Extended => [m, high & 0x7fff]

function operand(random: Random, name: string): Extended {
  const kind = random(4)
  switch (name) {
    case 'f2xm1':
      return extended(random, kind ? [-20, -1] : [-16384, -1])
    case 'fyl2xp1': {
      const [m, high] = extended(random, kind ? [-30, -3] : [-16384, -3])
      return [m, high]
    }
    case 'fyl2x':
      return kind === 0
        ? positive(extended(random, WIDE))
        : kind === 1
          ? nearOne(random)
          : positive(extended(random, ORDINARY))
    case 'fpatan':
      return extended(random, kind ? ORDINARY : WIDE)
    default:
      return kind === 0
        ? nearPi(random)
        : extended(random, kind === 1 ? [-16384, 62] : kind === 2 ? [0, 62] : ORDINARY)
  }
}

function operations(random: Random, name: string): Operation[] {
  return Array.from({ length: CASES }, () => ({
    name,
    a: operand(random, name),
    b: extended(random, random(3) ? ORDINARY : WIDE),
    rounding: random(2) ? NEAREST : random(4),
  }))
}

/** How far a result is from the true value, in units of its last place; positive when it is farther from zero. */
function ulps(result: Extended, truth: Big): number {
  const ulp = Math.max(exponentOf(truth) - 63, -16445)
  const scale = (value: Big): bigint => {
    const by = value.e - ulp + 40
    const m = value.m < 0n ? -value.m : value.m
    return by >= 0 ? m << BigInt(by) : m >> BigInt(-by)
  }
  return Number(scale(exactly(result)) - scale(truth)) / 2 ** 40
}

const ours = new UserModeCpu()
const compute = (operation: Operation, ...more: [number?, number?, number?]): Result =>
  resultOf(runFx(ours, testCase(operation, ...more)))

describe('x87 functions against 400-bit arithmetic', () => {
  it.each(Object.keys(x87Reference))(`%s is rounded as if exact, seed ${SEED}`, (name) => {
    const random = randomFrom(SEED)
    let worst = 0
    for (const operation of operations(random, name)) {
      const { st, status } = compute(operation)
      const truth = x87Reference[name]!(exactly(operation.a), exactly(operation.b))
      const result = st[name === 'fptan' ? 1 : 0]!
      const negative = truth.m < 0n
      const what = `${shown(operation)}: ${text(result)}`
      expect(result[1] >> 15, what).toBe(truth.m === 0n ? result[1] >> 15 : Number(negative))
      const { rounding } = operation
      const away = rounding === UP ? !negative : rounding === DOWN && negative
      if (exponentOf(truth) > 16383) {
        expect(status & (O | P), what).toBe(O | P)
        expect(finite(result), what).toBe(rounding !== NEAREST && !away)
        continue
      }
      if (!finite(result)) {
        // Rounded beyond the largest number.
        expect(status & O, what).toBe(O)
        continue
      }
      const error = ulps(result, truth)
      if (rounding === NEAREST) {
        worst = Math.max(worst, Math.abs(error))
        expect(Math.abs(error), what).toBeLessThan(0.5 + 2 ** -30)
      } else {
        expect(away ? error : -error, what).toBeGreaterThan(-(2 ** -30))
        expect(Math.abs(error), what).toBeLessThan(1 + 2 ** -30)
      }
      expect((status & C1) !== 0 ? error > -(2 ** -30) : error < 2 ** -30, `C1 of ${what}`).toBe(true)
      expect(status & P, what).toBe(truth.m === 0n ? 0 : P)
    }
    console.log(`${name}: ${CASES} operands, at most ${worst.toFixed(9)} units of the last place`)
  })
})

const ZERO: Extended = [0n, 0]
const ONE: Extended = [1n << 63n, 0x3fff]
const TWO: Extended = [1n << 63n, 0x4000]
const INFINITY: Extended = [1n << 63n, 0x7fff]
const QUIET: Extended = [0xc000_0000_0000_0123n, 0x7fff]
const SIGNALLING: Extended = [0x8000_0000_0000_0123n, 0x7fff]
const INDEFINITE: Extended = [0xc000_0000_0000_0000n, 0xffff]
const UNSUPPORTED: Extended = [0x4000_0000_0000_0000n, 0x3fff]
const DENORMAL: Extended = [0x123n, 0]
const LARGE: Extended = [1n << 63n, 0x403e]
const PI_64: Extended = [0xc90f_daa2_2168_c235n, 0x4000]
const minus = ([m, high]: Extended): Extended => [m, high ^ 0x8000]
const scaled = ([m, high]: Extended, by: number): Extended => [m, high + by]
const special = [
  ZERO,
  ONE,
  TWO,
  INFINITY,
  QUIET,
  SIGNALLING,
  UNSUPPORTED,
  DENORMAL,
  LARGE,
  scaled(ONE, -1),
  [2n ** 64n - 1n, 0x7ffe] as Extended,
]

describe('x87 functions of special operands (SDM volume 2)', () => {
  const three4 = [0x96cb_e3f9_990e_91a8n, 0x4000] as const
  it.each<[name: string, a: Extended, b: Extended, result: Extended, status: number]>([
    // What is left of pi in 64 bits less pi in 66 bits.
    ['fsin', PI_64, ZERO, [1n << 63n, 0xbfbf], P | C1],
    ['fsin', minus(ZERO), ZERO, minus(ZERO), 0],
    ['fsin', INFINITY, ZERO, INDEFINITE, I],
    ['fsin', SIGNALLING, ZERO, [0xc000_0000_0000_0123n, 0x7fff], I],
    ['fsin', UNSUPPORTED, ZERO, INDEFINITE, I],
    ['fsin', DENORMAL, ZERO, DENORMAL, D | U | P | C1],
    ['fsin', LARGE, ZERO, LARGE, C2],
    ['fcos', minus(ZERO), ZERO, ONE, 0],
    ['fcos', DENORMAL, ZERO, ONE, D | P | C1],
    ['f2xm1', minus(ZERO), ZERO, minus(ZERO), 0],
    ['f2xm1', minus(INFINITY), ZERO, minus(ONE), 0],
    ['f2xm1', minus(ONE), ZERO, minus(scaled(ONE, -1)), P],
    ['fyl2x', ZERO, ZERO, INDEFINITE, I],
    ['fyl2x', minus(ZERO), ONE, minus(INFINITY), Z],
    ['fyl2x', ZERO, minus(INFINITY), INFINITY, 0],
    ['fyl2x', ONE, INFINITY, INDEFINITE, I],
    ['fyl2x', ONE, minus(ONE), minus(ZERO), 0],
    ['fyl2x', minus(ONE), ONE, INDEFINITE, I],
    ['fyl2x', INFINITY, ZERO, INDEFINITE, I],
    ['fyl2x', INFINITY, minus(DENORMAL), minus(INFINITY), D],
    ['fyl2x', scaled(ONE, -1), INFINITY, minus(INFINITY), 0],
    ['fyl2x', TWO, [1n << 63n, 0x7ffe], [1n << 63n, 0x7ffe], P],
    ['fyl2x', scaled(TWO, 1), [1n << 63n, 0x7ffe], INFINITY, O | P | C1],
    ['fyl2x', QUIET, SIGNALLING, QUIET, I],
    ['fyl2xp1', ZERO, minus(ONE), minus(ZERO), 0],
    ['fyl2xp1', minus(ZERO), INFINITY, INDEFINITE, I],
    ['fyl2xp1', INFINITY, minus(ONE), minus(INFINITY), 0],
    ['fyl2xp1', minus(INFINITY), ONE, INDEFINITE, I],
    ['fyl2xp1', minus(DENORMAL), ZERO, minus(ZERO), D],
    ['fpatan', ZERO, ZERO, ZERO, 0],
    ['fpatan', minus(ZERO), minus(ZERO), minus(PI_64), P | C1],
    ['fpatan', INFINITY, INFINITY, scaled(PI_64, -2), P | C1],
    ['fpatan', minus(INFINITY), minus(INFINITY), minus(three4), P | C1],
    ['fpatan', INFINITY, minus(DENORMAL), minus(ZERO), D],
    ['fpatan', DENORMAL, ONE, scaled(PI_64, -1), D | P | C1],
  ])('%s', (name, a, b, expected, expectedStatus) => {
    const { st, status } = compute({ name, a, b, rounding: NEAREST })
    expect(text(st[0]!)).toBe(text(expected))
    expect(status & 0x67f).toBe(expectedStatus)
  })

  it.each(['fptan', 'fsincos'])('%s needs a free register before anything else', (name) => {
    const { st, status, tag } = compute({ name, a: LARGE, b: ZERO, rounding: NEAREST }, 0x37f, 0xff)
    expect(st.map(text)).toEqual([text(INDEFINITE), text(INDEFINITE)])
    expect([status & 0x3e7f, tag]).toEqual([0x1800 | I | SF | C1, 0xff])
    const stopped = compute({ name, a: ONE, b: ZERO, rounding: NEAREST }, 0x37e, 0xff)
    expect(stopped.st.map(text)).toEqual([text(ONE), text(ZERO)])
  })
})

/** Results that manuals leave undefined. */
function isUndefined({ name, a: [m, high] }: Operation): boolean {
  const exponent = (high & 0x7fff) - 16383
  const number = exponent < 0x4000
  if (name === 'f2xm1') return number && (exponent > 0 || (exponent === 0 && m !== ONE[0]))
  return name === 'fyl2xp1' && number && exponent >= -2
}
/** Results that are numbers of 64 bits, which some processors call inexact. */
const isExact = ({ name, a: [m, high] }: Operation): boolean =>
  (name === 'f2xm1' && (high & 0x7fff) === 0x3fff) || (name === 'fyl2x' && (m & (m - 1n)) === 0n)

const reason = whyNoNativeCpu()
describe.skipIf(reason !== null)(
  `x87 functions against the host's CPU${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    const native = reason === null ? new NativeCpu() : null
    afterAll(() => native?.destroy())

    it.each(Object.keys(codes))(`%s differs by one unit of the last place at most, seed ${SEED}`, (name) => {
      const random = randomFrom(SEED)
      const numbers = special.flatMap((number) => [number, minus(number)])
      const pairs = numbers.flatMap((a) =>
        numbers.map((b): Operation => ({ name, a, b, rounding: random(4) })),
      )
      const all = [...pairs, ...operations(random, name)].filter((operation) => !isUndefined(operation))
      const cases = all.map((operation) =>
        testCase(
          operation,
          random(4) ? 0x37f : 0x340 | random(64),
          random(8) ? 0x30 : random(256),
          random(4) ? 0x2000 : 0x2000 | ((random(16) << 8) & 0x700) | (random(2) << 14),
        ),
      )
      let equal = 0
      runFxNative(native!, cases).forEach((outcome, i) => {
        const [theirs, mine] = [resultOf(outcome), resultOf(runFx(ours, cases[i]!))]
        const what = `${shown(all[i]!)} ${Buffer.from(cases[i]!.fx.subarray(0, 5)).toString('hex')}`
        let same = true
        mine.st.forEach(([m, high], n) => {
          const [mantissaThere, highThere] = theirs.st[n]!
          const distance =
            m + (BigInt(high & 0x7fff) << 63n) - mantissaThere - (BigInt(highThere & 0x7fff) << 63n)
          if (distance !== 0n) same = false
          expect(high >> 15, what).toBe(highThere >> 15)
          expect([-1n, 0n, 1n], `${what}: ${text([m, high])}, not ${text(theirs.st[n]!)}`).toContain(distance)
        })
        if (same) equal++
        // Which way an inexact result was rounded they say after their own approximations.
        const left = isExact(all[i]!) ? C1 | P | U : theirs.status & P ? C1 : 0
        const mask = same ? ~left : ~(left | U)
        expect((mine.status & mask).toString(16), what).toBe((theirs.status & mask).toString(16))
        expect(mine.tag, what).toBe(theirs.tag)
      })
      console.log(`${name}: ${equal} of ${all.length} results are the host's`)
    })
  },
)
