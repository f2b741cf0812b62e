// SPDX-License-Identifier: GPL-2.0-or-later
import { type CPUState, kvmArch, kvmStateOf } from '@dromaius/cpus'
import { kvmCreateVcpu, kvmGetVcpuMmapSize, type KvmRun, mapKvmRun, type VcpuServer } from '@dromaius/native'
import { KvmCoalescedRing } from './kvm-coalesced.js'
import type { KVMState } from './kvm-state.js'

/** The CPU's thread. Throws for a CPU that has none. */
export function vcpuOf(cpu: CPUState): VcpuServer {
  if (!cpu.kvmVcpu) throw new Error(`CPU ${cpu.cpuIndex} has no KVM thread`)
  return cpu.kvmVcpu
}

/** The pages that the CPU shares with the kernel. Throws for a CPU that has none. */
export function kvmRunOf(cpu: CPUState): KvmRun {
  if (!cpu.kvmRun) throw new Error(`CPU ${cpu.cpuIndex} is not on KVM`)
  return cpu.kvmRun
}

/**
 * A descriptor for the vCPU: a parked one with the same id, or a new one.
 *
 * @qemu accel/kvm/kvm-all.c kvm_get_vcpu
 * @differs today's name is kvm_create_vcpu
 */
function kvmGetVcpu(s: KVMState, vcpu: VcpuServer, vcpuId: number): number {
  const parked = s.parkedVcpus.findIndex((entry) => entry.vcpuId === vcpuId)
  if (parked >= 0) return s.parkedVcpus.splice(parked, 1)[0].fd
  return kvmCreateVcpu(vcpu, s.vmfd, vcpuId)
}

/**
 * Makes the CPU known to KVM, on its own thread: the vCPU's descriptor, the pages shared with the kernel, the
 * coalesced ring, and what the architecture sets up.
 *
 * @throws HostError or UserError with everything given back
 * @qemu accel/kvm/kvm-all.c kvm_init_vcpu
 */
export function kvmInitVcpu(cpu: CPUState): void {
  const s = kvmStateOf(cpu) as KVMState
  const vcpu = vcpuOf(cpu)
  const vcpuId = kvmArch().kvmArchVcpuId(cpu)
  vcpu.attach(kvmGetVcpu(s, vcpu, vcpuId))
  try {
    cpu.vcpuDirty = true
    cpu.kvmRun = mapKvmRun(vcpu, kvmGetVcpuMmapSize(s.fd))
    if (s.coalescedMmio > 0) s.coalescedRing ??= new KvmCoalescedRing(cpu.kvmRun, s)
    kvmArch().kvmArchInitVcpu(cpu)
  } catch (error) {
    kvmDestroyVcpu(cpu)
    throw error
  }
}

/**
 * Lets the kick's signal through on the CPU's thread; its handler makes KVM_RUN return.
 * @qemu accel/kvm/kvm-all.c kvm_init_cpu_signals
 */
export function kvmInitCpuSignals(cpu: CPUState): void {
  kvmRunOf(cpu).initSignals(vcpuOf(cpu))
}

/**
 * Takes the CPU off KVM again. The kernel cannot delete a vCPU, so its descriptor is parked for the next CPU with
 * the same id.
 *
 * @qemu accel/kvm/kvm-all.c do_kvm_destroy_vcpu
 * @was qemu_kvm_destroy_vcpu
 */
export function kvmDestroyVcpu(cpu: CPUState): void {
  const s = kvmStateOf(cpu) as KVMState
  const vcpu = vcpuOf(cpu)
  kvmArch().kvmArchDestroyVcpu(cpu)
  if (cpu.kvmRun) {
    // The ring goes with the pages that it stands in; another vCPU's pages show the same one.
    if (s.coalescedRing?.run === cpu.kvmRun) {
      s.coalescedRing.flush()
      s.coalescedRing = null
      const other = s.system.cpus.find((candidate) => candidate !== cpu && candidate.kvmRun !== null)
      if (other?.kvmRun) s.coalescedRing = new KvmCoalescedRing(other.kvmRun, s)
    }
    cpu.kvmRun.unmap(vcpu)
    cpu.kvmRun = null
  }
  kvmParkVcpu(s, kvmArch().kvmArchVcpuId(cpu), vcpu.fd)
  vcpu.attach(-1)
}

/** @qemu accel/kvm/kvm-all.c do_kvm_destroy_vcpu */
function kvmParkVcpu(s: KVMState, vcpuId: number, fd: number): void {
  s.parkedVcpus.push({ vcpuId, fd })
}
