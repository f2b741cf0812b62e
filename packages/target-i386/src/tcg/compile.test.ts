// SPDX-License-Identifier: GPL-2.0-or-later
//
// Code in, WebAssembly out.

import {
  ENV_ICOUNT_DECR,
  EXIT_CHAIN0,
  EXIT_CHAIN1,
  EXIT_REQUEST,
  O,
  TB_DEAD,
  TB_FUNCTION,
  TLB_ADDEND,
  TLB_CODE,
  TLB_ENTRY_BITS,
} from '@dromaius/tcg'
import { describe, expect, it } from 'vitest'
import { compileRegion, statementsOf } from '../../fixtures/compile-region.js'
import { assemble, CODE, whyNoAssembler } from '../../fixtures/translate-code.js'
import * as x from './x86-layout.js'

const compile = (code: readonly number[]): string[] => compileRegion([{ pc: CODE, code }])

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
    expect(text).not.toContain('call helper')
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

  it('keeps XMM registers in locals over a loop', () => {
    // 1: paddd xmm0, xmm1; pslld xmm0, 7; dec rcx; jnz 1b
    const text = compile([
      ...[0x66, 0x0f, 0xfe, 0xc1, 0x66, 0x0f, 0x72, 0xf0, 0x07],
      ...[0x48, 0xff, 0xc9, 0x75, 0xf2],
    ])
    const loop = text.indexOf('loop')
    const back = text.findIndex((line, i) => i > loop && line.startsWith('br_if'))
    const inLoop = text.slice(loop, back)
    expect(inLoop).toContain('i32x4.add')
    expect(inLoop).toContain('i32x4.shl')
    expect(inLoop.filter((line) => /^v128.(load|store)/.test(line))).toEqual([])
    expect(text.slice(0, loop)).toContain(`v128.load ${hex(x.X_XMM + x.X_XMM_SIZE)}`)
    expect(text.slice(back)).toContain(`v128.store ${hex(x.X_XMM)}`)
    expect(text.slice(back)).not.toContain(`v128.store ${hex(x.X_XMM + x.X_XMM_SIZE)}`)
  })

  it('looks 16 bytes up in the TLB once, their alignment with them', () => {
    // movdqa xmm0, [rbx]; jmp .-4
    const text = compile([0x66, 0x0f, 0x6f, 0x03, 0xeb, 0xfa])
    expect(text.filter((line) => line === 'i64_const -4081')).toHaveLength(1)
    expect(text.filter((line) => line === 'i64_eq')).toHaveLength(1)
    const start = text.indexOf('if v128')
    expect(text.slice(start, text.indexOf('else', start)).at(-1)).toBe('v128.load')
    // movdqu xmm0, [rbx]; jmp .-4
    expect(compile([0xf3, 0x0f, 0x6f, 0x03, 0xeb, 0xfa])).toContain('i64_const 15')
  })

  it('stores and loads the vectors that a helper works on, no others', () => {
    // pxor xmm2, xmm3; pxor xmm0, xmm3; psllw xmm0, xmm1; jmp .-14
    const text = compile([
      ...[0x66, 0x0f, 0xef, 0xd3, 0x66, 0x0f, 0xef, 0xc3, 0x66, 0x0f, 0xf1, 0xc1],
      ...[0xeb, 0xf2],
    ])
    const call = text.indexOf('call helper')
    const at = (n: number): string => hex(x.X_XMM + n * x.X_XMM_SIZE)
    expect(text.slice(0, call).filter((line) => line.startsWith('v128.store'))).toEqual([
      `v128.store ${at(0)}`,
    ])
    // XMM1 is nobody else's, and stays in memory.
    expect(text.slice(call).filter((line) => line.startsWith('v128.load'))).toEqual([`v128.load ${at(0)}`])
  })

  it('stores registers before a helper that reads them, and not before one that does not', () => {
    const before = (text: string[]): string[] => text.slice(0, text.indexOf('call helper'))
    const stored = `i64_store ${hex(x.X_REGS + 3 * 8)}`
    // mov rbx, rcx; div rcx; jmp .-8
    expect(before(compile([0x48, 0x89, 0xcb, 0x48, 0xf7, 0xf1, 0xeb, 0xf8]))).toContain(stored)
    // mov rbx, rcx; psllw xmm0, xmm1; jmp .-9
    expect(before(compile([0x48, 0x89, 0xcb, 0x66, 0x0f, 0xf1, 0xc1, 0xeb, 0xf7]))).not.toContain(stored)
  })
})

