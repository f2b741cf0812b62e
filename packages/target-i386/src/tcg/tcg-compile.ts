// SPDX-License-Identifier: GPL-2.0-or-later
import type { TcgCompileTarget } from '@dromaius/tcg'
import type { HelperTable } from './disas-context.js'
import * as x from './x86-layout.js'

/** Helpers that compute on x87, MMX and XMM registers, or on their arguments alone. */
const NO_GLOBALS =
  /_(xmm|mmx)$|^(x87|sse|cvt)_|^(palignr|shuffle16|movmsk|insertps|mpsadbw|maskmov|crc32|aes_round|aeskeygenassist|pclmulqdq|ldmxcsr)$/

/** What compiled code has to know of x86. @qemu target/i386/tcg/translate.c tcg_x86_init */
export function x86CompileTarget(helpers: HelperTable): TcgCompileTarget {
  const general = Array.from({ length: 16 }, (_, n) => x.X_REGS + n * 8)
  const names = Object.keys(helpers).filter((name) => NO_GLOBALS.test(name))
  return {
    globals: [...general, x.X_EIP, x.X_CC_DST, x.X_CC_SRC, x.X_CC_SRC2, x.X_CC_OP],
    pc: x.X_EIP,
    state: new Set([x.X_EFLAGS, x.X_HFLAGS]),
    noGlobals: new Set(names.map((name) => helpers[name]!)),
    pcBits: (flags) => (flags & x.HF_CS64 ? 64 : 32),
  }
}
