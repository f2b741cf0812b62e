// SPDX-License-Identifier: GPL-2.0-or-later
import { hostCpuid } from '@dromaius/native'
import { objectPropertySet } from '@dromaius/qom'
import { UserError, warnReport } from '@dromaius/util'
import { type X86CPU, X86_CPU_GET_CLASS, x86CpuVendorWords2str } from '../cpu.js'
import { CPUID_EXT2_LM } from '../cpuid-bits.js'
import { FEAT_8000_0001_EDX } from '../feature-words.js'

/** Widest physical address that page tables can hold, bits. */
const TARGET_PHYS_ADDR_SPACE_BITS = 52
/** Physical address width of a CPU that does not tell, bits. */
const DEFAULT_PHYS_BITS = 36

/** Who made the host's CPU and which one it is. */
interface HostCpuId {
  /** 12 characters. */
  vendor: string
  family: number
  model: number
  stepping: number
}

/**
 * Vendor, family, model and stepping of the host's CPU (SDM volume 2, CPUID leaves 0 and 1).
 * @qemu target/i386/host-cpu.c host_cpu_vendor_fms
 */
export function hostCpuVendorFms(): HostCpuId {
  const leaf0 = hostCpuid(0, 0)
  const { eax } = hostCpuid(1, 0)
  return {
    vendor: x86CpuVendorWords2str(leaf0.ebx, leaf0.edx, leaf0.ecx),
    family: ((eax >>> 8) & 0xf) + ((eax >>> 20) & 0xff),
    model: ((eax >>> 4) & 0xf) | ((eax >>> 12) & 0xf0),
    stepping: eax & 0xf,
  }
}

/**
 * The brand string of the host's CPU, at most 48 characters.
 * @qemu target/i386/host-cpu.c host_cpu_fill_model_id
 */
function hostCpuModelId(): string {
  const words: number[] = []
  for (let i = 0x8000_0002; i <= 0x8000_0004; i++) {
    const { eax, ebx, ecx, edx } = hostCpuid(i, 0)
    words.push(eax, ebx, ecx, edx)
  }
  const bytes = new Uint8Array(new Uint32Array(words).buffer)
  const end = bytes.indexOf(0)
  return String.fromCharCode(...(end < 0 ? bytes : bytes.subarray(0, end)))
}

/**
 * Physical address width of the host, bits.
 * @qemu target/i386/host-cpu.c host_cpu_phys_bits
 */
function hostCpuPhysBits(): number {
  if (hostCpuid(0x8000_0000, 0).eax < 0x8000_0008) return DEFAULT_PHYS_BITS
  return hostCpuid(0x8000_0008, 0).eax & 0xff
}

/**
 * The width that the guest gets: the host's when `host-phys-bits` asks for it, else what is set, with a warning when
 * that is not the host's.
 * @qemu target/i386/host-cpu.c host_cpu_adjust_phys_bits
 */
function hostCpuAdjustPhysBits(cpu: X86CPU): number {
  const host = hostCpuPhysBits()
  if (cpu.physBits !== 0 && cpu.physBits !== host && cpu.cpuIndex <= 0) {
    warnReport(`Host physical bits (${host}) does not match phys-bits property (${cpu.physBits})`)
  }
  if (!cpu.hostPhysBits) return cpu.physBits
  return cpu.hostPhysBitsLimit !== 0 ? Math.min(host, cpu.hostPhysBitsLimit) : host
}

/**
 * The part of a CPU's realize that looks at the host: the physical address width. Throws UserError.
 * @qemu target/i386/host-cpu.c host_cpu_realizefn
 * @differs no `-overcommit cpu-pm`, so leaf 5 is never the host's
 */
export function hostCpuRealizefn(cpu: X86CPU): void {
  if ((cpu.env.features[FEAT_8000_0001_EDX] & CPUID_EXT2_LM) === 0n) return
  const physBits = hostCpuAdjustPhysBits(cpu)
  if (physBits !== 0 && (physBits > TARGET_PHYS_ADDR_SPACE_BITS || physBits < 32)) {
    throw new UserError(
      `phys-bits should be between 32 and ${TARGET_PHYS_ADDR_SPACE_BITS}  (but is ${physBits})`,
    )
  }
  cpu.physBits = physBits
}

/**
 * A CPU model run by the host's CPU shows the host's vendor: how system calls work depends on it.
 * @qemu target/i386/host-cpu.c host_cpu_instance_init
 */
export function hostCpuInstanceInit(cpu: X86CPU): void {
  if (X86_CPU_GET_CLASS(cpu).model !== null) objectPropertySet(cpu, 'vendor', hostCpuVendorFms().vendor)
}

/**
 * Makes a `host` or `max` CPU look like the host's.
 * @qemu target/i386/host-cpu.c host_cpu_max_instance_init
 */
export function hostCpuMaxInstanceInit(cpu: X86CPU): void {
  objectPropertySet(cpu, 'host-phys-bits', true)
  const { vendor, family, model, stepping } = hostCpuVendorFms()
  objectPropertySet(cpu, 'vendor', vendor)
  objectPropertySet(cpu, 'family', family)
  objectPropertySet(cpu, 'model', model)
  objectPropertySet(cpu, 'stepping', stepping)
  objectPropertySet(cpu, 'model-id', hostCpuModelId())
}