/** The lines from the one that begins with `first` to the one before that begins with `end`, without their indentation. */
function part(statements: readonly string[], first: string, end: string): string[] {
  const lines = statements.map((line) => line.trim())
  const from = lines.findIndex((line) => line.startsWith(first))
  return lines.slice(
    from,
    lines.findIndex((line, i) => i > from && line.startsWith(end)),
  )
}

const missing = whyNoAssembler()
describe.skipIf(missing !== null)(`regions as text${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('a loop with a counter has its registers in locals', () => {
    const code = assemble('1: addq %rbx, %rax; subq $1, %rcx; jnz 1b')
    const ccOpSubq = x.CC_OP_SUBB + 3
    expect(statementsOf(compileRegion([{ pc: CODE, code }])).join('\n')).toBe(
      `
tlb = (i32_load env.tlb)
icount = (i32_load env.icountDecr)
block
  block
    loop
      block
        if (i32_lt_s icount 3)
          i32_store env.exitTb 1
          mask = 59
          exitIp = 0
          br 3
        end
        i32_store env.icountDecr (icount := (i32_sub icount 3))
        rax = (i64_add rax rbx)
        cc_src = 1
        rcx = (i64_sub rcx 1)
        cc_dst = rcx
        cc_op = ${ccOpSubq}
        br_if 0 (i64_ne rcx 0)
        i64_store env.rax rax
        i64_store env.rcx rcx
        i64_store env.cc_dst cc_dst
        i64_store env.cc_src cc_src
        i64_store env.cc_op cc_op
        if (i32_eqz (entry := (i32_load block0+104)))
          i32_store env.exitTb 1
          return ${EXIT_CHAIN0}
        end
        br 3
      end
      br_if 0 (i32_eq (entry := (i32_load block0+120)) block0)
      i64_store env.rax rax
      i64_store env.rcx rcx
      i64_store env.cc_dst cc_dst
      i64_store env.cc_src cc_src
      i64_store env.cc_op cc_op
      if (i32_eqz entry)
        i32_store env.exitTb 1
        return ${EXIT_CHAIN1}
      end
      br 2
      unreachable
    end
  end
  if (i32_and mask 1)
    i64_store env.rax rax
  end
  if (i32_and mask 2)
    i64_store env.rcx rcx
  end
  if (i32_and mask 8)
    i64_store env.cc_dst cc_dst
  end
  if (i32_and mask 16)
    i64_store env.cc_src cc_src
  end
  if (i32_and mask 32)
    i64_store env.cc_op cc_op
  end
  if (i32_eqz exitIp)
    return ${EXIT_REQUEST}
  end
  return (leave env exitIp)
end
if (i32_eq (i32_load16_u entry) ${O.enterTb})
  return_call_indirect 0 env (i32_load entry+${TB_FUNCTION})
end
entry`.trim(),
    )
  })

  it('a return goes on behind its call, if that is the address and the block is there', () => {
    const statements = statementsOf(
      compileRegion([
        { pc: CODE, code: assemble('call .+0x40') },
        {
          pc: CODE + 0x40,
          code: assemble('notq %rax; ret'),
          jumps: [{ pc: BigInt(CODE + 5), to: 2, page: null }],
        },
        { pc: CODE + 5, code: assemble('subq $1, %rcx; jnz .-9') },
      ]),
    )
    // The call: its block is chained to the function's.
    expect(part(statements, 'br_if 0 (i32_eq', 'i64_store')).toEqual([
      'br_if 0 (i32_eq (entry := (i32_load block0+64)) block1)',
    ])
    expect(part(statements, 'eip =', 'i64_store')).toEqual([
      expect.stringMatching(/^eip = \$\d+$/),
      `if (i64_eq eip ${CODE + 5})`,
      `br_if 2 (i32_ne (i32_load16_u block2) ${TB_DEAD})`,
      'end',
    ])
  })

  it('a jump to another page goes there, if the page is mapped as it was', () => {
    const page = { linear: 0x2000n, addend: 0x5000 }
    const statements = statementsOf(
      compileRegion([
        { pc: CODE, code: assemble('notq %rax; jmp .+0x1000'), jumps: [{ pc: 0x2003n, to: 1, page }] },
        { pc: 0x2003, code: assemble('subq $1, %rcx; jnz .+0x10') },
      ]),
    )
    const entry = 2 << TLB_ENTRY_BITS
    expect(part(statements, 'eip =', 'i64_store')).toEqual([
      `eip = ${0x2003}`,
      `if (i64_eq eip ${0x2003})`,
      `br_if 1 (i32_and (i32_ne (i32_load16_u block1) ${TB_DEAD}) (i32_and (i64_eq (i64_load tlb+${entry + TLB_CODE}) ${0x2000}) (i32_eq (i32_load tlb+${entry + TLB_ADDEND}) ${0x5000})))`,
      'end',
    ])
  })
})
