// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Helpers of packed integer instructions, generated from their meaning as an AssemblyScript expression over `a` (destination)
 * and `b` (source), both v128. `helper_NAME_xmm` works on 16 bytes, `helper_NAME_mmx` on 8.
 */

const even = (type) =>
  ({ i8: '0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30', i16: '0,2,4,6,8,10,12,14', i32: '0,2,4,6' })[type]
const odd = (type) =>
  ({ i8: '1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31', i16: '1,3,5,7,9,11,13,15', i32: '1,3,5,7' })[type]
const lanes = { b: 'i8x16', w: 'i16x8', d: 'i32x4', q: 'i64x2' }
const pick = (type, a, b, list) => `v128.shuffle<${type}>(${a}, ${b}, ${list})`
/** Low 64 bits of `a` and of `b` as one vector: MMX operands of what narrows or works on pairs. */
const joined = pick('i64', 'a', 'b', '0,2')
const high16 = (sign) =>
  pick('i16', `i32x4.extmul_low_i16x8_${sign}(a, b)`, `i32x4.extmul_high_i16x8_${sign}(a, b)`, odd('i16'))
const pairwise = (type, op, a, b) => `${op}(${pick(type, a, b, even(type))}, ${pick(type, a, b, odd(type))})`

/** Lane by lane: the same on 8 bytes and on 16. @type {Record<string, string>} */
const lanewise = {}
for (const [letter, lane] of Object.entries(lanes)) {
  lanewise[`padd${letter}`] = `${lane}.add(a, b)`
  lanewise[`psub${letter}`] = `${lane}.sub(a, b)`
  lanewise[`pcmpeq${letter}`] = `${lane}.eq(a, b)`
  lanewise[`pcmpgt${letter}`] = `${lane}.gt_s(a, b)`
}
for (const letter of ['b', 'w']) {
  const lane = lanes[letter]
  lanewise[`padds${letter}`] = `${lane}.add_sat_s(a, b)`
  lanewise[`paddus${letter}`] = `${lane}.add_sat_u(a, b)`
  lanewise[`psubs${letter}`] = `${lane}.sub_sat_s(a, b)`
  lanewise[`psubus${letter}`] = `${lane}.sub_sat_u(a, b)`
  lanewise[`pavg${letter}`] = `${lane}.avgr_u(a, b)`
}
for (const letter of ['b', 'w', 'd']) {
  const lane = lanes[letter]
  for (const what of ['min', 'max']) {
    lanewise[`p${what}s${letter}`] = `${lane}.${what}_s(a, b)`
    lanewise[`p${what}u${letter}`] = `${lane}.${what}_u(a, b)`
  }
  lanewise[`pabs${letter}`] = `${lane}.abs(b)`
  lanewise[`psign${letter}`] =
    `v128.andnot(v128.bitselect(${lane}.neg(a), a, ${lane}.lt_s(b, i32x4.splat(0))), ${lane}.eq(b, i32x4.splat(0)))`
}
Object.assign(lanewise, {
  pand: 'v128.and(a, b)',
  pandn: 'v128.andnot(b, a)',
  por: 'v128.or(a, b)',
  pxor: 'v128.xor(a, b)',
  pmullw: 'i16x8.mul(a, b)',
  pmulld: 'i32x4.mul(a, b)',
  pmulhw: high16('s'),
  pmulhuw: high16('u'),
  // The only product that saturates is that of two -1.0.
  pmulhrsw:
    'v128.xor(i16x8.q15mulr_sat_s(a, b), v128.and(i16x8.eq(a, i16x8.splat(-32768)), i16x8.eq(b, i16x8.splat(-32768))))',
  pmuludq: `i64x2.extmul_low_i32x4_u(${pick('i32', 'a', 'a', '0,2,0,2')}, ${pick('i32', 'b', 'b', '0,2,0,2')})`,
  pmuldq: `i64x2.extmul_low_i32x4_s(${pick('i32', 'a', 'a', '0,2,0,2')}, ${pick('i32', 'b', 'b', '0,2,0,2')})`,
  pmaddwd: 'i32x4.dot_i16x8_s(a, b)',
  pmaddubsw: pairwise(
    'i16',
    'i16x8.add_sat_s',
    'i16x8.mul(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_s(b))',
    'i16x8.mul(i16x8.extend_high_i8x16_u(a), i16x8.extend_high_i8x16_s(b))',
  ),
  psadbw: 'sumOfDifferences(v128.or(i8x16.sub_sat_u(a, b), i8x16.sub_sat_u(b, a)))',
})

