// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Puts the command's modules into one file, `dist/command.js`: Node spends more time on finding 260 files than this command on
 * making a machine. The addon's package stays outside, since it looks for its binary beside itself.
 */
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const dist = (/** @type {string} */ name) => fileURLToPath(new URL(`../dist/${name}`, import.meta.url))

const bundle = await rolldown({ input: dist('main.js'), platform: 'node', external: ['@dromaius/native'] })
await bundle.write({ file: dist('command.js'), format: 'esm' })
await bundle.close()
