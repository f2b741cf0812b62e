// SPDX-License-Identifier: GPL-2.0-or-later
import { fileURLToPath } from 'node:url'

/** By a variable, since its types declare a `console` of their own for everybody. */
const compiler = 'assemblyscript/asc'

/** Where AssemblyScript's own data goes: `ASSEMBLY_DATA_BASE` of packages/tcg/src/layout.ts. */
const ASSEMBLY_DATA_BASE = 0x400

/**
 * Compiles AssemblyScript to a module that imports its memory as `env.memory` and its table as `env.table`, with no
 * runtime. Throws an Error with the compiler's words.
 * @param {URL} root folder of the package
 * @param {string} entry source below it
 * @param {string} output module below it
 */
export async function compileAssembly(root, entry, output) {
  const { default: asc } = await import(compiler)
  const { error, stderr } = await asc.main([
    fileURLToPath(new URL(entry, root)),
    '--baseDir',
    fileURLToPath(root),
    '--outFile',
    output,
    '--textFile',
    output.replace(/\.wasm$/, '.wat'),
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--use',
    'abort=',
    '--importMemory',
    '--importTable',
    '--memoryBase',
    String(ASSEMBLY_DATA_BASE),
    '--enable',
    'bulk-memory',
    '--enable',
    'simd',
    '--enable',
    'nontrapping-f2i',
  ])
  const text = stderr.toString()
  if (error) throw new Error(`AssemblyScript refused ${entry}:\n${text}`, { cause: error })
  if (text) process.stderr.write(text)
}
