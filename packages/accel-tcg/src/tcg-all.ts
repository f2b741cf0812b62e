// SPDX-License-Identifier: GPL-2.0-or-later
import { AccelState, type SystemState, TYPE_ACCEL } from '@dromaius/cpus'
import { memoryListenerRegister, memoryListenerUnregister, type RamAllocator } from '@dromaius/memory'
import { typeRegister } from '@dromaius/qom'
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
  memoryListenerRegister(s.engine.physMap, system.addressSpaceMemory)
}

function tcgExitMachine(accel: AccelState): void {
  const s = TYPE_TCG_ACCEL.cast(accel)
  if (!s.engine) return
  memoryListenerUnregister(s.engine.physMap, s.engine.system.addressSpaceMemory)
  s.engine = null
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
  },
})
