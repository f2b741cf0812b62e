// SPDX-License-Identifier: GPL-2.0-or-later
//
// Code in, intermediate representation out, after the optimiser.

import { describe, expect, it } from 'vitest'
import { PROTECTED, translateCode } from '../../fixtures/translate-code.js'
import { HF_FS_LIMIT, HF_SEG_LIMIT } from './x86-layout.js'

describe('translation', () => {
  it('an addition leaves its flags for later; a second one makes the first one’s go', () => {
    // addq %rbx, %rax; addq %rcx, %rax; jmp .
    expect(translateCode([0x48, 0x01, 0xd8, 0x48, 0x01, 0xc8, 0xeb, 0xfe]).text).toEqual([
      'tbStart',
      '-- 0x1000',
      'add64 rax, rax, rbx',
      '-- 0x1003',
      'mov cc_src, rcx',
      'add64 rax, rax, rcx',
      'mov cc_dst, rax',
      '-- 0x1006',
      'mov cc_op, $0x9',
      'gotoTb0',
    ])
  })

  it('a comparison and its jump become one comparison', () => {
    // cmpl %ecx, %eax; jl +0
    const { text } = translateCode([0x39, 0xc8, 0x7c, 0x00])
    expect(text.filter((op) => op.startsWith('brcond'))).toEqual(['brcond32_lt rax, rcx, L0'])
    expect(text.some((op) => op.startsWith('call'))).toBe(false)
  })

  it('displacements of 16 bits travel with the access', () => {
    // movq -8(%rbp), %rax; movl %eax, 0x12345678(%rbx); jmp .
    expect(
      translateCode([0x48, 0x8b, 0x45, 0xf8, 0x89, 0x83, 0x78, 0x56, 0x34, 0x12, 0xeb, 0xfe]).text.slice(
        1,
        -1,
      ),
    ).toEqual([
      '-- 0x1000',
      'ld64 rax, [rbp + -8]',
      '-- 0x1004',
      'add64 t0, rbx, $0x12345678',
      'st32 rax, [t0]',
      '-- 0x100a',
    ])
  })

  it('addresses of 32-bit code stay within 32 bits', () => {
    // movl 4(%ebx), %eax; jmp .
    expect(translateCode([0x8b, 0x43, 0x04, 0xeb, 0xfe], { flags: PROTECTED }).text.slice(1, 5)).toEqual([
      '-- 0x1000',
      'add64 t0, rbx, $0x4',
      'ext32u t1, t0',
      'ld32u rax, [t1]',
    ])
  })

  it.each([
    ['by a helper', 'whatever FS and GS are', HF_FS_LIMIT, [], true],
    ['one by one', 'with a segment that ends', HF_SEG_LIMIT, [], false],
    ['one by one', 'out of FS where that ends', HF_FS_LIMIT, [0x64], false],
  ])('a repeated move is done %s %s', (_how, _when, limits, prefix, helped) => {
    // rep movsb
    const { text } = translateCode([...prefix, 0xf3, 0xa4], { flags: PROTECTED | limits })
    expect(text.some((op) => op.includes('#rep_movs'))).toBe(helped)
  })

  it('a block ends where its page ends, and an instruction over that end begins the next one', () => {
    const code = new Array<number>(0xffe).fill(0x90)
    // movl $1, %eax begins two bytes before the end; what follows cannot be fetched.
    const { icount, size } = translateCode([...code, 0xb8, 1, 0, 0, 0], { maxInsns: 10_000 })
    expect(size).toBe(icount)
    expect(size).toBeLessThanOrEqual(0xffe)
  })

  it.each([
    ['UD2', [0x0f, 0x0b]],
    ['LOCK with a register', [0xf0, 0x01, 0xc0]],
    ['LOCK CMP', [0xf0, 0x39, 0x03]],
    ['PUSH of a segment in 64-bit code', [0x06]],
    ['an x87 instruction, which CPUID does not show', [0xd9, 0xe8]],
    ['an SSE instruction, which CPUID does not show', [0x0f, 0x28, 0xc1]],
  ])('%s raises #UD', (_what, code) => {
    expect(translateCode(code).text).toEqual([
      'tbStart',
      '-- 0x1000',
      expect.stringMatching(/^call t\d+, #raise, \$0x6, /),
    ])
  })

  it('an instruction of more than 15 bytes raises #GP', () => {
    const { text } = translateCode([...new Array<number>(15).fill(0x66), 0x90])
    expect(text[2]).toMatch(/^call t\d+, #raise, \$0xd, /)
  })
})
