// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm map`: writes docs/qemu-map.md from the tags in the doc comments of packages (src and assembly folders) and native/lib:
 *
 *     @qemu <file> <name>      the QEMU function (or struct) that ours mirrors; may stand several times
 *     @was <name>              the name that the 2018 article uses, where it differs
 *     @differs <reason>        where ours deviates
 *
 * `pnpm map:check` (--check) writes nothing: it fails when the file is stale. Both fail on a malformed tag, with
 * one line each.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './setup.mjs'
import { trackedFiles } from './tracked-files.mjs'

/**
 * One declaration of ours that carries `@qemu`.
 * @typedef {object} Entry
 * @property {string} name ours, `Class.member` for members
 * @property {string} file from the repository's top folder
 * @property {{ file: string, name: string }[]} qemu
 * @property {string[]} was
 * @property {string[]} differs
 */

const qemuTag = /^([\w./+-]+\.\w+) ([A-Za-z_][\w-]*)$/
const wasTag = /^[A-Za-z_]\w*(?:(?:,| and| or)? [A-Za-z_]\w*)*(?: \(.*\))?$/

/** Name of a declaration, with its class or object in front. @param {ts.Node} node @returns {string | undefined} */
function nameOf(node) {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations[0]?.name.getText()
  if (ts.isConstructorDeclaration(node)) return `${node.parent.name?.getText()}.constructor`
  const name = /** @type {ts.NamedDeclaration} */ (node).name?.getText()
  const outer = node.parent
  if (!name || !outer) return name
  if (ts.isClassLike(outer) || ts.isInterfaceDeclaration(outer)) return `${outer.name?.getText()}.${name}`
  if (ts.isObjectLiteralExpression(outer) && ts.isVariableDeclaration(outer.parent))
    return `${outer.parent.name.getText()}.${name}`
  return name
}

/**
 * Tags of one source text.
 * @param {string} file
 * @param {string} text
 * @returns {{ entries: Entry[], problems: string[] }}
 */
