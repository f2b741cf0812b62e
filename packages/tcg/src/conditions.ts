// SPDX-License-Identifier: GPL-2.0-or-later
/** How two values are compared; `u` compares them as unsigned numbers. @qemu include/tcg/tcg-cond.h TCGCond */
export type TCGCond = 'eq' | 'ne' | 'lt' | 'ge' | 'le' | 'gt' | 'ltu' | 'geu' | 'leu' | 'gtu'

/** All of them, in the order of their operations. */
export const conditions: readonly TCGCond[] = ['eq', 'ne', 'lt', 'ge', 'le', 'gt', 'ltu', 'geu', 'leu', 'gtu']

const inverse: Readonly<Record<TCGCond, TCGCond>> = {
  eq: 'ne',
  ne: 'eq',
  lt: 'ge',
  ge: 'lt',
  le: 'gt',
  gt: 'le',
  ltu: 'geu',
  geu: 'ltu',
  leu: 'gtu',
  gtu: 'leu',
}

/** The condition that holds when `cond` does not. @qemu include/tcg/tcg-cond.h tcg_invert_cond */
export function tcgInvertCond(cond: TCGCond): TCGCond {
  return inverse[cond]
}
