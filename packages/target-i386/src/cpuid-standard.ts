// SPDX-License-Identifier: GPL-2.0-or-later
import { MSR_IA32_APICBASE_ENABLE } from './cpu-apic-device.js'
import { accelCpuOf } from './cpu-features.js'
import { isAmdCpu, type X86CPU } from './cpu.js'
import * as bits from './cpuid-bits.js'
import { cpuid2CacheDescriptor, encodeCacheCpuid4 } from './cpuid-cache.js'
import {
  featureReg,
  hasFeature,
  hostCacheCpuid,
  noCpuid,
  supportedCpuidRegs,
  topoInfoOf,
} from './cpuid-common.js'
import type { CpuidRegs } from './cpuid-regs.js'
import { cpuidSgxLeaf } from './cpuid-sgx.js'
import { cpuidXsaveLeaf } from './cpuid-xsave.js'
import * as fw from './feature-words.js'
import * as pt from './intel-pt.js'
import { apicidCoreOffset, apicidDieOffset, apicidPkgOffset } from './topology.js'

/** CLFLUSH line size in leaf 1, in units of 8 bytes; Linux wants it. */
const CLFLUSH_SIZE = 8

/** Mask of a 32-bit feature bit, from its bigint. */
const low = (mask: bigint): number => Number(mask)

function versionLeaf(cpu: X86CPU): CpuidRegs {
  const { env } = cpu
  const threads = cpu.nrCores * cpu.nrThreads
  let ebx = (cpu.apicId << 24) | (CLFLUSH_SIZE << 8)
  let ecx = featureReg(cpu, fw.FEAT_1_ECX)
  let edx = featureReg(cpu, fw.FEAT_1_EDX)
  if (hasFeature(cpu, fw.FEAT_1_ECX, bits.CPUID_EXT_XSAVE) && env.cr[4] & bits.CR4_OSXSAVE_MASK) {
    ecx |= low(bits.CPUID_EXT_OSXSAVE)
  }
  if (threads > 1) {
    ebx |= threads << 16
    edx |= low(bits.CPUID_HT)
  }
  if (!cpu.enablePmu) ecx &= ~low(bits.CPUID_EXT_PDCM)
  // An APIC that is switched off is not there (SDM volume 3, 11.4.3).
  if (cpu.apicState && !(cpu.apicState.apicbase & MSR_IA32_APICBASE_ENABLE)) edx &= ~low(bits.CPUID_APIC)
  return { eax: env.cpuidVersion, ebx: ebx >>> 0, ecx: ecx >>> 0, edx: edx >>> 0 }
}

function cacheDescriptorLeaf(cpu: X86CPU): CpuidRegs {
  if (cpu.cacheInfoPassthrough) return hostCacheCpuid(2, 0)
  if (cpu.vendorCpuidOnly && isAmdCpu(cpu.env)) return noCpuid()
  const { l1dCache, l1iCache, l2Cache, l3Cache } = cpu.cacheInfo.cpuid2
  return {
    eax: 1,
    ebx: 0,
    ecx: cpu.enableL3Cache ? cpuid2CacheDescriptor(l3Cache) : 0,
    edx:
      (cpuid2CacheDescriptor(l1dCache) << 16) |
      (cpuid2CacheDescriptor(l1iCache) << 8) |
      cpuid2CacheDescriptor(l2Cache),
  }
}

/** The next power of two from `count` up. */
const pow2ceil = (count: number): number => 2 ** (32 - Math.clz32(count - 1))

/** The host's leaf 4, with its numbers of cores and sharing threads put right for the guest. */
function hostCacheParametersLeaf(cpu: X86CPU, count: number): CpuidRegs {
  const regs = hostCacheCpuid(4, count)
  if ((regs.eax & 31) === 0) return regs
  const hostVcpusPerCache = 1 + ((regs.eax & 0x3ffc000) >>> 14)
  const vcpusPerSocket = cpu.env.nrDies * cpu.nrCores * cpu.nrThreads
  regs.eax = (regs.eax & 0x03ffffff) | ((pow2ceil(cpu.nrCores) - 1) << 26)
  if (hostVcpusPerCache > vcpusPerSocket) {
    regs.eax = (regs.eax & ~0x3ffc000) | ((pow2ceil(vcpusPerSocket) - 1) << 14)
  }
  return { ...regs, eax: regs.eax >>> 0 }
}

