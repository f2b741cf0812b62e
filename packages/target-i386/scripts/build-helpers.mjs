// SPDX-License-Identifier: GPL-2.0-or-later
/** Compiles interpreter and helpers into the module that executes x86. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { compileAssembly } from '../../../scripts/compile-assembly.mjs'
import { simdSource } from './generate-simd.mjs'
import { x87TablesSource } from './generate-x87-tables.mjs'

const packageRoot = new URL('../', import.meta.url)
mkdirSync(new URL('build', packageRoot), { recursive: true })
writeFileSync(new URL('build/simd.ts', packageRoot), simdSource)
writeFileSync(new URL('build/x87-tables.ts', packageRoot), x87TablesSource)
await compileAssembly(packageRoot, 'assembly/index.ts', 'build/x86.wasm')
