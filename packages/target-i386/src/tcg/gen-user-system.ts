// SPDX-License-Identifier: GPL-2.0-or-later
//
// What programs may ask of the system without a call: random numbers, the bases of FS and GS.

import { setCcOp } from './cc.js'
import type { DisasContext } from './disas-context.js'
import type { Generator } from './generator.js'
import * as x from './x86-layout.js'

/** RDRAND and RDSEED never fail here: CF is set, the other flags are clear (SDM volume 2). */
const rdrand: Generator = (s) => {
  const value = s.temp()
  s.call('rdrand', value)
  s.write(s.ops[0]!, value)
  s.ir.mov(x.X_CC_SRC, s.const(x.CC_C))
  setCcOp(s, x.CC_OP_EFLAGS)
}

const check = (s: DisasContext): void => s.call('check_fsgsbase', s.temp())

const readBase =
  (segment: number): Generator =>
  (s) => {
    check(s)
    s.write(s.ops[0]!, s.segField(segment, x.X_SEG_BASE))
  }

const writeBase =
  (segment: number): Generator =>
  (s) => {
    check(s)
    s.call('write_seg_base', s.temp(), s.const(segment), s.readZ(s.ops[0]!))
  }

export const userSystemGenerators: Readonly<Record<string, Generator>> = {
  rdrand,
  rdfsbase: readBase(x.R_FS),
  rdgsbase: readBase(x.R_GS),
  wrfsbase: writeBase(x.R_FS),
  wrgsbase: writeBase(x.R_GS),
}
