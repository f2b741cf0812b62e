// SPDX-License-Identifier: GPL-2.0-or-later
//
// A module is compiled while the guest goes on: what happens to the blocks meanwhile.

import { wasm, type WasmModule } from '@dromaius/tcg'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { addEbx, CODE, incEcx, RegionGuest } from '../fixtures/region-guest.js'

const A = CODE
const B = CODE + 0x40
/** More slices than hot blocks wait for. */
const SLICES = 300

let guest: RegionGuest
/** Ends the compilation that goes on. */
let ready: () => Promise<void>
let fail: (reason: Error) => Promise<void>

/** A loop of two blocks, four instructions, hot and being compiled. */
beforeEach(() => {
  const { compile } = wasm
  const spy = vi.spyOn(wasm, 'compile').mockImplementation((bytes) => {
    const module = compile.call(wasm, bytes)
    const held = new Promise<WasmModule>((resolve, reject) => {
      ready = async () => {
        resolve(await module)
        await held
      }
      fail = async (reason) => {
        reject(reason)
        await held.catch(() => undefined)
      }
    })
    return held
  })
  guest = new RegionGuest(true)
  guest.engine.hot.background = true
  guest.put(A, [incEcx], B)
  guest.put(B, [addEbx(1)], A)
  guest.start()
  for (let n = 0; n < SLICES && spy.mock.calls.length === 0; n++) guest.run(40)
  expect(wasm.compile).toHaveBeenCalledOnce()
  expect(guest.engine.hot.counts.functions).toBe(0)
})

afterEach(() => vi.restoreAllMocks())

/** What is added to EBX in 100 rounds. */
function added(): number {
  const before = guest.regs.ebx
  guest.run(400)
  return guest.regs.ebx - before
}

it('the function takes the blocks’ place when it is ready', async () => {
  expect(added()).toBe(100)
  await ready()
  expect(guest.engine.hot.counts).toMatchObject({ modules: 1, functions: 1 })
  expect(added()).toBe(100)
  await guest.end()
})

it.each([
  ['the block that it begins with', A, addEbx(6), B],
  ['another block of it', B, addEbx(7), A],
])('it is not executed after %s has changed', async (_what, block, insn, next) => {
  guest.put(block, [insn], next)
  expect(added()).toBe(700)
  await ready()
  expect(added()).toBe(700)
  await guest.end()
})

it('it is not entered after everything was thrown away', async () => {
  guest.engine.tbs.flush()
  expect(added()).toBe(100)
  await ready()
  expect(guest.engine.hot.counts).toMatchObject({ modules: 0, functions: 0 })
  expect(added()).toBe(100)
  await guest.end()
})

it('it can be ready after the machine has ended', async () => {
  await guest.end()
  await ready()
})

it('one that cannot be compiled leaves the guest to the interpreter, with a warning', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await fail(new Error('no room'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(stderr.mock.calls.join('')).toBe('dromaius: warning: hot code is interpreted from now on: no room\n')
  stderr.mockRestore()
  for (let n = 0; n < SLICES; n++) expect(added()).toBe(100)
  expect(wasm.compile).toHaveBeenCalledOnce()
  await guest.end()
})
