// SPDX-License-Identifier: GPL-2.0-or-later
/** Puts the guest that comes with the package where it is looked for; nothing is written when it is there already. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const from = new URL('build/hello.elf', import.meta.resolve('@dromaius/guests/package.json'))
const to = new URL('../dist/guests/hello.elf', import.meta.url)

const bytes = readFileSync(from)
mkdirSync(new URL('.', to), { recursive: true })
if (!existsSync(to) || !readFileSync(to).equals(bytes)) writeFileSync(to, bytes)
