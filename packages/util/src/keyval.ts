// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError } from './errors.js'

/** `key=value` pairs of one option's argument, in order; a key may come again. */
export type KeyValues = readonly (readonly [key: string, value: string])[]

/** How {@link keyvalParse} takes what is not `key=value`. */
export interface KeyvalOptions {
  /** Key of a first value that stands alone, as `type` in `-machine microvm`. */
  readonly implied?: string
  /** Takes a bare `key` as `key=on`, and `nokey` as `key=off`, as QEMU's older options do. */
  readonly bareFlags?: boolean
}

/** Cuts at single commas; two commas in a row stand for one that belongs to the text. */
export function splitAtCommas(text: string): string[] {
  const parts: string[] = []
  let part = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== ',') part += text[i]
    else if (text[i + 1] === ',') {
      part += ','
      i++
    } else {
      parts.push(part)
      part = ''
    }
  }
  return [...parts, part]
}

/**
 * Reads `[implied,]key=value,...`, where `,,` in a value is a comma.
 * Throws UserError on a key without a name or without a value.
 * @qemu util/keyval.c keyval_parse
 */
export function keyvalParse(text: string, { implied, bareFlags = false }: KeyvalOptions = {}): KeyValues {
  if (text === '') return []
  const parts = splitAtCommas(text)
  // One comma at the end is taken, as QEMU does.
  if (parts.length > 1 && parts.at(-1) === '') parts.pop()
  return parts.map((part, index): [string, string] => {
    const at = part.indexOf('=')
    if (at > 0) return [part.slice(0, at), part.slice(at + 1)]
    if (at === 0 || part === '') throw new UserError(`Invalid parameter '${part}'`)
    if (index === 0 && implied !== undefined) return [implied, part]
    if (!bareFlags) throw new UserError(`Expected '=' after parameter '${part}'`)
    return part.startsWith('no') ? [part.slice(2), 'off'] : [part, 'on']
  })
}

/** The last value of each known key. Throws UserError for any other key. */
export function knownValues<K extends string>(
  pairs: KeyValues,
  keys: readonly K[],
): Partial<Record<K, string>> {
  const values: Partial<Record<K, string>> = {}
  for (const [key, value] of pairs) {
    const known = keys.find((name) => name === key)
    if (known === undefined) throw new UserError(`Invalid parameter '${key}'`)
    values[known] = value
  }
  return values
}

/** An object as the text that {@link keyvalParse} reads: `true` is `on`, and commas are doubled. Throws UserError for other values. */
export function keyvalText(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([key, value]) => {
      if (!/^[^=,]+$/.test(key)) throw new UserError(`Invalid parameter '${key}'`)
      if (typeof value === 'boolean') return `${key}=${value ? 'on' : 'off'}`
      if (typeof value === 'number' || typeof value === 'bigint') return `${key}=${value}`
      if (typeof value === 'string') return `${key}=${value.replaceAll(',', ',,')}`
      throw new UserError(`Parameter '${key}' expects a text, a number or true or false`)
    })
    .join(',')
}
