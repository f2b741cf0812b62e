// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Builds an initramfs for Linux: files, folders, links and device nodes, and programs of the host with their libraries.
 * @packageDocumentation
 */
export { Initramfs } from './initramfs.js'
export { addProgram } from './program.js'
