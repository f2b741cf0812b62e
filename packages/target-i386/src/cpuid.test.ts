// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs'
import { objectPropertySet } from '@dromaius/qom'
import { setReportSink } from '@dromaius/util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CpuidEntry, realize, regOf, testAccel, testCpu, testMachine } from '../fixtures/machine.js'
import {
  cpuX86Cpuid,
  type X86CPU,
  x86CpuApplyFeaturestr,
  x86CpuApplyProps,
  x86CpuParseFeaturestr,
  x86ExtSaveAreas,
} from './index.js'

interface FixtureCase {
  title: string
  machine: string
  cpu: string
  smp: string
  tables: CpuidEntry[][]
  vcpu: number
}

/** Tables that QEMU 7.2 handed to KVM, with the command that shows them, and what the host's KVM supported. */
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/qemu-7.2-cpuid.json', import.meta.url), 'utf8'),
) as { cases: FixtureCase[]; supported: CpuidEntry[] }

const find = (leaf: number, index: number): CpuidEntry | undefined =>
  fixture.supported.find((entry) => entry[0] === leaf && entry[1] === index)

/** What QEMU adds to KVM's own answer: x2APIC and the deadline timer, ARAT, TOPOEXT, AMD's aliases, the KVM hint. */
const ADDED: Record<string, number> = {
  '1.edx': 0x15080,
  '1.ecx': (1 << 21) | (1 << 24) | (1 << 31),
  '6.eax': 4,
  '2147483649.ecx': 1 << 22,
  '2147483649.edx': 0x183f3ff,
  '1073741825.edx': 1,
}

/** The host's KVM as the fixture saw it. */
testAccel('kvm', {
  apicTypeName: 'test-apic',
  usesHostCpuid: true,
  supportedCpuid: (_cs, leaf, index, reg) =>
    (regOf(find(leaf, index), reg) | (ADDED[`${leaf}.${reg}`] ?? 0)) >>> 0,
  supportedMsrFeature: () => 0n,
  cpuInstanceInit(cpu) {
    objectPropertySet(cpu, 'vendor', 'AuthenticAMD')
    if (cpu.qomClass.model) {
      const on = [
        'kvmclock',
        'kvm-nopiodelay',
        'kvm-asyncpf',
        'kvm-steal-time',
        'kvm-pv-eoi',
        'kvmclock-stable-bit',
        'x2apic',
      ]
      const off = ['kvm-msi-ext-dest-id', 'acpi', 'monitor', 'svm']
      x86CpuApplyProps(cpu, [
        ...on.map((prop) => ({ prop, value: 'on' })),
        ...off.map((prop) => ({ prop, value: 'off' })),
      ])
    } else {
      loadHostIdentity(cpu)
    }
    cpu.extSaveAreas = x86ExtSaveAreas.map((esa, i) => {
      const host = find(0xd, i)
      return esa && host && i > 1 ? { ...esa, offset: host[3], ecx: host[4] } : esa
    })
  },
})

/** Family, model, stepping, brand string and levels of the fixture's host. */
function loadHostIdentity(cpu: X86CPU): void {
  cpu.env.cpuidVersion = 0
  const version = regOf(find(1, 0), 'eax')
  objectPropertySet(cpu, 'family', ((version >>> 8) & 0xf) + ((version >>> 20) & 0xff))
  objectPropertySet(cpu, 'model', ((version >>> 4) & 0xf) | ((version >>> 12) & 0xf0))
  objectPropertySet(cpu, 'stepping', version & 0xf)
  objectPropertySet(cpu, 'model-id', 'AMD EPYC')
  cpu.env.cpuidMinLevel = find(0, 0)![2]
  cpu.env.cpuidMinXlevel = find(0x80000000, 0)![2]
}

/** `4,sockets=1,cores=2,threads=2` as counts. */
function parseSmp(text: string): { cpus: number; dies: number; cores: number; threads: number } {
  const [cpus, ...rest] = text.split(',')
  const counts = Object.fromEntries(rest.map((part) => part.split('='))) as Record<string, string>
  const count = (name: string): number => Number(counts[name] ?? 1)
  return { cpus: Number(cpus), dies: count('dies'), cores: count('cores'), threads: count('threads') }
}

/** The CPU of a case, realized. */
function cpuOf(test: FixtureCase): X86CPU {
  const system = testMachine('kvm', parseSmp(test.smp))
  const [model, ...options] = test.cpu.split(',')
  const cpu = testCpu(system, model!, test.vcpu)
  x86CpuApplyFeaturestr(cpu, x86CpuParseFeaturestr(options.join(',')))
  // The microvm machine passes the host's width on.
  if (test.machine === 'microvm') cpu.physBits = 48
  return realize(cpu)
}

const hex = (entry: readonly number[]): string => entry.map((n) => n.toString(16)).join(' ')

beforeAll(() => {
  setReportSink(() => undefined)
})
afterAll(() => {
  setReportSink(null)
})

describe('cpuX86Cpuid against the table that QEMU 7.2 gives to KVM', () => {
  for (const test of fixture.cases) {
    it(`${test.title} (-cpu ${test.cpu} -smp ${test.smp}) is the same`, () => {
      const cpu = cpuOf(test)
      const expected = test.tables[0]!.filter(([leaf]) => leaf < 0x40000000 || leaf >= 0x80000000)

      const actual = expected.map(([leaf, index]) => {
        const { eax, ebx, ecx, edx } = cpuX86Cpuid(cpu, leaf, index)
        return hex([leaf, index, eax, ebx, ecx, edx])
      })

      expect(actual).toEqual(expected.map(hex))
    })

    it(`${test.title} has nothing in leaves that QEMU left out`, () => {
      const cpu = cpuOf(test)
      const listed = new Set(test.tables[0]!.map(([leaf]) => leaf))
      const leaves = [
        ...Array.from({ length: cpu.env.cpuidLevel + 1 }, (_, i) => i),
        ...Array.from({ length: cpu.env.cpuidXlevel - 0x80000000 + 1 }, (_, i) => 0x80000000 + i),
      ]

      const unlisted = leaves.filter((leaf) => !listed.has(leaf))

      for (const leaf of unlisted) expect(hex(Object.values(cpuX86Cpuid(cpu, leaf, 0)))).toBe('0 0 0 0')
    })
  }
})