export function tagsOf(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  /** @type {Entry[]} */
  const entries = []
  /** @type {string[]} */
  const problems = []
  let found = 0
  /** @param {ts.Node} node */
  const visit = (node) => {
    const comments = /** @type {{ jsDoc?: ts.JSDoc[] }} */ (node).jsDoc ?? []
    const tags = comments.flatMap((comment) => [...(comment.tags ?? [])])
    const textsOf = (/** @type {string} */ name) =>
      tags
        .filter((tag) => tag.tagName.text === name)
        .map((tag) => (ts.getTextOfJSDocComment(tag.comment) ?? '').replaceAll(/\s+/g, ' ').trim())
    const [qemu, was, differs] = [textsOf('qemu'), textsOf('was'), textsOf('differs')]
    if (qemu.length + was.length + differs.length > 0) {
      found += qemu.length
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      const name = nameOf(node)
      const problem = (/** @type {string} */ what) =>
        problems.push(`${file}:${line + 1}: ${name ?? 'comment'}: ${what}`)
      if (!name) problem('the tags stand on nothing that has a name')
      if (qemu.length === 0) problem('@was or @differs without @qemu')
      for (const tag of qemu) if (!qemuTag.test(tag)) problem(`"@qemu ${tag}" is not "@qemu <file> <name>"`)
      for (const tag of was) if (!wasTag.test(tag)) problem(`"@was ${tag}" is not "@was <name>"`)
      for (const tag of differs) if (tag === '') problem('@differs without a reason')
      const twins = qemu.flatMap((tag) => {
        const [, qemuFile, qemuName] = qemuTag.exec(tag) ?? []
        return qemuFile && qemuName ? [{ file: qemuFile, name: qemuName }] : []
      })
      if (name && twins.length > 0) entries.push({ name, file, qemu: twins, was, differs })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  // A doc comment that belongs to no declaration is not in the tree: its tags would be lost without a word.
  const written = text.match(/^\s*(?:\/\*)?\*\s*@qemu\b/gm)?.length ?? 0
  if (written > found)
    problems.push(`${file}: ${written - found} @qemu in comments that stand before no declaration`)
  return { entries, problems }
}

/** Names of all functions that a source text declares, methods as `Class.method`. @param {string} text @returns {string[]} */
export function functionsOf(text) {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true)
  /** @type {string[]} */
  const names = []
  /** @param {ts.Node} node */
  const visit = (node) => {
    const isFunction =
      ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.body) ||
      (ts.isVariableDeclaration(node) && node.initializer && ts.isArrowFunction(node.initializer))
    if (isFunction) names.push(nameOf(node) ?? '')
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}

/** Sources that may carry tags. */
export const mappedFiles = () =>
  trackedFiles(/^(packages\/[^/]+\/(src|assembly)|native\/lib)\/.*\.ts$/).filter(
    (file) => !file.endsWith('.test.ts'),
  )

/** All tags of the project. @returns {{ entries: Entry[], problems: string[] }} */
export function collect() {
  const all = mappedFiles().map((file) => tagsOf(file, readFileSync(join(root, file), 'utf8')))
  return { entries: all.flatMap((one) => one.entries), problems: all.flatMap((one) => one.problems) }
}

const packageOf = (/** @type {string} */ file) => file.replace(/^packages\//, '').replace(/\/.*/, '')
const cell = (/** @type {string} */ text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
const code = (/** @type {string} */ text) => `\`${text}\``
const compare = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : a > b ? 1 : 0)

/** A table per group, groups and rows sorted. @param {{ group: string, cells: string[] }[]} rows @param {string[]} head */
function tables(rows, head) {
  const groups = [...new Set(rows.map(({ group }) => group))].sort(compare)
  return groups.map((group) => {
    const lines = rows
      .filter((row) => row.group === group)
      .map(({ cells }) => `| ${cells.map(cell).join(' | ')} |`)
    const rule = `| ${head.map(() => '---').join(' | ')} |`
    return `### ${group}\n\n| ${head.join(' | ')} |\n${rule}\n${[...new Set(lines)].sort(compare).join('\n')}\n`
  })
}

/** The text of docs/qemu-map.md. @param {Entry[]} entries */
export function render(entries) {
  const pairs = entries.flatMap((entry) => entry.qemu.map((twin) => ({ ...entry, twin })))
  const link = (/** @type {string} */ file) => `[${file}](../${file})`
  const byQemu = pairs.map(({ twin, name, file, was, differs }) => ({
    group: twin.file,
    cells: [code(twin.name), code(name), link(file), was.map(code).join(', '), differs.join('; ')],
  }))
  const byPackage = pairs.map(({ twin, name, file }) => ({
    group: packageOf(file),
    cells: [code(name), link(file), code(twin.name), twin.file],
  }))
  return [
    '# QEMU and Dromaius, function by function\n',
    'Generated by `pnpm map` from the `@qemu`, `@was` and `@differs` tags in the doc comments. "Was" is the name in',
    'the 2018 article that the project started from.\n',
    '## From QEMU\n',
    ...tables(byQemu, ['QEMU', 'Dromaius', 'file', 'was', 'differs']),
    '## From Dromaius\n',
    ...tables(byPackage, ['Dromaius', 'file', 'QEMU', 'file']),
  ].join('\n')
}

function main() {
  const { entries, problems } = collect()
  for (const problem of problems) console.error(problem)
  const path = join(root, 'docs/qemu-map.md')
  const text = render(entries)
  console.log(`map: ${entries.length} tagged declarations, ${problems.length} malformed tags`)
  if (process.argv.includes('--check')) {
    let committed = ''
    try {
      committed = readFileSync(path, 'utf8')
    } catch {
      // Reported below, as stale.
    }
    if (committed !== text) {
      console.error('map: docs/qemu-map.md is stale: run `pnpm map` and commit the result')
      process.exitCode = 1
    }
  } else writeFileSync(path, text)
  if (problems.length > 0) process.exitCode = 1
}

if (process.argv[1] === import.meta.filename) main()
