// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the parts of the back end that compiles share: what it compiles, the functions that it calls, its locals.

import type { BlockOp } from './block-ops.js'

/** Imported functions, by their index; the helpers come behind them. */
export const IMPORT = {
  loadSlow: 0,
  storeSlow: 1,
  leave: 2,
  lookupTbPtr: 3,
  mulUnsignedHigh: 4,
  mulSignedHigh: 5,
  loadSlow128: 6,
  storeSlow128: 7,
} as const
/** Index of the first helper that a module calls. */
export const FIRST_HELPER = Object.keys(IMPORT).length
/** Indexes of the types of blocks and of helpers. */
export const TYPE_BLOCK = 0
export const TYPE_HELPER = 1

/** What compiled code has to know of the target. */
export interface CompileTarget {
  /** Slots that are kept in locals, less than 32. Whatever else a block reads stands in the CPU's block. @qemu tcg/tcg.c tcg_global_mem_new_internal */
  readonly globals: readonly number[]
  /** Vectors, by their first slots, that are kept in locals too, as many as there is room for beside the globals. */
  readonly vectors: readonly number[]
  /** The global that has the address of the next instruction. */
  readonly pc: number
  /** Other slots, on which it depends what block an address has. */
  readonly state: ReadonlySet<number>
  /** Helpers that neither read nor write globals. @qemu include/tcg/tcg.h TCG_CALL_NO_RWG */
  readonly noGlobals: ReadonlySet<number>
  /** Those among them that read and write the vectors which their first two arguments name. */
  readonly onVectors: ReadonlySet<number>
}

/** A block's bytecode. */
export interface CompilableBlock {
  /** Its address. */
  readonly ip: number
  readonly ops: readonly BlockOp[]
  /** What finds its successor when that is computed: only for blocks that do not change it. */
  readonly state?: BlockState
  /** Where it may go on when it ends with a computed address. */
  readonly jumps?: readonly RegionJump[]
}

/** What tells blocks at the same address apart. */
export interface BlockState {
  /** Added to the address of the next instruction, and the sum's bits: 32 or 64. */
  readonly csBase: bigint
  readonly bits: 32 | 64
  readonly flags: number
}

/** A block of the region that is gone to when the next instruction has its address. */
export interface RegionJump {
  readonly pc: bigint
  /** Its index in the region. */
  readonly to: number
  /** Its page is another than this block's: it must still be this page of RAM. */
  readonly page: { readonly linear: bigint; readonly addend: number } | null
}

/* Locals: the parameter, then those of 32 bits, then those of 64. */
export const ENV = 0
export const TLB = 1
export const ENTRY = 2
export const ICOUNT = 3
/** For the way out at the function's end: globals to be stored, the operation that is left or 0. */
export const MASK = 4
export const EXIT_IP = 5
/** Header of the loop that is gone to. */
export const HEADER = 6
export const ADDR = 7
export const SCRATCH = 8
export const FIRST_SLOT = 9
/** In place of the slot of a local that holds a vector on its way to memory. */
export const VECTOR = -1
