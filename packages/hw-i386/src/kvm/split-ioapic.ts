// SPDX-License-Identifier: GPL-2.0-or-later
import { kvmSetIrq } from '@dromaius/accel-kvm'
import type { KVMState } from '@dromaius/cpus'
import type { IoapicKernel } from '@dromaius/hw-intc'
import { featureBitsByName, TYPE_X86_CPU } from '@dromaius/target-i386'

/** Bits 11:5 of a message's address: bits 14:8 of its destination, where the guest was told so. */
const EXT_DEST = 0xfe0n
/** From there to bits 46:40, where the kernel looks for them. */
const EXT_DEST_SHIFT = 35n

/**
 * The message's address as the kernel takes it.
 * @qemu target/i386/kvm/kvm.c kvm_swizzle_msi_ext_dest_id
 * @differs a guest that was not told has 8 bits, whatever it writes into the others
 */
function kvmSwizzleMsiExtDestId(s: KVMState, address: bigint): bigint {
  const [first] = s.system.cpus
  const { word, mask } = featureBitsByName.get('kvm-msi-ext-dest-id')!
  const told = TYPE_X86_CPU.is(first) && (first.env.features[word]! & mask) !== 0n
  const id = address & EXT_DEST
  return (address & ~id) | (told ? id << EXT_DEST_SHIFT : 0n)
}

/** What an I/O APIC of ours needs of a kernel that has the local APICs (`kernel-irqchip=split`). */
export function kvmSplitIoapic(s: KVMState): IoapicKernel {
  return {
    setIrq: (pin, level) => void kvmSetIrq(s, pin, level),
    updateRoutes: (routes) => {
      const messages = [...routes].map(
        ([pin, { address, data }]) => [pin, { address: kvmSwizzleMsiExtDestId(s, address), data }] as const,
      )
      s.irqRouting?.updateMsiRoutes(new Map(messages))
    },
  }
}
