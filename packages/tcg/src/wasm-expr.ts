// SPDX-License-Identifier: GPL-2.0-or-later
//
// Lowers the expressions of opcodes.ts, which are AssemblyScript, to WebAssembly: integers, floating point, casts, operators, and
// the built-in functions that occur there.

import { W, type WasmCode } from './wasm-code.js'

type Type = 'i32' | 'u32' | 'i64' | 'u64' | 'f32' | 'f64'
type Operator = '+' | '-' | '*' | '/' | '&' | '|' | '^' | '<<' | '>>' | '==' | '!=' | '<' | '<=' | '>' | '>='

type Node =
  | { readonly kind: 'operand'; readonly name: 'a' | 'b' }
  | { readonly kind: 'literal'; readonly value: bigint }
  | { readonly kind: 'cast'; readonly to: string; readonly of: Node }
  | { readonly kind: 'not'; readonly of: Node }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'call'; readonly name: string; readonly type: Type; readonly args: readonly Node[] }

/** Functions that the code is given from outside, by their place. */
export interface ExprImports {
  readonly mulUnsignedHigh: number
  readonly mulSignedHigh: number
  /** A local of 64 bits that may be overwritten. */
  readonly scratch: number
}

const precedence: Readonly<Record<Operator, number>> = {
  '|': 1,
  '^': 2,
  '&': 3,
  '==': 4,
  '!=': 4,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '<<': 6,
  '>>': 6,
  '+': 7,
  '-': 7,
  '*': 8,
  '/': 8,
}

/** A cast or type argument, a number, a name, an operator or a bracket. */
const TOKEN = /\s*(<(?:[iu](?:8|16|32|64)|f32|f64)>|0x[0-9a-f]+|\d+|\w+|<<|>>|[=!<>]=|[-+*/&|^~()<>,])/y

function tokens(text: string): string[] {
  const found: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text)
    if (!match) throw new Error(`Not an expression of opcodes.ts: ${text}`)
    found.push(match[1]!)
  }
  return found
}

class Parser {
  readonly #tokens: string[]
  #at = 0

  constructor(text: string) {
    this.#tokens = tokens(text)
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? ''
  }

  #expect(token: string): void {
    if (this.#next() !== token) throw new Error(`'${token}' expected`)
  }

  expression(least = 1): Node {
    let left = this.#unary()
    for (;;) {
      const operator = this.#tokens[this.#at] as Operator
      const rank = precedence[operator] as number | undefined
      if (rank === undefined || rank < least) return left
      this.#at++
      left = { kind: 'binary', operator, left, right: this.expression(rank + 1) }
    }
  }

  #unary(): Node {
    const token = this.#next()
    if (token === '~') return { kind: 'not', of: this.#unary() }
    if (token === '(') {
      const inner = this.expression()
      this.#expect(')')
      return inner
    }
    if (token.startsWith('<')) return { kind: 'cast', to: token.slice(1, -1), of: this.#unary() }
    if (/^\d/.test(token)) return { kind: 'literal', value: BigInt(token) }
    if (token === 'a' || token === 'b') return { kind: 'operand', name: token }
    return this.#call(token)
  }

  #call(name: string): Node {
    const type = this.#tokens[this.#at]!.startsWith('<') ? (this.#next().slice(1, -1) as Type) : 'u64'
    const args: Node[] = []
    this.#expect('(')
    do args.push(this.expression())
    while (this.#next() === ',')
    return { kind: 'call', name, type, args }
  }
}

const isWide = (type: Type): boolean => type.endsWith('64')
const isFloat = (type: Type): boolean => type.startsWith('f')
/** The instructions' prefix. */
const prefix = (type: Type): string => (isFloat(type) ? type : isWide(type) ? 'i64' : 'i32')

/** A node's type; null for a literal, which takes the other side's. */
function typeOf(node: Node): Type | null {
  switch (node.kind) {
    case 'operand':
      return 'u64'
    case 'literal':
      return null
    case 'cast':
      return /^[iu](8|16)$/.test(node.to) ? (`${node.to[0]}32` as Type) : (node.to as Type)
    case 'not':
      return typeOf(node.of)
    case 'call':
      return node.type
    case 'binary':
      return precedence[node.operator] === 4 || precedence[node.operator] === 5
        ? 'u32'
        : (typeOf(node.left) ?? typeOf(node.right))
  }
}

const arithmetic: Readonly<Partial<Record<Operator, string>>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
  '<<': 'shl',
  '==': 'eq',
  '!=': 'ne',
}
const signedNames: Readonly<Partial<Record<Operator, string>>> = {
  '>>': 'shr',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
}