function cacheParametersLeaf(cpu: X86CPU, count: number): CpuidRegs {
  if (cpu.cacheInfoPassthrough) return hostCacheParametersLeaf(cpu, count)
  if (cpu.vendorCpuidOnly && isAmdCpu(cpu.env)) return noCpuid()
  const caches = cpu.cacheInfo.cpuid4
  switch (count) {
    case 0:
      return encodeCacheCpuid4(caches.l1dCache, 1, cpu.nrCores)
    case 1:
      return encodeCacheCpuid4(caches.l1iCache, 1, cpu.nrCores)
    case 2:
      return encodeCacheCpuid4(caches.l2Cache, cpu.nrThreads, cpu.nrCores)
    case 3:
      if (!cpu.enableL3Cache) return noCpuid()
      return encodeCacheCpuid4(caches.l3Cache, 1 << apicidDieOffset(topoInfoOf(cpu)), cpu.nrCores)
    default:
      return noCpuid()
  }
}

function structuredFeaturesLeaf(cpu: X86CPU, count: number): CpuidRegs {
  if (count === 1) return { ...noCpuid(), eax: featureReg(cpu, fw.FEAT_7_1_EAX) }
  if (count !== 0) return noCpuid()
  let ebx = featureReg(cpu, fw.FEAT_7_0_EBX)
  let ecx = featureReg(cpu, fw.FEAT_7_0_ECX)
  if (hasFeature(cpu, fw.FEAT_7_0_ECX, bits.CPUID_7_0_ECX_PKU) && cpu.env.cr[4] & bits.CR4_PKE_MASK) {
    ecx |= low(bits.CPUID_7_0_ECX_OSPKE)
  }
  // Enclaves cannot be emulated: what the hardware lacks must go, even when features are forced.
  const host = supportedCpuidRegs(cpu, 7, 0)
  if (!(host.ebx & low(bits.CPUID_7_0_EBX_SGX))) ebx &= ~low(bits.CPUID_7_0_EBX_SGX)
  if (!(ebx & low(bits.CPUID_7_0_EBX_SGX)) || !(host.ecx & low(bits.CPUID_7_0_ECX_SGX_LC))) {
    ecx &= ~low(bits.CPUID_7_0_ECX_SGX_LC)
  }
  return {
    eax: cpu.env.cpuidLevelFunc7,
    ebx: ebx >>> 0,
    ecx: ecx >>> 0,
    edx: featureReg(cpu, fw.FEAT_7_0_EDX),
  }
}

/** One level of leaves 0xb and 0x1f: `shift` bits of the APIC id lie below the next level, which has `threads`. */
function topologyLevel(cpu: X86CPU, count: number, level: number, shift = 0, threads = 0): CpuidRegs {
  return { eax: shift & 0x1f, ebx: threads & 0xffff, ecx: (count & 0xff) | level, edx: cpu.apicId }
}

function topologyLeaf(cpu: X86CPU, count: number): CpuidRegs {
  if (!cpu.enableCpuid0xb) return noCpuid()
  const topo = topoInfoOf(cpu)
  if (count === 0) {
    return topologyLevel(cpu, count, bits.CPUID_TOPOLOGY_LEVEL_SMT, apicidCoreOffset(topo), cpu.nrThreads)
  }
  if (count === 1) {
    const threads = cpu.nrCores * cpu.nrThreads
    return topologyLevel(cpu, count, bits.CPUID_TOPOLOGY_LEVEL_CORE, apicidPkgOffset(topo), threads)
  }
  return topologyLevel(cpu, count, bits.CPUID_TOPOLOGY_LEVEL_INVALID)
}

function topologyV2Leaf(cpu: X86CPU, count: number): CpuidRegs {
  const dies = cpu.env.nrDies
  if (dies < 2) return noCpuid()
  const topo = topoInfoOf(cpu)
  const threads = cpu.nrCores * cpu.nrThreads
  switch (count) {
    case 0:
      return topologyLevel(cpu, count, bits.CPUID_TOPOLOGY_LEVEL_SMT, apicidCoreOffset(topo), cpu.nrThreads)
    case 1:
      return topologyLevel(cpu, count, bits.CPUID_TOPOLOGY_LEVEL_CORE, apicidDieOffset(topo), threads)
    case 2:
      return topologyLevel(cpu, count, bits.CPUID_TOPOLOGY_LEVEL_DIE, apicidPkgOffset(topo), dies * threads)
    default:
      return topologyLevel(cpu, count, bits.CPUID_TOPOLOGY_LEVEL_INVALID)
  }
}

