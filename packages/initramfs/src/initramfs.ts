// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from '@dromaius/util'
import { cpioNewc, type CpioEntry } from './cpio.js'

const S_IFCHR = 0o020000
const S_IFDIR = 0o040000
const S_IFBLK = 0o060000
const S_IFREG = 0o100000
const S_IFLNK = 0o120000
/** A path of Linux has so many bytes at most, with its end. */
const PATH_MAX = 4096
/** The archive's length fields have 32 bits. */
const FILE_MAX = 2 ** 32 - 1

/**
 * A file tree in memory that becomes Linux's first root. Folders above an entry come by themselves; an entry that is
 * added again replaces the one before. Paths are absolute, owners are root.
 */
export class Initramfs {
  readonly #entries = new Map<string, CpioEntry>()

  /** Adds a file. @param mode  permissions, 0644 by default; 0755 for a program */
  file(path: string, data: Uint8Array | string, mode = 0o644): this {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    if (bytes.length > FILE_MAX)
      throw new UserError(`Initramfs file ${path}: has ${bytes.length} bytes, at most 4 GiB expected`)
    return this.#add(path, { mode: S_IFREG | mode, data: bytes })
  }

  /** Adds a folder. @param mode  permissions, 0755 by default */
  directory(path: string, mode = 0o755): this {
    return this.#add(path, { mode: S_IFDIR | mode })
  }

  /** Adds a symbolic link that leads to `target`. */
  symlink(path: string, target: string): this {
    return this.#add(path, { mode: S_IFLNK | 0o777, data: Buffer.from(target) })
  }

  /** Adds a character (`c`) or block (`b`) device node. @param mode  permissions, 0600 by default */
  node(path: string, type: 'c' | 'b', major: number, minor: number, mode = 0o600): this {
    return this.#add(path, { mode: (type === 'c' ? S_IFCHR : S_IFBLK) | mode, device: [major, minor] })
  }

  /** Whether something of that path is there. */
  has(path: string): boolean {
    return this.#entries.has(nameOf(path))
  }

  /** The archive: cpio, `newc`. The kernel takes it as it is. */
  build(): Uint8Array {
    // The kernel makes things in the order of the archive: each folder before what is in it.
    return cpioNewc([...this.#entries.values()])
  }

  #add(path: string, entry: Omit<CpioEntry, 'path'>): this {
    const name = nameOf(path)
    for (let slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
      const above = name.slice(0, slash)
      const found = this.#entries.get(above)
      if (!found) this.#entries.set(above, { path: above, mode: S_IFDIR | 0o755 })
      // The kernel follows a link, whereto we cannot know.
      else if ((found.mode & 0o170000) === S_IFREG)
        throw new UserError(`Initramfs path ${path}: /${above} is a file, a folder expected`)
    }
    this.#entries.set(name, { path: name, ...entry })
    return this
  }
}

/** A path as the archive has it. */
function nameOf(path: string): string {
  const name = path.slice(1)
  if (
    !path.startsWith('/') ||
    name.split('/').some((part) => ['', '.', '..'].includes(part)) ||
    name.includes('\0')
  )
    throw new UserError(
      `Initramfs path '${path}': an absolute path without '.', '..' and empty parts expected`,
    )
  if (Buffer.byteLength(name) >= PATH_MAX)
    throw new UserError(`Initramfs path ${path}: longer than ${PATH_MAX - 1} bytes`)
  return name
}
