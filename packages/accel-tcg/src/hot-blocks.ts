// SPDX-License-Identifier: GPL-2.0-or-later
import {
  compileBlocks,
  HOT_COUNT,
  O,
  type TcgMemory,
  wasm,
  type WasmImports,
  type WasmTable,
} from '@dromaius/tcg'
import type { TranslationBlock } from './tb-cache.js'

/** Slices after which blocks that wait are compiled, however few they are. */
const PATIENCE = 200
/** Functions until everything is thrown away: about 100 MiB of machine code. */
const MAX_FUNCTIONS = 60_000

/**
 * Blocks that were executed often, compiled to WebAssembly. A compiled block's bytecode begins with the operation that calls
 * its function, so that chaining, look-up and invalidation need not know.
 */
export class HotBlocks {
  /** Off: the interpreter does all. */
  enabled = true
  /** Executions that make a block hot; at most HOT_COUNT. */
  executions = HOT_COUNT
  /** Blocks that are compiled together: engines stumble over thousands of modules. */
  batch = 512
  readonly #memory: TcgMemory
  readonly #table: WasmTable
  readonly #imports: WasmImports
  #waiting: TranslationBlock[] = []
  #slices = 0
  /** Places of the table that are ours and free again. */
  #base = 0
  #used = 0
  #room = 0
  /** Modules made, functions and bytes in them, time that it took in ms. */
  readonly counts = { modules: 0, functions: 0, bytes: 0, ms: 0 }

  /** @param exports  of the module that executes the target, with the functions that compiled code calls */
  constructor(memory: TcgMemory, table: WasmTable, exports: Readonly<Record<string, unknown>>) {
    this.#memory = memory
    this.#table = table
    this.#imports = { env: { ...exports, memory: memory.memory, table } }
  }

  /** A block has become hot. */
  add(tb: TranslationBlock): void {
    if (!this.enabled || tb.cflags !== 0) return
    this.#waiting.push(tb)
    if (this.#waiting.length >= this.batch) this.#compile()
  }

  /** A slice begins. True: there are too many functions, everything should be thrown away. */
  slice(): boolean {
    if (this.#waiting.length > 0 && ++this.#slices >= PATIENCE) this.#compile()
    return this.#used > MAX_FUNCTIONS
  }

  /** Everything was thrown away. */
  reset(): void {
    this.#waiting = []
    this.#used = 0
  }

  /** Places in the table for `count` functions, one after the other. */
  #places(count: number): number {
    if (this.#used + count > this.#room) {
      const more = Math.max(count, 8192)
      const at = this.#table.grow(more)
      if (this.#room === 0) this.#base = at
      this.#room += more
    }
    const first = this.#base + this.#used
    this.#used += count
    return first
  }

  #compile(): void {
    const start = performance.now()
    this.#slices = 0
    const blocks = this.#waiting.filter(({ valid }) => valid)
    this.#waiting = []
    const first = this.#places(blocks.length)
    const { bytes, compiled } = compileBlocks(this.#memory.u32, blocks, first)
    if (compiled.length > 0) new wasm.Instance(new wasm.Module(bytes), this.#imports)
    compiled.forEach(({ ip }, i) => {
      const word = ip >> 2
      this.#memory.u32[word] = (this.#memory.u32[word]! & 0xffff_0000) | O.enterTb!
      this.#memory.u32[word + 1] = first + i
    })
    this.counts.modules++
    this.counts.functions += compiled.length
    this.counts.bytes += bytes.length
    this.counts.ms += performance.now() - start
  }
}
