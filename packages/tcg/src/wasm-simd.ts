// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// WebAssembly's instructions on vectors (core specification 2.0, 5.4.9) by their names in the text format and in AssemblyScript:
// they follow the byte 0xfd.

/** The byte before the instruction's number. */
export const SIMD_PREFIX = 0xfd
/** Type of a value of 128 bits. */
export const V128 = 0x7b

/** Numbers in rows: where one begins, and the names from there on; `-` is a number that none has. */
const rows: readonly (readonly [first: number, names: string])[] = [
  [0, 'v128.load'],
  [11, 'v128.store v128.const i8x16.shuffle i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat'],
  [19, 'f32x4.splat f64x2.splat'],
  [29, 'i64x2.extract_lane i64x2.replace_lane'],
  [35, 'i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s'],
  [45, 'i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s'],
  [55, 'i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s'],
  [65, 'f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge'],
  [71, 'f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge'],
  [77, 'v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect v128.any_true'],
  [94, 'f32x4.demote_f64x2_zero f64x2.promote_low_f32x4'],
  [96, 'i8x16.abs i8x16.neg - i8x16.all_true i8x16.bitmask i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u'],
  [106, 'f32x4.nearest'],
  [110, 'i8x16.add i8x16.add_sat_s i8x16.add_sat_u i8x16.sub i8x16.sub_sat_s i8x16.sub_sat_u'],
  [118, 'i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u - i8x16.avgr_u'],
  [
    125,
    'i16x8.extadd_pairwise_i8x16_u - i32x4.extadd_pairwise_i16x8_u i16x8.abs i16x8.neg i16x8.q15mulr_sat_s',
  ],
  [133, 'i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s'],
  [137, 'i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u i16x8.shl i16x8.shr_s i16x8.shr_u'],
  [142, 'i16x8.add i16x8.add_sat_s i16x8.add_sat_u i16x8.sub i16x8.sub_sat_s i16x8.sub_sat_u f64x2.nearest'],
  [149, 'i16x8.mul i16x8.min_s i16x8.min_u i16x8.max_s i16x8.max_u - i16x8.avgr_u'],
  [160, 'i32x4.abs i32x4.neg - i32x4.all_true i32x4.bitmask'],
  [
    167,
    'i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u',
  ],
  [171, 'i32x4.shl i32x4.shr_s i32x4.shr_u i32x4.add - - i32x4.sub - - - i32x4.mul'],
  [182, 'i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u i32x4.dot_i16x8_s -'],
  [
    188,
    'i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u i32x4.extmul_high_i16x8_u',
  ],
  [192, 'i64x2.abs i64x2.neg - i64x2.all_true i64x2.bitmask'],
  [199, 'i64x2.extend_low_i32x4_s - i64x2.extend_low_i32x4_u - i64x2.shl i64x2.shr_s i64x2.shr_u i64x2.add'],
  [209, 'i64x2.sub - - - i64x2.mul i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s'],
  [220, 'i64x2.extmul_low_i32x4_s - i64x2.extmul_low_i32x4_u'],
  [224, 'f32x4.abs f32x4.neg - f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div - - f32x4.pmin f32x4.pmax'],
  [236, 'f64x2.abs f64x2.neg - f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div - - f64x2.pmin f64x2.pmax'],
  [
    248,
    'i32x4.trunc_sat_f32x4_s - f32x4.convert_i32x4_s - i32x4.trunc_sat_f64x2_s_zero - f64x2.convert_low_i32x4_s',
  ],
]

/** Numbers of the instructions by name. */
export const simd: Readonly<Record<string, number>> = Object.fromEntries(
  rows.flatMap(([first, names]) =>
    names.split(' ').flatMap((name, i) => (name === '-' ? [] : [[name, first + i] as const])),
  ),
)
