// SPDX-License-Identifier: GPL-2.0-or-later
import type { CpuidRegs } from './cpuid-regs.js'
import { cpuid2CacheDescriptors } from './cpuid2-descriptors.js'
import type { X86CPUTopoInfo } from './topology.js'

const KiB = 1024

/**
 * One cache as CPUID describes it.
 * @qemu target/i386/cpu.h CPUCacheInfo
 */
export interface CPUCacheInfo {
  readonly type: 'data' | 'instruction' | 'unified'
  readonly level: 1 | 2 | 3
  /** Bytes. */
  readonly size: number
  /** Bytes. */
  readonly lineSize: number
  /** Ways. */
  readonly associativity: number
  readonly partitions: number
  readonly sets: number
  /** AMD only. */
  readonly linesPerTag: number
  /** Needs no software to initialise it. */
  readonly selfInit: boolean
  /** WBINVD does not reach the caches of other threads that share this one. */
  readonly noInvdSharing: boolean
  readonly inclusive: boolean
  /** A complex function is used to index the cache. */
  readonly complexIndexing: boolean
}

/**
 * The caches of one CPU.
 * @qemu target/i386/cpu.h CPUCaches
 */
export interface CPUCaches {
  readonly l1dCache: CPUCacheInfo
  readonly l1iCache: CPUCacheInfo
  readonly l2Cache: CPUCacheInfo
  readonly l3Cache: CPUCacheInfo
}

/** The same caches told three ways: real CPUs of the legacy models contradict themselves between the leaves. */
export interface CpuidCaches {
  /** For leaf 2. */
  readonly cpuid2: CPUCaches
  /** For leaf 4. */
  readonly cpuid4: CPUCaches
  /** For leaves 0x80000005, 0x80000006 and 0x8000001d. */
  readonly amd: CPUCaches
}

type CacheShape = Pick<CPUCacheInfo, 'type' | 'level' | 'size' | 'associativity' | 'sets'> &
  Partial<CPUCacheInfo>

/** A cache of which only what is special is told: lines of 64 bytes, one partition, no flags unless given. */
export function cacheInfo(shape: CacheShape): CPUCacheInfo {
  return {
    lineSize: 64,
    partitions: 1,
    linesPerTag: 0,
    selfInit: false,
    noInvdSharing: false,
    inclusive: false,
    complexIndexing: false,
    ...shape,
  }
}

const legacyL1d = cacheInfo({
  type: 'data',
  level: 1,
  size: 32 * KiB,
  associativity: 8,
  sets: 64,
  selfInit: true,
  noInvdSharing: true,
})
const legacyL1dAmd = cacheInfo({
  type: 'data',
  level: 1,
  size: 64 * KiB,
  associativity: 2,
  sets: 512,
  linesPerTag: 1,
  selfInit: true,
  noInvdSharing: true,
})
const legacyL1i = cacheInfo({
  type: 'instruction',
  level: 1,
  size: 32 * KiB,
  associativity: 8,
  sets: 64,
  selfInit: true,
  noInvdSharing: true,
})
const legacyL1iAmd = cacheInfo({
  type: 'instruction',
  level: 1,
  size: 64 * KiB,
  associativity: 2,
  sets: 512,
  linesPerTag: 1,
  selfInit: true,
  noInvdSharing: true,
})
const legacyL2 = cacheInfo({
  type: 'unified',
  level: 2,
  size: 4096 * KiB,
  associativity: 16,
  sets: 4096,
  selfInit: true,
  noInvdSharing: true,
})
const legacyL2Cpuid2 = cacheInfo({
  type: 'unified',
  level: 2,
  size: 2048 * KiB,
  associativity: 8,
  sets: 4096,
})
const legacyL2Amd = cacheInfo({
  type: 'unified',
  level: 2,
  size: 512 * KiB,
  associativity: 16,
  sets: 512,
  linesPerTag: 1,
})
const legacyL3 = cacheInfo({
  type: 'unified',
  level: 3,
  size: 16384 * KiB,
  associativity: 16,
  sets: 16384,
  linesPerTag: 1,
  selfInit: true,
  inclusive: true,
  complexIndexing: true,
})

/**
 * The caches of every model that brings none of its own (`legacy-cache=on`).
 * @qemu target/i386/cpu.c legacy_l1d_cache
 */
