// SPDX-License-Identifier: GPL-2.0-or-later
//
// The ioctls that bring a machine of two CPUs to life, side by side with QEMU's.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { accelerators } from './accelerators.js'
import { allowedCpuidEntries, allowedDifferences } from './ioctl-order-allowed.js'
import {
  type AllowedDifference,
  cpuidEntries,
  creationIoctls,
  differencesOf,
  unexpectedDifferences,
} from './ioctl-order.js'
import { fdOf, requestOf, straceRun, type TracedCall, whyNot } from './strace.js'

const QEMU = 'qemu-system-x86_64'
const REFERENCE = '7.2'
const createMachines = fileURLToPath(new URL('../fixtures/create-machines.mjs', import.meta.url))

function whyNotReference(): string | null {
  const missing = whyNot(QEMU)
  if (missing !== null) return missing
  const [, version] = /version (\d+\.\d+)/.exec(execFileSync(QEMU, ['--version'], { encoding: 'utf8' })) ?? []
  return version === REFERENCE ? null : `QEMU ${REFERENCE} is the reference, here is ${version}`
}

/** QEMU's calls up to the prompt of a machine that is ready to run. */
async function qemuCalls(): Promise<TracedCall[]> {
  const machine = '-M microvm -accel kvm,kernel-irqchip=on -cpu qemu64,-cx16,-pni -smp 2 -m 64M'
  const front = '-nodefaults -display none -S -monitor stdio'
  const options = ['-v', '-e', 'trace=ioctl']
  const run = await straceRun(options, [QEMU, ...`${machine} ${front}`.split(' ')], { input: 'quit\n' })
  expect(run).toMatchObject({ code: 0, stderr: '' })
  return run.calls
}

/** Ours for the same machine, up to where `Machine.create` resolves. */
async function ourCalls(): Promise<TracedCall[]> {
  const run = await straceRun(['-v', '-e', 'trace=ioctl,write'], [process.execPath, createMachines, '2'])
  expect(run).toMatchObject({ code: 0, stderr: '' })
  const created = run.calls.findIndex(({ name, args }) => name === 'write' && args.includes('created'))
  expect(created).toBeGreaterThan(0)
  return run.calls.slice(0, created)
}

const reason =
  accelerators.find(({ name }) => name === 'kvm')!.unavailable ?? whyNot('strace') ?? whyNotReference()
const skipped = reason === null ? '' : ` (skipped: ${reason})`

describe.skipIf(reason !== null)(`order of ioctls, compared with QEMU ${REFERENCE}${skipped}`, () => {
  let qemu: TracedCall[] = []
  let ours: TracedCall[] = []

  beforeAll(async () => {
    qemu = await qemuCalls()
    ours = await ourCalls()
  }, 60_000)

  it('creation of the VM, its vCPUs and devices, and both puts are in order', () => {
    const differences = differencesOf(creationIoctls(qemu), creationIoctls(ours))
    for (const { phase, by, text, times, reason: why } of allowedDifferences) {
      console.info(`allowed: ${phase}: ${times} x ${text} by ${by}: ${why}`)
    }
    expect(unexpectedDifferences(differences, allowedDifferences)).toEqual([])
  })

  it.each([0, 1])("vcpu %i's own ioctls differ only by the vapic page and virtual wire mode", (vcpu) => {
    const own = (calls: TracedCall[]): string[] =>
      creationIoctls(calls).flatMap(({ text }) => (text.includes(` vcpu ${vcpu}`) ? [text] : []))
    const vapic = [`KVM_TPR_ACCESS_REPORTING vcpu ${vcpu}`, `KVM_SET_VAPIC_ADDR vcpu ${vcpu}`]
    const expected = own(qemu).filter((text) => !vapic.includes(text))
    // Only the boot CPU's APIC is put in virtual wire mode, right behind the put of its reset state.
    const virtualWire = vcpu === 0 ? ['KVM_SET_MSRS vcpu 0 of 1', 'KVM_SET_LAPIC vcpu 0'] : []
    expected.splice(expected.indexOf(`KVM_SET_LAPIC vcpu ${vcpu}`) + 1, 0, ...virtualWire)
    expect(own(ours)).toEqual(expected)
    expect(own(ours)[0]).toBe(`KVM_GET_TSC_KHZ vcpu ${vcpu}`)
  })

  it('each vCPU is created, set up and filled by one thread of its own', () => {
    const creations = ours.filter((call) => requestOf(call) === 'KVM_CREATE_VCPU')
    expect(new Set([ours[0]!.thread, ...creations.map(({ thread }) => thread)]).size).toBe(3)
    for (const { result, thread } of creations) {
      const own = ours.filter((call) => call.name === 'ioctl' && fdOf(call) === Number(result))
      expect(own.length).toBeGreaterThan(20)
      expect(new Set(own.map((call) => call.thread))).toEqual(new Set([thread]))
    }
  })

  it('KVM_SET_CPUID2 hands over the same leaves in the same order', () => {
    for (const { entry, reason: why } of allowedCpuidEntries) console.info(`allowed: ${entry}: ${why}`)
    const left = allowedCpuidEntries.map(({ entry }) => entry)
    const theirs = cpuidEntries(qemu)
    expect(theirs).toHaveLength(2)
    for (const entries of theirs) expect(entries).toEqual(expect.arrayContaining(left))
    expect(cpuidEntries(ours)).toEqual(
      theirs.map((entries) => entries.filter((entry) => !left.includes(entry))),
    )
  })
})

describe('comparison of two sequences', () => {
  const list = (...texts: string[]) => texts.map((text) => ({ phase: 'the VM' as const, text }))
  const allow = (by: 'QEMU' | 'Dromaius', text: string, times = 1): AllowedDifference => ({
    phase: 'the VM',
    by,
    text,
    times,
    reason: 'a test',
  })

  it('an ioctl out of order is on both sides of the difference', () => {
    const differences = differencesOf(list('A', 'B', 'C'), list('B', 'A', 'C'))
    expect(differences.map(({ by, text }) => `${by} ${text}`)).toEqual(['QEMU A', 'Dromaius A'])
    expect(unexpectedDifferences(differences, [])).toHaveLength(2)
  })

  it('what is allowed is not told, a stale entry and a wrong count are', () => {
    const differences = differencesOf(list('A', 'X', 'X', 'B'), list('A', 'B'))
    expect(unexpectedDifferences(differences, [allow('QEMU', 'X', 2)])).toEqual([])
    expect(unexpectedDifferences(differences, [allow('QEMU', 'X')])).toEqual([
      "2 times instead of 1: the VM: QEMU's X",
    ])
    expect(unexpectedDifferences(differences, [allow('QEMU', 'X', 2), allow('Dromaius', 'Y')])).toEqual([
      "stale entry, does not occur: the VM: Dromaius's Y",
    ])
  })
})
