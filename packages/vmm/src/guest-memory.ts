// SPDX-License-Identifier: GPL-2.0-or-later
import type { MachineState } from '@dromaius/hw-core'
import { type AddressSpace, addressSpaceMap, addressSpaceUnmap } from '@dromaius/memory'

/** Largest piece that is read at once, bytes. */
const READ_MAX = 2 ** 31

const hex = (value: number): string => `0x${value.toString(16)}`

/**
 * A machine's memory from outside, by guest physical address: RAM, and ROM to read. Devices are not touched, and an access that
 * does not lie in memory with its whole length is refused.
 */
export class GuestMemory {
  readonly #board: MachineState
  readonly #hasEnded: () => boolean

  /** @internal */
  constructor(board: MachineState, hasEnded: () => boolean) {
    this.#board = board
    this.#hasEnded = hasEnded
  }

  /** Size of RAM in bytes; not all of it lies in one piece. */
  get size(): number {
    return this.#board.ramSize
  }

  get #as(): AddressSpace {
    return this.#board.system.addressSpaceMemory
  }

  /**
   * Copies `length` bytes out.
   * @param address guest physical address, below 2^53
   * @param length bytes, at most 2 GiB
   * @throws RangeError where there is no memory, Error when the machine has ended
   */
  read(address: number | bigint, length: number): Uint8Array {
    if (!Number.isSafeInteger(length) || length < 0 || length > READ_MAX) {
      throw new RangeError(`memory.read: length ${length}: expected a whole number of bytes, at most 2 GiB`)
    }
    const pieces = this.#pieces('memory.read', address, length, false)
    const bytes = new Uint8Array(length)
    let done = 0
    for (const piece of pieces) {
      bytes.set(piece, done)
      done += piece.length
    }
    return bytes
  }

  /**
   * Puts bytes in. Nothing is written when a part does not lie in RAM.
   * @param address guest physical address, below 2^53
   * @throws RangeError where there is no RAM, Error when the machine has ended
   */
  write(address: number | bigint, bytes: Uint8Array): void {
    if (!(bytes instanceof Uint8Array)) throw new TypeError('memory.write: expected a Uint8Array')
    const pieces = this.#pieces('memory.write', address, bytes.length, true)
    let done = 0
    for (const piece of pieces) {
      piece.set(bytes.subarray(done, done + piece.length))
      addressSpaceUnmap(this.#as, Number(address) + done, piece.length)
      done += piece.length
    }
  }

  /** The windows that the range consists of. */
  #pieces(what: string, address: number | bigint, length: number, isWrite: boolean): Uint8Array[] {
    const start = Number(address)
    if (!Number.isSafeInteger(start) || start < 0) {
      throw new RangeError(`${what}: address ${address}: expected a guest physical address below 2^53`)
    }
    if (this.#hasEnded()) throw new Error(`${what}: the machine has ended`)
    const pieces: Uint8Array[] = []
    for (let done = 0; done < length; done += pieces.at(-1)!.length) {
      const piece = addressSpaceMap(this.#as, start + done, length - done, isWrite)
      if (!piece) {
        const kind = isWrite ? 'RAM' : 'memory'
        throw new RangeError(
          `${what}: ${length} bytes at ${hex(start)}: there is no ${kind} at ${hex(start + done)}`,
        )
      }
      pieces.push(piece)
    }
    return pieces
  }
}
