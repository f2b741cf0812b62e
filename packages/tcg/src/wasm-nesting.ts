// SPDX-License-Identifier: GPL-2.0-or-later
import { VOID, W, type WasmCode } from './wasm-code.js'

/** A place that can be jumped to: nodes of the graph, an address of bytecode, or what only counts as a level. */
type Label = readonly number[] | number | 'cold' | 'tail' | 'level'

/** The blocks and loops of WebAssembly that are open where code is being emitted. */
export class Nesting {
  readonly #code: WasmCode
  readonly #labels: Label[] = []

  constructor(code: WasmCode) {
    this.#code = code
  }

  open(opcode: number, label: Label): void {
    this.#code.byte(opcode, VOID)
    this.#labels.push(label)
  }

  close(): void {
    this.#code.byte(W.end)
    this.#labels.pop()
  }

  #depth(is: (label: Label) => boolean): number {
    for (let i = this.#labels.length - 1; i >= 0; i--)
      if (is(this.#labels[i]!)) return this.#labels.length - 1 - i
    throw new Error('A jump to a place that is not open')
  }

  /** How many levels out a label is. */
  depthOf(wanted: Label): number {
    return this.#depth((label) => label === wanted)
  }

  /** How many levels out a node of the graph, or a loop that it is a header of, is jumped to. */
  depthOfNode(node: number): number {
    return this.#depth((label) => typeof label === 'object' && label.includes(node))
  }

  /** What is emitted by `body` is done if the value on the stack is not 0. */
  if(body: () => void): void {
    this.open(W.if, 'level')
    body()
    this.close()
  }

  /** The same with a result of a type, or none, and the other way. */
  ifElse(type: number, then: () => void, otherwise: () => void): void {
    this.#code.byte(W.if, type)
    this.#labels.push('level')
    then()
    this.#code.byte(W.else)
    otherwise()
    this.close()
  }
}
