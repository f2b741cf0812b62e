// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the operating system says about this process's threads, for the tests: from /proc on Linux; on Windows from an addon
 * of the tests' own (native/tests/probe.cc), whose path is in DROMAIUS_PROBE.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'

/**
 * @typedef {object} Probe
 * @property {() => number[]} threadIds the threads that run
 * @property {(tid: number) => string} threadName
 * @property {() => number} openHandles descriptors, or kernel handles
 */

/** @type {Probe} */
const linux = {
  threadIds: () => readdirSync('/proc/self/task').map(Number),
  threadName: (tid) => readFileSync(`/proc/self/task/${tid}/comm`, 'utf8').trimEnd(),
  openHandles: () => readdirSync('/proc/self/fd').length,
}

export const isWindows = process.platform === 'win32'

/** @type {Probe} */
export const { threadIds, threadName, openHandles } = isWindows
  ? createRequire(import.meta.url)(/** @type {string} */ (process.env.DROMAIUS_PROBE))
  : linux

/** How much of a thread's name the system keeps. @param {string} name in ASCII */
export const keptName = (name) => (isWindows ? name : name.slice(0, 15))
