// SPDX-License-Identifier: GPL-2.0-or-later

/** Where the code lies and starts. */
const ADDRESS = 0x100000
const EHDR_SIZE = 52
const PHDR_SIZE = 32
/** Type 18 of owner "Xen": where to enter, in 32-bit protected mode. */
const NOTE = [4, 0, 0, 0, 4, 0, 0, 0, 18, 0, 0, 0, 0x58, 0x65, 0x6e, 0, 0, 0, 0x10, 0]

/** A 32-bit PVH kernel of nothing but these bytes of code. */
export function tinyElf(code: readonly number[]): Uint8Array {
  const noteAt = EHDR_SIZE + 2 * PHDR_SIZE
  const codeAt = noteAt + NOTE.length
  const file = new Uint8Array(codeAt + code.length)
  const view = new DataView(file.buffer)
  const words = (at: number, values: number[]): void =>
    values.forEach((value, index) => view.setUint32(at + index * 4, value, true))

  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1])
  words(16, [(3 << 16) | 2, 1, ADDRESS, EHDR_SIZE, 0, 0, (PHDR_SIZE << 16) | EHDR_SIZE, 2])
  words(EHDR_SIZE, [1, codeAt, ADDRESS, ADDRESS, code.length, code.length, 5, 1])
  words(EHDR_SIZE + PHDR_SIZE, [4, noteAt, 0, 0, NOTE.length, NOTE.length, 4, 4])
  file.set(NOTE, noteAt)
  file.set(code, codeAt)
  return file
}
