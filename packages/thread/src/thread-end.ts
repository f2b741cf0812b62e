// SPDX-License-Identifier: GPL-2.0-or-later

/** What is still to be done for a thread after its exit notifiers: the destructors of its thread-locals. */
const pending = new WeakMap<object, (() => void)[]>()

/** Has `action` called when `thread` has ended, after its exit notifiers. */
export function atThreadEnd(thread: object, action: () => void): void {
  const actions = pending.get(thread)
  if (actions === undefined) pending.set(thread, [action])
  else actions.push(action)
}

/** Takes what `atThreadEnd` was given for the thread. */
export function takeThreadEnd(thread: object): (() => void)[] {
  const actions = pending.get(thread) ?? []
  pending.delete(thread)
  return actions
}
