// SPDX-License-Identifier: GPL-2.0-or-later
import type { TcgCodeSource } from './tcg-cpu-ops.js'

/** The byte cannot be fetched: the page fault is pending. */
export class FetchFault extends Error {}

/** Nobody answers at the address of an instruction. */
export class NoMemoryThere extends Error {}

const PAGE = 4096

/**
 * Reads a block's code, at most two pages of it.
 * @qemu accel/tcg/translator.c translator_access
 */
export class CodeReader {
  readonly #source: TcgCodeSource
  // NaN, so that V8 takes them for doubles from the beginning.
  #page = NaN
  #host = NaN
  /** Linear addresses of the pages that were read. */
  readonly pages: number[] = []
  /** Some of the code comes from a device. */
  device = false

  constructor(source: TcgCodeSource) {
    this.#source = source
  }

  start(): void {
    this.#page = NaN
    this.pages.length = 0
    this.device = false
  }

  /** The byte at a linear address (a signed number in 64-bit code). Throws FetchFault or NoMemoryThere. */
  at(linear: number): number {
    const page = Math.floor(linear / PAGE) * PAGE
    if (page !== this.#page) this.#enter(page, linear)
    if (this.#host !== 1) return this.#source.byte(this.#host + (linear - page))
    const byte = this.#source.deviceByte(linear)
    if (byte < 0) throw new NoMemoryThere()
    return byte
  }

  #enter(page: number, linear: number): void {
    const host = this.#source.codeHost(linear)
    if (host === 0) throw new FetchFault()
    if (host === 1) this.device = true
    this.#host = host === 1 ? 1 : host - (linear - page)
    this.#page = page
    if (!this.pages.includes(page)) this.pages.push(page)
  }
}
