// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import { LOG_TRACE, qemuLog, qemuLogEnable, qemuLoglevelMask } from './log.js'

/** A trace event as listings show it. */
export interface TraceEvent {
  readonly name: string
  readonly enabled: boolean
}

interface MutableTraceEvent {
  readonly name: string
  enabled: boolean
}

interface TracePattern {
  readonly regexp: RegExp
  readonly on: boolean
}

const events = new Map<string, MutableTraceEvent>()
/** Kept in order, for events of modules that are loaded after the command line was read. */
const patterns: TracePattern[] = []

/**
 * Declares a trace event and returns the function that fires it, with up to eight arguments. While the event
 * is off, a call
 * costs one boolean test, and `text` (the event's arguments as `name value, name value`) is not called.
 * @qemu docs/devel/tracing.rst trace-events
 */
export function defineTraceEvent<A extends unknown[]>(
  name: string,
  text: (...args: A) => string,
): (...args: A) => void {
  assert(!events.has(name), `Trace event ${name} is defined twice`)
  const event: MutableTraceEvent = { name, enabled: false }
  for (const { regexp, on } of patterns) if (regexp.test(name)) event.enabled = on
  events.set(name, event)
  const print = text as (...args: unknown[]) => string
  // Named parameters, not a rest parameter: that would make an array at each call, also while off.
  function fire(
    a?: unknown,
    b?: unknown,
    c?: unknown,
    d?: unknown,
    e?: unknown,
    f?: unknown,
    g?: unknown,
    h?: unknown,
  ) {
    if (event.enabled) emit(name, print(a, b, c, d, e, f, g, h))
  }
  return fire as unknown as (...args: A) => void
}

function emit(name: string, text: string): void {
  if (qemuLoglevelMask(LOG_TRACE)) qemuLog(text === '' ? name : `${name} ${text}`)
}

/**
 * Switches on the events that match a pattern with `*` and `?`, also those that are declared later; a leading
 * `-`, or `on`
 * false, switches off. Returns how many events match so far.
 * @qemu trace/control.c trace_enable_events
 */
export function traceEnable(pattern: string, on = true): number {
  const negated = pattern.startsWith('-')
  const glob = negated ? pattern.slice(1) : pattern
  const source = glob
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const rule: TracePattern = { regexp: new RegExp(`^${source}$`), on: on && !negated }
  patterns.push(rule)
  if (rule.on) qemuLogEnable(LOG_TRACE)
  let matches = 0
  for (const event of events.values()) {
    if (!rule.regexp.test(event.name)) continue
    event.enabled = rule.on
    matches++
  }
  return matches
}

/**
 * All events declared so far, by name; what `-trace help` lists.
 * @qemu trace/control.c trace_list_events
 */
export function traceEvents(): TraceEvent[] {
  return [...events.values()]
    .map(({ name, enabled }) => ({ name, enabled }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
