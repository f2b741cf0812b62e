// SPDX-License-Identifier: GPL-2.0-or-later

/** Unit letters of sizes, each 1024 times the one before. */
const SIZE_SUFFIXES = 'BKMGTPE'

/** What {@link parseSize} does with a number that has no unit letter. */
export interface ParseSizeOptions {
  /** Unit of a bare number: `B` (the default) for bytes, `M` as `-m` has it. */
  default?: 'B' | 'K' | 'M' | 'G' | 'T' | 'P' | 'E'
}

/**
 * Reads a size such as `512M`, `1.5G`, `0x1000` or `4k` in bytes.
 * Returns null for anything else, for a fraction of a byte, and for more than 2^53 - 1 bytes.
 * @qemu util/cutils.c qemu_strtosz
 */
export function parseSize(text: string, options: ParseSizeOptions = {}): number | null {
  const hex = /^0x([0-9a-f]+)([kmgtp]?)$/i.exec(text)
  const decimal = hex ? null : /^(\d+)(\.\d+)?([bkmgtpe]?)$/i.exec(text)
  const match = hex ?? decimal
  if (!match) return null
  const whole = hex ? BigInt(`0x${hex[1]}`) : BigInt(match[1]!)
  const fraction = decimal?.[2] ? Number(decimal[2]) : 0
  const suffix = (hex ? hex[2] : decimal![3])!.toUpperCase() || (options.default ?? 'B')
  const unit = 1024n ** BigInt(SIZE_SUFFIXES.indexOf(suffix))
  if (fraction !== 0 && unit === 1n) return null
  const bytes = whole * unit + BigInt(Math.round(fraction * Number(unit)))
  return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : null
}

/**
 * Reads an unsigned integer as C writes it (`10`, `0x1f`, `017`), up to 64 bits.
 * Returns null for anything else, a sign and surrounding blanks included.
 * @qemu util/cutils.c qemu_strtou64
 * @differs a minus sign is refused instead of wrapping around
 */
export function parseUint64(text: string): bigint | null {
  let value: bigint
  if (/^0x[0-9a-f]+$/i.test(text)) value = BigInt(text)
  else if (/^0[0-7]+$/.test(text)) value = BigInt(`0o${text.slice(1)}`)
  else if (/^(0|[1-9]\d*)$/.test(text)) value = BigInt(text)
  else return null
  return value < 1n << 64n ? value : null
}

/** Limits of {@link parseUint}. */
export interface ParseUintOptions {
  /** Largest value that is accepted, 2^53 - 1 when absent. */
  max?: number
}

/** As {@link parseUint64} with a plain number; null when above `max`. */
export function parseUint(text: string, options: ParseUintOptions = {}): number | null {
  const value = parseUint64(text)
  const max = options.max ?? Number.MAX_SAFE_INTEGER
  return value !== null && value <= BigInt(max) ? Number(value) : null
}

/**
 * Prints a size with the largest unit that keeps it readable: `512 MiB`, `1.5 GiB`, `3 bytes`.
 * @qemu util/cutils.c size_to_str
 */
export function sizeToStr(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  let power = 0
  let value = bytes
  while (value >= 1000 && power < SIZE_SUFFIXES.length - 1) {
    value /= 1024
    power++
  }
  return `${Number(value.toPrecision(3))} ${SIZE_SUFFIXES[power]}iB`
}
