// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which blocks are compiled together: a hot one and those that it was seen to lead to.

import {
  type BlockOp,
  type CompilableBlock,
  ENV_TLB,
  HOT_COUNT,
  O,
  readBlock,
  type RegionJump,
  type TcgCompileTarget,
  TB_COUNT,
  TLB_ADDEND,
  TLB_BITS,
  TLB_CODE,
  TLB_ENTRY_BITS,
} from '@dromaius/tcg'
import type { TbCache, TranslationBlock } from './tb-cache.js'
import type { Vcpu } from './tcg-engine.js'

/** Blocks of a region at most, and bytes of bytecode after which no more are taken. */
const MAX_BLOCKS = 8
const MAX_BYTES = 16 * 1024
/** Executions without which a block is not worth being taken along. */
const WARM_COUNT = HOT_COUNT / 4
/** Addresses that a computed one is compared with. */
const MAX_GUESSES = 4

/** A block of a region. */
export interface RegionBlock extends CompilableBlock {
  readonly tb: TranslationBlock
  readonly jumps: RegionJump[]
}

/** A block's operations, and how it ends when it is not chained. */
interface Read {
  readonly ops: readonly BlockOp[]
  /** Addresses that are known, relative to the code segment. */
  readonly known: readonly bigint[]
  /** There is one that is not. */
  readonly unknown: boolean
}

/** A block that was found by its address, and where that is on another page. */
interface Found {
  readonly tb: TranslationBlock
  readonly page: RegionJump['page']
}

const PAGE_MASK = ~0xfffn

/** Finds the blocks of regions; the CPU's TLB says where pages are. */
export class RegionBuilder {
  readonly #words: Uint32Array
  readonly #tbs: TbCache
  readonly #target: TcgCompileTarget
  readonly #vcpu: Vcpu

  constructor(vcpu: Vcpu, target: TcgCompileTarget) {
    this.#vcpu = vcpu
    this.#words = vcpu.memory.u32
    this.#tbs = vcpu.engine.tbs
    this.#target = target
  }

