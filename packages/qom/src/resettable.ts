// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert'
import { TYPE_INTERFACE } from './interface.js'
import { InterfaceClass, type ObjectClass } from './object-class.js'
import type { QemuObject } from './object.js'
import { saveParentSlot } from './parent-slot.js'
import { typeRegister } from './type.js'

/**
 * Kind of a reset: `cold` is as after power-on.
 * @qemu include/hw/resettable.h ResetType
 */
export type ResetType = 'cold'

/**
 * What a reset does to an object, in three passes over the whole tree: `enter` sets the object's own state and touches
 * nobody else, `hold` drives its lines, `exit` leaves the reset.
 * @qemu include/hw/resettable.h ResettablePhases
 */
export interface ResettablePhases<T extends QemuObject = QemuObject> {
  enter?(obj: T, type: ResetType): void
  hold?(obj: T, type: ResetType): void
  exit?(obj: T, type: ResetType): void
}

/**
 * An object's standing in resets.
 * @qemu include/hw/resettable.h ResettableState
 */
export interface ResettableState {
  /** How many resets hold the object; more than one when its parents are reset on top of itself. */
  count: number
  /** Whether `enter` ran and `hold` did not yet. */
  holdPhasePending: boolean
  /** Guards against reset within the exit phase. */
  exitPhaseInProgress: boolean
}

/** The state of an object that is in no reset. */
export const resettableStateNew = (): ResettableState => ({
  count: 0,
  holdPhasePending: false,
  exitPhaseInProgress: false,
})

/**
 * Forgets all resets.
 * @qemu include/hw/resettable.h resettable_state_clear
 */
export function resettableStateClear(state: ResettableState): void {
  Object.assign(state, resettableStateNew())
}

/** Is called for each child that a reset reaches. */
export type ResettableChildCallback = (child: QemuObject) => void

/**
 * Methods of an object that can be reset.
 * @qemu include/hw/resettable.h ResettableClass
 */
export class ResettableClass extends InterfaceClass implements ResettablePhases {
  enter?(obj: QemuObject, type: ResetType): void
  hold?(obj: QemuObject, type: ResetType): void
  exit?(obj: QemuObject, type: ResetType): void
  /** Where the object keeps its standing; must be there. */
  getState?(obj: QemuObject): ResettableState
  /** Calls back for each child, in the order in which they are reset. */
  childForeach?(obj: QemuObject, callback: ResettableChildCallback, type: ResetType): void
}

// Guards against wrong use: no reset starts or ends within an enter pass, no parent changes within any pass.
// eslint-disable-next-line dromaius/no-module-let -- a pass never outlives its synchronous call, so machines do not meet
let enterPhaseInProgress = false
// eslint-disable-next-line dromaius/no-module-let -- as above
let exitPhasesInProgress = 0

interface Target {
  rc: ResettableClass
  state: ResettableState
}

function targetOf(obj: QemuObject): Target {
  const rc = TYPE_RESETTABLE.getClass(obj)
  const state = rc.getState?.(obj)
  assert(state, `Type '${obj.qomClass.typeName}' has no reset state`)
  return { rc, state }
}

/**
 * Resets an object and all below it: into reset and out again.
 * @qemu hw/core/resettable.c resettable_reset
 */
export function resettableReset(obj: QemuObject, type: ResetType): void {
  resettableAssertReset(obj, type)
  resettableReleaseReset(obj, type)
}

/**
 * Puts an object and all below it into reset: the enter pass, then the hold pass. Resets nest: each needs its release.
 * @qemu hw/core/resettable.c resettable_assert_reset
 */
export function resettableAssertReset(obj: QemuObject, type: ResetType): void {
  assert(!enterPhaseInProgress, 'A reset began within the enter phase of another')
  enterPhaseInProgress = true
  try {
    phaseEnter(obj, type)
  } finally {
    enterPhaseInProgress = false
  }
  phaseHold(obj, type)
}

/**
 * Takes back one {@link resettableAssertReset}; the last one runs the exit pass.
 * @qemu hw/core/resettable.c resettable_release_reset
 */
export function resettableReleaseReset(obj: QemuObject, type: ResetType): void {
  assert(!enterPhaseInProgress, 'A reset ended within the enter phase of another')
  exitPhasesInProgress++
  try {
    phaseExit(obj, type)
  } finally {
    exitPhasesInProgress--
  }
}

