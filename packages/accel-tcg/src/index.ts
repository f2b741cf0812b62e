// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The translator as an accelerator: QEMU's accel/tcg.
 * @packageDocumentation
 */
export { TCGState, TYPE_TCG_ACCEL } from './tcg-all.js'
