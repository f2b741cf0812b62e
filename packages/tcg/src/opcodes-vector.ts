// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// Operations on vectors: 128 bits, two neighbouring slots of the CPU's block, named by the first. Like those of opcodes.ts each is
// an expression that is valid AssemblyScript, over `a` and `b`, which are vectors unless the operands' letters say otherwise.
// The names are those of QEMU's vector operations with the width of a lane behind them, where QEMU has one.

/** What result and operands are: v a vector, s a slot of 64 bits. The last operand of `vvs` is a constant always. */
export type VectorOperands = 'vv' | 'vs' | 'sv' | 'vvv' | 'svv' | 'vvs'

/** A row: operands, expression. */
export type VectorRow = readonly [operands: VectorOperands, expr: string]

const lanes = { 8: 'i8x16', 16: 'i16x8', 32: 'i32x4', 64: 'i64x2' } as const
const table: Record<string, VectorRow> = {
  vmov: ['vv', 'a'],
  /** Zero; reads nothing of its operand. */
  vzero: ['vs', 'i64x2.splat(0)'],
  /** 64 bits, the upper half zero. */
  vmov64: ['vs', 'i64x2.replace_lane(i64x2.splat(0), 0, a)'],
  vand: ['vvv', 'v128.and(a, b)'],
  /** The other way round than in WebAssembly: what is not in `a`. */
  vandn: ['vvv', 'v128.andnot(b, a)'],
  vor: ['vvv', 'v128.or(a, b)'],
  vxor: ['vvv', 'v128.xor(a, b)'],
  vnot: ['vv', 'v128.not(a)'],
}

for (const [bits, lane] of Object.entries(lanes)) {
  table[`vadd${bits}`] = ['vvv', `${lane}.add(a, b)`]
  table[`vsub${bits}`] = ['vvv', `${lane}.sub(a, b)`]
  table[`vcmpeq${bits}`] = ['vvv', `${lane}.eq(a, b)`]
  table[`vcmpgt${bits}`] = ['vvv', `${lane}.gt_s(a, b)`]
}
for (const bits of [8, 16] as const) {
  const lane = lanes[bits]
  table[`vssadd${bits}`] = ['vvv', `${lane}.add_sat_s(a, b)`]
  table[`vusadd${bits}`] = ['vvv', `${lane}.add_sat_u(a, b)`]
  table[`vsssub${bits}`] = ['vvv', `${lane}.sub_sat_s(a, b)`]
  table[`vussub${bits}`] = ['vvv', `${lane}.sub_sat_u(a, b)`]
  table[`vavg${bits}`] = ['vvv', `${lane}.avgr_u(a, b)`]
}
for (const bits of [8, 16, 32] as const) {
  const lane = lanes[bits]
  for (const what of ['min', 'max']) {
    table[`vs${what}${bits}`] = ['vvv', `${lane}.${what}_s(a, b)`]
    table[`vu${what}${bits}`] = ['vvv', `${lane}.${what}_u(a, b)`]
  }
  table[`vabs${bits}`] = ['vv', `${lane}.abs(a)`]
  /** `a`, its negative, or zero, as `b` is positive, negative, or zero. */
  table[`vsign${bits}`] = [
    'vvv',
    `v128.andnot(v128.bitselect(${lane}.neg(a), a, ${lane}.lt_s(b, i64x2.splat(0))), ${lane}.eq(b, i64x2.splat(0)))`,
  ]
}
/* Shifts by a constant below the width of a lane. */
for (const bits of [16, 32, 64] as const) {
  const lane = lanes[bits]
  table[`vshli${bits}`] = ['vvs', `${lane}.shl(a, <i32>b)`]
  table[`vshri${bits}`] = ['vvs', `${lane}.shr_u(a, <i32>b)`]
  table[`vsari${bits}`] = ['vvs', `${lane}.shr_s(a, <i32>b)`]
}

const pick = (type: string, a: string, b: string, list: string): string =>
  `v128.shuffle<${type}>(${a}, ${b}, ${list})`
const evenBytes = '0,1,4,5,8,9,12,13,16,17,20,21,24,25,28,29'
const oddBytes = '2,3,6,7,10,11,14,15,18,19,22,23,26,27,30,31'
const high16 = (sign: string): string =>
  pick('i8', `i32x4.extmul_low_i16x8_${sign}(a, b)`, `i32x4.extmul_high_i16x8_${sign}(a, b)`, oddBytes)
