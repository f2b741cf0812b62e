// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import { type CPUCacheInfo, type CPUCaches, cacheInfo } from './cpuid-cache.js'

const KiB = 1024
const MiB = 1024 * KiB

/** What the level 1 and level 2 caches of all Zen generations have in common. */
const l1 = { level: 1, linesPerTag: 1, selfInit: true, noInvdSharing: true } as const
const l1dCache = cacheInfo({ ...l1, type: 'data', size: 32 * KiB, associativity: 8, sets: 64 })
const l1i64K = cacheInfo({ ...l1, type: 'instruction', size: 64 * KiB, associativity: 4, sets: 256 })
const l1i32K = cacheInfo({ ...l1, type: 'instruction', size: 32 * KiB, associativity: 8, sets: 64 })
const l2Cache = cacheInfo({
  type: 'unified',
  level: 2,
  size: 512 * KiB,
  associativity: 8,
  sets: 1024,
  linesPerTag: 1,
})

/** The level 3 cache of one core complex. */
function l3(size: number, sets: number): CPUCacheInfo {
  return cacheInfo({
    type: 'unified',
    level: 3,
    size,
    associativity: 16,
    sets,
    linesPerTag: 1,
    selfInit: true,
    inclusive: true,
    complexIndexing: true,
  })
}

/**
 * Zen's caches (EPYC, Dhyana).
 * @qemu target/i386/cpu.c epyc_cache_info
 */
export const epycCacheInfo: CPUCaches = {
  l1dCache,
  l1iCache: l1i64K,
  l2Cache,
  l3Cache: l3(8 * MiB, 8192),
}

/**
 * Zen 2's caches.
 * @qemu target/i386/cpu.c epyc_rome_cache_info
 */
export const epycRomeCacheInfo: CPUCaches = {
  l1dCache,
  l1iCache: l1i32K,
  l2Cache,
  l3Cache: l3(16 * MiB, 16384),
}

/**
 * Zen 3's caches.
 * @qemu target/i386/cpu.c epyc_milan_cache_info
 */
export const epycMilanCacheInfo: CPUCaches = {
  l1dCache,
  l1iCache: l1i32K,
  l2Cache,
  l3Cache: l3(32 * MiB, 32768),
}
