// SPDX-License-Identifier: GPL-2.0-or-later
export { setEntry, tcgQemuTbExec } from '../build/interpreter'
export * from './softmmu'
