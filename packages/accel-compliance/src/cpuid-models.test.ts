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
import {
  type AllowedCpuidDifference,
  cpuidDifferences,
  type CpuidLine,
  cpuidLines,
  qemuCpuidTables,
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

/** Our tables for the same machine; the CPUs are realized and a machine is complete. */
async function ourCpuidTables(cpu: string, smp: string): Promise<CpuidLine[][]> {
  const before = handedOver.length
  const machine = await Machine.create({ cpu, cpus: smp, memory: 16 << 20, serial: 'none' })
  const tables = handedOver.slice(before)
  await machine.stop()
  return tables
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

/** Compares one machine's tables with QEMU's. */
async function compare(machine: string, qemuCpu: string, cpu: string, smp: string): Promise<void> {
  // Only the microvm shows the host's width of physical addresses by itself.
  const board = machine === 'microvm' ? qemuCpu : `${qemuCpu},host-phys-bits=on`
  const qemu = await qemuCpuidTables(machine, board, smp)
  const ours = await ourCpuidTables(cpu, smp)

  const count = Number.parseInt(smp)
  expect(ours).toHaveLength(count)
  if (qemu.complete) expect(qemu.tables).toHaveLength(count)
  expect(qemu.tables.length, qemu.messages).toBeGreaterThan(0)
  for (const [vcpu, table] of qemu.tables.entries()) {
    const differences = cpuidDifferences(cpu, table, ours[vcpu]!, allowedCpuidDifferences, used)
    expect(differences, `vcpu ${vcpu}`).toEqual([])
  }
}

describe.skipIf(reason !== null)(`CPUID, compared with QEMU 7.2${skipped}`, () => {
  beforeAll(() => {
    // What this host lacks of the models is of no interest here.
    setReportSink(() => undefined)
  })
  afterAll(() => {
    setReportSink(null)
  })

  describe.each(shapes)('-smp $smp', ({ smp, machine }) => {
    it.concurrent.each(models)('%s', (model) =>
      compare(machine, machine === 'microvm' ? model : newest(model), model, smp),
    )
  })

  it('every allowed difference occurs', () => {
    expect(allowedCpuidDifferences.filter((entry) => !used.has(entry))).toEqual([])
  })
})
