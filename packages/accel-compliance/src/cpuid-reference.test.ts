// SPDX-License-Identifier: GPL-2.0-or-later
//
// For every CPU model: the table that we hand to KVM_SET_CPUID2, leaf by leaf beside the one that QEMU hands over.

import type * as native from '@dromaius/native'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setReportSink } from '@dromaius/util'
import { Machine } from '@dromaius/vmm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { accelerators } from './accelerators.js'
import { allowedCpuidDifferences } from './cpuid-allowed.js'
import { cpuidCombinations } from './cpuid-combinations.js'
import {
  type AllowedCpuidDifference,
  cpuidDifferences,
  type CpuidLine,
  cpuidLines,
  qemuCpuidTables,
  type QemuMachine,
} from './cpuid-tables.js'
import { whyNot } from './strace.js'
import { whyNotReference } from '../../../scripts/qemu-cpu-facts.mjs'

/** Every table that a machine of this process has handed over. */
const handedOver: CpuidLine[][] = []

vi.mock('@dromaius/native', async (importOriginal) => {
  const original = await importOriginal<typeof native>()
  const kvmSetCpuid2: typeof original.kvmSetCpuid2 = (vcpu, cpuid) => {
    const bytes = cpuid instanceof Uint8Array ? cpuid : cpuid.bytes
    handedOver.push(cpuidLines(bytes))
    return original.kvmSetCpuid2(vcpu, cpuid)
  }
  return { ...original, kvmSetCpuid2 }
})

/** What was reported since the last look. */
let reports: string[] = []

/** A machine at a time, so that tables and reports are its own. */
let last: Promise<unknown> = Promise.resolve()

/** Our tables for the same machine; the CPUs are realized and a machine is complete. */
function ourCpuidTables(cpu: string, smp: string): Promise<{ tables: CpuidLine[][]; reports: string[] }> {
  const mine = last.then(async () => {
    handedOver.length = 0
    reports = []
    const machine = await Machine.create({ cpu, cpus: smp, memory: 16 << 20, serial: 'none' })
    await machine.stop()
    return { tables: [...handedOver], reports }
  })
  last = mine.catch(() => undefined)
  return mine
}

interface Definition {
  'alias-of'?: string
  'alias-of-latest'?: string
}
const facts = JSON.parse(
  readFileSync(
    fileURLToPath(new URL('../../target-i386/fixtures/qemu-7.2-cpu-facts.json', import.meta.url)),
    'utf8',
  ),
) as { definitions: Record<string, Definition> }
const models = Object.keys(facts.definitions)

/** What a board with the newest versions takes a plain name for. */
const newest = (model: string): string => facts.definitions[model]!['alias-of-latest'] ?? model

/** Shapes, and the board on which QEMU has them: its microvm has no dies. */
const shapes = [
  { smp: '1', machine: 'microvm' },
  { smp: '4', machine: 'microvm' },
  { smp: '6,cores=3,threads=2', machine: 'microvm' },
  { smp: '8,sockets=2,dies=2', machine: 'pc' },
]

const reason =
  accelerators.find(({ name }) => name === 'kvm')!.unavailable ?? whyNot('strace') ?? whyNotReference()
const skipped = reason === null ? '' : ` (skipped: ${reason})`

const used = new Set<AllowedCpuidDifference>()

/** What is said of the host's number of CPUs, and what goes wrong after KVM_SET_CPUID2, is not of interest here. */
const BESIDE = /exceeds the recommended cpus|^error: failed to [gs]et MSR|Assertion/

/** Compares one machine's tables, and what was said of its CPUs, with QEMU's. */
async function compare(qemu: QemuMachine, cpu: string): Promise<void> {
  const theirs = await qemuCpuidTables({
    ...qemu,
    // Only the microvm shows the host's width of physical addresses by itself.
    cpu: qemu.machine === 'microvm' ? qemu.cpu : `${qemu.cpu},host-phys-bits=on`,
  })
  const ours = await ourCpuidTables(cpu, qemu.smp)

  const count = Number.parseInt(qemu.smp)
  expect(ours.tables).toHaveLength(count)
  if (theirs.complete) expect(theirs.tables).toHaveLength(count)
  expect(theirs.tables.length, theirs.messages.join()).toBeGreaterThan(0)
  for (const [vcpu, table] of theirs.tables.entries()) {
    const differences = cpuidDifferences(cpu, table, ours.tables[vcpu]!, allowedCpuidDifferences, used)
    expect(differences, `vcpu ${vcpu}`).toEqual([])
  }
  const said = theirs.messages.filter((message) => !BESIDE.test(message))
  expect(theirs.complete ? ours.reports : ours.reports.slice(0, said.length)).toEqual(said)
}

describe.skipIf(reason !== null)(`CPUID, compared with QEMU 7.2${skipped}`, () => {
  beforeAll(() => {
    setReportSink((kind, text) => {
      // QEMU's advice has no prefix that would tell it from other output.
      if (kind !== 'advice') reports.push(`${kind}: ${text}`)
    })
  })
  afterAll(() => {
    setReportSink(null)
  })

  describe.each(shapes)('-smp $smp', ({ smp, machine }) => {
    it.concurrent.each(models)('%s', (model) =>
      compare({ machine, cpu: machine === 'microvm' ? model : newest(model), smp }, model),
    )
  })

  it.concurrent.each(cpuidCombinations)('-cpu $cpu -smp $smp', ({ cpu, smp, machine = 'microvm' }) =>
    compare({ machine, cpu, smp }, cpu),
  )

  it('every allowed difference occurs', () => {
    expect(allowedCpuidDifferences.filter((entry) => !used.has(entry))).toEqual([])
  })
})
