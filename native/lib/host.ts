// SPDX-License-Identifier: GPL-2.0-or-later
import { addon } from './addon.js'

/** The four registers that CPUID returns, 32 bits each. */
export interface CpuidResult {
  eax: number
  ebx: number
  ecx: number
  edx: number
}

/** CPUID on the CPU that runs this process; all 0 on other architectures. SDM vol. 2A, CPUID */
export const hostCpuid: (leaf: number, subleaf: number) => CpuidResult = addon.hostCpuid

/** A new eventfd that does not block. */
export const eventfdCreate = addon.eventfdCreate
/** Adds 1 to an eventfd. */
export const eventfdSignal = addon.eventfdSignal
/** Takes an eventfd's count, 0n if nothing was signalled. */
export const eventfdRead = addon.eventfdRead

/** Remembers the settings of a terminal: a crash of this process puts them back. -1 ends the guard. */
export const ttyGuard = addon.ttyGuard

/** Takes the write lock of a whole file until its descriptor is closed; false if another open file has it. */
export const lockFile = addon.lockFile
/** A new pseudo terminal in raw mode: the master side, non-blocking, and the path of the other. */
export const ptyOpen = addon.ptyOpen
/** Whether somebody has the other side of a pseudo terminal open. */
export const ptyConnected = addon.ptyConnected
/** Another descriptor of a pseudo terminal's master side; whoever reads through it closes it. */
export const ptyDuplicate = addon.ptyDuplicate

/** CPUs this process may use by affinity and cgroup quota. */
export const usableCpus = addon.usableCpus

/** Symbolic name of an errno, such as `EAGAIN`. */
export const errnoName = addon.errnoName
