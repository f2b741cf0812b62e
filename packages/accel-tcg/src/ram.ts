// SPDX-License-Identifier: GPL-2.0-or-later
import type { RamBacking } from '@dromaius/memory'
import { TCG_RAM_LIMIT, type TcgMemory } from '@dromaius/tcg'
import { sizeToStr, UserError } from '@dromaius/util'

/** Guest RAM in the translator's memory. */
export class TcgRamBacking implements RamBacking {
  readonly size: number
  readonly hostAddress = 0n
  /** Address in the translator's memory. */
  readonly base: number
  onMoved: (() => void) | null = null
  readonly #memory: TcgMemory
  #freed = false

  /** Throws UserError when there is not so much. */
  constructor(memory: TcgMemory, name: string, size: number) {
    if (size > memory.free) {
      throw new UserError(
        `'${name}' of ${sizeToStr(size)} does not fit: WebAssembly's 32-bit memory gives a machine at most ${Math.floor(TCG_RAM_LIMIT / 2 ** 20)} MiB of RAM`,
      )
    }
    this.#memory = memory
    this.size = size
    this.base = memory.allocate(size)
    memory.onGrow.push(() => this.onMoved?.())
  }

  window(offset: number, length: number): Uint8Array {
    if (this.#freed || offset < 0 || offset + length > this.size) {
      throw new RangeError(`No window of ${length} bytes at ${offset} in ${this.size} bytes of RAM`)
    }
    return new Uint8Array(this.#memory.memory.buffer, this.base + offset, length)
  }

  free(): void {
    if (this.#freed) return
    this.#freed = true
    // WebAssembly's memory never shrinks; windows that were given out are empty from now on, other blocks make theirs anew.
    this.#memory.detach()
  }
}
