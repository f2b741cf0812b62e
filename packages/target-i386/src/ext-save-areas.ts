// SPDX-License-Identifier: GPL-2.0-or-later
import { hostCpuid } from '@dromaius/native'
import {
  CPUID_7_0_EBX_AVX512F,
  CPUID_7_0_EBX_MPX,
  CPUID_7_0_ECX_PKU,
  CPUID_7_0_EDX_AMX_TILE,
  CPUID_7_0_EDX_ARCH_LBR,
  CPUID_EXT_AVX,
  CPUID_EXT_XSAVE,
} from './cpuid-bits.js'
import { FEAT_1_ECX, FEAT_7_0_EBX, FEAT_7_0_ECX, FEAT_7_0_EDX, type FeatureWord } from './feature-words.js'

/** Component numbers of the XSAVE area (SDM volume 1, 13.1). */
const XSTATE_FP_BIT = 0
const XSTATE_SSE_BIT = 1
const XSTATE_YMM_BIT = 2
const XSTATE_BNDREGS_BIT = 3
const XSTATE_BNDCSR_BIT = 4
const XSTATE_OPMASK_BIT = 5
const XSTATE_ZMM_HI256_BIT = 6
const XSTATE_HI16_ZMM_BIT = 7
const XSTATE_PKRU_BIT = 9
export const XSTATE_ARCH_LBR_BIT = 15
const XSTATE_XTILE_CFG_BIT = 17
const XSTATE_XTILE_DATA_BIT = 18

/** Components that XCR0 switches. */
export const CPUID_XSTATE_XCR0_MASK = 0x6_02ffn
/** Components that IA32_XSS switches. */
export const CPUID_XSTATE_XSS_MASK = 1n << BigInt(XSTATE_ARCH_LBR_BIT)

/** Bits of ECX in the component's subleaf of leaf 0xd. */
export const ESA_FEATURE_ALIGN64_MASK = 1 << 1
export const ESA_FEATURE_XFD_MASK = 1 << 2

/**
 * One component of the XSAVE area.
 * @qemu target/i386/cpu.h ExtSaveArea
 */
export interface ExtSaveArea {
  /** The feature without which the component does not exist: word and bits. */
  readonly feature: FeatureWord
  readonly bits: bigint
  /** Place in the standard format, bytes. */
  readonly offset: number
  /** Bytes. */
  readonly size: number
  /** `ESA_FEATURE_*` */
  readonly ecx: number
}

/** The legacy (FXSAVE) region and the header, bytes. */
const LEGACY_AND_HEADER = 512 + 64

function area(feature: FeatureWord, bits: bigint, offset: number, size: number, ecx = 0): ExtSaveArea {
  return { feature, bits, offset, size, ecx }
}

/**
 * Components by number, null where there is none; laid out as Intel's processors do.
 * @qemu target/i386/cpu.c x86_ext_save_areas
 * @differs immutable; a CPU whose XSAVE is done by the host has a table of its own (`hostExtSaveAreas`)
 */
export const x86ExtSaveAreas: readonly (ExtSaveArea | null)[] = (() => {
  const areas: (ExtSaveArea | null)[] = new Array<ExtSaveArea | null>(XSTATE_XTILE_DATA_BIT + 1).fill(null)
  areas[XSTATE_FP_BIT] = area(FEAT_1_ECX, CPUID_EXT_XSAVE, 0, LEGACY_AND_HEADER)
  areas[XSTATE_SSE_BIT] = area(FEAT_1_ECX, CPUID_EXT_XSAVE, 0, LEGACY_AND_HEADER)
  areas[XSTATE_YMM_BIT] = area(FEAT_1_ECX, CPUID_EXT_AVX, 576, 256)
  areas[XSTATE_BNDREGS_BIT] = area(FEAT_7_0_EBX, CPUID_7_0_EBX_MPX, 960, 64)
  areas[XSTATE_BNDCSR_BIT] = area(FEAT_7_0_EBX, CPUID_7_0_EBX_MPX, 1024, 64)
  areas[XSTATE_OPMASK_BIT] = area(FEAT_7_0_EBX, CPUID_7_0_EBX_AVX512F, 1088, 64)
  areas[XSTATE_ZMM_HI256_BIT] = area(FEAT_7_0_EBX, CPUID_7_0_EBX_AVX512F, 1152, 512)
  areas[XSTATE_HI16_ZMM_BIT] = area(FEAT_7_0_EBX, CPUID_7_0_EBX_AVX512F, 1664, 1024)
  areas[XSTATE_PKRU_BIT] = area(FEAT_7_0_ECX, CPUID_7_0_ECX_PKU, 2688, 8)
  areas[XSTATE_ARCH_LBR_BIT] = area(FEAT_7_0_EDX, CPUID_7_0_EDX_ARCH_LBR, 0, 808)
  areas[XSTATE_XTILE_CFG_BIT] = area(FEAT_7_0_EDX, CPUID_7_0_EDX_AMX_TILE, 2752, 64, ESA_FEATURE_ALIGN64_MASK)
  areas[XSTATE_XTILE_DATA_BIT] = area(
    FEAT_7_0_EDX,
    CPUID_7_0_EDX_AMX_TILE,
    2816,
    8192,
    ESA_FEATURE_ALIGN64_MASK | ESA_FEATURE_XFD_MASK,
  )
  return areas
})()

/**
 * The components where this host's processor has them: AMD's places differ from Intel's, and a hypervisor hands out
 * the host's XSAVE image. One whose feature is not `supported` has no place: it can only be shown by force.
 * @qemu target/i386/kvm/kvm-cpu.c kvm_cpu_xsave_init
 */
export function hostExtSaveAreas(
  supported: (word: FeatureWord, bits: bigint) => boolean,
): readonly (ExtSaveArea | null)[] {
  return x86ExtSaveAreas.map((esa, i) => {
    if (esa === null || i <= XSTATE_SSE_BIT) return esa
    if (!supported(esa.feature, esa.bits)) return { ...esa, offset: 0, ecx: 0 }
    const host = hostCpuid(0xd, i)
    return host.eax === esa.size ? { ...esa, offset: host.ebx, ecx: host.ecx } : esa
  })
}

/**
 * Bytes of an XSAVE area that holds the components of `mask`.
 * @qemu target/i386/cpu.c xsave_area_size
 */
export function xsaveAreaSize(
  areas: readonly (ExtSaveArea | null)[],
  mask: bigint,
  compacted: boolean,
): number {
  let size = LEGACY_AND_HEADER
  for (const [i, esa] of areas.entries()) {
    if (esa === null || i < 2 || !((mask >> BigInt(i)) & 1n)) continue
    const offset = compacted ? size : esa.offset
    size = Math.max(size, offset + esa.size)
  }
  return size
}
