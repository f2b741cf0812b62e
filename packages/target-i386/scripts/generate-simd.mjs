// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Helpers of packed integer instructions: those on MMX registers, and shifts by a register's value. Each is an AssemblyScript
 * expression over `a` (destination) and `b` (source), both v128: that of the operation which translated code has for the
 * instruction's SSE form, or one that stands here. `helper_NAME_xmm` works on 16 bytes, `helper_NAME_mmx` on 8.
 */
import { opDefs } from '@dromaius/tcg'
import { laneWise } from '../dist/tcg/vector-ops.js'

const even = { i16: '0,2,4,6,8,10,12,14', i32: '0,2,4,6' }
const odd = { i16: '1,3,5,7,9,11,13,15', i32: '1,3,5,7' }
const pick = (type, a, b, list) => `v128.shuffle<${type}>(${a}, ${b}, ${list})`
/** Low 64 bits of `a` and of `b` as one vector: operands of what narrows or works on pairs. */
const joined = pick('i64', 'a', 'b', '0,2')

/** @type {Record<string, string>} */
const mmx = {}
for (const [name, op] of Object.entries(laneWise)) {
  const { expr, operands } = opDefs.find((row) => row.name === op)
  mmx[name] = operands.length === 2 ? expr.replaceAll(/\ba\b/g, 'b') : expr
}
Object.assign(mmx, {
  packsswb: `i8x16.narrow_i16x8_s(${joined}, a)`,
  packuswb: `i8x16.narrow_i16x8_u(${joined}, a)`,
  packssdw: `i16x8.narrow_i32x4_s(${joined}, a)`,
  punpcklbw: pick('i8', 'a', 'b', '0,16,1,17,2,18,3,19,4,20,5,21,6,22,7,23'),
  punpcklwd: pick('i16', 'a', 'b', '0,8,1,9,2,10,3,11'),
  punpckldq: pick('i32', 'a', 'b', '0,4,1,5'),
  punpckhbw: pick('i8', 'a', 'b', '4,20,5,21,6,22,7,23,4,20,5,21,6,22,7,23'),
  punpckhwd: pick('i16', 'a', 'b', '2,10,3,11,2,10,3,11'),
  punpckhdq: pick('i32', 'a', 'b', '1,5,1,5'),
  pshufb: 'i8x16.swizzle(a, v128.and(b, i8x16.splat(<i8>0x87)))',
})
for (const [name, type, op] of [
  ['phaddw', 'i16', 'i16x8.add'],
  ['phaddd', 'i32', 'i32x4.add'],
  ['phaddsw', 'i16', 'i16x8.add_sat_s'],
  ['phsubw', 'i16', 'i16x8.sub'],
  ['phsubd', 'i32', 'i32x4.sub'],
  ['phsubsw', 'i16', 'i16x8.sub_sat_s'],
]) {
  mmx[name] = `${op}(${pick(type, joined, joined, even[type])}, ${pick(type, joined, joined, odd[type])})`
}

/** Shifts: the count is the low 64 bits of `b`; beyond the width all is shifted out. @type {Record<string, string>} */
const shifts = {}
for (const [letter, width, lane] of [
  ['w', 16, 'i16x8'],
  ['d', 32, 'i32x4'],
  ['q', 64, 'i64x2'],
]) {
  const count = 'i64x2.extract_lane(b, 0)'
  const guarded = (op) => `<u64>${count} >= ${width} ? i32x4.splat(0) : ${lane}.${op}(a, <i32>${count})`
  shifts[`psll${letter}`] = guarded('shl')
  shifts[`psrl${letter}`] = guarded('shr_u')
  if (letter !== 'q') {
    shifts[`psra${letter}`] = `${lane}.shr_s(a, <u64>${count} >= ${width} ? ${width - 1} : <i32>${count})`
  }
}

const helper = (name, width, expr) => {
  const [load, store] =
    width === 'xmm'
      ? [(at) => `v128.load(env + <u32>${at})`, (value) => `v128.store(env + <u32>d, ${value})`]
      : [
          (at) => `v128.load64_zero(env + <u32>${at})`,
          (value) => `store<u64>(env + <u32>d, i64x2.extract_lane(${value}, 0))`,
        ]
  return `export function helper_${name}_${width}(env: u32, d: u64, s: u64, c: u64): u64 {
  let a = ${load('d')}, b = ${load('s')};
  ${store(`(${expr})`)};
  return 0;
}
`
}

let source = `// SPDX-License-Identifier: GPL-2.0-or-later
// Written by scripts/generate-simd.mjs.

`
for (const [name, expr] of Object.entries(shifts)) source += helper(name, 'xmm', expr)
for (const [name, expr] of Object.entries({ ...mmx, ...shifts })) source += helper(name, 'mmx', expr)

/** The helpers' source. */
export const simdSource = source
