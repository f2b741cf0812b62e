// SPDX-License-Identifier: GPL-2.0-or-later
import { objectPropertySet } from '@dromaius/qom'
import { vmstateLoad, vmstateSave, type VMStateValue } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import { realize, testAccel, testCpu, testMachine } from '../fixtures/machine.js'
import type { CPUX86State } from './index.js'
import { type X86CPU, vmstateX86Cpu } from './index.js'

testAccel('idle', { apicTypeName: 'test-apic', usesHostCpuid: false, supportedCpuid: () => 0xffff_ffff })

const newCpu = (): X86CPU => realize(testCpu(testMachine('idle'), 'qemu64'))

/** What is configuration, not state: it is the same on both sides, or measured anew. */
const NOT_STATE = [
  'features',
  'userFeatures',
  'cpuidLevel',
  'cpuidXlevel',
  'cpuidXlevel2',
  'cpuidLevelFunc7',
  'cpuidMinLevel',
  'cpuidMinXlevel',
  'cpuidMinXlevel2',
  'cpuidMinLevelFunc7',
  'cpuidVendor1',
  'cpuidVendor2',
  'cpuidVendor3',
  'cpuidVersion',
  'cpuidModel',
  'nrDies',
  'userTscKhz',
  'apicBusFreq',
  'tscValid',
  'migrateSmiCount',
  // Has its own test: its bytes have the kernel's layout.
  'nestedState',
]

/** Puts a value of its own into every field, keeping its kind. */
function scramble(env: CPUX86State): void {
  let n = 3
  const next = (): number => (n = (n * 7 + 1) % 120)
  const change = (value: unknown): unknown => {
    if (typeof value === 'bigint') return BigInt(next())
    if (typeof value === 'number') return next()
    if (typeof value === 'boolean') return !value
    if (value instanceof Uint8Array) return value.map(() => next())
    if (Array.isArray(value)) return value.map(change)
    for (const [key, inner] of Object.entries(value as object))
      Object.assign(value as object, { [key]: change(inner) })
    return value
  }
  for (const key of Object.keys(env) as (keyof CPUX86State)[]) {
    if (!NOT_STATE.includes(key)) Object.assign(env, { [key]: change(env[key]) })
  }
  env.fpstt = 5
  env.mpState = 3
  env.hflags = 0
}

const stateOf = (env: CPUX86State): Record<string, unknown> =>
  Object.fromEntries(Object.entries(env).filter(([key]) => !NOT_STATE.includes(key) && key !== 'hflags'))

describe('vmstateX86Cpu', () => {
  it('every field of the state comes back', () => {
    const [from, to] = [newCpu(), newCpu()]
    scramble(from.env)
    from.halted = true
    from.interruptRequest = 0x202

    const saved = JSON.parse(JSON.stringify(vmstateSave(vmstateX86Cpu, from))) as VMStateValue
    vmstateLoad(vmstateX86Cpu, to, saved)

    expect(stateOf(to.env)).toEqual(stateOf(from.env))
    expect([to.halted, to.interruptRequest, to.env.tscValid]).toEqual([true, 0x202, true])
  })

  it('parts that were zero when saved are zero after loading', () => {
    const [from, to] = [newCpu(), newCpu()]
    to.env.opmaskRegs[3] = 1n
    to.env.stealTimeMsr = 1n
    to.env.msrGpCounters[0] = 1n

    vmstateLoad(vmstateX86Cpu, to, vmstateSave(vmstateX86Cpu, from))

    expect([to.env.opmaskRegs[3], to.env.stealTimeMsr, to.env.msrGpCounters[0]]).toEqual([0n, 0n, 0n])
  })

  it('x-migrate-smi-count=off keeps the count out of what is saved', () => {
    const savedBy = (count: boolean): bigint => {
      const from = testCpu(testMachine('idle'), 'qemu64')
      objectPropertySet(from, 'x-migrate-smi-count', count)
      realize(from).env.msrSmiCount = 5n
      const to = newCpu()
      vmstateLoad(vmstateX86Cpu, to, vmstateSave(vmstateX86Cpu, from))
      return to.env.msrSmiCount
    }

    expect([savedBy(true), savedBy(false)]).toEqual([5n, 0n])
  })

  it('hidden flags follow from the registers', () => {
    const [from, to] = [newCpu(), newCpu()]
    from.env.cr[0] = 0x80000011n
    from.env.efer = 0x500n
    from.env.segs[1]!.flags = (1 << 21) | 0x9b00

    vmstateLoad(vmstateX86Cpu, to, vmstateSave(vmstateX86Cpu, from))

    // CS64, LMA, PE
    expect(to.env.hflags & ((1 << 15) | (1 << 14) | (1 << 7))).toBe((1 << 15) | (1 << 14) | (1 << 7))
  })

  it('a top of stack beyond 7 is refused and nothing changes', () => {
    const cpu = newCpu()
    const saved = vmstateSave(vmstateX86Cpu, cpu) as { fields: { env: { fields: Record<string, unknown> } } }
    saved.fields.env.fields['fpstt'] = 8
    saved.fields.env.fields['eip'] = '0x1'

    expect(() => vmstateLoad(vmstateX86Cpu, cpu, saved as unknown as VMStateValue)).toThrow(/fpstt/)
    expect(cpu.env.eip).toBe(0xfff0n)
  })

  it('a missing field is named', () => {
    const cpu = newCpu()
    const saved = vmstateSave(vmstateX86Cpu, cpu) as { fields: { env: { fields: Record<string, unknown> } } }
    delete saved.fields.env.fields['efer']

    expect(() => vmstateLoad(vmstateX86Cpu, cpu, saved as unknown as VMStateValue)).toThrow(/efer/)
  })
})
