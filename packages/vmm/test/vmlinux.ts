// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parseBzImage } from '../src/bzimage.js'
import { unlz4 } from './lz4.js'

const unpack =
  (command: string) =>
  (payload: Buffer): Buffer =>
    // Some complain of what follows their data.
    spawnSync(command, ['-dc'], { input: payload, maxBuffer: 2 ** 30 }).stdout

/** What a payload begins with, and what takes it apart. */
const decompressors = [
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], decompress: unpack('xz') },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], decompress: unpack('zstd') },
  { magic: [0x1f, 0x8b], decompress: unpack('gzip') },
  { magic: [0x02, 0x21, 0x4c, 0x18], decompress: unlz4 },
] as const

/** Takes the ELF out of a bzImage: payload_offset and payload_length (Linux, Documentation/arch/x86/boot.rst). */
export function vmlinuxOf(path: string): Buffer {
  const file = readFileSync(path)
  const { kernel, setup } = parseBzImage(file, path)
  const header = Buffer.from(setup)
  const offset = header.readUInt32LE(0x248)
  // The last four bytes are the size of what comes out.
  const payload = Buffer.from(kernel.subarray(offset, offset + header.readUInt32LE(0x24c) - 4))
  const found = decompressors.find(({ magic }) => magic.every((byte, index) => payload[index] === byte))
  if (!found) throw new Error(`Unknown compression ${Buffer.from(payload.subarray(0, 6)).toString('hex')}`)
  return found.decompress(payload)
}
