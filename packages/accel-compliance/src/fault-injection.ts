// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a machine's creation can be made to fail from outside, and what is left of it then.

import { fileURLToPath } from 'node:url'
import { pathOf, requestOf, straceRun, type TracedCall, type TracedRun } from './strace.js'

const createMachinesPath = fileURLToPath(new URL('../fixtures/create-machines.mjs', import.meta.url))
const commandPath = fileURLToPath(new URL('../../vmm/bin/dromaius.js', import.meta.url))

/** Bytes of guest RAM in all machines here. */
export const RAM_SIZE = 64 << 20

/** What `create-machines` runs as, for machines of these numbers of CPUs. */
export const createMachines = (...args: (number | `--spare=${number}`)[]): string[] => [
  process.execPath,
  createMachinesPath,
  ...args.map(String),
]

/** The command that makes the machine of two CPUs that `create-machines 2` makes, and runs it. */
export const command: readonly string[] = [
  process.execPath,
  commandPath,
  ...'-accel kvm -cpu qemu64,-cx16,-pni -m 64M -smp 2 -nodefaults -display none'.split(' '),
]

/** One call of a creation that strace is to let fail. */
export interface InjectionPoint {
  call: 'ioctl' | 'mmap' | 'clone3' | 'openat'
  /** Only calls on what has this path are counted; null counts all of them. */
  path: string | null
  /** Which of them, from 1, on each thread. */
  when: number
  error: string
  /** What a message has to name. */
  operation: string
}

/** strace's options for a point. */
export function injectionOptions({ call, path, when, error }: InjectionPoint): string[] {
  const filter = path === null ? [] : ['-P', path]
  return [...filter, '-e', `trace=${call}`, '-e', `inject=${call}:error=${error}:when=${when}`]
}

/** Calls of a clean creation by `create-machines 2`, up to where it is complete. */
export async function cleanCreation(): Promise<TracedCall[]> {
  const { calls } = await straceRun(['-y', '-e', 'trace=ioctl,mmap,clone3,write'], createMachines(2))
  const created = calls.findIndex(
    ({ name, args }) => name === 'write' && args.includes('"event\\":\\"created'),
  )
  return calls.slice(0, created)
}

/**
 * A point for every ioctl of a creation that goes to `path`. KVM_CREATE_VCPU, which a vCPU's thread makes on the VM, is not
 * among them: strace counts each thread's calls by themselves, and the machine's own thread comes first.
 */
export function ioctlPoints(creation: readonly TracedCall[], path: string): InjectionPoint[] {
  return creation
    .filter(
      (call) => pathOf(call) === path && requestOf(call) !== null && requestOf(call) !== 'KVM_CREATE_VCPU',
    )
    .map((call, i) => ({ call: 'ioctl', path, when: i + 1, error: 'ENOMEM', operation: requestOf(call)! }))
}

/** The same points, of an operation that comes more than `most` times only so many, evenly spread, the last one included. */
export function thinned(points: readonly InjectionPoint[], most: number): InjectionPoint[] {
  const counts = new Map<string, number>()
  for (const { operation } of points) counts.set(operation, (counts.get(operation) ?? 0) + 1)
  const seen = new Map<string, number>()
  return points.filter(({ operation }) => {
    const nth = (seen.get(operation) ?? 0) + 1
    seen.set(operation, nth)
    const step = most / Math.max(most, counts.get(operation)!)
    return Math.floor(nth * step) > Math.floor((nth - 1) * step)
  })
}

/** A line of `create-machines`. */
export interface CreationEvent {
  event: 'start' | 'created' | 'stopped' | 'failed'
  /** Class of the error and its text. */
  name?: string
  message?: string
  descriptors: string[]
  threads: string[]
}

/** What `create-machines` told. */
export const eventsOf = ({ stdout }: TracedRun): CreationEvent[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CreationEvent)

/** What is wrong with a user's message about a failed operation; nothing when it is as it should be. */
export function complaintsAbout(message: string, { operation, error }: InjectionPoint): string[] {
  const wrong: [boolean, string][] = [
    [message.trim().includes('\n'), 'is more than one line'],
    [!message.includes(operation), `does not name ${operation}`],
    [!message.includes(error), `does not name ${error}`],
    [/undefined|null|\[object|\bat .*:\d+:\d+/.test(message), 'holds what no user should see'],
  ]
  return wrong.flatMap(([is, text]) => (is ? [`"${message.trim()}" ${text}`] : []))
}

/**
 * Creates machines in one process while `point` fails, and looks at what each failure left behind.
 *
 * @param smp CPUs of each machine; the first one is to fail
 * @returns whether the first one did, and everything that is wrong
 */
export async function injectInProcess(
  point: InjectionPoint,
  ...smp: number[]
): Promise<{ failed: boolean; complaints: string[] }> {
  const run = await straceRun(injectionOptions(point), createMachines(...smp))
  const what = `${point.operation} (${point.path} ${point.when})`
  if (run.timedOut) return { failed: false, complaints: [`${what}: hangs`] }
  if (run.code !== 0) return { failed: false, complaints: [`${what}: exit code ${run.code}: ${run.stderr}`] }
  const events = eventsOf(run)
  const complaints = whatWasLeft(events)
  if (!run.calls.some(({ injected }) => injected)) complaints.push('nothing was injected')
  for (const { event, message = '' } of events) {
    if (event === 'failed') complaints.push(...complaintsAbout(message, point))
  }
  return { failed: events[1]?.event === 'failed', complaints: complaints.map((text) => `${what}: ${text}`) }
}

/** Descriptors and threads that were not there at the start and are when a machine has failed or ended. */
export function whatWasLeft([start, ...events]: readonly CreationEvent[]): string[] {
  return events.flatMap(({ event, name, descriptors, threads }) => {
    if (event === 'created') return []
    const left = [...leftOver(start!.descriptors, descriptors), ...leftOver(start!.threads, threads)]
    const complaints = left.length > 0 ? [`${event}, and left behind: ${left.join(', ')}`] : []
    const wrongKind = event === 'failed' && name !== 'HostError' && name !== 'UserError'
    return wrongKind ? [`${name} was thrown`, ...complaints] : complaints
  })
}

/** What is in `after` more often than in `before`. */
function leftOver(before: readonly string[], after: readonly string[]): string[] {
  const rest = [...before]
  return after.filter((name) => {
    const index = rest.indexOf(name)
    if (index >= 0) rest.splice(index, 1)
    return index < 0
  })
}

/** Does `body` for every item, two at a time. */
export async function forEachOfTwo<T>(items: readonly T[], body: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const work = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await body(item)
  }
  await Promise.all([work(), work()])
}