/** What crosses lanes: 16 bytes, then 8. @type {Record<string, [string, string | null]>} */
const crossing = {
  packsswb: ['i8x16.narrow_i16x8_s(a, b)', `i8x16.narrow_i16x8_s(${joined}, a)`],
  packuswb: ['i8x16.narrow_i16x8_u(a, b)', `i8x16.narrow_i16x8_u(${joined}, a)`],
  packssdw: ['i16x8.narrow_i32x4_s(a, b)', `i16x8.narrow_i32x4_s(${joined}, a)`],
  packusdw: ['i16x8.narrow_i32x4_u(a, b)', null],
  punpcklbw: Array(2).fill(pick('i8', 'a', 'b', '0,16,1,17,2,18,3,19,4,20,5,21,6,22,7,23')),
  punpcklwd: Array(2).fill(pick('i16', 'a', 'b', '0,8,1,9,2,10,3,11')),
  punpckldq: Array(2).fill(pick('i32', 'a', 'b', '0,4,1,5')),
  punpcklqdq: [pick('i64', 'a', 'b', '0,2'), null],
  punpckhbw: [
    pick('i8', 'a', 'b', '8,24,9,25,10,26,11,27,12,28,13,29,14,30,15,31'),
    pick('i8', 'a', 'b', '4,20,5,21,6,22,7,23,4,20,5,21,6,22,7,23'),
  ],
  punpckhwd: [pick('i16', 'a', 'b', '4,12,5,13,6,14,7,15'), pick('i16', 'a', 'b', '2,10,3,11,2,10,3,11')],
  punpckhdq: [pick('i32', 'a', 'b', '2,6,3,7'), pick('i32', 'a', 'b', '1,5,1,5')],
  punpckhqdq: [pick('i64', 'a', 'b', '1,3'), null],
  pshufb: [
    'i8x16.swizzle(a, v128.and(b, i8x16.splat(<i8>0x8f)))',
    'i8x16.swizzle(a, v128.and(b, i8x16.splat(<i8>0x87)))',
  ],
  movddup: [pick('i64', 'b', 'b', '0,0'), null],
  movsldup: [pick('i32', 'b', 'b', '0,0,2,2'), null],
  movshdup: [pick('i32', 'b', 'b', '1,1,3,3'), null],
}
for (const [name, type, op] of [
  ['phaddw', 'i16', 'i16x8.add'],
  ['phaddd', 'i32', 'i32x4.add'],
  ['phaddsw', 'i16', 'i16x8.add_sat_s'],
  ['phsubw', 'i16', 'i16x8.sub'],
  ['phsubd', 'i32', 'i32x4.sub'],
  ['phsubsw', 'i16', 'i16x8.sub_sat_s'],
]) {
  crossing[name] = [pairwise(type, op, 'a', 'b'), pairwise(type, op, joined, joined)]
}
for (const [letter, sign] of [
  ['s', 's'],
  ['z', 'u'],
]) {
  const bw = `i16x8.extend_low_i8x16_${sign}`
  const wd = `i32x4.extend_low_i16x8_${sign}`
  const dq = `i64x2.extend_low_i32x4_${sign}`
  Object.assign(crossing, {
    [`pmov${letter}xbw`]: [`${bw}(b)`, null],
    [`pmov${letter}xbd`]: [`${wd}(${bw}(b))`, null],
    [`pmov${letter}xbq`]: [`${dq}(${wd}(${bw}(b)))`, null],
    [`pmov${letter}xwd`]: [`${wd}(b)`, null],
    [`pmov${letter}xwq`]: [`${dq}(${wd}(b))`, null],
    [`pmov${letter}xdq`]: [`${dq}(b)`, null],
  })
}

/** Shifts: the count is the low 64 bits of `b`; beyond the width all is shifted out. */
for (const [letter, width, lane] of [
  ['w', 16, 'i16x8'],
  ['d', 32, 'i32x4'],
  ['q', 64, 'i64x2'],
]) {
  const count = 'i64x2.extract_lane(b, 0)'
  const guarded = (op) => `<u64>${count} >= ${width} ? i32x4.splat(0) : ${lane}.${op}(a, <i32>${count})`
  lanewise[`psll${letter}`] = guarded('shl')
  lanewise[`psrl${letter}`] = guarded('shr_u')
  if (letter !== 'q') {
    lanewise[`psra${letter}`] = `${lane}.shr_s(a, <u64>${count} >= ${width} ? ${width - 1} : <i32>${count})`
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

/** Sums of bytes, by halves of 8. */
function sumOfDifferences(d: v128): v128 {
  let words = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(d));
  return i64x2.add(v128.and(words, i64x2.splat(0xffffffff)), i64x2.shr_u(words, 32));
}

`
for (const [name, expr] of Object.entries(lanewise)) {
  source += helper(name, 'xmm', expr) + helper(name, 'mmx', expr)
}
for (const [name, [xmm, mmx]] of Object.entries(crossing)) {
  source += helper(name, 'xmm', xmm)
  if (mmx !== null) source += helper(name, 'mmx', mmx)
}

/** The helpers' source. */
export const simdSource = source
