// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { ENV_ARCH, ENV_BLOCK_TEMPS, O, Optimizer, TCGContext, tcgDumpOps } from './index.js'

const R = ENV_ARCH
const S = ENV_ARCH + 8
const FLAGS = ENV_ARCH + 16
const names = new Map([
  [R, 'r'],
  [S, 's'],
  [FLAGS, 'flags'],
  [ENV_BLOCK_TEMPS, 'b0'],
])

function optimized(build: (ctx: TCGContext) => void): string[] {
  const ctx = new TCGContext()
  ctx.start()
  ctx.insnStart(0x10, 0)
  build(ctx)
  new Optimizer().run(ctx)
  return tcgDumpOps(ctx, (slot) => names.get(slot) ?? `t${(slot - 0x400) / 8}`).split('\n')
}

const end = (ctx: TCGContext): void => ctx.emit(O.exitTb!, 2)

describe('optimiser', () => {
  it('folds constants through copies', () => {
    const ops = optimized((ctx) => {
      const t = ctx.temp()
      ctx.mov(t, ctx.const(40))
      ctx.emit(O.add64!, t, t, ctx.const(2))
      ctx.mov(R, t)
      end(ctx)
    })
    expect(ops).toEqual(['-- 0x10', 'mov r, $0x2a', 'exitTb 2'])
  })

  it('reads the original of a copy until it changes', () => {
    const ops = optimized((ctx) => {
      const t = ctx.temp()
      ctx.mov(t, R)
      ctx.emit(O.add64!, S, t, t)
      ctx.mov(R, ctx.const(0))
      ctx.emit(O.add64!, S, S, t)
      end(ctx)
    })
    expect(ops).toEqual([
      '-- 0x10',
      'mov t0, r',
      'add64 s, r, r',
      'mov r, $0x0',
      'add64 s, s, t0',
      'exitTb 2',
    ])
  })

  it('drops flags that are overwritten before anybody can look', () => {
    const ops = optimized((ctx) => {
      ctx.emit(O.add64!, R, R, S)
      ctx.mov(FLAGS, R)
      ctx.insnStart(0x13, 0)
      ctx.emit(O.sub64!, R, R, S)
      ctx.mov(FLAGS, R)
      end(ctx)
    })
    expect(ops).toEqual(['-- 0x10', 'add64 r, r, s', '-- 0x13', 'sub64 r, r, s', 'mov flags, r', 'exitTb 2'])
  })

  it('keeps flags that a memory access might have to show', () => {
    const ops = optimized((ctx) => {
      ctx.mov(FLAGS, R)
      ctx.insnStart(0x13, 0)
      ctx.emit(O.ld64!, S, R)
      ctx.mov(FLAGS, S)
      end(ctx)
    })
    expect(ops.filter((op) => op.startsWith('mov flags'))).toEqual(['mov flags, r', 'mov flags, s'])
  })

  it('drops what no later instruction of the block reads, though memory is accessed', () => {
    const ops = optimized((ctx) => {
      ctx.mov(ENV_BLOCK_TEMPS, R)
      ctx.insnStart(0x13, 0)
      ctx.emit(O.ld64!, S, R)
      end(ctx)
    })
    expect(ops).toEqual(['-- 0x10', '-- 0x13', 'ld64 s, [r]', 'exitTb 2'])
  })

  it('drops pure calls whose result is not used, and no others', () => {
    const ops = optimized((ctx) => {
      ctx.callPure(7, ctx.temp(), R, S, R)
      ctx.call(8, ctx.temp(), R, S, R)
      end(ctx)
    })
    expect(ops).toEqual(['-- 0x10', 'call t1, #8, r, s, r', 'exitTb 2'])
  })

  it('does not read a temporary of the instruction before', () => {
    const ops = optimized((ctx) => {
      const t = ctx.temp()
      ctx.emit(O.bswap64!, t, R)
      ctx.mov(R, t)
      ctx.insnStart(0x13, 0)
      ctx.emit(O.bswap32!, ctx.temp(), R)
      ctx.mov(R, 0x400)
      end(ctx)
    })
    expect(ops).toEqual(['-- 0x10', 'bswap64 r, r', '-- 0x13', 'bswap32 r, r', 'exitTb 2'])
  })

  it('computes where a result is moved to, unless it is read again', () => {
    const ops = (again: boolean): string[] =>
      optimized((ctx) => {
        const t = ctx.temp()
        ctx.emit(O.ld64!, t, S)
        ctx.mov(R, t)
        if (again) ctx.emit(O.st64!, t, S)
        end(ctx)
      })
    expect(ops(false)).toEqual(['-- 0x10', 'ld64 r, [s]', 'exitTb 2'])
    expect(ops(true)).toEqual(['-- 0x10', 'ld64 t0, [s]', 'mov r, t0', 'st64 t0, [s]', 'exitTb 2'])
  })

  it('takes nothing for granted behind a label', () => {
    const ops = optimized((ctx) => {
      const label = ctx.newLabel()
      ctx.mov(R, ctx.const(1))
      ctx.brcond('eq', 64, S, ctx.const(0), label)
      ctx.mov(R, ctx.const(2))
      ctx.setLabel(label)
      ctx.mov(S, R)
      end(ctx)
    })
    expect(ops).toEqual([
      '-- 0x10',
      'mov r, $0x1',
      'brcond64_eq s, $0x0, L0',
      'mov r, $0x2',
      'L0:',
      'mov s, r',
      'exitTb 2',
    ])
  })

  it.each([
    ['taken', 5, ['-- 0x10', 'L0:', 'mov s, r', 'exitTb 2']],
    ['not taken', 6, ['-- 0x10', 'mov r, $0x2', 'L0:', 'mov s, r', 'exitTb 2']],
  ])('a jump whose condition is known is %s', (_, value, expected) => {
    const ops = optimized((ctx) => {
      const label = ctx.newLabel()
      const t = ctx.temp()
      ctx.mov(t, ctx.const(value))
      ctx.brcond('ltu', 64, t, ctx.const(6), label)
      ctx.mov(R, ctx.const(2))
      ctx.setLabel(label)
      ctx.mov(S, R)
      end(ctx)
    })
    expect(ops).toEqual(expected)
  })

  it('what is compared with itself is equal', () => {
    const ops = optimized((ctx) => {
      const label = ctx.newLabel()
      ctx.brcond('lt', 32, R, R, label)
      ctx.brcond('leu', 64, R, R, label)
      end(ctx)
      ctx.setLabel(label)
      ctx.emit(O.exitTb!, 3)
    })
    expect(ops).toEqual(['-- 0x10', 'L0:', 'exitTb 3'])
  })

  it('keeps a temporary over a jump only if it is read where that leads', () => {
    const jump = (behind: (ctx: TCGContext) => void): string[] =>
      optimized((ctx) => {
        const label = ctx.newLabel()
        ctx.mov(ENV_BLOCK_TEMPS, R)
        ctx.brcond('eq', 64, R, S, label)
        ctx.mov(R, ctx.const(2))
        end(ctx)
        ctx.setLabel(label)
        behind(ctx)
        end(ctx)
      })
    expect(jump(() => {})).not.toContain('mov b0, r')
    expect(jump((ctx) => ctx.mov(S, ENV_BLOCK_TEMPS))).toContain('mov b0, r')
  })
})
