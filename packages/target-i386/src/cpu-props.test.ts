// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs'
import {
  objectNew,
  objectPropertyFind,
  objectPropertyGet,
  objectPropertyIter,
  objectPropertyParse,
  objectPropertyPrint,
  objectPropertySet,
} from '@dromaius/qom'
import fc from 'fast-check'
import { UserError } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import { cpuFacts } from '../fixtures/cpu-facts.js'
import { realize, testAccel, testCpu, testMachine } from '../fixtures/machine.js'
import { TYPE_HOST_X86_CPU, TYPE_MAX_X86_CPU, TYPE_X86_CPU, X86_CPU, type X86CPU } from './index.js'

/** Property names and values of QEMU 7.2, with the command that shows them. */
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/qemu-7.2-properties.json', import.meta.url), 'utf8'),
) as { names: string; values: Record<string, Record<string, unknown>> }

testAccel('idle', { apicTypeName: 'test-apic', usesHostCpuid: false, supportedCpuid: () => 0xffff_ffff })

const newCpu = (model: string): X86CPU => X86_CPU(objectNew(`${model}-x86_64-cpu`))

/** What QEMU has and we have not: Hyper-V's crash report as an object, and what each object of QEMU's has. */
const ABSENT = ['crash-information', 'legacy-memory', 'type']
const isAbsent = (name: string): boolean => ABSENT.includes(name) || /^(legacy-)?memory|\[/.test(name)

describe('properties', () => {
  it('names are those of QEMU 7.2 but for what does nothing here', () => {
    const ours = new Set([...objectPropertyIter(newCpu('qemu64'))].map(({ name }) => name))
    const theirs = fixture.names.split(' ').filter((name) => name !== 'lapic')

    expect(theirs.filter((name) => !ours.has(name) && !isAbsent(name))).toEqual([])
    expect([...ours].filter((name) => !theirs.includes(name))).toEqual([])
  })

  it.each(['qemu64', 'max'] as const)(
    'of -device %s-x86_64-cpu,help are there, with its defaults',
    (model) => {
      // What a model sets is no default.
      const set = /^(family|model|stepping|vendor|model-id|min-x?level|pmu|legacy-cache)$/
      const cpu = newCpu(model)

      for (const [name, text] of Object.entries(cpuFacts.properties[model])) {
        if (isAbsent(name)) continue
        expect(objectPropertyFind(cpu, name), name).not.toBeNull()
        const [, expected] = /\(default: (.*)\)/.exec(text) ?? []
        if (expected !== undefined && !set.test(name)) {
          const bare = expected.replace(/^"(.*)"$/, '$1') // QEMU quotes some texts
          expect([name, String(objectPropertyGet(cpu, name))]).toEqual([name, bare])
        }
      }
    },
  )

  for (const model of ['qemu64', 'kvm64']) {
    it(`identity and levels of a new ${model} are those of QEMU 7.2`, () => {
      const cpu = newCpu(model)
      const expected = fixture.values[model]!

      for (const name of [
        'family',
        'model',
        'stepping',
        'model-id',
        'min-level',
        'min-xlevel',
        'check',
        'enforce',
      ]) {
        const value = objectPropertyGet(cpu, name)
        expect([name, typeof value === 'bigint' ? Number(value) : value]).toEqual([
          name,
          expected[name] ?? false,
        ])
      }
    })
  }

  it('family above 15 goes into the extended field', () => {
    const cpu = newCpu('qemu64')

    objectPropertyParse(cpu, 'family', '26')

    expect(cpu.env.cpuidVersion & 0x0ff00f00).toBe((11 << 20) | (15 << 8))
    expect(objectPropertyGet(cpu, 'family')).toBe(26n)
  })

  it('family, model and stepping read back what was set', () => {
    fc.assert(
      fc.property(fc.nat(0xff + 0xf), fc.nat(0xff), fc.nat(0xf), (family, model, stepping) => {
        const cpu = newCpu('qemu64')
        objectPropertySet(cpu, 'family', family)
        objectPropertySet(cpu, 'model', model)
        objectPropertySet(cpu, 'stepping', stepping)

        expect(['family', 'model', 'stepping'].map((name) => objectPropertyGet(cpu, name))).toEqual(
          [family, model, stepping].map(BigInt),
        )
      }),
    )
  })

  it('vendor and model-id read back what was set', () => {
    const cpu = newCpu('kvm64')

    objectPropertyParse(cpu, 'vendor', 'GenuineTMx86')
    objectPropertyParse(cpu, 'model-id', 'x'.repeat(60))

    expect(objectPropertyPrint(cpu, 'vendor')).toBe('GenuineTMx86')
    expect(objectPropertyPrint(cpu, 'model-id')).toBe('x'.repeat(48))
  })

  it('tsc-frequency is kept in kHz', () => {
    const cpu = newCpu('qemu64')

    objectPropertyParse(cpu, 'tsc-frequency', '2400000999')

    expect([cpu.env.tscKhz, cpu.env.userTscKhz]).toEqual([2400000, 2400000])
  })

  it('kvmclock is two bits and on only when both are', () => {
    const cpu = newCpu('qemu64')

    objectPropertyParse(cpu, 'kvmclock', 'on')
    const both = objectPropertyGet(cpu, 'kvmclock')
    cpu.env.features[11] &= ~8n

    expect([both, objectPropertyGet(cpu, 'kvmclock')]).toEqual([true, false])
  })

  it('old names of features reach the same bit', () => {
    const cpu = newCpu('qemu64')

    objectPropertyParse(cpu, 'sse4_2', 'on')

    expect(objectPropertyGet(cpu, 'sse4.2')).toBe(true)
  })

  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ['nosuch', 'on', /Property 'qemu64-x86_64-cpu.nosuch' not found/],
    ['avx', 'maybe', /Parameter 'avx' expects 'on' or 'off'/],
    ['family', '271', /^Property \.family doesn't take value 271 \(minimum: 0, maximum: 270\)$/],
    ['stepping', '-1', /stepping doesn't take value -1/],
    ['vendor', 'short', /^Property '\.vendor' doesn't take value 'short'$/],
    ['tsc-frequency', '-5', /tsc-frequency doesn't take value -5/],
    ['level', 'x', /Parameter 'level' expects/],
    ['lbr-fmt', '0x40', /^Property value for 'lbr-fmt' has bits outside mask '0x3f'$/],
    ['memory', 'nowhere', /^Device 'nowhere' not found$/],
  ]
  for (const [name, value, message] of refusals) {
    it(`${name}=${value} is refused in one line`, () => {
      const act = (): void => objectPropertyParse(newCpu('qemu64'), name, value)

      expect(act).toThrow(UserError)
      expect(act).toThrow(message)
    })
  }

  it('features cannot be changed once the CPU is realized', () => {
    const cpu = realize(testCpu(testMachine('idle'), 'qemu64'))

    for (const name of ['avx', 'family', 'vendor', 'level', 'phys-bits']) {
      expect(objectPropertyFind(cpu, name)).not.toBeNull()
      expect(() =>
        objectPropertyParse(cpu, name, name === 'avx' ? 'on' : name === 'vendor' ? 'AuthenticAMD' : '40'),
      ).toThrow(/after it was realized/)
    }
  })

  it('feature-words has QMP shape', () => {
    const words = objectPropertyGet(newCpu('kvm64'), 'feature-words')

    expect(words).toContainEqual({
      'cpuid-input-eax': 7,
      'cpuid-input-ecx': 0,
      'cpuid-register': 'EBX',
      features: 0,
    })
    expect(words).toContainEqual({ 'cpuid-input-eax': 1, 'cpuid-register': 'EDX', features: 0x78bfbff | 0 })
  })
})

describe('models', () => {
  it('every model is registered under its QOM name', () => {
    for (const model of ['qemu64', 'qemu64-v1', 'kvm64', 'kvm64-v1', 'max', 'host']) {
      expect(TYPE_X86_CPU.is(newCpu(model))).toBe(true)
    }
    expect([TYPE_MAX_X86_CPU.name, TYPE_HOST_X86_CPU.name]).toEqual(['max-x86_64-cpu', 'host-x86_64-cpu'])
  })

  it('host and max have options of their own', () => {
    const host = newCpu('host')

    expect([objectPropertyGet(host, 'migratable'), objectPropertyGet(host, 'host-cache-info')]).toEqual([
      true,
      false,
    ])
    expect(objectPropertyFind(newCpu('qemu64'), 'migratable')).toBeNull()
  })
})
