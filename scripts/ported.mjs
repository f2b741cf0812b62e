// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm ported [file or folder of QEMU ...]`: which of QEMU's functions have a twin here. docs/porting/functions.txt has
 * the functions of QEMU's files; the `@qemu` tags in the doc comments say which are ported. Without arguments one line
 * per file; with arguments each function, and its twin or a dash.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { collect } from './qemu-map.mjs'
import { root } from './setup.mjs'

/** @typedef {import('./qemu-map.mjs').Entry} Entry */

/**
 * A file of QEMU.
 * @typedef {object} QemuFile
 * @property {string} file
 * @property {{ name: string, twins: string[] }[]} functions
 * @property {string[]} others what tags name in this file besides: structures, macros, functions of other versions
 */

/** Reads the list: a file's name at the beginning of a line, its functions in the indented lines below. @param {string} text */
export function parseFunctions(text) {
  /** @type {Map<string, string[]>} */
  const files = new Map()
  /** @type {string[] | undefined} */
  let names
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    if (!line.startsWith(' ')) files.set(line, (names = []))
    else if (names) names.push(...line.trim().split(' '))
    else throw new Error(`functions before any file: ${line}`)
  }
  return files
}

/**
 * The files with their functions' twins. QEMU wraps some functions into a macro and calls the function `<name>_impl`; a
 * tag with the macro's name stands for it.
 * @param {Map<string, string[]>} files
 * @param {Entry[]} entries
 * @returns {QemuFile[]}
 */
export function compare(files, entries) {
  return [...files].map(([file, names]) => {
    const tags = entries.flatMap((entry) =>
      entry.qemu.filter((twin) => twin.file === file).map((twin) => ({ name: twin.name, ours: entry.name })),
    )
    const isTagOf = (/** @type {string} */ name) => (/** @type {{ name: string }} */ tag) =>
      tag.name === name || `${tag.name}_impl` === name
    return {
      file,
      functions: names.map((name) => ({ name, twins: tags.filter(isTagOf(name)).map(({ ours }) => ours) })),
      others: tags.filter((tag) => !names.some((name) => isTagOf(name)(tag))).map(({ name }) => name),
    }
  })
}

const portedIn = (/** @type {QemuFile} */ { functions }) =>
  functions.filter(({ twins }) => twins.length > 0).length

/** One line per file, those with the most ported functions first. @param {QemuFile[]} files */
export function summary(files) {
  const line = (/** @type {string} */ name, /** @type {number} */ ported, /** @type {number} */ all) =>
    `${String(ported).padStart(5)} of ${String(all).padStart(5)}  ${name}`
  const sorted = files.toSorted((a, b) => portedIn(b) - portedIn(a) || (a.file < b.file ? -1 : 1))
  const sum = (/** @type {(file: QemuFile) => number} */ of) =>
    files.reduce((total, file) => total + of(file), 0)
  return [
    ...sorted.map((file) => line(file.file, portedIn(file), file.functions.length)),
    line(
      `in ${files.length} files`,
      sum(portedIn),
      sum(({ functions }) => functions.length),
    ),
  ]
}

/** Each function of a file with its twin. @param {QemuFile} file */
export function details(file) {
  const width = Math.max(...file.functions.map(({ name }) => name.length))
  const others = [...new Set(file.others)]
  return [
    `${file.file}: ${portedIn(file)} of ${file.functions.length} functions`,
    ...file.functions.map(
      ({ name, twins }) => `  ${name.padEnd(width)}  ${[...new Set(twins)].join(', ') || '-'}`,
    ),
    ...(others.length > 0 ? [`  tagged besides: ${others.join(', ')}`] : []),
  ]
}

function main() {
  const wanted = process.argv.slice(2).filter((arg) => arg !== '--')
  const files = compare(
    parseFunctions(readFileSync(join(root, 'docs/porting/functions.txt'), 'utf8')),
    collect().entries,
  )
  if (wanted.length === 0) {
    console.log(summary(files).join('\n'))
    return
  }
  for (const path of wanted) {
    const chosen = files.filter(({ file }) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`))
    if (chosen.length === 0) {
      console.error(`ported: '${path}' is neither a file nor a folder of docs/porting/functions.txt`)
      process.exitCode = 1
    }
    for (const file of chosen) console.log(details(file).join('\n'))
  }
}

if (process.argv[1] === import.meta.filename) main()
