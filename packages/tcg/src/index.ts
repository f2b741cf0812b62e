// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * QEMU's tcg/: the intermediate representation, its optimiser, and bytecode for the interpreter in assembly/.
 * @packageDocumentation
 */
export {
  type Bytecode,
  bytecodeBound,
  BytecodeWriter,
  type ChainSite,
  insnAt,
  type InsnStart,
  type InsnStarts,
} from './bytecode.js'
export { CodeReader, FetchFault, NoMemoryThere } from './code-reader.js'
export { conditions, type TCGCond, tcgInvertCond } from './conditions.js'
export { foldConstant } from './fold.js'
export { CONST_BASE, type IrOp, type Label, O, type Operand, TCGContext, tcgDumpOps } from './ir.js'
export * from './layout.js'
export { type OpDef, opDefs, type OpKind, opNumber } from './opcodes.js'
export type { VectorOperands } from './opcodes-vector.js'
export { Optimizer } from './optimize.js'
export {
  registerTcgCpuOps,
  type TcgCodeSource,
  type TcgCompileTarget,
  type TCGCPUOps,
  tcgCpuOps,
  type TcgHost,
  type TcgModule,
  type TcgTranslateRequest,
  type TcgTranslation,
  type TcgTranslator,
  type TcgVcpu,
} from './tcg-cpu-ops.js'

export { TCG_RAM_LIMIT, TcgMemory } from './tcg-memory.js'
export { dumpRegions } from './wasm-dump.js'
export { CompiledFunctions } from './compiled-functions.js'
export { RegionModule } from './wasm-module.js'
export { type BlockState, type CompilableBlock, type CompileTarget, type RegionJump } from './wasm-frame.js'
export { readBlock, type BlockOp } from './block-ops.js'
export {
  wasm,
  type WasmApi,
  type WasmImports,
  type WasmInstance,
  type WasmMemory,
  type WasmModule,
  type WasmTable,
} from './webassembly.js'
