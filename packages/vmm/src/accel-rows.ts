// SPDX-License-Identifier: GPL-2.0-or-later
import { TYPE_ACCEL } from '@dromaius/cpus'
import { typeRegister } from '@dromaius/qom'

/**
 * The translator executes guests, but the boards have no interrupt controllers for it: who asks for it reads so. The row
 * goes when they have.
 */
typeRegister({
  name: 'tcg-accel',
  parent: TYPE_ACCEL,
  classInit(ac) {
    const klass = TYPE_ACCEL.classCast(ac)
    klass.accelName = 'tcg'
    klass.unavailable = 'the translator has no interrupt controllers yet; use kvm'
  },
})
