// SPDX-License-Identifier: GPL-2.0-or-later
import {
  type ChainSite,
  HOT_COUNT,
  type InsnStarts,
  PAGE_CODE,
  PAGE_FLAGS,
  TB_COUNT,
  TB_DEAD,
  type TcgMemory,
  type TcgModule,
} from '@dromaius/tcg'

/**
 * A translated block.
 * @qemu include/exec/exec-all.h TranslationBlock
 */
export interface TranslationBlock {
  readonly id: number
  /** Linear address, and relative to the code segment. */
  readonly pc: number
  readonly eip: number
  readonly csBase: bigint
  readonly flags: number
  /** Kinds of blocks that are not mixed: those that may access devices, those cut short. */
  readonly cflags: number
  /** Address of the code in the translator's memory, and its length. */
  readonly host: number
  readonly codeSize: number
  /** Pages of RAM (address divided by 4096) that its code is on. */
  readonly pages: readonly number[]
  readonly icount: number
  /** Bytecode. */
  readonly ip: number
  readonly size: number
  readonly insns: InsnStarts
  readonly chains: readonly (ChainSite | null)[]
  /** Blocks that jump here, by the word that says so. */
  readonly jumpsIn: number[]
  valid: boolean
}

/** The block accesses devices and holds one instruction. */
export const CF_IO = 1
/** The block holds one instruction. */
export const CF_SINGLE = 2
/** Debuggers watch: the block ends before breakpoints. */
export const CF_DEBUG = 4
/** The block holds so many instructions at most, times this. @qemu include/exec/exec-all.h CF_COUNT_MASK */
export const CF_COUNT = 8

/**
 * All translated blocks of a machine, found by the address of their code in RAM, by bytecode address, and by page.
 * @qemu accel/tcg/tb-maint.c tb_htable_init
 */
export class TbCache {
  readonly #memory: TcgMemory
  readonly #module: TcgModule
  readonly #envs: () => Iterable<number>
  readonly #flushed: () => void
  readonly #byCode = new Map<number, TranslationBlock[]>()
  readonly #byPage = new Map<number, Set<TranslationBlock>>()
  /** In the order of their bytecode. */
  #all: TranslationBlock[] = []
  #next: number
  #nextId = 1
  /** Blocks translated, blocks thrown away because their code changed, times that everything was thrown away. */
  readonly counts = { translated: 0, invalidated: 0, flushes: 0 }
  /** Instructions that were interpreted of blocks that have been thrown away with everything. */
  #interpreted = 0

  /** @param flushed  told when everything is thrown away */
  constructor(memory: TcgMemory, module: TcgModule, envs: () => Iterable<number>, flushed: () => void) {
    this.#flushed = flushed
    this.#memory = memory
    this.#module = module
    this.#envs = envs
    this.#next = memory.code.start
  }

  /** A block for code at this address of RAM. @qemu accel/tcg/cpu-exec.c tb_htable_lookup */
  find(host: number, pc: number, csBase: bigint, flags: number, cflags: number): TranslationBlock | null {
    const list = this.#byCode.get(host)
    if (!list) return null
    for (const tb of list) {
      if (tb.pc === pc && tb.flags === flags && tb.cflags === cflags && tb.csBase === csBase) return tb
    }
    return null
  }

  /** Blocks since everything was thrown away last, also those that are not valid any more. */
  get all(): readonly TranslationBlock[] {
    return this.#all
  }

  /** Bytes of their bytecode. */
  get used(): number {
    return this.#next - this.#memory.code.start
  }

