// SPDX-License-Identifier: GPL-2.0-or-later
import { O } from './ir.js'
import { TB_FUNCTION } from './layout.js'
import type { TcgMemory } from './tcg-memory.js'
import { enterModule } from './wasm-module.js'
import { wasm, type WasmImports, type WasmModule, type WasmTable } from './webassembly.js'

/** Places that the table grows by at least. */
const GROWTH = 512

/** The module with the way in, compiled once. */
const enter: { module: WasmModule | null } = { module: null }

/**
 * The functions of a machine's compiled regions, in a table of their own: the engine keeps the instances of all modules that
 * import a table as long as there is the table, so they go away when another one takes its place.
 */
export class CompiledFunctions {
  readonly #words: () => Uint32Array
  readonly #interpreter: WasmTable
  /** Place of the interpreter's table where it has the way into ours. */
  readonly #entry: number
  readonly #imports: WasmImports
  #table!: WasmTable
  #used = 0
  #room = 0

  /**
   * @param table  of the module that has the interpreter: its helpers by their numbers
   * @param exports  of that module
   */
  constructor(memory: TcgMemory, table: WasmTable, exports: Readonly<Record<string, unknown>>) {
    this.#words = () => memory.u32
    this.#interpreter = table
    this.#entry = table.grow(1)
    ;(exports.setEntry as (place: number) => void)(this.#entry)
    const helper = new Proxy({}, { get: (_, number) => table.get(Number(number)) })
    this.#imports = { env: { ...exports, memory: memory.memory }, helper }
    this.reset()
  }

  /** Functions that there are. */
  get used(): number {
    return this.#used
  }

  /** Throws them all away. None of their blocks may be executed any more. */
  reset(): void {
    this.#table = new wasm.Table({ initial: 0, element: 'anyfunc' })
    this.#used = 0
    this.#room = 0
    enter.module ??= new wasm.Module(enterModule())
    const { exports } = new wasm.Instance(enter.module, { env: { table: this.#table } })
    this.#interpreter.set(this.#entry, exports.enter)
  }

  /** Places for `count` functions, one after the other. */
  places(count: number): number {
    if (this.#used + count > this.#room) {
      const more = Math.max(count, GROWTH)
      this.#table.grow(more)
      this.#room += more
    }
    const first = this.#used
    this.#used += count
    return first
  }

  /** Has a module put its functions into their places. */
  instantiate(module: WasmModule): void {
    const { env, helper } = this.#imports
    new wasm.Instance(module, { env: { ...env, table: this.#table }, helper: helper! })
  }

  /** Has the block at `ip` executed by the function at a place, from now on. */
  enter(ip: number, place: number): void {
    const words = this.#words()
    words[ip >> 2] = (words[ip >> 2]! & 0xffff_0000) | O.enterTb!
    words[(ip + TB_FUNCTION) >> 2] = place
  }
}
