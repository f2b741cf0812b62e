// SPDX-License-Identifier: GPL-2.0-or-later
import { typeRegister } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { machineParseSmpConfig, smpConfigurationParse } from './machine-smp.js'
import type { MachineClass, MachineState } from './machine.js'
import { TYPE_MACHINE } from './machine.js'

function machineType(name: string, maxCpus: number, smpProps: Partial<MachineClass['smpProps']> = {}) {
  return typeRegister<MachineState, MachineClass>({
    name: `${name}-machine`,
    parent: TYPE_MACHINE,
    classInit(mc) {
      mc.maxCpus = maxCpus
      mc.smpProps = { ...mc.smpProps, ...smpProps }
    },
  })
}
const TYPE_PLAIN = machineType('smp-plain', 288)
const TYPE_DIES = machineType('smp-dies', 288, { diesSupported: true })
const TYPE_OLD = machineType('smp-old', 288, { preferSockets: true })

function smp(text: string, type = TYPE_PLAIN): MachineState['smp'] {
  const ms = type.new()
  machineParseSmpConfig(ms, smpConfigurationParse(text))
  return ms.smp
}

describe('machineParseSmpConfig', () => {
  it.each([
    ['1', { cpus: 1, sockets: 1, dies: 1, cores: 1, threads: 1, maxCpus: 1 }],
    ['4', { cpus: 4, sockets: 1, dies: 1, cores: 4, threads: 1, maxCpus: 4 }],
    ['cpus=4,sockets=2', { cpus: 4, sockets: 2, dies: 1, cores: 2, threads: 1, maxCpus: 4 }],
    ['8,cores=2,threads=2', { cpus: 8, sockets: 2, dies: 1, cores: 2, threads: 2, maxCpus: 8 }],
    ['2,maxcpus=4', { cpus: 2, sockets: 1, dies: 1, cores: 4, threads: 1, maxCpus: 4 }],
    ['8,sockets=2,cores=2', { cpus: 8, sockets: 2, dies: 1, cores: 2, threads: 2, maxCpus: 8 }],
    ['sockets=2,cores=3,threads=2', { cpus: 12, sockets: 2, dies: 1, cores: 3, threads: 2, maxCpus: 12 }],
    ['maxcpus=6', { cpus: 6, sockets: 1, dies: 1, cores: 6, threads: 1, maxCpus: 6 }],
  ])('-smp %s gives the topology that QEMU computes', (text, expected) => {
    expect(smp(text)).toEqual(expected)
  })

  it('prefers sockets on an old machine type', () => {
    expect(smp('4', TYPE_OLD)).toMatchObject({ sockets: 4, cores: 1 })
  })

  it('multiplies dies where the machine type has them', () => {
    expect(smp('8,dies=2', TYPE_DIES)).toMatchObject({ sockets: 1, dies: 2, cores: 4 })
  })

  it.each([
    ['0', 'Invalid CPU topology: CPU topology parameters must be greater than zero'],
    ['4,cores=0', 'Invalid CPU topology: CPU topology parameters must be greater than zero'],
    [
      '3,sockets=2',
      'Invalid CPU topology: product of the hierarchy must match maxcpus: sockets (2) * cores (1) * threads (1) != maxcpus (3)',
    ],
    [
      'cpus=2,maxcpus=1',
      'Invalid CPU topology: maxcpus must be equal to or greater than smp: sockets (1) * cores (1) * threads (1) == maxcpus (1) < smp_cpus (2)',
    ],
    ['9999', "Invalid SMP CPUs 9999. The max CPUs supported by machine 'smp-plain' is 288"],
    ['4,dies=2,sockets=1', "dies not supported by this machine's CPU topology"],
    ['4,clusters=2', "clusters not supported by this machine's CPU topology"],
    ['4,foo=1', "Parameter 'smp.foo' is unexpected"],
    ['abc', "Parameter 'smp.cpus' expects integer"],
    ['2,sockets=x', "Parameter 'smp.sockets' expects integer"],
    ['cpus=', "Parameter 'smp.cpus' expects integer"],
    ['', "Parameter 'smp.cpus' expects integer"],
    ['-1', "Parameter 'smp.cpus' expects integer"],
    ['99999999999999999999', "Parameter 'smp.cpus' expects integer"],
  ])('-smp %s is refused in one line', (text, message) => {
    expect(() => smp(text)).toThrow(new UserError(message))
  })

  it('names the dies in the hierarchy of a machine type that has them', () => {
    expect(() => smp('3,dies=2', TYPE_DIES)).toThrow(
      'sockets (1) * dies (2) * cores (1) * threads (1) != maxcpus (3)',
    )
  })

  it('property: what is accepted multiplies, and holds what was given', () => {
    const part = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined })
    fc.assert(
      fc.property(
        fc.record({ cpus: part, sockets: part, dies: part, cores: part, threads: part, maxcpus: part }),
        fc.constantFrom(TYPE_DIES, TYPE_OLD, TYPE_PLAIN),
        (given, type) => {
          const config = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
          const ms = type.new()
          try {
            machineParseSmpConfig(ms, config)
          } catch (error) {
            expect(error).toBeInstanceOf(UserError)
            return
          }
          const { cpus, sockets, dies, cores, threads, maxCpus } = ms.smp
          expect(sockets * dies * cores * threads).toBe(maxCpus)
          expect(cpus).toBeGreaterThanOrEqual(1)
          expect(cpus).toBeLessThanOrEqual(maxCpus)
          expect({ cpus, sockets, dies, cores, threads, maxcpus: maxCpus }).toMatchObject(config)
        },
      ),
    )
  })

  it('property: any text gives a configuration or a UserError', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          smpConfigurationParse(text)
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
    )
  })
})
