// SPDX-License-Identifier: GPL-2.0-or-later

/** Largest output of one block of the legacy format, bytes. */
const LEGACY_BLOCK_SIZE = 8 * 2 ** 20

/** Takes one block apart (LZ4 Block Format Description) into `out` from `at` on; returns where it ends there. */
function block(bytes: Buffer, out: Buffer, at: number): number {
  let from = 0
  /** A length of 15 goes on in further bytes, up to the first that is not 255. */
  const lengthOf = (nibble: number): number => {
    let length = nibble
    if (nibble === 15) {
      let more = 255
      while (more === 255) length += more = bytes[from++]!
    }
    return length
  }
  while (from < bytes.length) {
    const token = bytes[from++]!
    const literals = lengthOf(token >> 4)
    bytes.copy(out, at, from, from + literals)
    from += literals
    at += literals
    if (from >= bytes.length) break
    const distance = bytes.readUInt16LE(from)
    from += 2
    // The copy may read what it writes.
    for (let left = lengthOf(token & 15) + 4; left > 0; left--, at++) out[at] = out[at - distance]!
  }
  return at
}

/** Takes apart what `lz4 -l` makes, as Linux is packed: a magic number, then blocks with their sizes in front. */
export function unlz4(bytes: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let at = 4; at + 4 <= bytes.length;) {
    const size = bytes.readUInt32LE(at)
    const out = Buffer.alloc(LEGACY_BLOCK_SIZE)
    pieces.push(out.subarray(0, block(bytes.subarray(at + 4, at + 4 + size), out, 0)))
    at += 4 + size
  }
  return Buffer.concat(pieces)
}
