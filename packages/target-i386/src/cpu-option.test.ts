// SPDX-License-Identifier: GPL-2.0-or-later
import { objectPropertyGet, objectPropertyParse } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import { testAccel, testMachine } from '../fixtures/machine.js'
import { x86CpuCreate, x86ParseCpuOption } from './index.js'

testAccel('generous', {
  apicTypeName: 'test-apic',
  usesHostCpuid: false,
  supportedCpuid: () => 0xffff_ffff,
  cpuInstanceInit(cpu) {
    objectPropertyParse(cpu, 'x2apic', 'on')
    objectPropertyParse(cpu, 'svm', 'off')
  },
})

describe('-cpu', () => {
  it('a model alone has no features behind it', () => {
    expect(x86ParseCpuOption('kvm64')).toEqual({
      typeName: 'kvm64-x86_64-cpu',
      features: { props: [], plusFeatures: [], minusFeatures: [] },
    })
  })

  it('the rest after the first comma are features', () => {
    expect(x86ParseCpuOption('qemu64,-cx16,pmu=on').features).toEqual({
      props: [{ prop: 'pmu', value: 'on' }],
      plusFeatures: [],
      minusFeatures: ['cx16'],
    })
  })

  for (const text of ['', 'nosuch', 'nosuch,+avx', ',+avx', 'x86_64-cpu', 'QEMU64']) {
    it(`'${text}' names no model and is refused in one line`, () => {
      expect(() => x86ParseCpuOption(text)).toThrow(UserError)
      expect(() => x86ParseCpuOption(text)).toThrow(/^Unable to find CPU model '/)
    })
  }

  it("the user's word comes after the accelerator's, and that after the model's", () => {
    const { typeName, features } = x86ParseCpuOption('qemu64,x2apic=off')

    const cpu = x86CpuCreate(testMachine('generous'), typeName, features)

    expect(['x2apic', 'svm', 'cx16'].map((name) => objectPropertyGet(cpu, name))).toEqual([
      false,
      false,
      true,
    ])
  })
})
