// SPDX-License-Identifier: GPL-2.0-or-later
import { typeRegister } from '@dromaius/qom'
import { TYPE_ACCEL } from './accel.js'

/**
 * Accelerators that QEMU has (or had) and this program does not, each with the reason that a user reads.
 * A row goes when the accelerator's package comes.
 */
const rows: Readonly<Record<string, string>> = {
  tcg: 'the translator is not part of Dromaius yet; use kvm',
  hvf: "Apple's Hypervisor framework is not supported yet; use kvm on a Linux host",
  whpx: 'the Windows Hypervisor Platform is not supported yet; use kvm on a Linux host',
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
