// SPDX-License-Identifier: GPL-2.0-or-later
import { isIntelCpu, type X86CPU } from './cpu.js'
import { CPUID_7_0_ECX_LA57, CPUID_EXT2_LM, CPUID_EXT3_CMP_LEG, CPUID_EXT3_SVM } from './cpuid-bits.js'
import {
  amdEncAssoc,
  encodeCacheCpuid80000005,
  encodeCacheCpuid80000006,
  encodeCacheCpuid8000001d,
} from './cpuid-cache.js'
import { featureReg, hasFeature, hostCacheCpuid, noCpuid, topoInfoOf } from './cpuid-common.js'
import type { CpuidRegs } from './cpuid-regs.js'
import * as fw from './feature-words.js'
import { apicidDieOffset, apicidPkgOffset, x86TopoIdsFromApicid } from './topology.js'

/** The TLBs that every guest is told: level 1 of 255 entries, direct; level 2 of 512 small pages, 4 ways. */
const L1_TLB_ASSOC = 1
const L1_TLB_ENTRIES = 255
const L2_TLB_4K_ASSOC = 4
const L2_TLB_4K_ENTRIES = 512

/** Revision and number of address space ids of the SVM that guests are offered. */
const SVM_REVISION = 1
const SVM_ASIDS = 0x10

/**
 * Width of virtual addresses in bits.
 * @qemu target/i386/cpu.c cpu_x86_virtual_addr_width
 */
function cpuX86VirtualAddrWidth(cpu: X86CPU): number {
  return hasFeature(cpu, fw.FEAT_7_0_ECX, CPUID_7_0_ECX_LA57) ? 57 : 48
}

function extendedFeaturesLeaf(cpu: X86CPU): CpuidRegs {
  let ecx = featureReg(cpu, fw.FEAT_8000_0001_ECX)
  // With this bit, Linux throws away what it knows of threads; so Intel's guests must not see it.
  if (cpu.nrCores * cpu.nrThreads > 1 && !isIntelCpu(cpu.env)) ecx |= Number(CPUID_EXT3_CMP_LEG)
  return { eax: cpu.env.cpuidVersion, ebx: 0, ecx: ecx >>> 0, edx: featureReg(cpu, fw.FEAT_8000_0001_EDX) }
}

function brandLeaf(cpu: X86CPU, leaf: number): CpuidRegs {
  const [eax, ebx, ecx, edx] = cpu.env.cpuidModel.slice((leaf - 0x80000002) * 4)
  return { eax: eax!, ebx: ebx!, ecx: ecx!, edx: edx! }
}

function l1CacheLeaf(cpu: X86CPU): CpuidRegs {
  if (cpu.cacheInfoPassthrough) return hostCacheCpuid(0x80000005, 0)
  const tlb = (L1_TLB_ASSOC << 24) | (L1_TLB_ENTRIES << 16) | (L1_TLB_ASSOC << 8) | L1_TLB_ENTRIES
  const { l1dCache, l1iCache } = cpu.cacheInfo.amd
  return {
    eax: tlb >>> 0,
    ebx: tlb >>> 0,
    ecx: encodeCacheCpuid80000005(l1dCache),
    edx: encodeCacheCpuid80000005(l1iCache),
  }
}

function l2CacheLeaf(cpu: X86CPU): CpuidRegs {
  if (cpu.cacheInfoPassthrough) return hostCacheCpuid(0x80000006, 0)
  const ways = amdEncAssoc(L2_TLB_4K_ASSOC)
  const tlb4k = (ways << 28) | (L2_TLB_4K_ENTRIES << 16) | (ways << 12) | L2_TLB_4K_ENTRIES
  const { l2Cache, l3Cache } = cpu.cacheInfo.amd
  return {
    eax: 0,
    ebx: tlb4k >>> 0,
    ...encodeCacheCpuid80000006(l2Cache, cpu.enableL3Cache ? l3Cache : null),
  }
}

