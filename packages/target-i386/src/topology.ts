// SPDX-License-Identifier: GPL-2.0-or-later

/**
 * Shape of one package, as it is cut into an APIC id's bit fields.
 * @qemu include/hw/i386/topology.h X86CPUTopoInfo
 */
export interface X86CPUTopoInfo {
  diesPerPkg: number
  coresPerDie: number
  threadsPerCore: number
}

/**
 * A CPU's place: the fields of its APIC id.
 * @qemu include/hw/i386/topology.h X86CPUTopoIDs
 */
export interface X86CPUTopoIDs {
  pkgId: number
  dieId: number
  coreId: number
  smtId: number
}

/** Bits needed for `count` different ids. */
function apicidBitwidthForCount(count: number): number {
  return count <= 1 ? 0 : 32 - Math.clz32(count - 1)
}

/**
 * Where the core id begins in an APIC id, bits.
 * @qemu include/hw/i386/topology.h apicid_core_offset
 */
export function apicidCoreOffset(topo: X86CPUTopoInfo): number {
  return apicidBitwidthForCount(topo.threadsPerCore)
}

/**
 * Where the die id begins in an APIC id, bits.
 * @qemu include/hw/i386/topology.h apicid_die_offset
 */
export function apicidDieOffset(topo: X86CPUTopoInfo): number {
  return apicidCoreOffset(topo) + apicidBitwidthForCount(topo.coresPerDie)
}

/**
 * Where the package id begins in an APIC id, bits.
 * @qemu include/hw/i386/topology.h apicid_pkg_offset
 */
export function apicidPkgOffset(topo: X86CPUTopoInfo): number {
  return apicidDieOffset(topo) + apicidBitwidthForCount(topo.diesPerPkg)
}

/**
 * The APIC id of a place.
 * @qemu include/hw/i386/topology.h x86_apicid_from_topo_ids
 */
export function x86ApicidFromTopoIds(topo: X86CPUTopoInfo, ids: X86CPUTopoIDs): number {
  return (
    ((ids.pkgId << apicidPkgOffset(topo)) |
      (ids.dieId << apicidDieOffset(topo)) |
      (ids.coreId << apicidCoreOffset(topo)) |
      ids.smtId) >>>
    0
  )
}

/**
 * The place of the CPU with number `cpuIndex`, counting threads first, then cores, dies and packages.
 * @qemu include/hw/i386/topology.h x86_topo_ids_from_idx
 */
export function x86TopoIdsFromIdx(topo: X86CPUTopoInfo, cpuIndex: number): X86CPUTopoIDs {
  const { diesPerPkg, coresPerDie, threadsPerCore } = topo
  return {
    pkgId: Math.floor(cpuIndex / (diesPerPkg * coresPerDie * threadsPerCore)),
    dieId: Math.floor(cpuIndex / (coresPerDie * threadsPerCore)) % diesPerPkg,
    coreId: Math.floor(cpuIndex / threadsPerCore) % coresPerDie,
    smtId: cpuIndex % threadsPerCore,
  }
}

/**
 * The place that an APIC id names.
 * @qemu include/hw/i386/topology.h x86_topo_ids_from_apicid
 */
export function x86TopoIdsFromApicid(apicid: number, topo: X86CPUTopoInfo): X86CPUTopoIDs {
  const field = (offset: number, width: number): number => (apicid >>> offset) & ((1 << width) - 1)
  return {
    smtId: field(0, apicidCoreOffset(topo)),
    coreId: field(apicidCoreOffset(topo), apicidBitwidthForCount(topo.coresPerDie)),
    dieId: field(apicidDieOffset(topo), apicidBitwidthForCount(topo.diesPerPkg)),
    pkgId: apicid >>> apicidPkgOffset(topo),
  }
}

/**
 * The APIC id of the CPU with number `cpuIndex`. Ids are contiguous only where every count is a power of two.
 * @qemu include/hw/i386/topology.h x86_apicid_from_cpu_idx
 */
export function x86ApicidFromCpuIdx(topo: X86CPUTopoInfo, cpuIndex: number): number {
  return x86ApicidFromTopoIds(topo, x86TopoIdsFromIdx(topo, cpuIndex))
}
