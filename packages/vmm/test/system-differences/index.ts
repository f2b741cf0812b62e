// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where QEMU's translator does not do what the manuals say, and ours does: cases of guests/system whose lines differ.

export { branches } from './branches.js'
export { debug } from './debug.js'
export { events } from './events.js'
export { events64 } from './events64.js'
export { msrs } from './msrs.js'
export { limits } from './limits.js'
export { paging } from './paging.js'
export { paging32 } from './paging32.js'
export { real } from './real.js'
export { registers } from './registers.js'
export { segments } from './segments.js'
export { syscalls } from './syscalls.js'
export { syscallsAmd } from './syscallsAmd.js'
export { tasks } from './tasks.js'
export { transfers } from './transfers.js'
export { transfers64 } from './transfers64.js'
export { v86 } from './v86.js'
export { xsave } from './xsave.js'
