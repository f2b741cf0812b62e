// SPDX-License-Identifier: GPL-2.0-or-later
import { type AccelClass, AccelState, type SystemState, TYPE_ACCEL } from '@dromaius/cpus'
import { memoryListenerRegister, memoryListenerUnregister, type RamAllocator } from '@dromaius/memory'
import { objectClassPropertyAdd, typeRegister } from '@dromaius/qom'
import { CODE_BUFFER_SIZE, HOT_COUNT } from '@dromaius/tcg'
import { LOG_JIT, qemuLog, qemuLoglevelMask, UserError } from '@dromaius/util'
import { dumpExecInfo } from './jit-info.js'
import { JitProfile } from './jit-profile.js'
import { TcgRamBacking } from './ram.js'
import { tcgAccelOps } from './tcg-accel-ops.js'
import { TcgEngine } from './tcg-engine.js'

/**
 * The accelerator's state: one engine per machine.
 * @qemu accel/tcg/tcg-all.c TCGState
 */
export class TCGState extends AccelState {
  /** From `tcgInitMachine` to the machine's end. @internal */
  engine: TcgEngine | null = null
  /** With `-d jit`. @internal */
  profile: JitProfile | null = null
  /** Buffer for translated code, MiB; 0 for all that there is. */
  tbSize = 0
  /** Blocks that are executed often are compiled. */
  compile = true
  /** So often, 1 to HOT_COUNT; below that at once, while the guest waits. */
  compileAfter = HOT_COUNT
  /** A block holds one instruction. */
  oneInsnPerTb = false

  override get ramAllocator(): RamAllocator | null {
    const { engine } = this
    return engine && ((name, size) => new TcgRamBacking(engine.memory, name, size))
  }
}

/**
 * Makes the machine's memory and module, and follows its address space.
 * @qemu accel/tcg/tcg-all.c tcg_init_machine
 */
function tcgInitMachine(accel: AccelState, system: SystemState): void {
  const s = TYPE_TCG_ACCEL.cast(accel)
  s.engine = new TcgEngine(system)
  if (s.tbSize > 0) s.engine.memory.code.end = s.engine.memory.code.start + s.tbSize * MIB
  s.engine.oneInsnPerTb = s.oneInsnPerTb
  s.engine.hot.enabled = s.compile
  s.engine.hot.executions = s.compileAfter
  s.engine.hot.background = s.compileAfter === HOT_COUNT
  if (qemuLoglevelMask(LOG_JIT)) s.profile = new JitProfile()
  memoryListenerRegister(s.engine.physMap, system.addressSpaceMemory)
}

function tcgExitMachine(accel: AccelState): void {
  const s = TYPE_TCG_ACCEL.cast(accel)
  const { engine } = s
  if (!engine) return
  engine.counts.decode = engine.translator?.decodeMs ?? 0
  if (s.profile) qemuLog(dumpExecInfo(engine, s.profile.stop(engine.module)))
  s.profile = null
  memoryListenerUnregister(engine.physMap, engine.system.addressSpaceMemory)
  s.engine = null
}

/** Bytes in a MiB. */
const MIB = 2 ** 20

/** @qemu accel/tcg/tcg-all.c tcg_set_thread */
function tcgSetThread(value: string): void {
  if (value === 'multi')
    throw new UserError("'thread' setting multi is not available: all CPUs take turns in one thread")
  if (value !== 'single') throw new UserError(`Invalid 'thread' setting ${value}`)
}

/**
 * Takes the size of the buffer for translated code, MiB; 0 for all that there is.
 * @qemu accel/tcg/tcg-all.c tcg_set_tb_size
 */
function tcgSetTbSize(s: TCGState, value: number): void {
  const most = CODE_BUFFER_SIZE / MIB
  if (value > most) throw new UserError(`'tb-size' setting ${value} is too large: there are ${most} MiB`)
  s.tbSize = value
}

function tcgSetCompileAfter(s: TCGState, value: number): void {
  if (value < 1 || value > HOT_COUNT)
    throw new UserError(`'x-compile-after' setting ${value} is not between 1 and ${HOT_COUNT}`)
  s.compileAfter = value
}

/** @qemu accel/tcg/tcg-all.c tcg_accel_class_init */
function addProperties(ac: AccelClass): void {
  objectClassPropertyAdd<TCGState, 'string'>(ac, {
    name: 'thread',
    type: 'string',
    description: 'TCG thread type: single',
    get: () => 'single',
    set: (_s, value) => tcgSetThread(value),
  })
  objectClassPropertyAdd<TCGState, 'uint32'>(ac, {
    name: 'tb-size',
    type: 'uint32',
    description: `TCG translation block cache size in MiB, at most ${CODE_BUFFER_SIZE / MIB}`,
    get: (s) => s.tbSize,
    set: tcgSetTbSize,
  })
  objectClassPropertyAdd<TCGState, 'bool'>(ac, {
    name: 'x-compile',
    type: 'bool',
    description: 'Set off to interpret all code, on to compile to WebAssembly what is executed often',
    get: (s) => s.compile,
    set: (s, value) => {
      s.compile = value
    },
  })
  objectClassPropertyAdd<TCGState, 'uint32'>(ac, {
    name: 'x-compile-after',
    type: 'uint32',
    description: `Executions of a block after which it is compiled, 1 to ${HOT_COUNT}: few of them for tests`,
    get: (s) => s.compileAfter,
    set: tcgSetCompileAfter,
  })
  objectClassPropertyAdd<TCGState, 'bool'>(ac, {
    name: 'one-insn-per-tb',
    type: 'bool',
    description: 'Only put one guest insn in each translation block',
    get: (s) => s.oneInsnPerTb,
    set: (s, value) => {
      s.oneInsnPerTb = value
    },
  })
}

/**
 * The accelerator `tcg`.
 * @qemu accel/tcg/tcg-all.c tcg_accel_class_init
 */
export const TYPE_TCG_ACCEL = typeRegister({
  name: 'tcg-accel',
  parent: TYPE_ACCEL,
  instance: TCGState,
  classInit(klass) {
    const ac = TYPE_ACCEL.classCast(klass)
    ac.accelName = 'tcg'
    ac.ops = tcgAccelOps
    ac.initMachine = tcgInitMachine
    ac.exitMachine = tcgExitMachine
    addProperties(ac)
  },
})
