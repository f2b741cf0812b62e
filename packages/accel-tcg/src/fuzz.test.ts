// SPDX-License-Identifier: GPL-2.0-or-later
//
// Noise as code, in every mode. Whatever the guest does, nothing is thrown, a slice ends within its budget, nothing outside of the
// guest's RAM changes, and compiled code does what the interpreter does. DROMAIUS_FUZZ=5000 runs so many cases per mode.

import '@dromaius/target-i386/tcg'
import { EXCP_HALTED, EXCP_HLT, EXCP_INTERRUPT } from '@dromaius/cpus'
import { setReportSink } from '@dromaius/util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FuzzMachine } from '../fixtures/fuzz-machine.js'
import { type Mode, modes } from '../fixtures/fuzz-modes.js'

const CASES = Number(process.env.DROMAIUS_FUZZ ?? 40)
const SEED = Number(process.env.DROMAIUS_SEED ?? Date.now() % 2 ** 31)
/** Cases of a machine: a module per block is more than an engine can hold for long. */
const CASES_PER_MACHINE = 40

/** One case on both machines: instructions executed, and whether there was something to compare. */
function runCase(
  interpreter: FuzzMachine,
  compiler: FuzzMachine,
  mode: Mode,
  seed: number,
): { executed: number; compared: boolean } {
  const what = { mode: mode.name, seed }
  const expected = interpreter.run(mode, seed)
  const actual = compiler.run(mode, seed)
  for (const outcome of [...expected.outcomes, ...actual.outcomes])
    expect([EXCP_INTERRUPT, EXCP_HLT, EXCP_HALTED]).toContain(outcome)
  const { executed } = expected
  // Where exceptions raise exceptions no instruction is executed, and each end of a slice is as good as another.
  if (!expected.complete && !actual.complete) return { executed, compared: false }
  expect({ ...what, executed: actual.executed }).toEqual({ ...what, executed })
  expect({ ...what, registers: actual.registers }).toEqual({ ...what, registers: expected.registers })
  if (!expected.ram.equals(actual.ram)) {
    const at = expected.ram.findIndex((byte, i) => byte !== actual.ram[i])
    expect.fail(`RAM differs at 0x${at.toString(16)}: ${JSON.stringify(what)}`)
  }
  return { executed, compared: true }
}

describe(`noise as code, seed ${SEED}`, () => {
  let restore: Parameters<typeof setReportSink>[0]
  beforeAll(() => {
    restore = setReportSink(() => {})
  })
  afterAll(() => void setReportSink(restore))

  it.each(modes)(
    '$name',
    async (mode) => {
      let compared = 0
      let executed = 0
      for (let first = 0; first < CASES; first += CASES_PER_MACHINE) {
        const interpreter = new FuzzMachine(false)
        const compiler = new FuzzMachine(true)
        for (let n = first; n < Math.min(CASES, first + CASES_PER_MACHINE); n++) {
          const result = runCase(interpreter, compiler, mode, (SEED + Math.imul(n, 0x9e37_79b1)) >>> 0)
          executed += result.executed
          if (result.compared) compared++
        }
        expect(compiler.engine.hot.counts.functions).toBeGreaterThan(0)
        await interpreter.end()
        await compiler.end()
      }
      expect(executed).toBeGreaterThan(CASES * 300)
      expect(compared).toBeGreaterThan(CASES / 2)
    },
    600_000 + CASES * 1000,
  )
})
