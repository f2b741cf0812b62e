// SPDX-License-Identifier: GPL-2.0-or-later

/** Saved state: what JSON can hold. Integers of 64 bits are `0x` strings, bytes are base64. */
export type VMStateValue =
  null | boolean | number | string | VMStateValue[] | { readonly [name: string]: VMStateValue }

/** State that does not fit its description; `field` is the path of the field, such as `serial.fifo.count`. */
export class VMStateError extends Error {
  static override readonly name = 'VMStateError'
  override readonly name = 'VMStateError'
  readonly code = 'ERR_DROMAIUS_VMSTATE'
  readonly field: string

  constructor(field: string, problem: string) {
    super(`State field ${field}: ${problem}`)
    this.field = field
  }
}

/** One field of a description; made by the `vm...` builders. */
export interface VMStateField<T> {
  /** Name in the saved state, the property's own. */
  readonly name: string
  /** Version of the description in which the field came in. */
  readonly since: number
  /** Reads the field off the object; `path` is for errors. */
  readonly save: (obj: T, path: string) => VMStateValue
  /**
   * Checks a saved value without touching the object and returns what puts it in. Throws {@link
   * VMStateError}.
   */
  readonly parse: (obj: T, value: VMStateValue, path: string) => () => void
  /** Returns what puts the field back to what it is now. */
  readonly capture: (obj: T) => () => void
}

/**
 * What of an object is its state, by named fields with a version.
 * @qemu include/migration/vmstate.h VMStateDescription
 */
export interface VMStateDescription<T> {
  /** Name of the device or part, stable over versions. */
  readonly name: string
  /** Version that is saved. */
  readonly version: number
  /** Oldest version that can be loaded. */
  readonly minimumVersion: number
  readonly fields: readonly VMStateField<T>[]
  /** Parts that are saved only when they matter, so that older versions can load the rest. */
  readonly subsections?: readonly VMStateSubsection<T>[]
  /** Brings fields up to date before they are saved. */
  readonly preSave?: (obj: T) => void
  /** Runs before the fields are put in; the saved state has been found good by then. */
  readonly preLoad?: (obj: T) => void
  /**
   * Runs after the fields are put in; `version` is the one that was saved. Throws to refuse values that
   * contradict each
   * other, and the fields are put back.
   */
  readonly postLoad?: (obj: T, version: number) => void
}

/** A part of a description that is saved when `needed` says so. */
export interface VMStateSubsection<T> extends VMStateDescription<T> {
  readonly needed: (obj: T) => boolean
}

type SavedObject = { readonly [name: string]: VMStateValue }

function isSavedObject(value: VMStateValue | undefined): value is SavedObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function ownValue(object: SavedObject, name: string): VMStateValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function checkNames(object: SavedObject, known: readonly string[], path: string): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new VMStateError(`${path}.${unknown}`, 'unknown')
}

/**
 * Saves the state of `obj`. Throws {@link VMStateError} when a field holds what its description cannot.
 * @qemu migration/vmstate.c vmstate_save_state
 */
export function vmstateSave<T>(vmsd: VMStateDescription<T>, obj: T): VMStateValue {
  return saveState(vmsd, obj, vmsd.name)
}

function saveState<T>(vmsd: VMStateDescription<T>, obj: T, path: string): VMStateValue {
  vmsd.preSave?.(obj)
  const fields: Record<string, VMStateValue> = {}
  for (const field of vmsd.fields) fields[field.name] = field.save(obj, `${path}.${field.name}`)
  const saved: Record<string, VMStateValue> = { name: vmsd.name, version: vmsd.version, fields }
  const needed = vmsd.subsections?.filter((subsection) => subsection.needed(obj)) ?? []
  if (needed.length > 0) {
    saved['subsections'] = Object.fromEntries(
      needed.map((subsection) => [subsection.name, saveState(subsection, obj, `${path}/${subsection.name}`)]),
    )
  }
  return saved
}

/**
 * Loads what {@link vmstateSave} gave. Everything is checked first: names, widths, lengths and versions;
 * unknown and
 * missing fields are refused. Throws {@link VMStateError} naming the field, and then the object is as it was.
 * @qemu migration/vmstate.c vmstate_load_state
 * @differs checks the whole state before it touches the object; QEMU's object is half loaded after an error
 */
export function vmstateLoad<T>(vmsd: VMStateDescription<T>, obj: T, value: VMStateValue): void {
  const load = parseState(vmsd, obj, value, vmsd.name)
  const restore = captureState(vmsd, obj)
  try {
    load()
  } catch (error) {
    restore()
    if (error instanceof VMStateError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw Object.assign(new VMStateError(vmsd.name, `refused: ${reason}`), { cause: error })
  }
}

function parseVersion<T>(vmsd: VMStateDescription<T>, saved: SavedObject, path: string): number {
  const version = ownValue(saved, 'version')
  if (typeof version !== 'number' || !Number.isInteger(version)) {
    throw new VMStateError(`${path}.version`, 'not an integer')
  }
  if (version < vmsd.minimumVersion || version > vmsd.version) {
    const range = `${vmsd.minimumVersion} to ${vmsd.version}`
    throw new VMStateError(`${path}.version`, `${version} cannot be loaded, only ${range}`)
  }
  return version
}

function parseState<T>(vmsd: VMStateDescription<T>, obj: T, value: VMStateValue, path: string): () => void {
  if (!isSavedObject(value)) throw new VMStateError(path, 'not an object')
  checkNames(value, ['name', 'version', 'fields', 'subsections'], path)
  if (ownValue(value, 'name') !== vmsd.name) throw new VMStateError(`${path}.name`, `not ${vmsd.name}`)
  const version = parseVersion(vmsd, value, path)
  const steps: (() => void)[] = []

  const saved = ownValue(value, 'fields')
  if (!isSavedObject(saved)) throw new VMStateError(`${path}.fields`, 'not an object')
  const expected = vmsd.fields.filter((field) => field.since <= version)
  checkNames(
    saved,
    expected.map((field) => field.name),
    path,
  )
  for (const field of expected) {
    const fieldValue = ownValue(saved, field.name)
    if (fieldValue === undefined) throw new VMStateError(`${path}.${field.name}`, 'missing')
    steps.push(field.parse(obj, fieldValue, `${path}.${field.name}`))
  }

  const parts = ownValue(value, 'subsections') ?? {}
  if (!isSavedObject(parts)) throw new VMStateError(`${path}.subsections`, 'not an object')
  const subsections = vmsd.subsections ?? []
  checkNames(
    parts,
    subsections.map((subsection) => subsection.name),
    path,
  )
  for (const subsection of subsections) {
    const part = ownValue(parts, subsection.name)
    if (part !== undefined) steps.push(parseState(subsection, obj, part, `${path}/${subsection.name}`))
  }

  return () => {
    vmsd.preLoad?.(obj)
    for (const step of steps) step()
    vmsd.postLoad?.(obj, version)
  }
}

function captureState<T>(vmsd: VMStateDescription<T>, obj: T): () => void {
  const undo = vmsd.fields.map((field) => field.capture(obj))
  for (const subsection of vmsd.subsections ?? []) undo.push(captureState(subsection, obj))
  return () => {
    for (const step of undo) step()
  }
}

/** For builders of nested fields: the three operations of a whole description. @internal */
export const nestedState = { save: saveState, parse: parseState, capture: captureState }
