// SPDX-License-Identifier: GPL-2.0-or-later
//
// The archive format that Linux unpacks its first root from: Documentation/driver-api/early-userspace/buffer-format.rst.

/** One thing in an archive. */
export interface CpioEntry {
  /** Path without a slash at its start. */
  readonly path: string
  /** Type and permissions, `st_mode`. */
  readonly mode: number
  /** What a file holds, or where a symbolic link leads. */
  readonly data?: Uint8Array
  /** Major and minor number of a device node. */
  readonly device?: readonly [major: number, minor: number]
}

const HEADER_SIZE = 110
/** The archive ends with an entry of this name. */
const TRAILER = 'TRAILER!!!'
/** Archives are a multiple of this, as those of cpio are, bytes. */
const BLOCK = 512

const aligned = (length: number, to: number): number => Math.ceil(length / to) * to
const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0')

function header(inode: number, entry: CpioEntry, nameSize: number): string {
  const [major, minor] = entry.device ?? [0, 0]
  const folder = (entry.mode & 0o170000) === 0o040000
  const fields = [
    inode,
    entry.mode,
    0,
    0,
    folder ? 2 : 1,
    0,
    entry.data?.length ?? 0,
    0,
    0,
    major,
    minor,
    nameSize,
    0,
  ]
  return `070701${fields.map(hex).join('')}`
}

/**
 * An archive in format `newc`. Owner and group are root, times are 0: the same entries give the same bytes.
 * Name and data each begin at a multiple of 4.
 */
export function cpioNewc(entries: readonly CpioEntry[]): Uint8Array {
  const all: readonly CpioEntry[] = [...entries, { path: TRAILER, mode: 0 }]
  const names = all.map(({ path }) => Buffer.from(`${path}\0`))
  const sizeOf = (entry: CpioEntry, index: number): number =>
    aligned(HEADER_SIZE + names[index]!.length, 4) + aligned(entry.data?.length ?? 0, 4)
  const size = all.reduce((sum, entry, index) => sum + sizeOf(entry, index), 0)
  const archive = Buffer.alloc(aligned(size, BLOCK))
  let at = 0
  all.forEach((entry, index) => {
    const name = names[index]!
    // The trailer has no inode; in a link's count a second file with the same number would be the same file.
    archive.write(header(entry.path === TRAILER ? 0 : index + 1, entry, name.length), at, 'latin1')
    archive.set(name, at + HEADER_SIZE)
    if (entry.data) archive.set(entry.data, at + aligned(HEADER_SIZE + name.length, 4))
    at += sizeOf(entry, index)
  })
  return archive
}
