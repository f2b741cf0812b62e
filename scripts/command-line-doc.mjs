// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm options`: writes docs/command-line.md from the built option table. `pnpm options:check` (--check) writes nothing: it
 * fails when the file is stale.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

const built = new URL('../packages/vmm/dist/option-doc.js', import.meta.url)
if (!existsSync(built)) {
  console.error('packages/vmm is not built: run `pnpm build`')
  process.exit(1)
}
/** @type {{ commandLineDoc: () => string }} */
const { commandLineDoc } = await import(built.href)
const path = join(root, 'docs/command-line.md')
const text = commandLineDoc()
if (!process.argv.includes('--check')) writeFileSync(path, text)
else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
  console.error('docs/command-line.md is stale: run `pnpm options`')
  process.exit(1)
}
