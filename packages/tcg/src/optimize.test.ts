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
    expect(ops).toEqual([
      '-- 0x10',
      'bswap64 t0, r',
      'mov r, t0',
      '-- 0x13',
      'bswap32 t0, r',
      'mov r, t0',
      'exitTb 2',
    ])
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
})
