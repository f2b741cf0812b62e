// SPDX-License-Identifier: GPL-2.0-or-later
import { memoryRegionAddSubregionOverlap } from '@dromaius/memory'
import { objectNew, objectPropertyAddChild, qdevRealize, typeByName } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import {
  APIC_DEFAULT_ADDRESS,
  MSR_IA32_APICBASE_BASE,
  MSR_IA32_APICBASE_ENABLE,
  type X86ApicDevice,
} from './cpu-apic-device.js'
import { accelCpuOf } from './cpu-features.js'
import { X86CPU } from './cpu.js'

/** The registers' page lies over RAM and devices at its address. */
const APIC_MMIO_PRIORITY = 0x1000

/**
 * The QOM type of this CPU's local APIC: the accelerator's, or the one that is emulated.
 * @qemu target/i386/cpu-sysemu.c apic_get_class
 */
export function apicTypeNameOf(cpu: X86CPU): string {
  const name = accelCpuOf(cpu)?.apicTypeName ?? 'apic'
  return typeof name === 'string' ? name : name(cpu)
}

/**
 * Makes the CPU's local APIC, `lapic` in the tree below it. Throws UserError when its type is not there.
 * @qemu target/i386/cpu-sysemu.c x86_cpu_apic_create
 */
export function x86CpuApicCreate(cpu: X86CPU): void {
  const typeName = apicTypeNameOf(cpu)
  if (!typeByName(typeName)) {
    throw new UserError(
      `CPU ${cpu.cpuIndex}: local APIC '${typeName}' is not available with accelerator '${cpu.system.accel?.name ?? 'none'}' yet`,
    )
  }
  // Only interrupt controllers register these names, and they promise X86ApicDevice.
  const apic = objectNew(typeName) as X86ApicDevice
  cpu.apicState = apic
  objectPropertyAddChild(cpu, 'lapic', apic)
  apic.initialApicId = cpu.apicId
  apic.cpu = cpu
  apic.apicbase = APIC_DEFAULT_ADDRESS | MSR_IA32_APICBASE_ENABLE
}

/** Whether another CPU's APIC lies in the memory map already: the page is the same for all. */
function apicMmioIsMapped(cpu: X86CPU): boolean {
  const { cpus, systemMemory } = cpu.system
  return cpus.some(
    (other) => other instanceof X86CPU && other.apicState?.ioMemory?.container === systemMemory,
  )
}

/**
 * Realizes the local APIC and, with the machine's first, maps its registers. Does nothing without one. Throws
 * UserError.
 * @qemu target/i386/cpu-sysemu.c x86_cpu_apic_realize
 */
export function x86CpuApicRealize(cpu: X86CPU): void {
  const apic = cpu.apicState
  if (!apic) return
  qdevRealize(apic, null)
  if (apic.ioMemory && !apicMmioIsMapped(cpu)) {
    const address = Number(apic.apicbase & MSR_IA32_APICBASE_BASE)
    memoryRegionAddSubregionOverlap(cpu.system.systemMemory, address, apic.ioMemory, APIC_MMIO_PRIORITY)
  }
}