/** A parsed expression, ready to be emitted for any operands. */
export class WasmExpr {
  readonly #root: Node

  constructor(text: string) {
    this.#root = new Parser(text).expression()
  }

  /**
   * Emits code that leaves the value: 64 bits, or a truth value of 32 bits for a comparison.
   * @param operand  emits code that leaves an operand, 64 bits
   */
  emit(code: WasmCode, operand: (name: 'a' | 'b') => void, imports: ExprImports): void {
    const emit = (node: Node, wanted: Type): void => {
      switch (node.kind) {
        case 'operand':
          return operand(node.name)
        case 'literal':
          if (isWide(wanted)) return code.i64Const(node.value)
          return code.i32Const(Number(BigInt.asIntN(32, node.value)))
        case 'cast':
          return emitCast(node.to, node.of)
        case 'not': {
          const type = typeOf(node.of) ?? wanted
          emit(node.of, type)
          if (isWide(type)) code.i64Const(-1n)
          else code.i32Const(-1)
          return code.byte(isWide(type) ? W.i64_xor : W.i32_xor)
        }
        case 'call':
          return emitCall(node)
        case 'binary': {
          const type = typeOf(node.left) ?? typeOf(node.right)!
          emit(node.left, type)
          emit(node.right, type)
          const plain = arithmetic[node.operator]
          const signed = isFloat(type) ? '' : type.startsWith('i') ? '_s' : '_u'
          const name = plain ?? `${signedNames[node.operator]!}${signed}`
          return code.byte(W[`${prefix(type)}_${name}` as keyof typeof W])
        }
      }
    }
    const emitCast = (to: string, of: Node): void => {
      // Of a literal, `~0xff` and the like the cast says the type.
      const from = typeOf(of) ?? (to as Type)
      emit(of, from)
      if (isFloat(to as Type)) {
        const signed = isFloat(from) ? '' : from.startsWith('i') ? '_s' : '_u'
        const how = !isFloat(from) ? 'convert' : isWide(from) ? 'demote' : 'promote'
        if (to !== from) code.byte(W[`${to}_${how}_${prefix(from)}${signed}` as keyof typeof W])
        return
      }
      if (isFloat(from)) return code.byte(W.numeric, W.i64_trunc_sat_f64_s)
      const bits = Number(to.slice(1))
      if (bits === 64) {
        if (!isWide(from)) code.byte(from.startsWith('i') ? W.i64_extend_i32_s : W.i64_extend_i32_u)
        return
      }
      if (isWide(from)) code.byte(W.i32_wrap_i64)
      if (bits === 8) code.byte(W.i32_extend8_s)
      if (bits === 16) code.byte(W.i32_extend16_s)
    }
    const emitCall = ({ name, type, args }: Node & { kind: 'call' }): void => {
      for (const arg of args) emit(arg, type)
      switch (name) {
        case 'reinterpret':
          return code.byte(W[`${prefix(type)}_reinterpret_${prefix(typeOf(args[0]!)!)}` as keyof typeof W])
        case 'mulUnsignedHigh':
        case 'mulSignedHigh':
          return code.op(W.call, imports[name])
        case 'bswap':
          if (!isWide(type)) code.byte(W.i64_extend_i32_u)
          emitBswap(code, isWide(type) ? 64 : 32, imports.scratch)
          if (!isWide(type)) code.byte(W.i32_wrap_i64)
          return
        default:
          return code.byte(W[`${prefix(type)}_${name}` as keyof typeof W])
      }
    }
    emit(this.#root, 'u64')
  }
}

/** Turns the bytes of the value on the stack round; of one of 32 bits the upper half is zero. */
function emitBswap(code: WasmCode, bits: 32 | 64, scratch: number): void {
  for (const [mask, distance] of [
    [0x00ff_00ff_00ff_00ffn, 8n],
    [0x0000_ffff_0000_ffffn, 16n],
  ] as const) {
    code.op(W.local_tee, scratch)
    code.i64Const(mask)
    code.byte(W.i64_and)
    code.i64Const(distance)
    code.byte(W.i64_shl)
    code.op(W.local_get, scratch)
    code.i64Const(distance)
    code.byte(W.i64_shr_u)
    code.i64Const(mask)
    code.byte(W.i64_and, W.i64_or)
  }
  if (bits === 32) return
  code.i64Const(32n)
  code.byte(W.i64_rotl)
}
