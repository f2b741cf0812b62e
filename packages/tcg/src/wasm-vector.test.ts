// SPDX-License-Identifier: GPL-2.0-or-later
//
// Operations on vectors: compiled blocks against the interpreter, and both against what is written here.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BytecodeWriter,
  CompiledFunctions,
  CPU_BLOCKS,
  ENV_ARCH,
  ENV_PENDING,
  ENV_TLB,
  ENV_TLBS,
  EXIT_EXCEPTION,
  O,
  opDefs,
  readBlock,
  RegionModule,
  TCGContext,
  TcgMemory,
  TLB_ADDEND,
  TLB_READ,
  TLB_WRITE,
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
const env = CPU_BLOCKS
const [A, B, RESULT, ADDRESS] = [ENV_ARCH, ENV_ARCH + 16, ENV_ARCH + 32, ENV_ARCH + 64]
const DONE = 77
const { start } = memory.code
const CALLER = start + 0x1_0000

const vectorAt = (at: number): number[] => [...memory.u8.subarray(env + at, env + at + 16)]
const setVector = (at: number, value: readonly number[]): void => memory.u8.set(value, env + at)
/** Two of the three vectors live in locals. */
const target = {
  globals: [ADDRESS],
  vectors: [A, RESULT],
  pc: ADDRESS,
  state: new Set<number>(),
  noGlobals: new Set<number>(),
  onVectors: new Set<number>(),
}

/** A block for the interpreter and the same block compiled. */
function both(build: (ctx: TCGContext) => void): [interpreted: () => number, compiled: () => number] {
  const ctx = new TCGContext()
  ctx.start()
  build(ctx)
  ctx.emit(O.exitTb!, DONE)
  const { size } = new BytecodeWriter().write(ctx, memory.memory.buffer, start, 5, 3)
  const module = new RegionModule(target)
  module.add([{ ip: start, ops: readBlock(memory.u32, start, size) }])
  const at = functions.places(1)
  functions.instantiate(new wasm.Module(module.bytes(at)))
  functions.enter(CALLER, at)
  return [() => exec(env, start), () => exec(env, CALLER)]
}

/** Bytes of a result; which NaN comes out of floating point is open, and nobody asks. */
function comparable(name: string, at: number): number[] {
  const floats = /^vf(add|sub|mul|div|sqrt|round|32ToF64|64ToF32)/.test(name)
  const width = name.endsWith('64') ? 8 : 4
  if (!floats) return vectorAt(at)
  const lanes = Array.from({ length: 16 / width }, (_, i) => env + at + i * width)
  return lanes.flatMap((lane) => {
    const value = width === 8 ? memory.view.getFloat64(lane, true) : memory.view.getFloat32(lane, true)
    return Number.isNaN(value) ? [-1] : [...memory.u8.subarray(lane, lane + width)]
  })
}

const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))
const vector = fc.array(byte, { minLength: 16, maxLength: 16 })
const operations = opDefs.filter(({ kind, name }) => kind === 'vector' && name !== 'vshuffle')

describe.each(operations.map(({ name, operands }) => [name, operands!] as const))('%s', (name, operands) => {
  it('gives the same compiled and interpreted', () => {
    const [, , last] = operands
    const emit = (b: (ctx: TCGContext) => number): ReturnType<typeof both> =>
      both((ctx) => ctx.emit(O[name]!, RESULT, A, last === undefined ? 0 : b(ctx)))
    const [interpreted, compiled] = emit((ctx) => (last === 's' ? ctx.const(3) : B))
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        setVector(A, a)
        setVector(B, b)
        setVector(RESULT, a)
        expect(interpreted()).toBe(DONE)
        const expected = comparable(name, RESULT)
        setVector(RESULT, a)
        expect(compiled()).toBe(DONE)
        expect(comparable(name, RESULT)).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })
})

/** Lanes of some bytes, unsigned, lowest first. */
function lanesOf(value: readonly number[], size: number): bigint[] {
  return Array.from({ length: 16 / size }, (_, lane) =>
    value.slice(lane * size, lane * size + size).reduceRight((rest, n) => (rest << 8n) | BigInt(n), 0n),
  )
}
const signed = (value: bigint, bits: number): bigint => BigInt.asIntN(bits, value)
const clamp = (value: bigint, low: bigint, high: bigint): bigint =>
  value < low ? low : value > high ? high : value

