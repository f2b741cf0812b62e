// SPDX-License-Identifier: GPL-2.0-or-later
import { TYPE_ACCEL } from '@dromaius/cpus'
import { heapRamAllocator } from '@dromaius/memory'
import { typeRegister } from '@dromaius/qom'
import { dummyAccelOps } from './dummy-cpus.js'

/**
 * The accelerator `qtest`: CPUs exist, their threads too, and no guest code is executed.
 * @qemu accel/qtest/qtest.c qtest_accel_class_init
 */
export const TYPE_QTEST_ACCEL = typeRegister({
  name: 'qtest-accel',
  parent: TYPE_ACCEL,
  classInit(klass) {
    const ac = TYPE_ACCEL.classCast(klass)
    ac.accelName = 'qtest'
    ac.ops = dummyAccelOps
    ac.runsGuestCode = false
    ac.ramAllocator = heapRamAllocator
    ac.anyRam = true
  },
})
