// SPDX-License-Identifier: GPL-2.0-or-later
import type { TcgCompileTarget } from '@dromaius/tcg'
import type { HelperTable } from './disas-context.js'
import * as x from './x86-layout.js'

/** Helpers that compute on the XMM registers that their first two arguments name. */
const ON_VECTORS = /_xmm$|^(sse|cvt)_|^(insertps|mpsadbw|maskmov|aes_round|aeskeygenassist|pclmulqdq)$/
/** Helpers that compute on registers of the x87 and MMX, or on their arguments alone. */
const NO_GLOBALS = /_mmx$|^x87_|^(palignr|shuffle16|movmsk|crc32|ldmxcsr)$/

/** What compiled code has to know of x86. @qemu target/i386/tcg/translate.c tcg_x86_init */
export function x86CompileTarget(helpers: HelperTable): TcgCompileTarget {
  const general = Array.from({ length: 16 }, (_, n) => x.X_REGS + n * 8)
  const named = (pattern: RegExp): number[] =>
    Object.keys(helpers).flatMap((name) => (pattern.test(name) ? [helpers[name]!] : []))
  const onVectors = named(ON_VECTORS)
  return {
    globals: [...general, x.X_EIP, x.X_CC_DST, x.X_CC_SRC, x.X_CC_SRC2, x.X_CC_OP],
    pc: x.X_EIP,
    state: new Set([x.X_EFLAGS, x.X_HFLAGS]),
    vectors: Array.from({ length: 16 }, (_, n) => x.X_XMM + n * x.X_XMM_SIZE),
    noGlobals: new Set([...named(NO_GLOBALS), ...onVectors]),
    onVectors: new Set(onVectors),
    pcBits: (flags) => (flags & x.HF_CS64 ? 64 : 32),
  }
}
