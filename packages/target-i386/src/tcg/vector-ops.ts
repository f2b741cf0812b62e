// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// Packed instructions that are one operation on vectors each. Their MMX forms are helpers, generated from the same operations
// (scripts/generate-simd.mjs).

const widths = { b: 8, w: 16, d: 32, q: 64 } as const
const table: Record<string, string> = {
  pand: 'vand',
  pandn: 'vandn',
  por: 'vor',
  pxor: 'vxor',
  pmullw: 'vmul16',
  pmulld: 'vmul32',
  pmulhw: 'vsmulh16',
  pmulhuw: 'vumulh16',
  pmulhrsw: 'vfracmul16',
  pmuludq: 'vumul32x2',
  pmuldq: 'vsmul32x2',
  pmaddwd: 'vdot16',
  pmaddubsw: 'vdot8',
  psadbw: 'vsad8',
}
for (const [letter, bits] of Object.entries(widths)) {
  table[`padd${letter}`] = `vadd${bits}`
  table[`psub${letter}`] = `vsub${bits}`
  table[`pcmpeq${letter}`] = `vcmpeq${bits}`
  table[`pcmpgt${letter}`] = `vcmpgt${bits}`
  if (bits <= 16) {
    table[`padds${letter}`] = `vssadd${bits}`
    table[`paddus${letter}`] = `vusadd${bits}`
    table[`psubs${letter}`] = `vsssub${bits}`
    table[`psubus${letter}`] = `vussub${bits}`
    table[`pavg${letter}`] = `vavg${bits}`
  }
  if (bits === 64) continue
  for (const what of ['min', 'max']) {
    table[`p${what}s${letter}`] = `vs${what}${bits}`
    table[`p${what}u${letter}`] = `vu${what}${bits}`
  }
  table[`pabs${letter}`] = `vabs${bits}`
  table[`psign${letter}`] = `vsign${bits}`
}

/** Lane by lane, so that half a vector gives half the result. */
export const laneWise: Readonly<Record<string, string>> = table

/** What crosses lanes, and what MMX does not have. */
export const vectorOnly: Readonly<Record<string, string>> = {
  packsswb: 'vspack16',
  packuswb: 'vupack16',
  packssdw: 'vspack32',
  packusdw: 'vupack32',
  pshufb: 'vpermb',
  pmovsxbw: 'vsext8to16',
  pmovsxbd: 'vsext8to32',
  pmovsxbq: 'vsext8to64',
  pmovsxwd: 'vsext16to32',
  pmovsxwq: 'vsext16to64',
  pmovsxdq: 'vsext32to64',
  pmovzxbw: 'vuext8to16',
  pmovzxbd: 'vuext8to32',
  pmovzxbq: 'vuext8to64',
  pmovzxwd: 'vuext16to32',
  pmovzxwq: 'vuext16to64',
  pmovzxdq: 'vuext32to64',
}
