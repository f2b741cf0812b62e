// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * OS threads and their primitives under QEMU's names.
 *
 * @packageDocumentation
 */
export {
  QemuThread,
  qemuThreadCreate,
  qemuThreadGetSelf,
  qemuThreadIsSelf,
  type QemuThreadNotifier,
} from './qemu-thread.js'
export { QemuMutex, QemuRecMutex } from './qemu-mutex.js'
export { QemuCond } from './qemu-cond.js'
export { QemuSemaphore } from './qemu-semaphore.js'
export { QemuEvent } from './qemu-event.js'
export { QemuThreadLocal } from './qemu-thread-local.js'
export { createCommandServer, type CommandServer, type ThreadMode, type ThreadServer } from '@dromaius/native'
