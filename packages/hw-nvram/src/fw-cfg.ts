// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import { UserError } from '@dromaius/util'
import {
  FW_CFG_ARCH_LOCAL,
  FW_CFG_ENTRY_MASK,
  FW_CFG_FILE_DIR,
  FW_CFG_FILE_FIRST,
  FW_CFG_INVALID,
  FW_CFG_MAX_FILE_PATH,
} from './fw-cfg-keys.js'
import type { FWCfgEntry, FWCfgState } from './fw-cfg-state.js'

/** What an item may have beside its bytes. */
export interface FWCfgEntryOptions {
  /** The guest may change the bytes, by DMA. */
  readonly allowWrite?: boolean
  /** Runs whenever the guest selects the item, before it reads. */
  readonly selectCb?: () => void
  /** Runs when the guest has changed `length` bytes from `start` on. */
  readonly writeCb?: (start: number, length: number) => void
}

/** Bytes of the directory's count, and of one of its lines. */
const DIR_HEADER_SIZE = 4
const DIR_ENTRY_SIZE = 64

const entryOf = (data: Uint8Array, options: FWCfgEntryOptions): FWCfgEntry => ({
  data,
  allowWrite: options.allowWrite ?? false,
  selectCb: options.selectCb ?? null,
  writeCb: options.writeCb ?? null,
})

function little(value: bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn))
}

/** Selector values from here on are not there. @qemu hw/nvram/fw_cfg.c fw_cfg_max_entry */
function fwCfgMaxEntry(s: FWCfgState): number {
  return FW_CFG_FILE_FIRST + s.fileSlots
}

/**
 * Adds an item. The bytes are not copied.
 * @qemu hw/nvram/fw_cfg.c fw_cfg_add_bytes_callback
 */
export function fwCfgAddBytes(
  s: FWCfgState,
  key: number,
  data: Uint8Array,
  options: FWCfgEntryOptions = {},
): void {
  assert((key & FW_CFG_ENTRY_MASK) < FW_CFG_FILE_FIRST, `fw_cfg key ${key} is a file's`)
  assert(!s.entries.has(key), `fw_cfg key ${key} is taken`)
  s.entries.set(key, entryOf(data, options))
}

/**
 * Adds a text, with a zero behind it.
 * @qemu hw/nvram/fw_cfg.c fw_cfg_add_string
 */
export function fwCfgAddString(s: FWCfgState, key: number, value: string): void {
  fwCfgAddBytes(s, key, Buffer.from(`${value}\0`))
}

/** Adds a little-endian number of 16 bits. @qemu hw/nvram/fw_cfg.c fw_cfg_add_i16 */
export function fwCfgAddI16(s: FWCfgState, key: number, value: number): void {
  fwCfgAddBytes(s, key, little(BigInt(value), 2))
}

/** Adds a little-endian number of 32 bits. @qemu hw/nvram/fw_cfg.c fw_cfg_add_i32 */
export function fwCfgAddI32(s: FWCfgState, key: number, value: number): void {
  fwCfgAddBytes(s, key, little(BigInt(value), 4))
}

/** Adds a little-endian number of 64 bits. @qemu hw/nvram/fw_cfg.c fw_cfg_add_i64 */
export function fwCfgAddI64(s: FWCfgState, key: number, value: number): void {
  fwCfgAddBytes(s, key, little(BigInt(value), 8))
}

/**
 * Adds a named file; it gets a place in the directory by its name. The bytes are not copied. Throws UserError for a name that
 * is taken, a name of more than 55 bytes, and when the directory is full.
 * @qemu hw/nvram/fw_cfg.c fw_cfg_add_file_callback
 * @differs a full directory is the user's error rather than the programmer's: only `-fw_cfg` can fill it
 */
export function fwCfgAddFile(
  s: FWCfgState,
  name: string,
  data: Uint8Array,
  options: FWCfgEntryOptions = {},
): void {
  if (Buffer.byteLength(name) >= FW_CFG_MAX_FILE_PATH) {
    throw new UserError(`name too long (max. ${FW_CFG_MAX_FILE_PATH - 1} char)`)
  }
  if (s.files.some((file) => file.name === name)) throw new UserError(`duplicate fw_cfg file name: ${name}`)
  if (s.files.length >= s.fileSlots) {
    throw new UserError(`fw_cfg has room for ${s.fileSlots} files, and '${name}' is one more`)
  }
  s.files.push({ name, entry: entryOf(data, options) })
  s.files.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  writeDirectory(s)
}

/**
 * Gives a file other bytes; a file that is not there is added.
 * @qemu hw/nvram/fw_cfg.c fw_cfg_modify_file
 */
export function fwCfgModifyFile(s: FWCfgState, name: string, data: Uint8Array): void {
  const file = s.files.find((candidate) => candidate.name === name)
  if (!file) {
    fwCfgAddFile(s, name, data)
    return
  }
  file.entry.data = data
  file.entry.allowWrite = false
  writeDirectory(s)
}

/** Writes the directory anew: a count, then size, key and name of each file, big-endian. */
function writeDirectory(s: FWCfgState): void {
  const bytes = new Uint8Array(DIR_HEADER_SIZE + DIR_ENTRY_SIZE * s.fileSlots)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, s.files.length)
  s.files.forEach(({ name, entry }, index) => {
    const at = DIR_HEADER_SIZE + DIR_ENTRY_SIZE * index
    view.setUint32(at, entry.data.length)
    view.setUint16(at + 4, FW_CFG_FILE_FIRST + index)
    bytes.set(Buffer.from(name), at + 8)
  })
  s.entries.set(FW_CFG_FILE_DIR, entryOf(bytes, {}))
}

/** The item that is selected, null where there is none of that key. */
export function fwCfgCurrentEntry(s: FWCfgState): FWCfgEntry | null {
  if (s.curEntry === FW_CFG_INVALID) return null
  const key = s.curEntry & (FW_CFG_ENTRY_MASK | FW_CFG_ARCH_LOCAL)
  if (key >= FW_CFG_FILE_FIRST && key < FW_CFG_ARCH_LOCAL) {
    return s.files[key - FW_CFG_FILE_FIRST]?.entry ?? null
  }
  return s.entries.get(key) ?? null
}

/**
 * Selects an item; reading begins with its first byte.
 * @qemu hw/nvram/fw_cfg.c fw_cfg_select
 */
export function fwCfgSelect(s: FWCfgState, key: number): void {
  s.curOffset = 0
  if ((key & FW_CFG_ENTRY_MASK) >= fwCfgMaxEntry(s)) {
    s.curEntry = FW_CFG_INVALID
    return
  }
  s.curEntry = key
  fwCfgCurrentEntry(s)?.selectCb?.()
}

/**
 * The next byte of the selected item, 0 behind its end.
 * @qemu hw/nvram/fw_cfg.c fw_cfg_data_read
 */
export function fwCfgDataRead(s: FWCfgState): number {
  const data = fwCfgCurrentEntry(s)?.data
  return data && s.curOffset < data.length ? data[s.curOffset++]! : 0
}
