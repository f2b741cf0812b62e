// SPDX-License-Identifier: GPL-2.0-or-later
import { accelCpuOf } from './cpu-features.js'
import { noCpuid } from './cpuid-common.js'
import { cpuidCentaurLeaf, cpuidExtendedLeaf } from './cpuid-extended.js'
import { cpuidStandardLeaf } from './cpuid-standard.js'
import { FEAT_KVM } from './feature-words.js'
import type { CpuidRegs } from './cpuid-regs.js'
import type { X86CPU } from './cpu.js'

/** Where hypervisors begin their leaves; each has as many from there as it likes, the next one begins 0x100 later. */
const HYPERVISOR_BASE = 0x40000000
const HYPERVISOR_STEP = 0x100

/** The highest leaf of the range that `index` lies in. */
function limitOf(cpu: X86CPU, index: number): number {
  if (index >= 0xc0000000) return cpu.env.cpuidXlevel2
  if (index >= 0x80000000) return cpu.env.cpuidXlevel
  if (index >= HYPERVISOR_BASE) return kvmBaseOf(cpu) + 1
  return cpu.env.cpuidLevel
}

/** "TCGTCGTCGTCG", as EBX, ECX and EDX show it. */
const TCG_SIGNATURE = { ebx: 0x5447_4354, ecx: 0x4354_4743, edx: 0x4743_5447 }

/** "KVMKVMKVM" and three zeros. */
const KVM_SIGNATURE = { ebx: 0x4b4d_564b, ecx: 0x564b_4d56, edx: 0x4d }

/** Where the translator shows KVM's two leaves: behind its own if it shows those. */
function kvmBaseOf(cpu: X86CPU): number {
  const own = cpu.exposeTcg && cpu.env.features[FEAT_KVM] !== 0n
  return own ? HYPERVISOR_BASE + HYPERVISOR_STEP : HYPERVISOR_BASE
}

/**
 * The translator's leaves; KVM puts its own in their place. A guest that is offered KVM's clock looks for KVM's signature at
 * every multiple of 0x100 (Linux, Documentation/virt/kvm/x86/cpuid.rst).
 * @qemu target/i386/cpu.c cpu_x86_cpuid
 * @differs KVM's leaves too: QEMU's translator has no such clock
 */
function hypervisorLeaf(cpu: X86CPU, leaf: number): CpuidRegs {
  if (accelCpuOf(cpu)?.name !== 'tcg') return noCpuid()
  const paravirtual = cpu.env.features[FEAT_KVM]!
  if (paravirtual !== 0n) {
    const base = kvmBaseOf(cpu)
    if (leaf === base) return { eax: base + 1, ...KVM_SIGNATURE }
    if (leaf === base + 1) return { ...noCpuid(), eax: Number(paravirtual) }
  }
  if (leaf === HYPERVISOR_BASE && cpu.exposeTcg) return { eax: HYPERVISOR_BASE + 1, ...TCG_SIGNATURE }
  return noCpuid()
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
  if (leaf >= HYPERVISOR_BASE) return hypervisorLeaf(cpu, leaf)
  return cpuidStandardLeaf(cpu, leaf, count)
}