function addressSizesLeaf(cpu: X86CPU): CpuidRegs {
  const threads = cpu.nrCores * cpu.nrThreads
  const longMode = hasFeature(cpu, fw.FEAT_8000_0001_EDX, CPUID_EXT2_LM)
  return {
    eax: cpu.physBits | (longMode ? cpuX86VirtualAddrWidth(cpu) << 8 : 0),
    ebx: featureReg(cpu, fw.FEAT_8000_0008_EBX),
    // Bits 15:12: how many bits of the APIC id tell threads of the package apart.
    ecx: threads > 1 ? (apicidPkgOffset(topoInfoOf(cpu)) << 12) | (threads - 1) : 0,
    edx: 0,
  }
}

function svmLeaf(cpu: X86CPU): CpuidRegs {
  if (!hasFeature(cpu, fw.FEAT_8000_0001_ECX, CPUID_EXT3_SVM)) return noCpuid()
  return { eax: SVM_REVISION, ebx: SVM_ASIDS, ecx: 0, edx: featureReg(cpu, fw.FEAT_SVM) }
}

function amdCacheLeaf(cpu: X86CPU, count: number): CpuidRegs {
  if (cpu.cacheInfoPassthrough) return hostCacheCpuid(0x8000001d, count)
  const { l1dCache, l1iCache, l2Cache, l3Cache } = cpu.cacheInfo.amd
  const info = [l1dCache, l1iCache, l2Cache, l3Cache][count]
  return info ? encodeCacheCpuid8000001d(info, topoInfoOf(cpu)) : noCpuid()
}

/**
 * Leaf 0x8000001e: extended APIC id, core and node.
 * @qemu target/i386/cpu.c encode_topo_cpuid8000001e
 */
function amdTopologyLeaf(cpu: X86CPU): CpuidRegs {
  if (cpu.coreId > 255) return noCpuid()
  const topo = topoInfoOf(cpu)
  const ids = x86TopoIdsFromApicid(cpu.apicId, topo)
  return {
    eax: cpu.apicId,
    ebx: ((topo.threadsPerCore - 1) << 8) | (ids.coreId & 0xff),
    ecx: ((topo.diesPerPkg - 1) << 8) | ((cpu.apicId >>> apicidDieOffset(topo)) & 0xff),
    edx: 0,
  }
}

/** One leaf from 0x80000000 to 0xbfffffff; leaves that are not described are zero. */
export function cpuidExtendedLeaf(cpu: X86CPU, leaf: number, count: number): CpuidRegs {
  const { env } = cpu
  switch (leaf) {
    case 0x80000000:
      return { eax: env.cpuidXlevel, ebx: env.cpuidVendor1, ecx: env.cpuidVendor3, edx: env.cpuidVendor2 }
    case 0x80000001:
      return extendedFeaturesLeaf(cpu)
    case 0x80000002:
    case 0x80000003:
    case 0x80000004:
      return brandLeaf(cpu, leaf)
    case 0x80000005:
      return l1CacheLeaf(cpu)
    case 0x80000006:
      return l2CacheLeaf(cpu)
    case 0x80000007:
      return { ...noCpuid(), edx: featureReg(cpu, fw.FEAT_8000_0007_EDX) }
    case 0x80000008:
      return addressSizesLeaf(cpu)
    case 0x8000000a:
      return svmLeaf(cpu)
    case 0x8000001d:
      return amdCacheLeaf(cpu, count)
    case 0x8000001e:
      return amdTopologyLeaf(cpu)
    default:
      return noCpuid()
  }
}

/** One of Centaur's (VIA's) leaves, 0xc0000000 and up. */
export function cpuidCentaurLeaf(cpu: X86CPU, leaf: number): CpuidRegs {
  if (leaf === 0xc0000000) return { ...noCpuid(), eax: cpu.env.cpuidXlevel2 }
  if (leaf === 0xc0000001) {
    return { ...noCpuid(), eax: cpu.env.cpuidVersion, edx: featureReg(cpu, fw.FEAT_C000_0001_EDX) }
  }
  return noCpuid()
}