/**
 * Whether any reset holds the object.
 * @qemu hw/core/resettable.c resettable_is_in_reset
 */
export function resettableIsInReset(obj: QemuObject): boolean {
  return targetOf(obj).state.count > 0
}

/**
 * The enter pass: children first, and they are counted even where the object was in reset already.
 * @qemu hw/core/resettable.c resettable_phase_enter
 */
function phaseEnter(obj: QemuObject, type: ResetType): void {
  const { rc, state } = targetOf(obj)
  assert(!state.exitPhaseInProgress, 'A reset began within the exit phase of the same object')
  const first = state.count++ === 0
  // A cycle in the tree would go on for ever; no real nesting comes near this.
  assert(state.count <= 50, 'Resets nest more than 50 deep')
  rc.childForeach?.(obj, (child) => phaseEnter(child, type), type)
  if (!first) return
  rc.enter?.(obj, type)
  state.holdPhasePending = true
}

/** @qemu hw/core/resettable.c resettable_phase_hold */
function phaseHold(obj: QemuObject, type: ResetType): void {
  const { rc, state } = targetOf(obj)
  assert(!state.exitPhaseInProgress, 'A hold phase began within the exit phase of the same object')
  rc.childForeach?.(obj, (child) => phaseHold(child, type), type)
  if (!state.holdPhasePending) return
  state.holdPhasePending = false
  rc.hold?.(obj, type)
}

/** @qemu hw/core/resettable.c resettable_phase_exit */
function phaseExit(obj: QemuObject, type: ResetType): void {
  const { rc, state } = targetOf(obj)
  assert(!state.exitPhaseInProgress, 'An exit phase began within the exit phase of the same object')
  state.exitPhaseInProgress = true
  try {
    rc.childForeach?.(obj, (child) => phaseExit(child, type), type)
    assert(state.count > 0, 'A reset was released that was never asserted')
    if (--state.count === 0) rc.exit?.(obj, type)
  } finally {
    state.exitPhaseInProgress = false
  }
}

/**
 * Brings an object that moves from one parent to another (null is none, which is never in reset) to the new parent's
 * number of resets.
 * @qemu hw/core/resettable.c resettable_change_parent
 */
export function resettableChangeParent(
  obj: QemuObject,
  newp: QemuObject | null,
  oldp: QemuObject | null,
): void {
  assert(!enterPhaseInProgress && exitPhasesInProgress === 0, 'A parent changed within a phase of a reset')
  const newCount = newp ? targetOf(newp).state.count : 0
  const oldCount = oldp ? targetOf(oldp).state.count : 0
  for (let i = oldCount; i < newCount; i++) resettableAssertReset(obj, 'cold')
  // An object that leaves a bus between the enter and the hold pass gets its hold now.
  if (oldCount > 0 && targetOf(obj).state.holdPhasePending) phaseHold(obj, 'cold')
  for (let i = newCount; i < oldCount; i++) resettableReleaseReset(obj, 'cold')
}

/** A class whose instances can be reset, and which shows its phases. */
export interface ClassWithPhases extends ObjectClass {
  readonly phases: ResettablePhases
}

/** Slots of a class that keep its parent's phases: fields of type `ResettablePhases` named `...Phases`. */
export type PhasesSlot<C> = {
  [K in keyof C]-?: K extends `${string}Phases`
    ? ResettablePhases extends NonNullable<C[K]>
      ? K
      : never
    : never
}[keyof C] &
  string

/**
 * Overrides some of a class's phases from `classInit`. The slot keeps the parent's, for the new ones to call:
 * `fc.parentPhases?.hold?.(obj, type)`.
 * @throws Error if an ancestor uses the slot
 * @qemu hw/core/resettable.c resettable_class_set_parent_phases
 */
export function resettableClassSetParentPhases<C extends ClassWithPhases>(
  klass: C,
  phases: C['phases'],
  slot: PhasesSlot<C>,
): void {
  const { enter, hold, exit } = klass.phases
  saveParentSlot(klass, slot, {
    ...(enter && { enter }),
    ...(hold && { hold }),
    ...(exit && { exit }),
  } satisfies ResettablePhases)
  Object.assign(klass.phases, phases)
}

export const TYPE_RESETTABLE = typeRegister<QemuObject, ResettableClass>({
  name: 'resettable',
  parent: TYPE_INTERFACE,
  classType: ResettableClass,
})
