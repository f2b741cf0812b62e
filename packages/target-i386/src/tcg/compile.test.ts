// SPDX-License-Identifier: GPL-2.0-or-later
//
// Code in, WebAssembly out.

import { BytecodeWriter, compileRegions, dumpRegions, ENV_ICOUNT_DECR, TcgMemory } from '@dromaius/tcg'
import { describe, expect, it } from 'vitest'
import { CODE, HelperNames, LONG, translateCode } from '../../fixtures/translate-code.js'
import { insnFeatures } from './insn-features.js'
import { x86CompileTarget } from './tcg-compile.js'
import * as x from './x86-layout.js'

const memory = new TcgMemory()
const features = Object.fromEntries(Object.keys(insnFeatures).map((name) => [name, true]))

/** Translates code, whose ways out that lead to its beginning are chained, and compiles it; the function as text. */
function compile(code: readonly number[]): string[] {
  const flags = LONG | x.HF_OSFXSR
  const helpers = new HelperNames()
  const { ctx, icount } = translateCode(code, { flags, features, helpers })
  const ip = memory.code.start
  const { size, chains } = new BytecodeWriter().write(ctx, memory.memory.buffer, ip, 1, icount)
  for (const site of chains) if (site?.pc === CODE) memory.u32[(ip + site.offset) >> 2] = ip
  const state = { csBase: 0n, bits: 64 as const, flags }
  const { bytes } = compileRegions(memory.u32, [[{ ip, size, state }]], 0, x86CompileTarget(helpers.table))
  return dumpRegions(bytes)[0]!.map((line) => line.trim())
}

const hex = (slot: number): string => `+0x${slot.toString(16)}`

describe('compiled code', () => {
  it('has a loop for a block that leads to itself, and its registers are stored behind it only', () => {
    // 1: add rax, rbx; dec rcx; jnz 1b
    const text = compile([0x48, 0x01, 0xd8, 0x48, 0xff, 0xc9, 0x75, 0xf8])
    const loop = text.indexOf('loop')
    const back = text.findIndex((line, i) => i > loop && line.startsWith('br_if'))
    const inLoop = text.slice(loop, back)
    expect(inLoop.filter((line) => line.startsWith('i64_store'))).toEqual([])
    expect(inLoop.filter((line) => /^i64_load/.test(line))).toEqual([])
    // What each round stores: what is left of the slice.
    expect(inLoop.filter((line) => line.startsWith('i32_store'))).toEqual([
      expect.stringMatching(/^i32_store \+0x/),
      ENV_ICOUNT_DECR === 0 ? 'i32_store' : `i32_store ${hex(ENV_ICOUNT_DECR)}`,
    ])
    expect(text.slice(back)).toContain(`i64_store ${hex(x.X_REGS)}`)
    expect(text.slice(back)).not.toContain(`i64_store ${hex(x.X_REGS + 3 * 8)}`)
  })

  it('computes flags that are overwritten nowhere', () => {
    // add rax, rbx; add rax, rcx; jmp .-8
    const text = compile([0x48, 0x01, 0xd8, 0x48, 0x01, 0xc8, 0xeb, 0xf8])
    // Of two additions two remain, and of their flags those of the second: a copy, no computation.
    expect(text.filter((line) => line === 'i64_add')).toHaveLength(2)
    expect(text).not.toContain('call_indirect 1')
  })

  it('looks a load up in the TLB, and leaves by a function for all else', () => {
    // mov rax, [rbx + 8]; jmp .-6
    const text = compile([0x48, 0x8b, 0x43, 0x08, 0xeb, 0xfa])
    const start = text.indexOf('i64_const 8')
    expect(text.slice(start, text.indexOf('else'))).toEqual([
      'i64_const 8',
      'i64_add',
      expect.stringMatching('local_tee'),
      'i64_const 7',
      'i64_add',
      'i64_const -4096',
      'i64_and',
      expect.stringMatching('local_get'),
      'i64_const 7',
      'i64_shr_u',
      'i32_wrap_i64',
      'i32_const 32736',
      'i32_and',
      expect.stringMatching('local_get'),
      'i32_add',
      expect.stringMatching('local_tee'),
      'i64_load',
      'i64_eq',
      'if i64',
      expect.stringMatching('local_get'),
      'i32_wrap_i64',
      expect.stringMatching('local_get'),
      'i32_load +0x18',
      'i32_add',
      'i64_load',
    ])
  })

  it('stores registers before a helper that reads them, and not before one that does not', () => {
    const before = (text: string[]): string[] => text.slice(0, text.indexOf('call_indirect 1'))
    const stored = `i64_store ${hex(x.X_REGS + 3 * 8)}`
    // mov rbx, rcx; div rcx; jmp .-8
    expect(before(compile([0x48, 0x89, 0xcb, 0x48, 0xf7, 0xf1, 0xeb, 0xf8]))).toContain(stored)
    // mov rbx, rcx; psllw xmm0, xmm1; jmp .-9
    expect(before(compile([0x48, 0x89, 0xcb, 0x66, 0x0f, 0xf1, 0xc1, 0xeb, 0xf7]))).not.toContain(stored)
  })
})
