// SPDX-License-Identifier: GPL-2.0-or-later
//
// Lowers the expressions of opcodes-vector.ts, which are AssemblyScript, to WebAssembly.

import { W, type WasmCode } from './wasm-code.js'
import { simd, SIMD_PREFIX } from './wasm-simd.js'

type Node =
  | { readonly kind: 'operand'; readonly name: 'a' | 'b' }
  | { readonly kind: 'literal'; readonly value: number }
  | { readonly kind: 'cast'; readonly to: string; readonly of: Node }
  | { readonly kind: 'binary'; readonly operator: '^' | '&'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }

/** A cast, a number, the name of an instruction or an operand, an operator or a bracket. */
const TOKEN = /\s*(<\w+>|-?[\d.]+(?:e[-+]?\d+)?|Infinity|[a-z]\w+\.\w+(?:<i8>)?|[ab]\b|[(),^&])/y

function tokens(text: string): string[] {
  const found: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text)
    if (!match) throw new Error(`Not an expression of opcodes-vector.ts: ${text}`)
    found.push(match[1]!)
  }
  return found
}

function parse(text: string): Node {
  const rest = tokens(text).reverse()
  const unary = (): Node => {
    const token = rest.pop()!
    if (token === '(') {
      const inner = expression()
      rest.pop()
      return inner
    }
    if (token.startsWith('<')) return { kind: 'cast', to: token.slice(1, -1), of: unary() }
    if (token === 'a' || token === 'b') return { kind: 'operand', name: token }
    if (/^[-\dI]/.test(token)) return { kind: 'literal', value: Number(token) }
    const args: Node[] = []
    rest.pop()
    do args.push(expression())
    while (rest.pop() === ',')
    return { kind: 'call', name: token.replace('<i8>', ''), args }
  }
  const expression = (): Node => {
    let left = unary()
    while (rest.at(-1) === '^' || rest.at(-1) === '&') {
      left = { kind: 'binary', operator: rest.pop() as '^' | '&', left, right: unary() }
    }
    return left
  }
  return expression()
}

/** A number of the type that a lane has. */
function literal(code: WasmCode, lane: string, value: number): void {
  switch (lane) {
    case 'i64x2':
      return code.i64Const(BigInt(value))
    case 'f32x4':
      return code.f32Const(value)
    case 'f64x2':
      return code.f64Const(value)
    default:
      return code.i32Const(value)
  }
}

const numberOf = (node: Node): number => {
  if (node.kind !== 'literal') throw new Error('A literal is wanted')
  return node.value
}

/** A parsed expression, ready to be emitted for any operands. */
export class WasmVectorExpr {
  readonly #root: Node

  constructor(text: string) {
    this.#root = parse(text)
  }

  /**
   * Emits code that leaves the value: a vector, or 64 bits.
   * @param operand  emits code that leaves an operand, a vector or 64 bits
   */
  emit(code: WasmCode, operand: (name: 'a' | 'b') => void): void {
    const emit = (node: Node): void => {
      switch (node.kind) {
        case 'operand':
          return operand(node.name)
        case 'literal':
          return code.i32Const(node.value)
        case 'cast':
          emit(node.of)
          // A truth value or a mask is unsigned already; what is 64 bits wide is an operand.
          if (node.to === 'u64') code.byte(W.i64_extend_i32_u)
          else if (node.to === 'i32') code.byte(W.i32_wrap_i64)
          return
        case 'binary':
          emit(node.left)
          emit(node.right)
          return code.byte(node.operator === '^' ? W.i32_xor : W.i32_and)
        case 'call':
          return emitCall(node.name, node.args)
      }
    }
    const emitCall = (name: string, args: readonly Node[]): void => {
      const [lane, what] = name.split('.') as [string, string]
      if (what === 'shuffle') {
        args.slice(0, 2).forEach(emit)
        code.byte(SIMD_PREFIX)
        code.u32(simd['i8x16.shuffle']!)
        return code.byte(...args.slice(2).map(numberOf))
      }
      if (what === 'splat') literal(code, lane, numberOf(args[0]!))
      else if (what === 'replace_lane') {
        emit(args[0]!)
        emit(args[2]!)
      } else args.forEach(emit)
      const number = simd[name]
      if (number === undefined) throw new Error(`WebAssembly has no ${name}`)
      code.byte(SIMD_PREFIX)
      code.u32(number)
      if (what === 'replace_lane') code.byte(numberOf(args[1]!))
    }
    emit(this.#root)
  }
}
