// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is said of a wrong `-cpu`, beside what QEMU says.

import { setReportSink } from '@dromaius/util'
import { Machine } from '@dromaius/vmm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accelerators } from './accelerators.js'
import { qemuCpuidTables } from './cpuid-tables.js'
import { whyNot } from './strace.js'
import { whyNotReference } from '../../../scripts/qemu-cpu-facts.mjs'

/** Mistakes, and what is said in front of each where QEMU names the property that it sets. */
const mistakes = [
  'qemu64,nosuch',
  'qemu64,nosuch=5',
  'qemu64,+nosuch',
  'host,-nosuch',
  'qemu64,avx=maybe',
  'qemu64,family=271',
  'qemu64,model=256',
  'qemu64,stepping=-1',
  'qemu64,vendor=short',
  'qemu64,tsc-frequency=-5',
  'qemu64,tsc-freq=abc',
  'qemu64,level=-1',
  'qemu64,xlevel=0x100000000',
  'qemu64,-lm,phys-bits=40',
  'qemu64,legacy-cache=off',
  'host,legacy-cache=off',
  'qemu64,lbr-fmt=5',
  'qemu64,lbr-fmt=0x40',
  'qemu64,lbr-fmt=5,pmu=on',
  'qemu64,host-phys-bits-limit=300',
  'qemu64,migratable=on',
  'EPYC,host-cache-info=on',
  'qemu64,memory=nowhere',
  'qemu64,feature-words=1',
  'qemu64,unavailable-features=x',
  'qemu64,hotplugged=on',
  'qemu64,core-id=99',
  'qemu64,enforce,+vmx',
  'Haswell-v2,enforce=on',
  'qemu64,enforce=on,check=off',
]

/** What QEMU says in other words, with ours. */
const inOurWords: readonly { cpu: string; qemu: string; ours: string; reason: string }[] = [
  {
    cpu: 'nosuch',
    qemu: "unable to find CPU model 'nosuch'",
    ours: "unable to find CPU model 'nosuch' (-cpu help lists them)",
    reason: 'says where to look',
  },
  {
    cpu: 'qemu64,level=x',
    qemu: "Parameter 'level' expects uint64",
    ours: "Parameter 'level' expects integer",
    reason: 'the word that QEMU has for the same mistake in -device',
  },
  {
    cpu: 'qemu64,lmce=on',
    qemu: 'kvm: LMCE not supported',
    ours: "lmce: this host's KVM does not support it",
    reason: 'names the option; QEMU has a second line about kvm_init_vcpu',
  },
]

const reason =
  accelerators.find(({ name }) => name === 'kvm')!.unavailable ?? whyNot('strace') ?? whyNotReference()
const skipped = reason === null ? '' : ` (skipped: ${reason})`

describe.skipIf(reason !== null)(`errors of -cpu, compared with QEMU 7.2${skipped}`, () => {
  let reports: string[] = []
  beforeAll(() => {
    setReportSink((kind, text) => reports.push(`${kind}: ${text}`))
  })
  afterAll(() => {
    setReportSink(null)
  })

  /** Everything that QEMU says: warnings, and the error without the property's assignment in front. */
  async function qemuSays(cpu: string): Promise<string[]> {
    const { messages, complete } = await qemuCpuidTables({ machine: 'microvm', cpu, smp: '1' })
    expect(complete).toBe(false)
    return messages.map((message) => message.replace(/^can't apply global \S+: /, ''))
  }

  /** The same of ours, without the option in front. */
  async function weSay(cpu: string): Promise<string[]> {
    reports = []
    const error: unknown = await Machine.create({ cpu, memory: 16 << 20, serial: 'none' }).then(
      async (machine) => {
        await machine.stop()
        return null
      },
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ name: 'UserError' })
    const { message } = error as Error
    expect(message.startsWith(`cpu ${cpu}: `), message).toBe(true)
    return [...reports, message.slice(`cpu ${cpu}: `.length)]
  }

  it.each(mistakes)('-cpu %s', async (cpu) => {
    expect(await weSay(cpu)).toEqual(await qemuSays(cpu))
  })

  it.each(inOurWords)('-cpu $cpu $reason', async ({ cpu, qemu, ours }) => {
    expect((await weSay(cpu)).at(-1)).toBe(ours)
    expect(await qemuSays(cpu)).toContain(qemu)
  })
})