export const legacyCaches: CpuidCaches = {
  cpuid2: { l1dCache: legacyL1d, l1iCache: legacyL1i, l2Cache: legacyL2Cpuid2, l3Cache: legacyL3 },
  cpuid4: { l1dCache: legacyL1d, l1iCache: legacyL1i, l2Cache: legacyL2, l3Cache: legacyL3 },
  amd: { l1dCache: legacyL1dAmd, l1iCache: legacyL1iAmd, l2Cache: legacyL2Amd, l3Cache: legacyL3 },
}

/** What leaf 2 says when no descriptor fits: see leaf 4. */
const CACHE_DESCRIPTOR_UNAVAILABLE = 0xff

/**
 * The descriptor of `info` for leaf 2, one byte.
 * @qemu target/i386/cpu.c cpuid2_cache_descriptor
 */
export function cpuid2CacheDescriptor(info: CPUCacheInfo): number {
  const found = cpuid2CacheDescriptors.find(
    ([, level, type, sizeKiB, associativity, lineSize]) =>
      level === info.level &&
      type === info.type &&
      sizeKiB * KiB === info.size &&
      associativity === info.associativity &&
      lineSize === info.lineSize,
  )
  return found ? found[0] : CACHE_DESCRIPTOR_UNAVAILABLE
}

const TYPE_CODES = { data: 1, instruction: 2, unified: 3 } as const

/** What leaves 4 and 0x8000001d have in common; `threads` is the field of EAX that says who shares the cache. */
function encodeCache(info: CPUCacheInfo, eaxHigh: number): CpuidRegs {
  const eax = TYPE_CODES[info.type] | (info.level << 5) | (info.selfInit ? 1 << 8 : 0) | eaxHigh
  const ebx = (info.lineSize - 1) | ((info.partitions - 1) << 12) | ((info.associativity - 1) << 22)
  const edx = (info.noInvdSharing ? 1 : 0) | (info.inclusive ? 2 : 0) | (info.complexIndexing ? 4 : 0)
  return { eax: eax >>> 0, ebx: ebx >>> 0, ecx: info.sets - 1, edx }
}

/**
 * A subleaf of leaf 4. `numApicIds` APIC ids share the cache; `numCores` is the number of cores of the package.
 * @qemu target/i386/cpu.c encode_cache_cpuid4
 */
export function encodeCacheCpuid4(info: CPUCacheInfo, numApicIds: number, numCores: number): CpuidRegs {
  return encodeCache(info, ((numCores - 1) << 26) | ((numApicIds - 1) << 14))
}

/**
 * ECX or EDX of leaf 0x80000005.
 * @qemu target/i386/cpu.c encode_cache_cpuid80000005
 */
export function encodeCacheCpuid80000005(info: CPUCacheInfo): number {
  return (
    (((info.size / KiB) << 24) | (info.associativity << 16) | (info.linesPerTag << 8) | info.lineSize) >>> 0
  )
}

/**
 * AMD's code for a number of ways, in leaf 0x80000006; 0 for one that has no code.
 * @qemu target/i386/cpu.c AMD_ENC_ASSOC
 */
export function amdEncAssoc(ways: number): number {
  if (ways <= 1) return ways
  const codes: Record<number, number> = {
    2: 0x2,
    4: 0x4,
    8: 0x6,
    16: 0x8,
    32: 0xa,
    48: 0xb,
    64: 0xc,
    96: 0xd,
    128: 0xe,
  }
  return codes[ways] ?? 0
}

/**
 * ECX and EDX of leaf 0x80000006; `l3` is null where the CPU has none.
 * @qemu target/i386/cpu.c encode_cache_cpuid80000006
 */
export function encodeCacheCpuid80000006(
  l2: CPUCacheInfo,
  l3: CPUCacheInfo | null,
): Pick<CpuidRegs, 'ecx' | 'edx'> {
  const ways = (info: CPUCacheInfo): number =>
    (amdEncAssoc(info.associativity) << 12) | (info.linesPerTag << 8) | info.lineSize
  return {
    ecx: (((l2.size / KiB) << 16) | ways(l2)) >>> 0,
    edx: l3 ? (((l3.size / (512 * KiB)) << 18) | ways(l3)) >>> 0 : 0,
  }
}

/**
 * A subleaf of leaf 0x8000001d: an L3 is shared by the die, the others by the threads of a core.
 * @qemu target/i386/cpu.c encode_cache_cpuid8000001d
 */
export function encodeCacheCpuid8000001d(info: CPUCacheInfo, topo: X86CPUTopoInfo): CpuidRegs {
  const threads = info.level === 3 ? topo.coresPerDie * topo.threadsPerCore : topo.threadsPerCore
  return encodeCache(info, (threads - 1) << 14)
}
