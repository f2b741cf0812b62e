// SPDX-License-Identifier: GPL-2.0-or-later

/** What {@link tinyBzImage} may have otherwise. */
export interface TinyBzImageOptions {
  readonly protocol?: number
  readonly loadflags?: number
  readonly xloadflags?: number
  readonly initSize?: number
  readonly cmdlineSize?: number
}

/** A bzImage of four setup sectors and `code`, which stands at the 64-bit entry, 0x200 behind the kernel's start. */
export function tinyBzImage(code: readonly number[], options: TinyBzImageOptions = {}): Buffer {
  const { protocol = 0x20f, loadflags = 1, xloadflags = 3, initSize = 0x10000, cmdlineSize = 2047 } = options
  const setup = Buffer.alloc(5 * 512)
  const kernel = Buffer.alloc(Math.ceil((0x200 + code.length) / 16) * 16)
  kernel.set(code, 0x200)
  setup[0x1f1] = 4
  setup.writeUInt32LE(kernel.length / 16, 0x1f4)
  setup.writeUInt16LE(0xaa55, 0x1fe)
  setup.writeUInt16LE(0x66eb, 0x200) // a jump over the header, whose end that tells
  setup.write('HdrS', 0x202)
  setup.writeUInt16LE(protocol, 0x206)
  setup[0x211] = loadflags
  setup.writeUInt32LE(0x7fffffff, 0x22c)
  setup[0x234] = 1
  setup.writeUInt16LE(xloadflags, 0x236)
  setup.writeUInt32LE(cmdlineSize, 0x238)
  setup.writeBigUInt64LE(0x100000n, 0x258)
  setup.writeUInt32LE(initSize, 0x260)
  return Buffer.concat([setup, kernel])
}

/** Fields of a multiboot header with addresses; the magic and a right checksum come by themselves. */
export interface MultibootFields {
  readonly flags?: number
  readonly checksum?: number
  readonly headerAddr?: number
  readonly loadAddr?: number
  readonly loadEndAddr?: number
  readonly bssEndAddr?: number
  readonly entryAddr?: number
}

/** A multiboot kernel that is not ELF: its header, then `code`, loaded and entered at 2 MiB unless told otherwise. */
export function multibootFlat(code: readonly number[], fields: MultibootFields = {}): Buffer {
  const {
    flags = 0x10000,
    loadAddr = 0x200000,
    headerAddr = loadAddr,
    loadEndAddr = 0,
    bssEndAddr = 0,
  } = fields
  const { entryAddr = loadAddr + 32, checksum = -(0x1badb002 + flags) >>> 0 } = fields
  const header = Buffer.alloc(32)
  const words = [0x1badb002, flags, checksum, headerAddr, loadAddr, loadEndAddr, bssEndAddr, entryAddr]
  words.forEach((word, index) => header.writeUInt32LE(word, index * 4))
  return Buffer.concat([header, Buffer.from(code)])
}
