// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// The operations of the intermediate representation. Every value is a 64-bit slot of the CPU's block, but for vectors, which are
// two of them (opcodes-vector.ts). A `32` operation looks at the lower halves of its operands and leaves the upper half of its
// result zero.
//
// The semantics are written here, once: `expr` is an expression over `a` and `b` (u64) that is valid AssemblyScript, from
// which the interpreter is generated; the WebAssembly back end lowers the same rows.

import { conditions } from './conditions.js'
import { vectorRows, type VectorOperands } from './opcodes-vector.js'

/** How an operation is built. */
export type OpKind = 'unary' | 'binary' | 'setcond' | 'brcond' | 'load' | 'store' | 'vector' | 'control'

/** One operation. */
export interface OpDef {
  readonly name: string
  readonly kind: OpKind
  /** Result of `a` (and `b`), for a computing operation; for a condition a boolean. */
  readonly expr: string
  /** Bytes, for a memory access. */
  readonly size: number
  /** For an operation on vectors. */
  readonly operands?: VectorOperands
  /** The address of a memory access has to be a multiple of its size, or the target raises an exception. */
  readonly aligned?: boolean
}

const unary: Readonly<Record<string, string>> = {
  mov: 'a',
  neg64: '0 - a',
  neg32: '<u64>(<u32>0 - <u32>a)',
  not64: '~a',
  not32: '<u64>(~<u32>a)',
  ext8u: 'a & 0xff',
  ext8s: '<u64><i64><i8>a',
  ext8s32: '<u64><u32><i32><i8>a',
  ext16u: 'a & 0xffff',
  ext16s: '<u64><i64><i16>a',
  ext16s32: '<u64><u32><i32><i16>a',
  ext32u: 'a & 0xffffffff',
  ext32s: '<u64><i64><i32>a',
  extract8h: '(a >> 8) & 0xff',
  bswap64: 'bswap<u64>(a)',
  bswap32: '<u64>bswap<u32>(<u32>a)',
  clz64: 'clz<u64>(a)',
  ctz64: 'ctz<u64>(a)',
  popcnt64: 'popcnt<u64>(a)',
  /** Floating point: bits of a double or, in the lower half, of a single. Rounded to nearest. */
  fsqrt64: 'reinterpret<u64>(sqrt<f64>(reinterpret<f64>(a)))',
  fsqrt32: '<u64>reinterpret<u32>(sqrt<f32>(reinterpret<f32>(<u32>a)))',
  /** Towards zero; the nearest integer for what is beyond its range. */
  f64ToInt64: '<u64><i64>reinterpret<f64>(a)',
  int64ToF64: 'reinterpret<u64>(<f64><i64>a)',
  int64ToF32: '<u64>reinterpret<u32>(<f32><i64>a)',
  int32ToF64: 'reinterpret<u64>(<f64><i32>a)',
  f32ToF64: 'reinterpret<u64>(<f64>reinterpret<f32>(<u32>a))',
  f64ToF32: '<u64>reinterpret<u32>(<f32>reinterpret<f64>(a))',
}

/**
 * Arithmetic and comparisons of floating point. `ifNumber`: `a`, which is 0 or 1, if `b` is a normal number or zero, else 0; `ifNormal`:
 * if it is a normal number of any but the least exponent, to which a smaller number may have been rounded.
 */
function floats(width: 32 | 64): Record<string, string> {
  const number = (name: string): string =>
    width === 64 ? `reinterpret<f64>(${name})` : `reinterpret<f32>(<u32>${name})`
  const bits = (value: string): string =>
    width === 64 ? `reinterpret<u64>(${value})` : `<u64>reinterpret<u32>(${value})`
  const exponent = width === 64 ? '(((b >> 52) + 1) & 0x7ff)' : '(((b >> 23) + 1) & 0xff)'
  const zero = width === 64 ? '(b << 1) == 0' : '(<u32>b << 1) == 0'
  const [a, b] = [number('a'), number('b')]
  return {
    [`fadd${width}`]: bits(`${a} + ${b}`),
    [`fsub${width}`]: bits(`${a} - ${b}`),
    [`fmul${width}`]: bits(`${a} * ${b}`),
    [`fdiv${width}`]: bits(`${a} / ${b}`),
    [`feq${width}`]: `<u64>(${a} == ${b})`,
    [`flt${width}`]: `<u64>(${a} < ${b})`,
    [`ifNumber${width}`]: `a & (<u64>(${exponent} > 1) | <u64>(${zero}))`,
    [`ifNormal${width}`]: `a & <u64>(${exponent} > 2)`,
  }
}

