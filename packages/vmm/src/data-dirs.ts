// SPDX-License-Identifier: GPL-2.0-or-later
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** Where distributions put firmware and option ROMs: as QEMU on Debian, and below `/usr/local`. */
const FIRMWARE_PATH = [
  '/usr/local/share/qemu',
  '/usr/share/qemu',
  '/usr/share/seabios',
  '/usr/lib/ipxe/qemu',
  '/usr/share/qemu-firmware',
] as const

/**
 * The directories in which firmware is looked for: those of `-L` first.
 * @qemu softmmu/datadir.c qemu_add_default_firmwarepath
 */
export function dataDirs(added: readonly string[]): string[] {
  return [...new Set([...added, ...FIRMWARE_PATH])]
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The path of a firmware file: the name itself if it is one, otherwise the first directory that has it; null for none.
 * @qemu softmmu/datadir.c qemu_find_file
 */
export function qemuFindFile(name: string, added: readonly string[]): string | null {
  if (isReadable(name)) return name
  return (
    dataDirs(added)
      .map((dir) => join(dir, name))
      .find(isReadable) ?? null
  )
}
