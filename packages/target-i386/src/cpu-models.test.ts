// SPDX-License-Identifier: GPL-2.0-or-later
//
// The tables of features and models, held against what QEMU 7.2 tells of itself (scripts/qemu-cpu-facts.mjs).

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  objectClassGetList,
  objectNew,
  objectPropertyFind,
  objectPropertyGet,
  objectPropertyIter,
} from '@dromaius/qom'
import { describe, expect, it } from 'vitest'
import { whyNotReference } from '../../../scripts/qemu-cpu-facts.mjs'
import { cpuFacts } from '../fixtures/cpu-facts.js'
import { testAccel, testMachine } from '../fixtures/machine.js'
import {
  CPU_VERSION_LATEST,
  featureBitsByName,
  TYPE_X86_CPU,
  X86_CPU,
  type X86CPU,
  x86CpuClassGetModelName,
  x86CpuList,
  x86CpuModelResolveVersion,
  x86CpuPostInitfn,
  x86CpuSetDefaultVersion,
  x86CpuTypeName,
} from './index.js'

testAccel('nothing', null)

const { help, definitions, models } = cpuFacts
const newCpu = (model: string): X86CPU => X86_CPU(objectNew(x86CpuTypeName(model)))

/** The features that are on, as the facts have them: sorted names. */
function featuresOf(cpu: X86CPU): string {
  const on = [...featureBitsByName].filter(([, { word, mask }]) => (cpu.env.features[word]! & mask) === mask)
  return on
    .map(([name]) => name)
    .sort()
    .join(' ')
}

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

describe('names', () => {
  it('-cpu help prints what QEMU 7.2 prints, byte for byte', () => {
    expect(x86CpuList()).toBe(help.join('\n'))
  })

  it('there are 132 models, versions and aliases, the same as in query-cpu-definitions', () => {
    const classes = objectClassGetList(TYPE_X86_CPU, false).map((klass) => TYPE_X86_CPU.classCast(klass))

    const names = classes.map(x86CpuClassGetModelName).sort()

    expect(names).toEqual(Object.keys(definitions).sort())
    expect(names).toHaveLength(132)
  })

  it('there are 319 names of features, the same as in -cpu help', () => {
    const flags = help.slice(help.indexOf('Recognized CPUID flags:') + 1).join(' ')
    const names = new Set(flags.split(' ').filter((name) => name !== ''))

    expect([...featureBitsByName.keys()].sort()).toEqual([...names])
    expect(names.size).toBe(319)
  })

  it.each(['none', 'latest'] as const)('aliases stand for the versions of QEMU 7.2 (machine: %s)', (kind) => {
    const system = testMachine('nothing')
    if (kind === 'latest') x86CpuSetDefaultVersion(system, CPU_VERSION_LATEST)

    for (const [name, definition] of Object.entries(definitions)) {
      const { model } = newCpu(name).qomClass
      const alias = model?.isAlias
        ? `${model.cpudef.name}-v${x86CpuModelResolveVersion(model, system)}`
        : undefined
      const expected = (kind === 'latest' && definition['alias-of-latest']) || definition['alias-of']
      expect([name, alias]).toEqual([name, expected])
    }
  })
})

describe('models', () => {
  it.each(Object.entries(models))('%s has the identity and the features of QEMU 7.2', (name, facts) => {
    const cpu = newCpu(name)
    const { features, ...properties } = facts

    expect(featuresOf(cpu)).toBe(features)
    for (const [property, value] of Object.entries(properties)) {
      expect([property, plain(objectPropertyGet(cpu, property))]).toEqual([property, value])
    }
    expect(cpu.env.userFeatures.every((mask) => mask === 0n)).toBe(true)
  })

  it.each(Object.entries(definitions).filter(([, definition]) => definition['alias-of'] !== undefined))(
    '%s is the same CPU as what it stands for, on boards with old and new defaults',
    (name, definition) => {
      const made = (model: string, version: number): X86CPU => {
        const cpu = newCpu(model)
        cpu.system = testMachine('nothing')
        x86CpuSetDefaultVersion(cpu.system, version)
        x86CpuPostInitfn(cpu)
        return cpu
      }
      const oldest = definition['alias-of']!
      for (const [version, target] of [
        [1, oldest],
        [CPU_VERSION_LATEST, definition['alias-of-latest'] ?? oldest],
      ] as const) {
        const { env } = made(name, version)
        expect(env).toEqual(made(target, version).env)
      }
    },
  )

  it('only max and host have the properties that QEMU 7.2 gives to them alone', () => {
    const { qemu64, max } = cpuFacts.properties
    const own = Object.keys(max).filter((name) => qemu64[name] === undefined)

    expect(own.sort()).toEqual(['host-cache-info', 'migratable'])
    for (const name of own) {
      expect(objectPropertyFind(newCpu('max'), name)).not.toBeNull()
      expect(objectPropertyFind(newCpu('qemu64'), name)).toBeNull()
    }
  })

  it('base has no feature at all', () => {
    const cpu = newCpu('base')

    expect(cpu.env.features.every((word) => word === 0n)).toBe(true)
    expect([...objectPropertyIter(cpu)].length).toBeGreaterThan(300)
  })
})

const reason = whyNotReference()

describe.skipIf(reason !== null)(`facts${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('are still what the reference says', () => {
    const script = fileURLToPath(new URL('../../../scripts/qemu-cpu-facts.mjs', import.meta.url))

    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })

    expect([stderr, status]).toEqual(['', 0])
  })
})
