// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmGetXcrs as ioctlGetXcrs, kvmSetXcrs, kvm_xcrs } from '@dromaius/native'
import type { X86CPU } from '../cpu.js'
import type { CPUX86State } from '../env.js'

/** The kernel's `struct kvm_xcrs`. */
type KvmXcrs = ReturnType<typeof kvm_xcrs.alloc>

/** Fills `xcrs` with XCR0, the only extended control register there is. */
export function packXcrs(env: CPUX86State, xcrs: KvmXcrs): void {
  xcrs.nr_xcrs = 1
  xcrs.flags = 0
  xcrs.xcrs[0].xcr = 0
  xcrs.xcrs[0].value = env.xcr0
}

/** The reverse of `packXcrs`; registers other than XCR0 are not looked at. */
export function unpackXcrs(env: CPUX86State, xcrs: KvmXcrs): void {
  for (let i = 0; i < xcrs.nr_xcrs; i++) {
    if (xcrs.xcrs[i].xcr === 0) {
      env.xcr0 = xcrs.xcrs[i].value
      return
    }
  }
}

/**
 * Writes XCR0. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_put_xcrs
 */
export function kvmPutXcrs(cpu: X86CPU): void {
  const xcrs = kvm_xcrs.alloc()
  packXcrs(cpu.env, xcrs)
  kvmSetXcrs(cpu.kvmVcpu!, xcrs)
}

/**
 * Reads XCR0. Throws HostError.
 * @qemu target/i386/kvm/kvm.c kvm_get_xcrs
 */
export function kvmGetXcrs(cpu: X86CPU): void {
  const xcrs = kvm_xcrs.alloc()
  ioctlGetXcrs(cpu.kvmVcpu!, xcrs)
  unpackXcrs(cpu.env, xcrs)
}
