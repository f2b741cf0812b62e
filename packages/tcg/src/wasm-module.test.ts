// SPDX-License-Identifier: GPL-2.0-or-later
//
// Compiled blocks against the interpreter, operation by operation.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BytecodeWriter,
  CompiledFunctions,
  CPU_BLOCKS,
  ENV_ARCH,
  ENV_EXIT_TB,
  ENV_ICOUNT_DECR,
  EXIT_CHAIN0,
  EXIT_REQUEST,
  O,
  opDefs,
  readBlock,
  RegionModule,
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
const functions = new CompiledFunctions(memory, table, exports)
const exec = exports.tcgQemuTbExec as (env: number, ip: number) => number
const A = ENV_ARCH
const B = ENV_ARCH + 8
const RESULT = ENV_ARCH + 16
const DONE = 77
const target = {
  globals: [A, B],
  vectors: [],
  pc: B,
  state: new Set<number>(),
  noGlobals: new Set<number>(),
  onVectors: new Set<number>(),
}
const { start } = memory.code
/** Where an operation is that calls the compiled block. */
const CALLER = start + 0x1_0000

const get = (at: number): bigint => memory.view.getBigUint64(CPU_BLOCKS + at, true)
const set = (at: number, value: bigint): void => memory.view.setBigUint64(CPU_BLOCKS + at, value, true)

/** Writes a block, compiles it, and gives the two ways to execute it. */
function both(
  build: (ctx: TCGContext) => void,
  left = 1000,
): { interpreted: () => number; compiled: () => number } {
  const ctx = new TCGContext()
  ctx.start()
  build(ctx)
  const { size } = new BytecodeWriter().write(ctx, memory.memory.buffer, start, 5, 3)
  const module = new RegionModule(target)
  module.add([{ ip: start, ops: readBlock(memory.u32, start, size) }])
  expect(module.entries).toHaveLength(1)
  const at = functions.places(1)
  functions.instantiate(new wasm.Module(module.bytes(at)))
  functions.enter(CALLER, at)
  const from = (ip: number) => (): number => {
    memory.view.setInt32(CPU_BLOCKS + ENV_ICOUNT_DECR, left, true)
    return exec(CPU_BLOCKS, ip)
  }
  return { interpreted: from(start), compiled: from(CALLER) }
}

const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n, 0x80n, 0x8000n, 0x8000_0000n, 0xffff_ffffn, 1n << 63n, 2n ** 64n - 1n),
)
const computing = opDefs.filter(({ kind }) => ['unary', 'binary', 'setcond', 'brcond'].includes(kind))

/** A result; which NaN comes out of floating point WebAssembly leaves open, and nobody asks. */
function comparable(name: string, bits: bigint): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, bits)
  const nan =
    name.startsWith('f') && Number.isNaN(name.endsWith('32') ? view.getFloat32(4) : view.getFloat64(0))
  return nan ? -1n : bits
}

describe('a compiled block', () => {
  it.each(computing.map(({ name, kind }) => [name, kind]))('%s does as the interpreter', (name, kind) => {
    const { interpreted, compiled } = both((ctx) => {
      if (kind === 'brcond') {
        const label = ctx.newLabel()
        ctx.mov(RESULT, ctx.const(1))
        ctx.emit(O[name]!, label, A, B)
        ctx.mov(RESULT, ctx.const(2))
        ctx.setLabel(label)
      } else ctx.emit(O[name]!, RESULT, A, B)
      ctx.emit(O.exitTb!, DONE)
    })
    fc.assert(
      fc.property(u64, u64, (a, b) => {
        set(A, a)
        set(B, b)
        expect(interpreted()).toBe(DONE)
        const expected = get(RESULT)
        set(RESULT, 0xdeadn)
        expect(compiled()).toBe(DONE)
        expect(comparable(name, get(RESULT))).toBe(comparable(name, expected))
      }),
      { numRuns: 50 },
    )
  })

  it('chooses by a condition, and knows what was written before', () => {
    const { compiled } = both((ctx) => {
      ctx.emit(O.add64!, A, A, ctx.const(1))
      ctx.movcond(RESULT, B, A, B)
      ctx.emit(O.exitTb!, DONE)
    })
    set(A, 41n)
    set(B, 7n)
    expect([compiled(), get(RESULT), get(A)]).toEqual([DONE, 42n, 42n])
    set(B, 0n)
    compiled()
    expect(get(RESULT)).toBe(0n)
  })

  it('takes its instructions from the slice, or asks for another', () => {
    const { compiled } = both((ctx) => {
      ctx.emit(O.tbStart!)
      ctx.emit(O.exitTb!, DONE)
    })
    expect(compiled()).toBe(DONE)
    expect(memory.view.getInt32(CPU_BLOCKS + ENV_ICOUNT_DECR, true)).toBe(997)
    memory.view.setInt32(CPU_BLOCKS + ENV_ICOUNT_DECR, 2, true)
    expect(exec(CPU_BLOCKS, CALLER)).toBe(EXIT_REQUEST)
    expect(memory.view.getInt32(CPU_BLOCKS + ENV_ICOUNT_DECR, true)).toBe(2)
    expect(memory.u32[(CPU_BLOCKS + ENV_EXIT_TB) >> 2]).toBe(5)
  })

  it('asked to leave with hardly anything left of the slice leaves, as the interpreter does', () => {
    const { interpreted, compiled } = both((ctx) => {
      ctx.emit(O.tbStart!)
      ctx.emit(O.exitTb!, DONE)
    }, 0x8000_0002 | 0)
    expect([interpreted(), compiled()]).toEqual([EXIT_REQUEST, EXIT_REQUEST])
    expect(memory.view.getUint32(CPU_BLOCKS + ENV_ICOUNT_DECR, true)).toBe(0x8000_0002)
  })

  it('asks for its successor once, and goes there when it is chained', () => {
    const { compiled } = both((ctx) => {
      ctx.gotoTb(0, 0x1000)
    })
    expect(compiled()).toBe(EXIT_CHAIN0)
    const done = start + 0x2_0000
    memory.u32[done >> 2] = O.exitTb! | (DONE << 16)
    memory.u32[(start + 8) >> 2] = done
    expect(compiled()).toBe(DONE)
  })

  it('with a jump backwards is left to the interpreter', () => {
    const ctx = new TCGContext()
    ctx.start()
    const label = ctx.newLabel()
    ctx.setLabel(label)
    ctx.br(label)
    const { size } = new BytecodeWriter().write(ctx, memory.memory.buffer, start, 5, 3)
    const module = new RegionModule(target)
    module.add([{ ip: start, ops: readBlock(memory.u32, start, size) }])
    expect(module.entries).toEqual([])
  })
})
