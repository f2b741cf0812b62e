// SPDX-License-Identifier: GPL-2.0-or-later
import { type CPUState, KVM_PUT_FULL_STATE, KVM_PUT_RESET_STATE, kvmArch } from '@dromaius/cpus'

/**
 * Brings the registers into the CPU's object, unless they are the newer ones already.
 *
 * @throws Error while the CPU executes guest code: it must be paused, or on its own turn
 * @qemu accel/kvm/kvm-all.c kvm_cpu_synchronize_state
 */
export function kvmCpuSynchronizeState(cpu: CPUState): void {
  if (cpu.vcpuDirty || !cpu.kvmRun) return
  kvmArch().kvmArchGetRegisters(cpu)
  cpu.vcpuDirty = true
}

/**
 * @qemu accel/kvm/kvm-all.c kvm_cpu_synchronize_post_reset
 * @differs passes over a CPU that is being unplugged and has left KVM already
 */
export function kvmCpuSynchronizePostReset(cpu: CPUState): void {
  if (!cpu.kvmRun) return
  kvmArch().kvmArchPutRegisters(cpu, KVM_PUT_RESET_STATE)
  cpu.vcpuDirty = false
}

/**
 * @qemu accel/kvm/kvm-all.c kvm_cpu_synchronize_post_init
 * @differs as kvmCpuSynchronizePostReset
 */
export function kvmCpuSynchronizePostInit(cpu: CPUState): void {
  if (!cpu.kvmRun) return
  kvmArch().kvmArchPutRegisters(cpu, KVM_PUT_FULL_STATE)
  cpu.vcpuDirty = false
}

/** @qemu accel/kvm/kvm-all.c kvm_cpu_synchronize_pre_loadvm */
export function kvmCpuSynchronizePreLoadvm(cpu: CPUState): void {
  cpu.vcpuDirty = true
}