  /** Instructions that were interpreted, as far as blocks have counted their executions. */
  get interpreted(): number {
    const { u32 } = this.#memory
    return this.#all.reduce((sum, { ip, icount, cflags }) => {
      const count = u32[(ip + TB_COUNT) >> 2]!
      return sum + icount * (cflags === 0 ? count : Math.max(0, count - HOT_COUNT))
    }, this.#interpreted)
  }

  /** The block whose number translated code gave. */
  byId(id: number): TranslationBlock | null {
    return this.#all[id - this.#firstId] ?? null
  }

  get #firstId(): number {
    return this.#all[0]?.id ?? 0
  }

  /** The block that bytecode at an address belongs to. @qemu tcg/region.c tcg_tb_lookup */
  byBytecode(ip: number): TranslationBlock | null {
    let low = 0
    let high = this.#all.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const tb = this.#all[middle]!
      if (ip < tb.ip) high = middle - 1
      else if (ip >= tb.ip + tb.size) low = middle + 1
      else return tb
    }
    return null
  }

  /** Where the next block's bytecode goes; everything is thrown away when `bound` bytes do not fit. */
  reserve(bound: number): { ip: number; id: number } {
    if (this.#next + bound > this.#memory.code.end) this.flush()
    return { ip: this.#next, id: this.#nextId }
  }

  /** @qemu accel/tcg/tb-maint.c tb_link_page */
  add(tb: TranslationBlock): void {
    this.#next = tb.ip + Math.ceil(tb.size / 8) * 8
    this.#nextId = tb.id + 1
    this.#all.push(tb)
    this.counts.translated++
    if (tb.pages.length === 0) return
    const list = this.#byCode.get(tb.host)
    if (list) list.push(tb)
    else this.#byCode.set(tb.host, [tb])
    for (const page of tb.pages) this.#protect(page, tb)
  }

  #protect(page: number, tb: TranslationBlock): void {
    const blocks = this.#byPage.get(page)
    if (blocks) {
      blocks.add(tb)
      return
    }
    this.#byPage.set(page, new Set([tb]))
    this.#memory.u8[PAGE_FLAGS + page]! |= PAGE_CODE
    for (const env of this.#envs()) this.#module.tlbResetDirty(env, page * 4096)
  }

  /** Chains a way out of one block to another. @qemu accel/tcg/cpu-exec.c tb_add_jump */
  link(from: TranslationBlock, way: number, to: TranslationBlock): void {
    const site = from.chains[way]
    if (!site || !from.valid || !to.valid) return
    const word = (from.ip + site.offset) >> 2
    this.#memory.u32[word] = to.ip
    to.jumpsIn.push(word)
  }

  /** Throws away the blocks with code in a stretch of RAM; true when `current` is one of them. @qemu accel/tcg/tb-maint.c tb_invalidate_phys_range */
  invalidate(host: number, length: number, current: TranslationBlock | null): boolean {
    let hit = false
    for (let page = host >>> 12; page <= (host + length - 1) >>> 12; page++) {
      const blocks = this.#byPage.get(page)
      if (!blocks) continue
      for (const tb of blocks) {
        // A block over two pages has its second part wherever that page is: any write there counts.
        const overlaps = tb.pages.length > 1 || (host < tb.host + tb.codeSize && tb.host < host + length)
        if (!overlaps) continue
        if (tb === current) hit = true
        this.#drop(tb)
      }
    }
    return hit
  }

  /** @qemu accel/tcg/tb-maint.c do_tb_phys_invalidate */
  #drop(tb: TranslationBlock): void {
    tb.valid = false
    this.counts.invalidated++
    // Compiled code that jumps here by a computed address looks at this.
    this.#memory.u32[tb.ip >> 2]! |= TB_DEAD
    for (const word of tb.jumpsIn.splice(0)) this.#memory.u32[word] = 0
    const list = this.#byCode.get(tb.host)
    const rest = list?.filter((other) => other !== tb) ?? []
    if (rest.length > 0) this.#byCode.set(tb.host, rest)
    else this.#byCode.delete(tb.host)
    for (const page of tb.pages) {
      const blocks = this.#byPage.get(page)
      blocks?.delete(tb)
      if (blocks?.size !== 0) continue
      this.#byPage.delete(page)
      this.#memory.u8[PAGE_FLAGS + page]! &= ~PAGE_CODE
    }
    for (const env of this.#envs()) this.#module.tbJmpCacheClear(env)
  }

  /** Throws everything away. @qemu accel/tcg/tb-maint.c tb_flush */
  flush(): void {
    this.counts.flushes++
    this.#interpreted = this.interpreted
    for (const page of this.#byPage.keys()) this.#memory.u8[PAGE_FLAGS + page]! &= ~PAGE_CODE
    for (const tb of this.#all) tb.valid = false
    this.#byCode.clear()
    this.#byPage.clear()
    this.#all = []
    this.#next = this.#memory.code.start
    this.#flushed()
    for (const env of this.#envs()) this.#module.tbJmpCacheClear(env)
  }
}
