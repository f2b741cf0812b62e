// SPDX-License-Identifier: GPL-2.0-or-later
import {
  compileRegions,
  enterCompiled,
  HOT_COUNT,
  TB_COUNT,
  type TcgCompileTarget,
  type TcgMemory,
  wasm,
  type WasmImports,
  type WasmTable,
} from '@dromaius/tcg'
import { type RegionBlock, RegionBuilder } from './regions.js'
import type { TranslationBlock } from './tb-cache.js'
import type { Vcpu } from './tcg-engine.js'

/**
 * Slices after which blocks that wait are compiled, however few they are: the first ones, and so many more for each module that
 * there is, since each makes the next one dearer.
 */
const PATIENCE = 200
const PATIENCE_PER_MODULE = 20
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
  readonly #target: TcgCompileTarget
  #waiting: TranslationBlock[] = []
  #slices = 0
  /** Places of the table that are ours and free again. */
  #base = 0
  #used = 0
  #room = 0
  /** Modules made, functions and bytes in them, time that it took in ms. */
  readonly counts = { modules: 0, functions: 0, bytes: 0, ms: 0 }

  /** @param exports  of the module that executes the target, with the functions that compiled code calls */
  constructor(
    memory: TcgMemory,
    table: WasmTable,
    exports: Readonly<Record<string, unknown>>,
    target: TcgCompileTarget,
  ) {
    this.#target = target
    this.#memory = memory
    this.#table = table
    this.#imports = { env: { ...exports, memory: memory.memory, table } }
  }

  /** A block has become hot on a CPU. */
  add(vcpu: Vcpu, tb: TranslationBlock): void {
    if (!this.enabled || tb.cflags !== 0) return
    this.#waiting.push(tb)
    if (this.#waiting.length >= this.batch) this.#compile(vcpu)
  }

  /** A CPU's slice begins. True: there are too many functions, everything should be thrown away. */
  slice(vcpu: Vcpu): boolean {
    if (this.#waiting.length > 0 && ++this.#slices >= this.#patience) this.#compile(vcpu)
    return this.#used > MAX_FUNCTIONS
  }

  get #patience(): number {
    return PATIENCE + PATIENCE_PER_MODULE * this.counts.modules
  }

  /** Everything was thrown away. */
  reset(): void {
    this.#waiting = []
    this.#used = 0
  }

  /** Places in the table for `count` functions, one after the other. */
  #places(count: number): number {
    if (this.#used + count > this.#room) {
      const more = Math.max(count, 512)
      const at = this.#table.grow(more)
      if (this.#room === 0) this.#base = at
      this.#room += more
    }
    const first = this.#base + this.#used
    this.#used += count
    return first
  }

  #compile(vcpu: Vcpu): void {
    const start = performance.now()
    this.#slices = 0
    const regions = this.#regions(new RegionBuilder(vcpu, this.#target))
    this.#waiting = []
    const first = this.#places(regions.length)
    const { u32 } = this.#memory
    const { bytes, compiled } = compileRegions(u32, regions, first, this.#target)
    if (compiled.length > 0) new wasm.Instance(new wasm.Module(bytes), this.#imports)
    compiled.forEach(({ ip }, i) => enterCompiled(u32, ip, first + i))
    this.counts.modules++
    this.counts.functions += compiled.length
    this.counts.bytes += bytes.length
    this.counts.ms += performance.now() - start
  }

  /** The regions of the blocks that wait, but for those that are within another: they have to become hot on their own. */
  #regions(builder: RegionBuilder): RegionBlock[][] {
    const covered = new Set<TranslationBlock>()
    const regions: RegionBlock[][] = []
    for (const seed of this.#waiting) {
      if (!seed.valid) continue
      if (covered.has(seed)) {
        this.#memory.u32[(seed.ip + TB_COUNT) >> 2] = HOT_COUNT - this.executions
        continue
      }
      const region = builder.grow(seed)
      regions.push(region)
      for (const { tb } of region) covered.add(tb)
    }
    return regions
  }
}
