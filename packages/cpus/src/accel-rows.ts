// SPDX-License-Identifier: GPL-2.0-or-later
import { typeRegister } from '@dromaius/qom'
import { TYPE_ACCEL } from './accel.js'

/**
 * Accelerators that QEMU has (or had) and this program does not, each with the reason that a user reads.
 * A row goes when the accelerator's package comes.
 */
const rows: Readonly<Record<string, string>> = {
  /**
   * @qemu accel/hvf/hvf-accel-ops.c hvf_start_vcpu_thread
   * @was qemu_hvf_start_vcpu
   * @differs no vCPU is started: who asks for hvf reads why not. Nobody asks hvf_enabled: the accelerator's table decides
   */
  hvf: "Apple's Hypervisor framework is not supported yet; use kvm on a Linux host",
  /**
   * @qemu target/i386/whpx/whpx-accel-ops.c whpx_start_vcpu_thread
   * @was qemu_whpx_start_vcpu
   * @differs no vCPU is started: who asks for whpx reads why not. Nobody asks whpx_enabled: the accelerator's table
   * decides
   */
  whpx: 'the Windows Hypervisor Platform is not supported yet; use kvm on a Linux host',
  /**
   * @qemu target/i386/hax/hax-accel-ops.c hax_start_vcpu_thread
   * @was qemu_hax_start_vcpu
   * @differs no vCPU is started: who asks for hax reads why not. Nobody asks hax_enabled: the accelerator's table decides
   */
  hax: 'Intel HAXM is discontinued, and QEMU removed it in 8.2; use kvm on a Linux host',
}

for (const [name, reason] of Object.entries(rows)) {
  typeRegister({
    name: `${name}-accel`,
    parent: TYPE_ACCEL,
    classInit(ac) {
      const klass = TYPE_ACCEL.classCast(ac)
      klass.accelName = name
      klass.unavailable = reason
    },
  })
}
