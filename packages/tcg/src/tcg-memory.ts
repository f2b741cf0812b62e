// SPDX-License-Identifier: GPL-2.0-or-later
import { CODE_BUFFER, CODE_BUFFER_SIZE, RAM_BASE } from './layout.js'
import { wasm, type WasmMemory } from './webassembly.js'

const WASM_PAGE = 0x1_0000
/** What 32-bit addresses reach, less a page so that no access at the end wraps. */
const MEMORY_END = 2 ** 32 - WASM_PAGE

/** Bytes of guest RAM that one memory can hold. */
export const TCG_RAM_LIMIT = MEMORY_END - RAM_BASE

/**
 * The WebAssembly memory of one machine: CPU blocks, bytecode, guest RAM. It grows as RAM is allocated; its views are made
 * anew then, and whoever keeps one of his own is told.
 */
export class TcgMemory {
  /** Guest RAM, CPU state, TLB and bytecode. @internal */
  readonly memory: WasmMemory
  u8!: Uint8Array<ArrayBuffer>
  u32!: Uint32Array<ArrayBuffer>
  view!: DataView<ArrayBuffer>
  readonly onGrow: (() => void)[] = []
  #ramEnd = RAM_BASE

  constructor() {
    this.memory = new wasm.Memory({ initial: RAM_BASE / WASM_PAGE, maximum: 0x1_0000 })
    this.#refresh()
  }

  #refresh(): void {
    const { buffer } = this.memory
    this.u8 = new Uint8Array(buffer)
    this.u32 = new Uint32Array(buffer)
    this.view = new DataView(buffer)
  }

  /** Bytes that are still to be had for guest RAM. */
  get free(): number {
    return MEMORY_END - this.#ramEnd
  }

  /** Address of `size` new zero bytes, aligned to a page of the guest. Throws RangeError when there are not so many. */
  allocate(size: number): number {
    const bytes = Math.ceil(size / 4096) * 4096
    const at = this.#ramEnd
    if (bytes > this.free) throw new RangeError(`No ${size} bytes left of WebAssembly's 4 GiB`)
    const pages = Math.ceil((at + bytes) / WASM_PAGE) - this.memory.buffer.byteLength / WASM_PAGE
    if (pages > 0) this.memory.grow(pages)
    this.#ramEnd = at + bytes
    this.#refresh()
    for (const tell of this.onGrow) tell()
    return at
  }

  /** Detaches every view. */
  detach(): void {
    this.memory.grow(0)
    this.#refresh()
    for (const tell of this.onGrow) tell()
  }

  /** The bytecode buffer. */
  readonly code = { start: CODE_BUFFER, end: CODE_BUFFER + CODE_BUFFER_SIZE }
}