function processorTraceLeaf(cpu: X86CPU, count: number): CpuidRegs {
  if (!hasFeature(cpu, fw.FEAT_7_0_EBX, bits.CPUID_7_0_EBX_INTEL_PT) || accelCpuOf(cpu)?.name !== 'kvm') {
    return noCpuid()
  }
  if (count === 0) {
    const lip = featureReg(cpu, fw.FEAT_14_0_ECX) & low(bits.CPUID_14_0_ECX_LIP)
    return {
      eax: pt.INTEL_PT_MAX_SUBLEAF,
      ebx: pt.INTEL_PT_MINIMAL_EBX,
      ecx: (pt.INTEL_PT_MINIMAL_ECX | lip) >>> 0,
      edx: 0,
    }
  }
  if (count !== 1) return noCpuid()
  return {
    eax: pt.INTEL_PT_MTC_BITMAP | pt.INTEL_PT_ADDR_RANGES_NUM,
    ebx: pt.INTEL_PT_PSB_BITMAP | pt.INTEL_PT_CYCLE_BITMAP,
    ecx: 0,
    edx: 0,
  }
}

/** Leaf 0x1d: one palette of eight tiles, 16 rows of 64 bytes each. */
function tileLeaf(cpu: X86CPU, count: number): CpuidRegs {
  if (!hasFeature(cpu, fw.FEAT_7_0_EDX, bits.CPUID_7_0_EDX_AMX_TILE)) return noCpuid()
  if (count === 0) return { ...noCpuid(), eax: 1 }
  if (count !== 1) return noCpuid()
  return { eax: 0x2000 | (0x400 << 16), ebx: 0x40 | (8 << 16), ecx: 0x10, edx: 0 }
}

/** Leaf 0x1e: the tile multiplier takes 16 rows by 64 bytes. */
function tileMultiplyLeaf(cpu: X86CPU, count: number): CpuidRegs {
  if (!hasFeature(cpu, fw.FEAT_7_0_EDX, bits.CPUID_7_0_EDX_AMX_TILE) || count !== 0) return noCpuid()
  return { ...noCpuid(), ebx: 0x10 | (0x40 << 8) }
}

/** Leaf 0x1c, architectural last branch records: as the host has them. */
function lastBranchLeaf(cpu: X86CPU): CpuidRegs {
  if (!cpu.enablePmu || !hasFeature(cpu, fw.FEAT_7_0_EDX, bits.CPUID_7_0_EDX_ARCH_LBR)) return noCpuid()
  return { ...supportedCpuidRegs(cpu, 0x1c, 0), edx: 0 }
}

/** One leaf below 0x40000000; leaves that are not described are zero. */
export function cpuidStandardLeaf(cpu: X86CPU, leaf: number, count: number): CpuidRegs {
  const { env } = cpu
  switch (leaf) {
    case 0:
      return { eax: env.cpuidLevel, ebx: env.cpuidVendor1, ecx: env.cpuidVendor3, edx: env.cpuidVendor2 }
    case 1:
      return versionLeaf(cpu)
    case 2:
      return cacheDescriptorLeaf(cpu)
    case 4:
      return cacheParametersLeaf(cpu, count)
    case 5:
      return { ...cpu.mwait }
    case 6:
      return { ...noCpuid(), eax: featureReg(cpu, fw.FEAT_6_EAX) }
    case 7:
      return structuredFeaturesLeaf(cpu, count)
    case 0xa:
      return cpu.enablePmu ? supportedCpuidRegs(cpu, 0xa, count) : noCpuid()
    case 0xb:
      return topologyLeaf(cpu, count)
    case 0xd:
      return cpuidXsaveLeaf(cpu, count)
    case 0x12:
      return cpuidSgxLeaf(cpu, count)
    case 0x14:
      return processorTraceLeaf(cpu, count)
    case 0x1c:
      return lastBranchLeaf(cpu)
    case 0x1d:
      return tileLeaf(cpu, count)
    case 0x1e:
      return tileMultiplyLeaf(cpu, count)
    case 0x1f:
      return topologyV2Leaf(cpu, count)
    default:
      return noCpuid()
  }
}