/** What lanes of `bits` bits give. */
const meaning: Readonly<Record<string, (a: bigint, b: bigint, bits: number) => bigint>> = {
  vadd: (a, b) => a + b,
  vsub: (a, b) => a - b,
  vcmpeq: (a, b) => (a === b ? -1n : 0n),
  vcmpgt: (a, b, bits) => (signed(a, bits) > signed(b, bits) ? -1n : 0n),
  vusadd: (a, b, bits) => clamp(a + b, 0n, (1n << BigInt(bits)) - 1n),
  vussub: (a, b) => clamp(a - b, 0n, a),
  vssadd: (a, b, bits) =>
    clamp(signed(a, bits) + signed(b, bits), -(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n),
  vumin: (a, b) => (a < b ? a : b),
  vsmax: (a, b, bits) => (signed(a, bits) > signed(b, bits) ? a : b),
  vavg: (a, b) => (a + b + 1n) >> 1n,
  vand: (a, b) => a & b,
  vandn: (a, b) => ~a & b,
}
const laned = operations.flatMap(({ name }) => {
  const [, word = '', bits = '64'] = /^([a-z]+)(\d*)$/.exec(name) ?? []
  return meaning[word] ? [[name, word, Number(bits || 64)] as const] : []
})

it.each(laned)('%s works lane by lane', (name, word, bits) => {
  const [interpreted] = both((ctx) => ctx.emit(O[name]!, RESULT, A, B))
  fc.assert(
    fc.property(vector, vector, (a, b) => {
      setVector(A, a)
      setVector(B, b)
      interpreted()
      const others = lanesOf(b, bits / 8)
      const expected = lanesOf(a, bits / 8).map((lane, i) =>
        BigInt.asUintN(bits, meaning[word]!(lane, others[i]!, bits)),
      )
      expect(lanesOf(vectorAt(RESULT), bits / 8)).toEqual(expected)
    }),
    { numRuns: 40 },
  )
})

it('a shuffle takes bytes of both vectors, and zeros', () => {
  const order = fc.array(fc.integer({ min: -1, max: 31 }), { minLength: 16, maxLength: 16 })
  fc.assert(
    fc.property(vector, vector, order, (a, b, bytesOf) => {
      const expected = bytesOf.map((n) => (n < 0 ? 0 : [...a, ...b][n]!))
      for (const run of both((ctx) => ctx.shuffle(RESULT, A, B, bytesOf))) {
        setVector(A, a)
        setVector(B, b)
        expect(run()).toBe(DONE)
        expect(vectorAt(RESULT)).toEqual(expected)
      }
    }),
    { numRuns: 60 },
  )
})

it('half a vector is a slot like others', () => {
  for (const run of both((ctx) => {
    ctx.emit(O.vadd64!, A, A, B)
    ctx.emit(O.add64!, A + 8, A + 8, A)
    ctx.mov(A, ctx.const(7))
    ctx.emit(O.vmov!, RESULT, A)
  })) {
    const lanes = (low: bigint, high: bigint): number[] => [
      ...new Uint8Array(BigUint64Array.of(low, high).buffer),
    ]
    setVector(A, lanes(1n, 2n))
    setVector(B, lanes(10n, 20n))
    expect(run()).toBe(DONE)
    expect(vectorAt(RESULT)).toEqual(lanes(7n, 33n))
    expect(vectorAt(A)).toEqual(lanes(7n, 33n))
  }
})

it('a vector in a temporary goes from operation to operation', () => {
  for (const run of both((ctx) => {
    const t = ctx.vectorTemp()
    ctx.emit(O.vadd8!, t, A, B)
    ctx.emit(O.vxor!, RESULT, t, A)
  })) {
    setVector(A, Array(16).fill(3))
    setVector(B, Array(16).fill(250))
    setVector(RESULT, Array(16).fill(0))
    run()
    expect(vectorAt(RESULT)).toEqual(Array(16).fill(253 ^ 3))
  }
})

describe('16 bytes of memory', () => {
  const page = memory.allocate(8192)
  const linear = 0x5000
  const places = { read: TLB_READ, write: TLB_WRITE }
  const entry = env + ENV_TLBS + ((linear >> 12) << 5)

  /** One page, at `linear`, is known to the TLB; the page behind it is not, and the target's page walk finds nothing. */
  function map(): void {
    memory.view.setUint32(env + ENV_TLB, env + ENV_TLBS, true)
    for (let i = 0; i < 0x8000; i += 8) memory.view.setBigInt64(env + ENV_TLBS + i, -1n, true)
    for (const column of Object.values(places)) memory.view.setBigUint64(entry + column, BigInt(linear), true)
    memory.view.setInt32(entry + TLB_ADDEND, page - linear, true)
    const raise = (): number => {
      memory.view.setUint32(env + ENV_PENDING, EXIT_EXCEPTION, true)
      return 0
    }
    const tables = place(importable(raise))
    ;(exports.setTarget as (...functions: number[]) => void)(tables.fill, 0, tables.unaligned)
  }

  /** Functions of WebAssembly that call one of JavaScript: the target's for a miss, and for a wrong alignment. */
  function importable(raise: () => number): Record<'fill' | 'unaligned', unknown> {
    // (module (import "" "f" (func $f (result i32))) (func (export "fill") (param i32 i64 i32 i32) (result i32) (call $f))
    //  (func (export "unaligned") (param i32) (drop (call $f))))
    const module = Uint8Array.of(
      ...[
        0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 17, 3, 0x60, 0, 1, 0x7f, 0x60, 4, 0x7f, 0x7e, 0x7f, 0x7f, 1, 0x7f,
      ],
      ...[0x60, 1, 0x7f, 0, 2, 6, 1, 0, 1, 0x66, 0, 0, 3, 3, 2, 1, 2],
      ...[
        7, 20, 2, 4, 0x66, 0x69, 0x6c, 0x6c, 0, 1, 9, 0x75, 0x6e, 0x61, 0x6c, 0x69, 0x67, 0x6e, 0x65, 0x64, 0,
        2,
      ],
      ...[10, 12, 2, 4, 0, 0x10, 0, 0x0b, 5, 0, 0x10, 0, 0x1a, 0x0b],
    )
    return new wasm.Instance(new wasm.Module(module), { '': { f: raise } }).exports as never
  }

  function place(functions: Record<'fill' | 'unaligned', unknown>): Record<'fill' | 'unaligned', number> {
    const at = table.grow(2)
    table.set(at, functions.fill)
    table.set(at + 1, functions.unaligned)
    return { fill: at, unaligned: at + 1 }
  }

  const at = (address: number): void => memory.view.setBigUint64(env + ADDRESS, BigInt(address), true)
  const value = Array.from({ length: 16 }, (_, i) => i + 1)

  it('are loaded and stored, aligned or not', () => {
    map()
    for (const suffix of ['', 'a']) {
      for (const run of both((ctx) => {
        ctx.emit(O[`ld128${suffix}`]!, RESULT, ADDRESS, 0, 0)
        ctx.emit(O[`st128${suffix}`]!, RESULT, ADDRESS, 0, 32)
      })) {
        const offset = suffix === '' ? 5 : 16
        memory.u8.fill(0, page, page + 4096)
        memory.u8.set(value, page + offset)
        at(linear + offset)
        expect(run()).toBe(DONE)
        expect(vectorAt(RESULT)).toEqual(value)
        expect([...memory.u8.subarray(page + offset + 32, page + offset + 48)]).toEqual(value)
      }
    }
  })

  it('over the end of the page are stored as a whole or not at all', () => {
    map()
    setVector(RESULT, value)
    for (const run of both((ctx) => ctx.emit(O.st128!, RESULT, ADDRESS, 0, 0))) {
      memory.u8.fill(0, page, page + 8192)
      at(linear + 4088)
      expect(run()).toBe(EXIT_EXCEPTION)
      expect(memory.u8.subarray(page, page + 8192).every((n) => n === 0)).toBe(true)
    }
  })

  it('have to be aligned where it is asked for', () => {
    map()
    for (const build of [O.ld128a!, O.st128a!]) {
      for (const run of both((ctx) => ctx.emit(build, RESULT, ADDRESS, 0, 0))) {
        memory.u8.fill(0, page, page + 4096)
        setVector(RESULT, value)
        at(linear + 8)
        expect(run()).toBe(EXIT_EXCEPTION)
        expect(vectorAt(RESULT)).toEqual(value)
        expect(memory.u8.subarray(page, page + 4096).every((n) => n === 0)).toBe(true)
      }
    }
  })
})
