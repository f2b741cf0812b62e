// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * How KVM runs an x86 CPU: QEMU's target/i386/kvm. Importing this links the architecture to accel-kvm.
 *
 * @packageDocumentation
 */
export { x86KvmArchOps } from './kvm-arch.js'
export { type KvmApicDevice, kvmPutApicbase } from './kvm-apic-state.js'
export { kvmIrqchipInKernel } from './kvm-arch-state.js'
export { kvmAccelCpu, kvmDefaultProps } from './kvm-cpu.js'
export { kvmHvVpindexSettable } from './hyperv-init.js'
export { kvmArchGetSupportedCpuid } from './kvm-cpuid.js'
export { kvmEnableX2apic, kvmHasX2apicApi } from './kvm-x2apic.js'
export { kvmArchGetSupportedMsrFeature } from './kvm-msr-lists.js'