const binary: Readonly<Record<string, string>> = {
  add64: 'a + b',
  add32: '<u64>(<u32>a + <u32>b)',
  sub64: 'a - b',
  sub32: '<u64>(<u32>a - <u32>b)',
  and64: 'a & b',
  and32: '<u64>(<u32>a & <u32>b)',
  or64: 'a | b',
  or32: '<u64>(<u32>a | <u32>b)',
  xor64: 'a ^ b',
  xor32: '<u64>(<u32>a ^ <u32>b)',
  mul64: 'a * b',
  mul32: '<u64>(<u32>a * <u32>b)',
  muluh64: 'mulUnsignedHigh(a, b)',
  mulsh64: 'mulSignedHigh(a, b)',
  shl64: 'a << b',
  shl32: '<u64>(<u32>a << <u32>b)',
  shr64: 'a >> b',
  shr32: '<u64>(<u32>a >> <u32>b)',
  sar64: '<u64>(<i64>a >> <i64>b)',
  sar32: '<u64><u32>(<i32>a >> <i32>b)',
  rotl64: 'rotl<u64>(a, b)',
  rotl32: '<u64>rotl<u32>(<u32>a, <u32>b)',
  rotr64: 'rotr<u64>(a, b)',
  rotr32: '<u64>rotr<u32>(<u32>a, <u32>b)',
  /** `b` in the place of the lowest byte, the second byte, the lowest two bytes of `a`. */
  deposit8: '(a & ~0xff) | (b & 0xff)',
  deposit8h: '(a & ~0xff00) | ((b & 0xff) << 8)',
  deposit16: '(a & ~0xffff) | (b & 0xffff)',
  ...floats(64),
  ...floats(32),
}

const relation: Readonly<Record<string, readonly [operator: string, signed: boolean]>> = {
  eq: ['==', false],
  ne: ['!=', false],
  lt: ['<', true],
  ge: ['>=', true],
  le: ['<=', true],
  gt: ['>', true],
  ltu: ['<', false],
  geu: ['>=', false],
  leu: ['<=', false],
  gtu: ['>', false],
}

function comparisons(kind: 'setcond' | 'brcond'): OpDef[] {
  return conditions.flatMap((cond) =>
    [64, 32].map((width) => {
      const [operator, signed] = relation[cond]!
      const type = `${signed ? 'i' : 'u'}${width}`
      return { name: `${kind}${width}_${cond}`, kind, expr: `<${type}>a ${operator} <${type}>b`, size: 0 }
    }),
  )
}

const rows = (kind: OpKind, table: Readonly<Record<string, string>>): OpDef[] =>
  Object.entries(table).map(([name, expr]) => ({ name, kind, expr, size: 0 }))

/** Guest memory: loads give `raw`, extended as the name says. */
const loads: readonly (readonly [name: string, size: number, expr: string])[] = [
  ['ld8u', 1, '<u64>load<u8>(host)'],
  ['ld8s', 1, '<u64><i64>load<i8>(host)'],
  ['ld16u', 2, '<u64>load<u16>(host)'],
  ['ld16s', 2, '<u64><i64>load<i16>(host)'],
  ['ld32u', 4, '<u64>load<u32>(host)'],
  ['ld32s', 4, '<u64><i64>load<i32>(host)'],
  ['ld64', 8, 'load<u64>(host)'],
]

