// SPDX-License-Identifier: GPL-2.0-or-later
//
// Sequences of ioctls, made comparable, and what sets two of them apart.

import { fdOf, requestOf, type TracedCall } from './strace.js'

/** A stretch of a machine's creation. */
export type Phase = 'the VM' | 'the vCPUs' | 'the devices' | 'the first put' | 'the reset' | 'the second put'

/** An ioctl of a creation. */
export interface CreationIoctl {
  phase: Phase
  /** Request; of a vCPU with its number (`KVM_SET_REGS vcpu 0`), of an MSR list with its length. */
  text: string
}

/** Requests whose result says how many MSRs were in the list. */
const msrRequests = ['KVM_SET_MSRS', 'KVM_GET_MSRS']

/**
 * A machine's creation as a sequence, KVM_CHECK_EXTENSION left out. Where a vCPU's state goes in for the first time, and
 * again at the reset, phases begin.
 */
export function creationIoctls(calls: readonly TracedCall[]): CreationIoctl[] {
  const vcpus = new Map<number, number>()
  const list: CreationIoctl[] = []
  let phase: Phase = 'the VM'
  for (const call of calls) {
    const request = requestOf(call)
    if (!request?.startsWith('KVM_') || request === 'KVM_CHECK_EXTENSION') continue
    if (request === 'KVM_CREATE_VCPU') {
      vcpus.set(Number(call.result), Number(/(\w+)$/.exec(call.args)?.[1]))
      phase = 'the vCPUs'
    }
    const vcpu = vcpus.get(fdOf(call))
    if (phase === 'the vCPUs' && request === 'KVM_GET_CLOCK') phase = 'the devices'
    else if (/^KVM_SET_SREGS2?$/.test(request))
      phase = phase === 'the reset' ? 'the second put' : putAfter(phase)
    else if (phase === 'the first put' && request === 'KVM_GET_VCPU_EVENTS') phase = 'the reset'
    const count = msrRequests.includes(request) ? ` of ${call.result}` : ''
    list.push({ phase, text: `${request}${vcpu === undefined ? '' : ` vcpu ${vcpu}`}${count}` })
  }
  return list
}

/** Every vCPU's put is one phase with those of the others. */
function putAfter(phase: Phase): Phase {
  return phase === 'the second put' ? phase : 'the first put'
}

/** An ioctl that one of two programs makes at a place where the other does not. */
export interface Difference {
  phase: Phase
  text: string
  /** Who makes it. */
  by: 'QEMU' | 'Dromaius'
}

/** What sets two sequences apart: the fewest ioctls whose removal makes them alike. */
export function differencesOf(qemu: readonly CreationIoctl[], ours: readonly CreationIoctl[]): Difference[] {
  // Length of the longest common subsequence of what is left from (i, j) on.
  const lcs = Array.from({ length: qemu.length + 1 }, () => new Uint32Array(ours.length + 1))
  for (let i = qemu.length - 1; i >= 0; i--) {
    for (let j = ours.length - 1; j >= 0; j--) {
      const same = qemu[i]!.text === ours[j]!.text
      lcs[i]![j] = same ? lcs[i + 1]![j + 1]! + 1 : Math.max(lcs[i + 1]![j]!, lcs[i]![j + 1]!)
    }
  }
  const differences: Difference[] = []
  for (let i = 0, j = 0; i < qemu.length || j < ours.length;) {
    if (i < qemu.length && j < ours.length && qemu[i]!.text === ours[j]!.text) {
      i++
      j++
    } else if (j === ours.length || (i < qemu.length && lcs[i + 1]![j]! >= lcs[i]![j + 1]!)) {
      differences.push({ ...qemu[i++]!, by: 'QEMU' })
    } else {
      differences.push({ ...ours[j++]!, by: 'Dromaius' })
    }
  }
  return differences
}

/** A difference that is meant to be. */
export interface AllowedDifference extends Difference {
  /** How many of them there are. */
  times: number
  /** Why. */
  reason: string
}

const keyOf = ({ phase, by, text }: Difference): string => `${phase}: ${by}'s ${text}`

/** Counts differences of one kind, and compares with what is allowed: one line for each that is too many or too few. */
export function unexpectedDifferences(
  differences: readonly Difference[],
  allowed: readonly AllowedDifference[],
): string[] {
  const counts = new Map<string, number>()
  for (const difference of differences)
    counts.set(keyOf(difference), (counts.get(keyOf(difference)) ?? 0) + 1)
  const complaints: string[] = []
  for (const entry of allowed) {
    const found = counts.get(keyOf(entry)) ?? 0
    counts.delete(keyOf(entry))
    if (found === 0) complaints.push(`stale entry, does not occur: ${keyOf(entry)}`)
    else if (found !== entry.times)
      complaints.push(`${found} times instead of ${entry.times}: ${keyOf(entry)}`)
  }
  for (const [key, count] of counts) complaints.push(`${count} times, not allowed: ${key}`)
  return complaints
}

/** A leaf of KVM_SET_CPUID2 as `strace -v` shows it, and which of how many entries the call had. */
export function cpuidEntries(calls: readonly TracedCall[]): string[][] {
  return calls
    .filter((call) => requestOf(call) === 'KVM_SET_CPUID2')
    .map(({ args }) => [...args.matchAll(/\{(function=[^}]*)\}/g)].map(([, entry]) => entry!))
}
