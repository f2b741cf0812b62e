// SPDX-License-Identifier: GPL-2.0-or-later
import { W } from './wasm-code.js'
import * as frame from './wasm-frame.js'
import { simd, SIMD_PREFIX } from './wasm-simd.js'

/** Locals that are the same in every function. */
const locals = new Map<number, string>([
  [frame.ENV, 'env'],
  [frame.TLB, 'tlb'],
  [frame.ENTRY, 'entry'],
  [frame.ICOUNT, 'icount'],
  [frame.MASK, 'mask'],
  [frame.EXIT_IP, 'exitIp'],
  [frame.HEADER, 'header'],
  [frame.ADDR, 'addr'],
  [frame.SCRATCH, 'scratch'],
])
const imports = new Map<number, string>(Object.entries(frame.IMPORT).map(([name, index]) => [index, name]))
const names = new Map<number, string>(Object.entries(W).map(([name, code]) => [code, name]))
const SECTION_CODE = 10

const vectorNames = new Map<number, string>(Object.entries(simd).map(([name, code]) => [code, name]))

/** Reads what WasmCode writes. */
class Reader {
  at = 0
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  byte(): number {
    return this.bytes[this.at++]!
  }

  u32(): number {
    return Number(this.leb(false))
  }

  skip(bytes: number): '' {
    this.at += bytes
    return ''
  }

  leb(signed: boolean): bigint {
    let value = 0n
    let shift = 0n
    for (;;) {
      const byte = this.byte()
      value |= BigInt(byte & 0x7f) << shift
      shift += 7n
      if (byte & 0x80) continue
      return signed && byte & 0x40 ? value - (1n << shift) : value
    }
  }
}

/** The operands of an instruction as text. */
function operands(name: string, reader: Reader): string {
  if (/_(load|store)/.test(name)) {
    reader.u32()
    const offset = reader.u32()
    return offset === 0 ? '' : ` +0x${offset.toString(16)}`
  }
  switch (name) {
    case 'i32_const':
    case 'i64_const':
      return ` ${reader.leb(true)}`
    case 'block':
    case 'loop':
    case 'if':
      return { 0x40: '', 0x7e: ' i64', 0x7b: ' v128' }[reader.byte()] ?? ' ?'
    case 'call_indirect':
    case 'return_call_indirect': {
      const type = reader.u32()
      reader.u32()
      return ` ${type}`
    }
    case 'br_table': {
      const targets = Array.from({ length: reader.u32() + 1 }, () => reader.u32())
      return ` ${targets.join(' ')}`
    }
    case 'f32_const':
      return reader.skip(4)
    case 'f64_const':
      return reader.skip(8)
    case 'br':
    case 'br_if':
      return ` ${reader.u32()}`
    case 'call':
      return ` ${imports.get(reader.u32()) ?? 'helper'}`
    case 'local_get':
    case 'local_set':
    case 'local_tee': {
      const local = reader.u32()
      return ` ${locals.get(local) ?? `$${local}`}`
    }
    default:
      return ''
  }
}

/** An instruction on vectors as text. */
function vectorInstruction(reader: Reader): string {
  const name = vectorNames.get(reader.u32())!
  const bytes = (count: number): string => Array.from({ length: count }, () => reader.byte()).join(' ')
  if (name.endsWith('shuffle') || name.endsWith('const')) return `${name} ${bytes(16)}`
  if (name.endsWith('_lane')) return `${name} ${bytes(1)}`
  return name + operands(name.replace('.', '_'), reader)
}

function body(reader: Reader): string[] {
  const end = reader.u32() + reader.at
  for (let groups = reader.u32(); groups > 0; groups--) {
    reader.u32()
    reader.byte()
  }
  const lines: string[] = []
  let depth = 0
  while (reader.at < end) {
    const first = reader.byte()
    if (first === SIMD_PREFIX) {
      lines.push('  '.repeat(depth) + vectorInstruction(reader))
      continue
    }
    const name = names.get(first)!
    if (name === 'end' || name === 'else') depth--
    lines.push('  '.repeat(Math.max(depth, 0)) + name + operands(name, reader))
    if (name === 'block' || name === 'loop' || name === 'if' || name === 'else') depth++
  }
  return lines
}

/**
 * The functions of a module of compiled regions as text, an instruction a line: for tests. Locals of slots are `$` and their
 * number.
 */
export function dumpRegions(bytes: Uint8Array): string[][] {
  const reader = new Reader(bytes, 8)
  for (;;) {
    const id = reader.byte()
    const size = reader.u32()
    if (id === SECTION_CODE) return Array.from({ length: reader.u32() }, () => body(reader))
    reader.at += size
  }
}