const stores: readonly (readonly [name: string, size: number, expr: string])[] = [
  ['st8', 1, 'store<u8>(host, <u8>value)'],
  ['st16', 2, 'store<u16>(host, <u16>value)'],
  ['st32', 4, 'store<u32>(host, <u32>value)'],
  ['st64', 8, 'store<u64>(host, value)'],
]

/** Vectors in guest memory. */
const vectorAccesses = (kind: 'load' | 'store', name: string, expr: string): OpDef[] =>
  [false, true].map((aligned) => ({ name: aligned ? `${name}a` : name, kind, expr, size: 16, aligned }))

/** What is neither computed nor accessed: the generator knows each of these by name. */
const control = [
  'movi',
  'movcond',
  'call',
  'callPure',
  'br',
  'label',
  'insnStart',
  'tbStart',
  'gotoTb0',
  'gotoTb1',
  'gotoPtr',
  'exitTb',
  'enterTb',
] as const

/** Every operation, in the order of its number. */
export const opDefs: readonly OpDef[] = [
  ...rows('unary', unary),
  ...rows('binary', binary),
  ...comparisons('setcond'),
  ...comparisons('brcond'),
  ...loads.map(([name, size, expr]): OpDef => ({ name, kind: 'load', expr, size })),
  ...stores.map(([name, size, expr]): OpDef => ({ name, kind: 'store', expr, size })),
  ...vectorAccesses('load', 'ld128', 'v128.load(host)'),
  ...vectorAccesses('store', 'st128', 'v128.store(host, value)'),
  ...Object.entries(vectorRows).map(([name, [operands, expr]]): OpDef => ({
    name,
    kind: 'vector',
    expr,
    size: 0,
    operands,
  })),
  // Bytes of two vectors, chosen by 16 constant ones: 0 to 15 of `a`, 16 to 31 of `b`, from 128 on a zero.
  { name: 'vshuffle', kind: 'vector', expr: '', size: 0, operands: 'vvv' },
  ...control.map((name): OpDef => ({ name, kind: 'control', expr: '', size: 0 })),
]

/** Kinds as numbers, for what looks at every operation of every block. A setcond is a binary operation there. */
export const KIND_UNARY = 0
export const KIND_BINARY = 1
export const KIND_BRCOND = 2
export const KIND_LOAD = 3
export const KIND_STORE = 4
export const KIND_CONTROL = 5
export const KIND_VECTOR = 6
const kindNumbers: Readonly<Record<OpKind, number>> = {
  unary: KIND_UNARY,
  binary: KIND_BINARY,
  setcond: KIND_BINARY,
  brcond: KIND_BRCOND,
  load: KIND_LOAD,
  store: KIND_STORE,
  vector: KIND_VECTOR,
  control: KIND_CONTROL,
}

/** KIND_* by number of the operation. */
export const opKinds: Readonly<Uint8Array> = Uint8Array.from(opDefs, ({ kind }) => kindNumbers[kind])

/** What of an operation is a vector, VECTOR_* by its number. */
export const VECTOR_D = 1
export const VECTOR_A = 2
export const VECTOR_B = 4
/** There is an operand `b`, of either kind. */
export const VECTOR_TWO = 8
export const vectorParts: Readonly<Uint8Array> = Uint8Array.from(opDefs, ({ size, operands }) => {
  if (operands === undefined) return size === 16 ? VECTOR_D : 0
  const [d, a, b] = operands
  const two = b === undefined ? 0 : VECTOR_TWO
  return (d === 'v' ? VECTOR_D : 0) | (a === 'v' ? VECTOR_A : 0) | (b === 'v' ? VECTOR_B : 0) | two
})

/** Number of each operation by name. */
export const opNumber: Readonly<Record<string, number>> = Object.fromEntries(
  opDefs.map(({ name }, index) => [name, index]),
)

/** Added to a bytecode operation's number when its last operand is the constant in the next word. */
export const OP_IMMEDIATE = opDefs.length