  /** The region that begins with a block. */
  grow(seed: TranslationBlock): RegionBlock[] {
    const blocks: TranslationBlock[] = [seed]
    const read: Read[] = []
    const take = (tb: TranslationBlock | null): void => {
      if (tb && blocks.length < MAX_BLOCKS && !blocks.includes(tb) && this.#isWarm(tb)) blocks.push(tb)
    }
    let bytes = 0
    for (let i = 0; i < blocks.length && bytes < MAX_BYTES; i++) {
      const tb = blocks[i]!
      bytes += tb.size
      const end = this.#read(tb)
      read.push(end)
      for (const next of this.#chained(tb)) take(next)
      for (const pc of end.known) take(this.#at(tb, pc)?.tb ?? null)
      // What comes back from a call does so here.
      if (isCallLike(tb, end)) take(this.#at(tb, behind(tb))?.tb ?? null)
    }
    blocks.length = read.length
    return this.#reachable(blocks.map((tb, i) => this.#blockOf(tb, blocks, read, i)))
  }

  #isWarm(tb: TranslationBlock): boolean {
    if (tb.pages.length !== 1 || tb.cflags !== 0) return false
    return this.#words[(tb.ip + TB_COUNT) >> 2]! >= WARM_COUNT
  }

  #chained(tb: TranslationBlock): TranslationBlock[] {
    return tb.chains.flatMap((site) => {
      const ip = site ? this.#words[(tb.ip + site.offset) >> 2]! : 0
      return ip === 0 ? [] : (this.#tbs.byBytecode(ip) ?? [])
    })
  }

  #read(tb: TranslationBlock): Read {
    const known: bigint[] = []
    let unknown = false
    const ops = readBlock(this.#words, tb.ip, tb.size)
    ops.forEach(({ op }, i) => {
      if (op !== O.gotoPtr) return
      const pc = pcBefore(ops, i, this.#target.pc)
      if (pc === null) unknown = true
      else known.push(pc)
    })
    return { ops, known, unknown }
  }

  /** The block at an address, of the same kind as `from`. */
  #at(from: TranslationBlock, eip: bigint): Found | null {
    const sum = BigInt.asUintN(64, eip + from.csBase)
    const pc = this.#target.pcBits(from.flags) === 64 ? sum : sum & 0xffff_ffffn
    const linear = Number(BigInt.asIntN(64, pc))
    const samePage = Math.floor(linear / 4096) === Math.floor(from.pc / 4096)
    const page = samePage ? null : this.#pageOf(pc)
    if (!samePage && !page) return null
    const host = page ? (Number(pc & 0xffff_ffffn) + page.addend) >>> 0 : from.host + (linear - from.pc)
    const tb = this.#tbs.find(host, linear, from.csBase, from.flags, 0)
    return tb && { tb, page }
  }

  /** Where the CPU's TLB has a page of code. @qemu accel/tcg/cputlb.c tlb_entry */
  #pageOf(pc: bigint): { linear: bigint; addend: number } | null {
    const { view, u32 } = this.#vcpu.memory
    const index = Number((pc >> 7n) & BigInt(((1 << TLB_BITS) - 1) << TLB_ENTRY_BITS))
    const entry = this.#vcpu.getU32(ENV_TLB) + index
    const linear = pc & PAGE_MASK
    if (view.getBigUint64(entry + TLB_CODE, true) !== linear) return null
    return { linear, addend: u32[(entry + TLB_ADDEND) >> 2]! | 0 }
  }

  #blockOf(
    tb: TranslationBlock,
    blocks: readonly TranslationBlock[],
    read: readonly Read[],
    index: number,
  ): RegionBlock {
    const { ops, known, unknown } = read[index]!
    const jumps: RegionJump[] = []
    const guess = (eip: bigint): void => {
      const found = this.#at(tb, eip)
      const to = found ? blocks.indexOf(found.tb) : -1
      if (to >= 0 && !jumps.some(({ pc }) => pc === eip)) jumps.push({ pc: eip, to, page: found!.page })
    }
    for (const eip of known) guess(eip)
    if (unknown) {
      // The calls that were taken last are the ones that this is likely to return from.
      for (let i = blocks.length - 1; i >= 0 && jumps.length < MAX_GUESSES; i--) {
        if (isCallLike(blocks[i]!, read[i]!)) guess(behind(blocks[i]!))
      }
    }
    const { csBase, flags, ip } = tb
    return { tb, ip, ops, state: { csBase, flags, bits: this.#target.pcBits(flags) }, jumps }
  }

  /** Without the blocks that nothing leads to. */
  #reachable(blocks: readonly RegionBlock[]): RegionBlock[] {
    const byTb = new Map(blocks.map((block, i) => [block.tb, i]))
    const reached = new Set([0])
    for (const i of reached) {
      for (const next of this.#chained(blocks[i]!.tb)) if (byTb.has(next)) reached.add(byTb.get(next)!)
      for (const { to } of blocks[i]!.jumps) reached.add(to)
    }
    const place = new Map([...reached].map((old, i) => [old, i]))
    return [...reached].map((i) => {
      const block = blocks[i]!
      return { ...block, jumps: block.jumps.map((jump) => ({ ...jump, to: place.get(jump.to)! })) }
    })
  }
}

/** The constant that the last operation before `index` put into the register of the next instruction's address. */
function pcBefore(ops: readonly BlockOp[], index: number, slot: number): bigint | null {
  const before = ops[index - 1]
  if (before?.op !== O.movi || before.d !== slot) return null
  return BigInt.asUintN(64, (BigInt(before.high) << 32n) | BigInt(before.low))
}

/** Whether a block ends one way only: by a call, perhaps. */
function isCallLike({ chains }: TranslationBlock, { known, unknown }: Read): boolean {
  return chains.filter(Boolean).length + known.length + (unknown ? 1 : 0) === 1
}

/** The address of the instruction behind a block. */
function behind({ eip, codeSize }: TranslationBlock): bigint {
  return BigInt.asUintN(64, BigInt(eip + codeSize))
}