/** Lanes 0 and 2 of 32 bits, in the place where products are taken from. */
const factors = (name: string): string => pick('i8', name, name, '0,1,2,3,8,9,10,11,0,1,2,3,8,9,10,11')
/** Products of unsigned and signed bytes, 16 bits each. */
const byteProducts = (half: string): string =>
  `i16x8.mul(i16x8.extend_${half}_i8x16_u(a), i16x8.extend_${half}_i8x16_s(b))`
const differences = 'v128.or(i8x16.sub_sat_u(a, b), i8x16.sub_sat_u(b, a))'

Object.assign(table, {
  vmul16: ['vvv', 'i16x8.mul(a, b)'],
  vmul32: ['vvv', 'i32x4.mul(a, b)'],
  /** Upper halves of products. */
  vsmulh16: ['vvv', high16('s')],
  vumulh16: ['vvv', high16('u')],
  /** Products of fractions, rounded; that of two -1.0 is -1.0. */
  vfracmul16: [
    'vvv',
    'v128.xor(i16x8.q15mulr_sat_s(a, b), v128.and(i16x8.eq(a, i16x8.splat(-32768)), i16x8.eq(b, i16x8.splat(-32768))))',
  ],
  /** 64-bit products of lanes 0 and 2. */
  vumul32x2: ['vvv', `i64x2.extmul_low_i32x4_u(${factors('a')}, ${factors('b')})`],
  vsmul32x2: ['vvv', `i64x2.extmul_low_i32x4_s(${factors('a')}, ${factors('b')})`],
  /** Sums of two neighbouring products. */
  vdot16: ['vvv', 'i32x4.dot_i16x8_s(a, b)'],
  vdot8: [
    'vvv',
    `i16x8.add_sat_s(${pick('i8', byteProducts('low'), byteProducts('high'), evenBytes)}, ${pick('i8', byteProducts('low'), byteProducts('high'), oddBytes)})`,
  ],
  /** Sums of the differences of eight bytes each. */
  vsad8: [
    'vvv',
    // Sums of four bytes each in lanes of 32 bits; of two of them, one from each half of 64.
    `i64x2.add(v128.and(i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(${differences})), i64x2.splat(4294967295)), i64x2.shr_u(i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(${differences})), 32))`,
  ],
  /** Lanes of `a`, then of `b`, with half the width, saturated. */
  vspack16: ['vvv', 'i8x16.narrow_i16x8_s(a, b)'],
  vupack16: ['vvv', 'i8x16.narrow_i16x8_u(a, b)'],
  vspack32: ['vvv', 'i16x8.narrow_i32x4_s(a, b)'],
  vupack32: ['vvv', 'i16x8.narrow_i32x4_u(a, b)'],
  /** Byte `b[i] & 15` of `a`, or zero if bit 7 of `b[i]` is set. */
  vpermb: ['vvv', 'i8x16.swizzle(a, v128.and(b, i8x16.splat(-113)))'],
  /** Signs of the lanes, lane 0 in bit 0. */
  vsigns8: ['sv', '<u64><u32>i8x16.bitmask(a)'],
  vsigns32: ['sv', '<u64><u32>i32x4.bitmask(a)'],
  vsigns64: ['sv', '<u64><u32>i64x2.bitmask(a)'],
  /** 1 if `a` and `b`, or `b` without `a`, are zero. */
  vtestz: ['svv', '<u64><u32>(v128.any_true(v128.and(a, b)) ^ 1)'],
  vtestc: ['svv', '<u64><u32>(v128.any_true(v128.andnot(b, a)) ^ 1)'],
} satisfies Record<string, VectorRow>)

for (const sign of ['s', 'u']) {
  const by8 = `i16x8.extend_low_i8x16_${sign}`
  const by16 = `i32x4.extend_low_i16x8_${sign}`
  const by32 = `i64x2.extend_low_i32x4_${sign}`
  /** The lowest lanes, extended. */
  Object.assign(table, {
    [`v${sign}ext8to16`]: ['vv', `${by8}(a)`],
    [`v${sign}ext8to32`]: ['vv', `${by16}(${by8}(a))`],
    [`v${sign}ext8to64`]: ['vv', `${by32}(${by16}(${by8}(a)))`],
    [`v${sign}ext16to32`]: ['vv', `${by16}(a)`],
    [`v${sign}ext16to64`]: ['vv', `${by32}(${by16}(a))`],
    [`v${sign}ext32to64`]: ['vv', `${by32}(a)`],
  } satisfies Record<string, VectorRow>)
}

