// SPDX-License-Identifier: GPL-2.0-or-later
import {
  CompiledFunctions,
  HOT_COUNT,
  RegionModule,
  TB_COUNT,
  type TcgCompileTarget,
  type TcgMemory,
  wasm,
  type WasmModule,
  type WasmTable,
} from '@dromaius/tcg'
import { warnReport } from '@dromaius/util'
import { type RegionBlock, RegionBuilder } from './regions.js'
import type { TranslationBlock } from './tb-cache.js'
import type { Vcpu } from './tcg-engine.js'

/** Slices after which blocks that wait are compiled, however few they are: the first ones, and so many more for each module that there is. */
const PATIENCE = 40
const PATIENCE_PER_MODULE = 2
/** Time of a slice that goes into the making of functions, `ms`; a function is begun before it is over. */
const MAKING_MS = 0.5
/** Blocks that wait for no longer: engines stumble over thousands of modules. */
const BATCH = 512
/** Functions until everything is thrown away: about 100 MiB of machine code. */
const MAX_FUNCTIONS = 60_000

/** Functions that are being made for one module. */
interface Batch {
  readonly module: RegionModule<RegionBlock>
  /** Blocks that have their turn yet, the last one first. */
  readonly seeds: TranslationBlock[]
  /** Blocks of its regions. */
  readonly covered: Set<TranslationBlock>
}

/**
 * Blocks that were executed often, compiled to WebAssembly. A compiled block's bytecode begins with the operation that calls
 * its function, so that chaining, look-up and invalidation need not know.
 *
 * The event loop is not kept waiting: functions are made by and by, and the engine compiles the module on a thread of its own.
 */
export class HotBlocks {
  /** Off: the interpreter does all. */
  enabled = true
  /** Off: each block is compiled as soon as it is hot. */
  background = true
  /** Executions that make a block hot; at most HOT_COUNT. */
  executions = HOT_COUNT
  readonly #memory: TcgMemory
  readonly #functions: CompiledFunctions
  readonly #target: TcgCompileTarget
  #waiting: TranslationBlock[] = []
  #slices = 0
  #making: Batch | null = null
  /** Modules made, functions and bytes in them, time in `ms` that it took the isolate. */
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
    this.#functions = new CompiledFunctions(memory, table, exports)
  }

  /** A block has become hot on a CPU. */
  add(vcpu: Vcpu, tb: TranslationBlock): void {
    if (!this.enabled || this.#full || tb.cflags !== 0) return
    this.#waiting.push(tb)
    if (this.background) return
    this.#begin()
    this.#make(vcpu, Infinity)
  }

  /** A CPU's slice begins. True: there are too many functions, everything should be thrown away. */
  slice(vcpu: Vcpu): boolean {
    if (this.#making) this.#make(vcpu, MAKING_MS)
    else if (this.#waiting.length > 0 && ++this.#slices >= this.#patience) this.#begin()
    return this.#full
  }

  get #full(): boolean {
    return this.#functions.used > MAX_FUNCTIONS
  }

  get #patience(): number {
    if (this.#waiting.length >= BATCH) return 0
    return PATIENCE + PATIENCE_PER_MODULE * this.counts.modules
  }

  /** Everything was thrown away. */
  reset(): void {
    this.#waiting = []
    this.#making = null
    if (this.#functions.used > 0) this.#functions.reset()
  }

  #begin(): void {
    this.#slices = 0
    this.#making = {
      module: new RegionModule(this.#target),
      seeds: this.#waiting.reverse(),
      covered: new Set(),
    }
    this.#waiting = []
  }

  /** Goes on making functions for some time, and has them compiled when there are all. */
  #make(vcpu: Vcpu, ms: number): void {
    const started = performance.now()
    const { module, seeds, covered } = this.#making!
    const builder = new RegionBuilder(vcpu, this.#target)
    while (seeds.length > 0 && performance.now() - started < ms) {
      const seed = seeds.pop()!
      if (!seed.valid) continue
      if (covered.has(seed)) {
        // It has to become hot on its own.
        this.#memory.u32[(seed.ip + TB_COUNT) >> 2] = HOT_COUNT - this.executions
        continue
      }
      const region = builder.grow(seed)
      module.add(region)
      for (const { tb } of region) covered.add(tb)
    }
    if (seeds.length === 0) {
      this.#making = null
      if (module.entries.length > 0) this.#compile(module)
    }
    this.counts.ms += performance.now() - started
  }

  /** The engine has no room for more code; the interpreter needs none. */
  #giveUp(error: unknown): void {
    if (!this.enabled) return
    this.enabled = false
    this.#waiting = []
    this.#making = null
    warnReport(
      `hot code is interpreted from now on: ${error instanceof Error ? error.message : String(error)}`,
    )
  }

  #compile(module: RegionModule<RegionBlock>): void {
    const functions = this.#functions
    const { entries } = module
    const first = functions.places(entries.length)
    const bytes = module.bytes(first)
    const enter = (compiled: WasmModule): void => {
      const started = performance.now()
      // What was thrown away since has its place with other blocks now.
      if (!entries.some(({ tb }) => tb.valid)) return
      functions.instantiate(compiled)
      entries.forEach(({ tb, ip }, i) => {
        if (tb.valid) functions.enter(ip, first + i)
      })
      this.counts.modules++
      this.counts.functions += entries.length
      this.counts.bytes += bytes.length
      this.counts.ms += performance.now() - started
    }
    if (this.background)
      void wasm
        .compile(bytes)
        .then(enter)
        .catch((error: unknown) => this.#giveUp(error))
    else enter(new wasm.Module(bytes))
  }
}
