// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The dummy accelerator: QEMU's accel/qtest and accel/dummy-cpus.c.
 *
 * @packageDocumentation
 */
export { dummyAccelOps } from './dummy-cpus.js'
export { TYPE_QTEST_ACCEL } from './qtest-accel.js'
