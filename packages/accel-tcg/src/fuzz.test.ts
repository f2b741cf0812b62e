// SPDX-License-Identifier: GPL-2.0-or-later
//
// Noise as code, in every mode. Whatever the guest does, nothing is thrown, a slice ends within its budget, nothing outside of the
// guest's RAM changes, and compiled code does what the interpreter does. DROMAIUS_FUZZ=5000 runs so many cases per mode.

import '@dromaius/target-i386/tcg'
import { EXCP_HALTED, EXCP_HLT, EXCP_INTERRUPT } from '@dromaius/cpus'
import { setReportSink } from '@dromaius/util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FuzzMachine } from '../fixtures/fuzz-machine.js'
import { modes } from '../fixtures/fuzz-modes.js'

const CASES = Number(process.env.DROMAIUS_FUZZ ?? 40)
const SEED = Number(process.env.DROMAIUS_SEED ?? Date.now() % 2 ** 31)

describe(`noise as code, seed ${SEED}`, () => {
  let restore: Parameters<typeof setReportSink>[0]
  let interpreter: FuzzMachine
  let compiler: FuzzMachine
  beforeAll(() => {
    restore = setReportSink(() => {})
    interpreter = new FuzzMachine(false)
    compiler = new FuzzMachine(true)
  })
  afterAll(async () => {
    await interpreter.end()
    await compiler.end()
    setReportSink(restore)
  })

  it.each(modes)(
    '$name',
    (mode) => {
      let compared = 0
      let executed = 0
      for (let n = 0; n < CASES; n++) {
        const seed = (SEED + Math.imul(n, 0x9e37_79b1)) >>> 0
        const what = { mode: mode.name, seed }
        const expected = interpreter.run(mode, seed)
        const actual = compiler.run(mode, seed)
        for (const outcome of expected.outcomes)
          expect([EXCP_INTERRUPT, EXCP_HLT, EXCP_HALTED]).toContain(outcome)
        executed += expected.executed
        // Where exceptions raise exceptions no instruction is executed, and each end of a slice is as good as another.
        if (!expected.complete && !actual.complete) continue
        compared++
        expect({ ...what, executed: actual.executed }).toEqual({ ...what, executed: expected.executed })
        expect({ ...what, registers: actual.registers }).toEqual({ ...what, registers: expected.registers })
        if (expected.ram.equals(actual.ram)) continue
        const at = expected.ram.findIndex((byte, i) => byte !== actual.ram[i])
        expect({ ...what, differsAt: at }).toEqual({ ...what, differsAt: -1 })
      }
      expect(compiler.engine.hot.counts.functions).toBeGreaterThan(0)
      expect(executed).toBeGreaterThan(CASES * 300)
      expect(compared).toBeGreaterThan(CASES / 2)
    },
    600_000 + CASES * 1000,
  )
})
