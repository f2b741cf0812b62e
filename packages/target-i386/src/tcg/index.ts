// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * x86 for the translator: QEMU's target/i386/tcg.
 * @packageDocumentation
 */
export type { Address, DisasContext, DisasJump, HelperTable, Size, X86Operand } from './disas-context.js'
export { type InsnFeature, type InsnFeatures, insnFeatures } from './insn-features.js'
export { opcodeMaps, type OpcodeMap, type OpcodeRow, type OperandSpec } from './opcode-table.js'
export { tcgAccelCpu } from './tcg-cpu.js'
export { x86TcgOps } from './tcg-cpu-ops.js'
export { X86Translator } from './translate.js'
