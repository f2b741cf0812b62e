// SPDX-License-Identifier: GPL-2.0-or-later
//
// The interpreter, operation by operation, against the values that the optimiser folds.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BytecodeWriter,
  bytecodeBound,
  conditions,
  CPU_BLOCKS,
  ENV_ARCH,
  ENV_EXIT_TB,
  ENV_ICOUNT_DECR,
  EXIT_CHAIN0,
  EXIT_REQUEST,
  foldConstant,
  O,
  opDefs,
  TCGContext,
  TcgMemory,
  wasm,
} from './index.js'

const memory = new TcgMemory()
const table = new wasm.Table({ initial: 1, element: 'anyfunc' })
const bytes = readFileSync(new URL('../build/interpreter.wasm', import.meta.url))
const { exports } = new wasm.Instance(new wasm.Module(bytes), {
  env: { memory: memory.memory, table, ioRead() {}, ioWrite() {}, notdirtyWrite: () => 0 },
})
const exec = exports.tcgQemuTbExec as (env: number, ip: number) => number
const A = ENV_ARCH
const B = ENV_ARCH + 8
const RESULT = ENV_ARCH + 16
const DONE = 77

function slot(at: number): bigint {
  return memory.view.getBigUint64(CPU_BLOCKS + at, true)
}

function setSlot(at: number, value: bigint): void {
  memory.view.setBigUint64(CPU_BLOCKS + at, value, true)
}

/** Executes a block with values in A and B; gives how it was left. */
function run(build: (ctx: TCGContext) => void, a = 0n, b = 0n): number {
  const ctx = new TCGContext()
  ctx.start()
  build(ctx)
  ctx.emit(O.exitTb!, DONE)
  expect(bytecodeBound(ctx)).toBeLessThan(memory.code.end - memory.code.start)
  new BytecodeWriter().write(ctx, memory.memory.buffer, memory.code.start, 5, 3)
  setSlot(A, a)
  setSlot(B, b)
  memory.view.setInt32(CPU_BLOCKS + ENV_ICOUNT_DECR, 1000, true)
  return exec(CPU_BLOCKS, memory.code.start)
}

const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(
    0n,
    1n,
    0x7fn,
    0x80n,
    0xffffn,
    0x7fff_ffffn,
    0x8000_0000n,
    0xffff_ffffn,
    1n << 63n,
    2n ** 64n - 1n,
  ),
)
const folded = opDefs.filter(({ name, kind }) => kind !== 'brcond' && foldConstant(name, 1n, 1n) !== null)

describe.each(folded)('$name', ({ name, kind }) => {
  it('gives what is folded, from slots and with a constant', () => {
    fc.assert(
      fc.property(u64, u64, (a, b) => {
        const expected = foldConstant(name, a, b)
        expect(run((ctx) => ctx.emit(O[name]!, RESULT, A, B), a, b)).toBe(DONE)
        expect(slot(RESULT)).toBe(expected)
        if (kind !== 'binary') return
        run((ctx) => ctx.emit(O[name]!, RESULT, A, ctx.constBig(b)), a, 0n)
        expect(slot(RESULT)).toBe(expected)
        run((ctx) => ctx.emit(O[name]!, RESULT, ctx.constBig(a), ctx.constBig(b)))
        expect(slot(RESULT)).toBe(expected)
      }),
      { numRuns: 60 },
    )
  })
})

const signed = (value: bigint, width: number): bigint => BigInt.asIntN(width, value)

describe.each(conditions)('condition %s', (cond) => {
  it.each([32, 64] as const)('of %i bits sets and jumps', (width) => {
    fc.assert(
      fc.property(u64, u64, (a, b) => {
        const expected = foldConstant(`brcond${width}_${cond}`, a, b)
        run((ctx) => ctx.setcond(cond, width, RESULT, A, B), a, b)
        expect(slot(RESULT)).toBe(expected)
        run(
          (ctx) => {
            const taken = ctx.newLabel()
            ctx.mov(RESULT, ctx.const(1))
            ctx.brcond(cond, width, A, ctx.constBig(b), taken)
            ctx.mov(RESULT, ctx.const(0))
            ctx.setLabel(taken)
          },
          a,
          b,
        )
        expect(slot(RESULT)).toBe(expected)
      }),
      { numRuns: 60 },
    )
  })
})

it('the upper halves of products are those of 128 bits', () => {
  fc.assert(
    fc.property(u64, u64, (a, b) => {
      run((ctx) => ctx.emit(O.muluh64!, RESULT, A, B), a, b)
      expect(slot(RESULT)).toBe((a * b) >> 64n)
      run((ctx) => ctx.emit(O.mulsh64!, RESULT, A, B), a, b)
      expect(slot(RESULT)).toBe(BigInt.asUintN(64, (signed(a, 64) * signed(b, 64)) >> 64n))
    }),
  )
})

it('a block begins only while there are instructions left, and says which one it was', () => {
  expect(run((ctx) => ctx.emit(O.tbStart!))).toBe(DONE)
  expect(memory.view.getInt32(CPU_BLOCKS + ENV_ICOUNT_DECR, true)).toBe(997)
  memory.view.setInt32(CPU_BLOCKS + ENV_ICOUNT_DECR, 2, true)
  expect(exec(CPU_BLOCKS, memory.code.start)).toBe(EXIT_REQUEST)
  expect(memory.view.getUint32(CPU_BLOCKS + ENV_EXIT_TB, true)).toBe(5)
})

it('a way out that is not chained comes back, a chained one goes on', () => {
  const chain = (ctx: TCGContext): void => ctx.gotoTb(0, 0x1234)
  expect(run(chain)).toBe(EXIT_CHAIN0)
  const ctx = new TCGContext()
  ctx.start()
  chain(ctx)
  ctx.emit(O.exitTb!, DONE)
  const { chains, size } = new BytecodeWriter().write(ctx, memory.memory.buffer, memory.code.start, 5, 3)
  expect(chains[0]!.pc).toBe(0x1234)
  memory.u32[(memory.code.start + chains[0]!.offset) >> 2] = memory.code.start + size - 8
  expect(exec(CPU_BLOCKS, memory.code.start)).toBe(DONE)
})
