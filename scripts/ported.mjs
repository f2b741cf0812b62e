// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm ported [file or folder of QEMU ...]`: which of QEMU's functions have a twin here. docs/porting/functions.txt has
 * the functions of QEMU's files; the `@qemu` tags in the doc comments say which are ported. Without arguments one line
 * per file; with arguments each function, and its twin or a dash.
 *
 * `pnpm ported --names <folder of QEMU's source>` looks each tag's name up in that source and writes those that are not in
 * functions.txt (structures, macros, tables, functions of headers) to docs/porting/names.txt. A tag in neither list names
 * nothing of QEMU's.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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

const listOf = (/** @type {string} */ name) =>
  parseFunctions(readFileSync(join(root, 'docs/porting', name), 'utf8'))

/** The tags, `file name`, that are not among the functions of `files`, without repetition. @param {Map<string, string[]>} files @param {Entry[]} entries */
export function notFunctions(files, entries) {
  const others = compare(files, entries).flatMap(({ file, others }) =>
    others.map((name) => `${file} ${name}`),
  )
  const elsewhere = entries
    .flatMap(({ qemu }) => qemu)
    .filter(({ file }) => !files.has(file))
    .map(({ file, name }) => `${file} ${name}`)
  return [...new Set([...others, ...elsewhere])].toSorted((a, b) => (a < b ? -1 : 1))
}

/** The tags that name nothing of QEMU's: `file name`, and who has them. @param {Entry[]} entries */
export function unknownTags(entries) {
  const names = listOf('names.txt')
  return notFunctions(listOf('functions.txt'), entries).filter((tag) => {
    const [file = '', name = ''] = tag.split(' ')
    return !names.get(file)?.includes(name)
  })
}

/** Whether a file of QEMU's source has a name, perhaps put together by a macro. @param {string} source @param {string} tag */
function isThere(source, tag) {
  const [file = '', name = ''] = tag.split(' ')
  if (!existsSync(join(source, file))) return false
  const text = readFileSync(join(source, file), 'utf8')
  const short = name.replace(/^helper_/, '')
  return new RegExp(`\\b${name}\\b|\\bHELPER\\(${short}\\)`).test(text)
}

/** @param {string} source */
function writeNames(source) {
  const functions = listOf('functions.txt')
  // A .c file that has the name of a function of another one calls it.
  const all = new Set([...functions.values()].flat())
  const tags = notFunctions(functions, collect().entries)
  const isCalled = (/** @type {string} */ tag) => /\.c /.test(tag) && all.has(tag.split(' ')[1] ?? '')
  const wrong = tags.filter((tag) => isCalled(tag) || !isThere(source, tag))
  for (const tag of wrong) console.error(`ported: @qemu ${tag} names nothing in ${source}`)
  if (wrong.length > 0) process.exitCode = 1
  const lines = [
    '# Names of QEMU 7.2.0 that @qemu tags use and that are not in functions.txt: structures, macros, tables, functions of',
    "# headers. Made by `pnpm ported --names <folder of QEMU's source>`, which looks each up there.",
  ]
  let last = ''
  for (const tag of tags.filter((one) => !wrong.includes(one))) {
    const [file = '', name = ''] = tag.split(' ')
    if (file === last) lines[lines.length - 1] += ` ${name}`
    else lines.push(file, `  ${name}`)
    last = file
  }
  writeFileSync(join(root, 'docs/porting/names.txt'), `${lines.join('\n')}\n`)
}

function main() {
  const wanted = process.argv.slice(2).filter((arg) => arg !== '--')
  if (wanted[0] === '--names') {
    if (!wanted[1]) {
      console.error("ported: --names needs the folder of QEMU's source")
      process.exitCode = 1
    } else writeNames(wanted[1])
    return
  }
  const files = compare(listOf('functions.txt'), collect().entries)
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
