// SPDX-License-Identifier: GPL-2.0-or-later
import { accelCpuOf } from './cpu-features.js'
import { noCpuid } from './cpuid-common.js'
import { cpuidCentaurLeaf, cpuidExtendedLeaf } from './cpuid-extended.js'
import { cpuidStandardLeaf } from './cpuid-standard.js'
import { FEAT_KVM } from './feature-words.js'
import type { CpuidRegs } from './cpuid-regs.js'
import type { X86CPU } from './cpu.js'

/** Highest hypervisor leaf that is answered here; an accelerator puts its own in their place. */
const HYPERVISOR_LEVEL = 0x40000001

/** The highest leaf of the range that `index` lies in. */
function limitOf(cpu: X86CPU, index: number): number {
  if (index >= 0xc0000000) return cpu.env.cpuidXlevel2
  if (index >= 0x80000000) return cpu.env.cpuidXlevel
  if (index >= 0x40000000) return HYPERVISOR_LEVEL
  return cpu.env.cpuidLevel
}

/** "TCGTCGTCGTCG", as EBX, ECX and EDX show it. */
const TCG_SIGNATURE = { ebx: 0x5447_4354, ecx: 0x4354_4743, edx: 0x4743_5447 }

/** "KVMKVMKVM" and three zeros. */
const KVM_SIGNATURE = { ebx: 0x4b4d_564b, ecx: 0x564b_4d56, edx: 0x4d }

/**
 * The translator's own leaves; KVM puts its in their place. A guest that is offered KVM's clock has to find KVM's signature.
 * @qemu target/i386/cpu.c cpu_x86_cpuid
 * @differs QEMU's translator has no such clock
 */
function hypervisorLeaf(cpu: X86CPU, leaf: number): CpuidRegs {
  if (accelCpuOf(cpu)?.name !== 'tcg') return noCpuid()
  const paravirtual = cpu.env.features[FEAT_KVM]!
  if (leaf === 0x40000000) {
    if (paravirtual !== 0n) return { eax: HYPERVISOR_LEVEL, ...KVM_SIGNATURE }
    return cpu.exposeTcg ? { eax: HYPERVISOR_LEVEL, ...TCG_SIGNATURE } : noCpuid()
  }
  return { ...noCpuid(), eax: Number(paravirtual) }
}

/**
 * What the CPUID instruction gives: leaf `index` (EAX), subleaf `count` (ECX), both 32 bits. Features must have been
 * expanded. A leaf beyond its range's limit answers as the highest basic leaf does (SDM volume 2, CPUID).
 * @qemu target/i386/cpu.c cpu_x86_cpuid
 * @differs takes the CPU, which in QEMU is found from `env` by its address
 */
export function cpuX86Cpuid(cpu: X86CPU, index: number, count: number): CpuidRegs {
  const leaf = index > limitOf(cpu, index) ? cpu.env.cpuidLevel : index
  if (leaf >= 0xc0000000) return cpuidCentaurLeaf(cpu, leaf)
  if (leaf >= 0x80000000) return cpuidExtendedLeaf(cpu, leaf, count)
  if (leaf >= 0x40000000) return hypervisorLeaf(cpu, leaf)
  return cpuidStandardLeaf(cpu, leaf, count)
}
