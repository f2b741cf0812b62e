// SPDX-License-Identifier: GPL-2.0-or-later
import { I32, I64, W, WasmCode } from './wasm-code.js'
import {
  type CompilableBlock,
  type CompileTarget,
  FIRST_HELPER,
  IMPORT,
  TYPE_BLOCK,
  TYPE_HELPER,
} from './wasm-frame.js'
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
/** That of `leave` is that of the way into blocks, too. */
const TYPE_ENTER = 4
/** The type of each imported function, in the order of IMPORT. */
const importTypes = [2, 3, 4, 0, 5, 5, 6, 6]

const FUNCREF = 0x70
const FUNCTION = 0x60
const SECTION_TYPE = 1
const SECTION_IMPORT = 2
const SECTION_FUNCTION = 3
const SECTION_EXPORT = 7
const SECTION_ELEMENT = 9
const SECTION_CODE = 10

function section(out: WasmCode, id: number, build: (inner: WasmCode) => void): void {
  out.byte(id)
  out.sized(build)
}

function begin(): WasmCode {
  const out = new WasmCode()
  out.byte(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
  section(out, SECTION_TYPE, (code) => {
    code.u32(types.length)
    for (const [parameters, results] of types) {
      code.byte(FUNCTION, parameters.length, ...parameters, results.length, ...results)
    }
  })
  return out
}

function importTable(code: WasmCode): void {
  code.name('env')
  code.name('table')
  code.byte(0x01, FUNCREF, 0x00, 0x00)
}

function bodies(out: WasmCode, list: readonly Uint8Array[]): void {
  section(out, SECTION_CODE, (code) => {
    code.u32(list.length)
    for (const body of list) {
      code.u32(body.length)
      code.append(body)
    }
  })
}

/**
 * A module of WebAssembly in the making, with a function for each region that can be compiled. Its imports: `env.memory`,
 * `env.table`, the functions of IMPORT in `env`, and those helpers that it calls in `helper`, named by their numbers.
 */
export class RegionModule<Block extends CompilableBlock> {
  readonly #target: CompileTarget
  /** The first block of each function's region. */
  readonly entries: Block[] = []
  readonly #bodies: Uint8Array[] = []
  readonly #helpers = new Map<number, number>()

  constructor(target: CompileTarget) {
    this.#target = target
  }

  /** Takes in blocks that lead to each other and are entered at the first, unless they cannot be compiled. */
  add(region: readonly Block[]): void {
    const body = new RegionCompiler(region, this.#target, (helper) => this.#helperOf(helper)).compile()
    if (!body) return
    this.entries.push(region[0]!)
    this.#bodies.push(body)
  }

  #helperOf(helper: number): number {
    let index = this.#helpers.get(helper)
    if (index === undefined) {
      index = FIRST_HELPER + this.#helpers.size
      this.#helpers.set(helper, index)
    }
    return index
  }

  /** The module's bytes; when it is instantiated, its functions come into `env.table` from `base` on. */
  bytes(base: number): Uint8Array {
    const out = begin()
    const helpers = [...this.#helpers.keys()]
    section(out, SECTION_IMPORT, (code) => {
      code.u32(2 + FIRST_HELPER + helpers.length)
      code.name('env')
      code.name('memory')
      code.byte(0x02, 0x00, 0x01)
      importTable(code)
      Object.keys(IMPORT).forEach((name, i) => {
        code.name('env')
        code.name(name)
        code.byte(0x00, importTypes[i]!)
      })
      for (const helper of helpers) {
        code.name('helper')
        code.name(String(helper))
        code.byte(0x00, TYPE_HELPER)
      }
    })
    section(out, SECTION_FUNCTION, (code) => {
      code.u32(this.#bodies.length)
      for (let i = 0; i < this.#bodies.length; i++) code.byte(TYPE_BLOCK)
    })
    section(out, SECTION_ELEMENT, (code) => {
      code.byte(1, 0)
      code.i32Const(base)
      code.byte(W.end)
      code.u32(this.#bodies.length)
      for (let i = 0; i < this.#bodies.length; i++) code.u32(FIRST_HELPER + helpers.length + i)
    })
    bodies(out, this.#bodies)
    return out.bytes()
  }
}

/** A module with one function, `enter`: (address of the CPU's block, place in `env.table`) => what the function there returns. */
export function enterModule(): Uint8Array {
  const out = begin()
  section(out, SECTION_IMPORT, (code) => {
    code.u32(1)
    importTable(code)
  })
  section(out, SECTION_FUNCTION, (code) => code.byte(1, TYPE_ENTER))
  section(out, SECTION_EXPORT, (code) => {
    code.u32(1)
    code.name('enter')
    code.byte(0x00, 0)
  })
  const body = new WasmCode()
  body.u32(0)
  body.op(W.local_get, 0)
  body.op(W.local_get, 1)
  body.op(W.return_call_indirect, TYPE_BLOCK)
  body.byte(0, W.end)
  bodies(out, [body.bytes()])
  return out.bytes()
}
