// SPDX-License-Identifier: GPL-2.0-or-later
import {
  objectClassPropertyAddStr,
  objectGetCanonicalPath,
  objectResolvePath,
  typeRegister,
} from '@dromaius/qom'
import { HostError, setReportSink, UserError } from '@dromaius/util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { registerAccelCpu, accelCpuCommonRealize, accelCpuCommonUnrealize } from './accel-cpu.js'
import type { AccelClass } from './accel.js'
import {
  accelExitMachine,
  accelFind,
  accelList,
  AccelState,
  configureAccelerators,
  TYPE_ACCEL,
} from './accel.js'
import { CPUState, SystemState, TYPE_CPU } from './index.js'

const calls: string[] = []
/** Why `failing` fails next. */
let failure: Error = new UserError('not set')
class GoodAccel extends AccelState {
  flavour = 'plain'
}
typeRegister<GoodAccel, AccelClass>({
  name: 'good-accel',
  parent: TYPE_ACCEL,
  instance: GoodAccel,
  classInit(ac) {
    ac.accelName = 'good'
    ac.initMachine = (accel) => calls.push(`init ${accel.name} ${(accel as GoodAccel).flavour}`)
    ac.exitMachine = (accel) => calls.push(`exit ${accel.name}`)
    ac.cpuCommonRealize = (cpu) => calls.push(`common realize ${cpu.id}`)
    ac.cpuCommonUnrealize = (cpu) => calls.push(`common unrealize ${cpu.id}`)
    objectClassPropertyAddStr<GoodAccel>(
      ac,
      'flavour',
      (accel) => accel.flavour,
      (accel, value) => {
        accel.flavour = value
      },
    )
  },
})
typeRegister<AccelState, AccelClass>({
  name: 'failing-accel',
  parent: TYPE_ACCEL,
  instance: AccelState,
  classInit(ac) {
    ac.accelName = 'failing'
    ac.initMachine = () => {
      calls.push('init failing')
      throw failure
    }
  },
})
const TYPE_PLAIN_CPU = typeRegister({ name: 'accel-test-cpu', parent: TYPE_CPU, instance: CPUState })

const reports: string[] = []
let restore: Parameters<typeof setReportSink>[0]
beforeEach(() => {
  calls.length = reports.length = 0
  restore = setReportSink((level, message) => reports.push(`${level}: ${message}`))
})
afterEach(() => setReportSink(restore))

describe('configureAccelerators', () => {
  it('the first that works is the machine’s, set up with its properties, in the composition tree', () => {
    const system = new SystemState()

    const accel = configureAccelerators(system, [
      { name: 'good', properties: { flavour: 'sweet' } },
      { name: 'failing' },
    ])

    expect(system.accel).toBe(accel)
    expect(accel.name).toBe('good')
    expect(calls).toEqual(['init good sweet'])
    expect(objectResolvePath(system.root, objectGetCanonicalPath(accel) ?? '')).toBe(accel)
    expect(reports).toEqual([])
  })

  it('one that fails is given back, and the next one is tried with a line that says so', () => {
    const system = new SystemState()
    failure = new HostError('KVM_CREATE_VM', 12, 'ENOMEM', 'Cannot allocate memory')

    const accel = configureAccelerators(system, [{ name: 'failing' }, { name: 'good' }])

    expect(accel.name).toBe('good')
    expect(calls).toEqual(['init failing', 'init good plain'])
    expect(reports.join('\n')).toContain('Falling back to good: KVM_CREATE_VM failed')
  })

  it('when none works the last failure is thrown and those before are told', () => {
    const system = new SystemState()
    failure = new UserError('out of order')

    expect(() => configureAccelerators(system, [{ name: 'failing' }, { name: 'hvf' }])).toThrow(
      '-accel hvf: ',
    )
    expect(reports).toEqual(['info: -accel failing: out of order'])
    expect(system.accel).toBeNull()
    expect(objectResolvePath(system.root, '/accel')).toBeNull()
  })

  it('a mistake in the program is not taken for a host that lacks something', () => {
    failure = new TypeError('mistake')

    expect(() => configureAccelerators(new SystemState(), [{ name: 'failing' }, { name: 'good' }])).toThrow(
      TypeError,
    )
    expect(calls).toEqual(['init failing'])
  })

  it.each([
    ['hvf', "-accel hvf: Apple's Hypervisor framework is not supported yet; use kvm on a Linux host"],
    ['whpx', '-accel whpx: the Windows Hypervisor Platform is not supported yet; use kvm on a Linux host'],
    ['hax', '-accel hax: Intel HAXM is discontinued, and QEMU removed it in 8.2; use kvm on a Linux host'],
    ['vmx', '-accel vmx: Invalid accelerator vmx'],
    ['', '-accel : Invalid accelerator '],
    ['kvm-accel', '-accel kvm-accel: Invalid accelerator kvm-accel'],
  ])('%j is refused in one line', (name, message) => {
    const attempt = (): unknown => configureAccelerators(new SystemState(), [{ name }])

    expect(attempt).toThrow(new UserError(message))
    expect(message).not.toContain('\n')
  })

  it('an unknown property is a UserError, an empty list too', () => {
    const system = new SystemState()

    expect(() => configureAccelerators(system, [{ name: 'good', properties: { colour: 'red' } }])).toThrow(
      new UserError("-accel good: Property 'good-accel.colour' not found"),
    )
    expect(() => configureAccelerators(system, [])).toThrow('No accelerator was chosen')
    expect(system.accel).toBeNull()
  })
})

it('accelFind goes by the name on the command line, accelList has the rows that do not work yet too', () => {
  expect(accelFind('good')?.typeName).toBe('good-accel')
  expect(accelFind('good-accel')).toBeNull()
  expect(accelList().map((ac) => ac.accelName)).toEqual(
    expect.arrayContaining(['good', 'hvf', 'whpx', 'hax']),
  )
})

it('accelExitMachine gives the accelerator back once', () => {
  const system = new SystemState()
  configureAccelerators(system, [{ name: 'good' }])

  accelExitMachine(system)
  accelExitMachine(system)

  expect(calls).toEqual(['init good plain', 'exit good'])
  expect(system.accel).toBeNull()
  expect(objectResolvePath(system.root, '/accel')).toBeNull()
})

it('realizing a CPU calls the target’s hooks, then the accelerator’s own', () => {
  const system = new SystemState()
  configureAccelerators(system, [{ name: 'good' }])
  registerAccelCpu('good', { cpuTargetRealize: (cpu) => calls.push(`target realize ${cpu.id}`) })
  const cpu = TYPE_PLAIN_CPU.new()
  cpu.id = 'cpu0'
  cpu.system = system

  accelCpuCommonRealize(cpu)
  accelCpuCommonUnrealize(cpu)

  expect(calls.slice(1)).toEqual(['target realize cpu0', 'common realize cpu0', 'common unrealize cpu0'])
})