/* Floating point, rounded to nearest. Which NaN comes out of it is open. */
for (const [bits, lane, least] of [
  [32, 'f32x4', '1.1754943508222875e-38'],
  [64, 'f64x2', '2.2250738585072014e-308'],
] as const) {
  const splat = (value: string): string => `${lane}.splat(${value})`
  const all = (mask: string): string => `<u64><u32>${lanes[bits]}.all_true(${mask})`
  const isZero = (x: string): string => `${lane}.eq(${x}, ${splat('0')})`
  const atLeast = (x: string, value: string): string => `${lane}.ge(${lane}.abs(${x}), ${splat(value)})`
  const isFinite = (x: string): string => `${lane}.lt(${lane}.abs(${x}), ${splat('Infinity')})`
  const isNumber = (x: string): string => `v128.or(${isZero(x)}, ${atLeast(x, least)})`
  for (const what of ['add', 'sub', 'mul', 'div'])
    table[`vf${what}${bits}`] = ['vvv', `${lane}.${what}(a, b)`]
  Object.assign(table, {
    [`vfsqrt${bits}`]: ['vv', `${lane}.sqrt(a)`],
    [`vfround${bits}`]: ['vv', `${lane}.nearest(a)`],
    /** `a` if it is less (greater) than `b`, else `b`. */
    [`vfmin${bits}`]: ['vvv', `${lane}.pmin(b, a)`],
    [`vfmax${bits}`]: ['vvv', `${lane}.pmax(b, a)`],
    [`vfeq${bits}`]: ['vvv', `${lane}.eq(a, b)`],
    [`vflt${bits}`]: ['vvv', `${lane}.lt(a, b)`],
    [`vfle${bits}`]: ['vvv', `${lane}.le(a, b)`],
    [`vfzero${bits}`]: ['vv', isZero('a')],
    /** 1 if no lane of both is a NaN or denormal. */
    [`vallNumbers${bits}`]: ['svv', all(`v128.and(${isNumber('a')}, ${isNumber('b')})`)],
    /** 1 if no lane is infinite either. */
    [`vallFinite${bits}`]: ['sv', all(`v128.and(${isNumber('a')}, ${isFinite('a')})`)],
    /** 1 if each lane is a finite number of any but the least exponent, to which a smaller one may have been rounded, or `b` has ones there. */
    [`vallNormal${bits}`]: [
      'svv',
      all(`v128.and(v128.or(b, ${atLeast('a', String(2 * Number(least)))}), ${isFinite('a')})`),
    ],
    /** 1 if all lanes, truncated, are integers of 32 bits. */
    [`vallInt32${bits}`]: ['sv', all(`${lane}.lt(${lane}.abs(a), ${splat('2147483648')})`)],
  } satisfies Record<string, VectorRow>)
}
Object.assign(table, {
  vint32ToF32: ['vv', 'f32x4.convert_i32x4_s(a)'],
  vint32ToF64: ['vv', 'f64x2.convert_low_i32x4_s(a)'],
  /** Truncated, the nearest integer for what is beyond its range. */
  vf32ToInt32: ['vv', 'i32x4.trunc_sat_f32x4_s(a)'],
  vf64ToInt32: ['vv', 'i32x4.trunc_sat_f64x2_s_zero(a)'],
  vf32ToF64: ['vv', 'f64x2.promote_low_f32x4(a)'],
  vf64ToF32: ['vv', 'f32x4.demote_f64x2_zero(a)'],
  /** The same as vallNormal for doubles that are singles. */
  vallSingle: [
    'svv',
    '<u64><u32>i64x2.all_true(v128.and(v128.or(b, f64x2.ge(f64x2.abs(a), f64x2.splat(2.350988701644575e-38))), f64x2.lt(f64x2.abs(a), f64x2.splat(Infinity))))',
  ],
} satisfies Record<string, VectorRow>)

/** Every operation on vectors by its name. */
export const vectorRows: Readonly<Record<string, VectorRow>> = table
