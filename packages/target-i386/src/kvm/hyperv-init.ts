// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmStateOf } from '@dromaius/cpus'
import {
  HostError,
  KVM_CAP_HYPERV_ENFORCE_CPUID,
  KVM_CAP_HYPERV_ENLIGHTENED_VMCS,
  KVM_CAP_HYPERV_SYNIC,
  KVM_CAP_HYPERV_SYNIC2,
  KVM_CAP_HYPERV_VP_INDEX,
  kvmEnableCap,
  kvmEnableCapResult,
  kvm_enable_cap,
} from '@dromaius/native'
import { UserError } from '@dromaius/util'
import type { X86CPU } from '../cpu.js'
import * as f from '../hyperv.js'
import { DEFAULT_EVMCS_VERSION } from './hyperv-cpuid.js'
import { kvmHypervProperties } from './hyperv-features.js'
import { HV_X64_MSR_VP_INDEX } from './hyperv-proto.js'
import { HypervSynic } from './hyperv-synic.js'
import { kvmGetOneMsr } from './kvm-msrs.js'
import { kvmVcpuStateOf } from './kvm-vcpu-state.js'

/**
 * Switches a capability of the vCPU on, with one argument (64 bits). Throws HostError.
 * @qemu include/sysemu/kvm.h kvm_vcpu_enable_cap
 */
export function kvmVcpuEnableCap(cpu: X86CPU, cap: number, arg = 0n): void {
  const enable = kvm_enable_cap.alloc()
  enable.cap = cap
  enable.args[0] = arg
  kvmEnableCap(cpu.kvmVcpu!, enable)
}

/**
 * Number by which the guest knows this CPU in Microsoft's interface.
 * @qemu include/hw/hyperv/hyperv.h hyperv_vp_index
 */
export const hypervVpIndex = (cpu: X86CPU): number => cpu.cpuIndex

/**
 * Whether the kernel lets VP_INDEX be set; older ones count vCPUs in the order of their creation.
 * @qemu target/i386/kvm/kvm.c kvm_hv_vpindex_settable
 */
export function kvmHvVpindexSettable(cpu: X86CPU): boolean {
  return kvmStateOf(cpu).checkExtension(KVM_CAP_HYPERV_VP_INDEX) > 0
}

/** Older kernels have their own VP_INDEX, which had better be ours. */
function checkVpIndex(cpu: X86CPU): void {
  const value = kvmGetOneMsr(cpu, HV_X64_MSR_VP_INDEX)
  if (value !== null && value !== BigInt(hypervVpIndex(cpu))) {
    throw new UserError("kernel's vp_index != QEMU's vp_index")
  }
}

/** The controller of synthetic interrupts: in the kernel, with its pages outside unless it is the kernel's alone. */
function initSynic(cpu: X86CPU): void {
  try {
    kvmVcpuEnableCap(cpu, cpu.hypervSynicKvmOnly ? KVM_CAP_HYPERV_SYNIC : KVM_CAP_HYPERV_SYNIC2)
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    throw new UserError(`failed to turn on HyperV SynIC in KVM: ${error.message}`, { cause: error })
  }
  if (!cpu.hypervSynicKvmOnly) kvmVcpuStateOf(cpu).synic = new HypervSynic(cpu)
}

/**
 * Whether the versions of the enlightened VMCS that are offered lie in those that the kernel has; 16 bits each, the
 * highest version above the lowest.
 * @qemu target/i386/kvm/kvm.c evmcs_version_supported
 */
export function evmcsVersionSupported(offered: number, supported: number): boolean {
  return (offered & 0xff) >= (supported & 0xff) && offered >>> 8 <= supported >>> 8
}

/** Switches the enlightened VMCS on; the kernel answers which versions it has. */
function initEvmcs(cpu: X86CPU): void {
  const buffer = new Uint8Array(kvm_enable_cap.size + 8)
  kvm_enable_cap.view(buffer, 0).cap = KVM_CAP_HYPERV_ENLIGHTENED_VMCS
  try {
    kvmEnableCapResult(cpu.kvmVcpu!, buffer)
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    const { desc } = kvmHypervProperties[f.HYPERV_FEAT_EVMCS]!
    throw new UserError(`Hyper-V ${desc} is not supported by kernel`, { cause: error })
  }
  const offered = DEFAULT_EVMCS_VERSION
  const supported = new DataView(buffer.buffer).getUint16(kvm_enable_cap.size, true)
  if (!evmcsVersionSupported(offered, supported)) {
    throw new UserError(
      `eVMCS version range [${offered & 0xff}..${offered >>> 8}] is not supported by kernel ` +
        `(supported: [${supported & 0xff}..${supported >>> 8}])`,
    )
  }
}

/**
 * Makes the vCPU one of Microsoft's interface. Throws UserError and HostError.
 * @qemu target/i386/kvm/kvm.c hyperv_init_vcpu
 * @differs nothing is migrated yet, so nothing blocks it
 */
export function hypervInitVcpu(cpu: X86CPU): void {
  if (f.hypervFeatEnabled(cpu, f.HYPERV_FEAT_VPINDEX) && !kvmHvVpindexSettable(cpu)) checkVpIndex(cpu)
  if (f.hypervFeatEnabled(cpu, f.HYPERV_FEAT_SYNIC)) initSynic(cpu)
  if (f.hypervFeatEnabled(cpu, f.HYPERV_FEAT_EVMCS)) initEvmcs(cpu)
  if (cpu.hypervEnforceCpuid) {
    try {
      kvmVcpuEnableCap(cpu, KVM_CAP_HYPERV_ENFORCE_CPUID, 1n)
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      throw new UserError(`failed to enable KVM_CAP_HYPERV_ENFORCE_CPUID: ${error.message}`, { cause: error })
    }
  }
}
