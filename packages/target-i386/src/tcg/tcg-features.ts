// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import * as fw from '../feature-words.js'

/**
 * The feature bits that the translator implements, by name; a guest is shown these and no others. What QEMU's TCG shows
 * beyond is listed in this package's README.
 * @qemu target/i386/cpu.c feature_word_info
 */
const implemented: Readonly<Record<number, string>> = {
  [fw.FEAT_1_EDX]:
    'fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2',
  [fw.FEAT_1_ECX]:
    'pni pclmulqdq monitor ssse3 sse4.1 sse4.2 aes xsave cx16 pcid movbe popcnt rdrand x2apic tsc-deadline hypervisor',
  [fw.FEAT_XSAVE]: 'xsaveopt',
  [fw.FEAT_7_0_EBX]: 'fsgsbase bmi1 smep bmi2 invpcid rdseed adx smap clflushopt',
  [fw.FEAT_7_0_ECX]: 'rdpid',
  [fw.FEAT_8000_0001_EDX]: 'syscall nx pdpe1gb rdtscp lm',
  [fw.FEAT_8000_0001_ECX]: 'lahf-lm cr8legacy abm',
  [fw.FEAT_KVM]: 'kvmclock kvm-nopiodelay kvmclock-stable-bit',
  // The timer of the local APIC goes on whatever the CPU does.
  [fw.FEAT_6_EAX]: 'arat',
}

/** Features that are no bits with a name: AMD's copies of leaf 1 in leaf 0x80000001. */
const AMD_ALIASES = 0x0183_f3ffn

/** Components of XSAVE: x87 and SSE. */
const XSTATE_X87_SSE = 3n

function maskOf(word: number): bigint {
  const wanted = (implemented[word] ?? '').split(' ')
  const { names } = fw.featureWordInfo[word]!
  return names.reduce(
    (mask, name, bit) => (name !== null && wanted.includes(name) ? mask | (1n << BigInt(bit)) : mask),
    0n,
  )
}

/** The bits of each feature word that a guest can be given. */
export const tcgFeatures: readonly bigint[] = (() => {
  const masks = fw.featureWordInfo.map((_, word) => maskOf(word))
  masks[fw.FEAT_8000_0001_EDX]! |= masks[fw.FEAT_1_EDX]! & AMD_ALIASES
  masks[fw.FEAT_XSAVE_XCR0_LO] = XSTATE_X87_SSE
  return masks
})()
