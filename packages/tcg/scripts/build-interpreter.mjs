// SPDX-License-Identifier: GPL-2.0-or-later
/** Generates the interpreter's source into build/ and compiles it, with no target's helpers, for this package's tests. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { compileAssembly } from '../../../scripts/compile-assembly.mjs'
import { interpreterSource } from './generate-interpreter.mjs'

const packageRoot = new URL('../', import.meta.url)
mkdirSync(new URL('build', packageRoot), { recursive: true })
writeFileSync(new URL('build/interpreter.ts', packageRoot), interpreterSource)
await compileAssembly(packageRoot, 'assembly/index.ts', 'build/interpreter.wasm')
