// SPDX-License-Identifier: GPL-2.0-or-later
import { O } from './ir.js'
import { TB_FUNCTION } from './layout.js'
import { I32, I64, W, WasmCode } from './wasm-code.js'
import { type CompilableBlock, type CompileTarget, IMPORT } from './wasm-frame.js'
import { RegionCompiler } from './wasm-region.js'

/** Types of functions: block, helper, loadSlow, storeSlow, leave, product, an access of a vector. */
const types: readonly (readonly [parameters: readonly number[], results: readonly number[]])[] = [
  [[I32], [I32]],
  [[I32, I64, I64, I64], [I64]],
  [[I32, I64, I32], [I64]],
  [[I32, I64, I32, I64], []],
  [[I32, I32], [I32]],
  [[I64, I64], [I64]],
  [[I32, I64, I32], []],
]
/** The type of each imported function, in the order of IMPORT. */
const importTypes = [2, 3, 4, 0, 5, 5, 6, 6]

const FUNCREF = 0x70
const FUNCTION = 0x60
const SECTION_TYPE = 1
const SECTION_IMPORT = 2
const SECTION_FUNCTION = 3
const SECTION_ELEMENT = 9
const SECTION_CODE = 10

function section(out: WasmCode, id: number, build: (inner: WasmCode) => void): void {
  out.byte(id)
  out.sized(build)
}

/**
 * A module of WebAssembly with a function for each region that can be compiled; it puts them into `env.table` from `base` on.
 * Its imports: `env.memory`, `env.table`, and the functions of IMPORT.
 * @param words  the translator's memory
 * @param regions  blocks that lead to each other, entered at the first
 */
export function compileRegions<Block extends CompilableBlock>(
  words: Uint32Array,
  regions: readonly (readonly Block[])[],
  base: number,
  target: CompileTarget,
): { bytes: Uint8Array; compiled: Block[] } {
  const compiled: Block[] = []
  const bodies: Uint8Array[] = []
  for (const region of regions) {
    const body = new RegionCompiler(words, region, target).compile()
    if (!body) continue
    compiled.push(region[0]!)
    bodies.push(body)
  }
  const out = new WasmCode()
  out.byte(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
  section(out, SECTION_TYPE, (code) => {
    code.u32(types.length)
    for (const [parameters, results] of types) {
      code.byte(FUNCTION, parameters.length, ...parameters, results.length, ...results)
    }
  })
  section(out, SECTION_IMPORT, (code) => {
    code.u32(2 + importTypes.length)
    code.name('env')
    code.name('memory')
    code.byte(0x02, 0x00, 0x01)
    code.name('env')
    code.name('table')
    code.byte(0x01, FUNCREF, 0x00, 0x00)
    Object.keys(IMPORT).forEach((name, i) => {
      code.name('env')
      code.name(name)
      code.byte(0x00, importTypes[i]!)
    })
  })
  section(out, SECTION_FUNCTION, (code) => {
    code.u32(bodies.length)
    for (let i = 0; i < bodies.length; i++) code.byte(0)
  })
  section(out, SECTION_ELEMENT, (code) => {
    code.byte(1, 0)
    code.i32Const(base)
    code.byte(W.end)
    code.u32(bodies.length)
    for (let i = 0; i < bodies.length; i++) code.u32(importTypes.length + i)
  })
  section(out, SECTION_CODE, (code) => {
    code.u32(bodies.length)
    for (const body of bodies) {
      code.u32(body.length)
      code.append(body)
    }
  })
  return { bytes: out.bytes(), compiled }
}

/** Has the block at `ip` executed by the function at a place of the table, from now on. */
export function enterCompiled(words: Uint32Array, ip: number, place: number): void {
  words[ip >> 2] = (words[ip >> 2]! & 0xffff_0000) | O.enterTb!
  words[(ip + TB_FUNCTION) >> 2] = place
}
