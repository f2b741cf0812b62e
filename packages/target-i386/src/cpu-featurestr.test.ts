// SPDX-License-Identifier: GPL-2.0-or-later
import { objectNew, objectPropertyGet, objectPropertySet } from '@dromaius/qom'
import { UserError, setReportSink } from '@dromaius/util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  x86CpuApplyFeaturestr,
  x86CpuExpandFeatures,
  x86CpuParseFeaturestr,
  X86_CPU,
  type X86CPU,
} from './index.js'

let warnings: string[] = []
beforeEach(() => {
  warnings = []
  setReportSink((_kind, text) => warnings.push(text))
})
afterEach(() => {
  setReportSink(null)
})

function cpuWith(options: string): X86CPU {
  const cpu = X86_CPU(objectNew('qemu64-x86_64-cpu'))
  x86CpuApplyFeaturestr(cpu, x86CpuParseFeaturestr(options))
  x86CpuExpandFeatures(cpu)
  return cpu
}

describe('x86CpuParseFeaturestr', () => {
  it('sorts signs from properties', () => {
    expect(x86CpuParseFeaturestr('+avx,-cx16,vmx,svm=off,model-id=My CPU')).toEqual({
      plusFeatures: ['avx'],
      minusFeatures: ['cx16'],
      props: [
        { prop: 'vmx', value: 'on' },
        { prop: 'svm', value: 'off' },
        { prop: 'model-id', value: 'My CPU' },
      ],
    })
  })

  it('nothing at all is nothing', () => {
    const empty = { props: [], plusFeatures: [], minusFeatures: [] }

    expect([x86CpuParseFeaturestr(null), x86CpuParseFeaturestr(',,')]).toEqual([empty, empty])
  })

  it('underscores in property names count as dashes', () => {
    expect(x86CpuParseFeaturestr('lahf_lm=off').props).toEqual([{ prop: 'lahf-lm', value: 'off' }])
  })

  it('tsc-freq has metric units', () => {
    const frequency = (text: string): string => x86CpuParseFeaturestr(`tsc-freq=${text}`).props[0]!.value

    expect(['2.4G', '1000', '3M', '0x10k', '1.0000000009T'].map(frequency)).toEqual([
      '2400000000',
      '1000',
      '3000000',
      '16000',
      '1000000000900',
    ])
    for (const text of ['fast', '', '-1', '1.5', '10E', '1e9', '2G5']) {
      expect(() => frequency(text)).toThrow(new UserError(`bad numerical value ${text}`))
    }
  })

  it('mixing +x and x=off warns, and the sign wins', () => {
    const cpu = cpuWith('+avx,avx=off')

    expect(warnings).toEqual([
      `Ambiguous CPU model string. Don't mix both "+avx" and "avx=off"`,
      "Compatibility of ambiguous CPU model strings won't be kept on future QEMU versions",
    ])
    expect(objectPropertyGet(cpu, 'avx')).toBe(true)
  })

  it('- comes after +', () => {
    expect(objectPropertyGet(cpuWith('-avx,+avx'), 'avx')).toBe(false)
  })

  it('an unknown feature is named', () => {
    expect(() => cpuWith('+nosuch')).toThrow(new UserError("Property 'qemu64-x86_64-cpu.nosuch' not found"))
    expect(() => cpuWith('nosuch')).toThrow(new UserError("Property 'qemu64-x86_64-cpu.nosuch' not found"))
  })

  it('signs win over assignments, - over +, and among assignments the last one, whatever the order', () => {
    // Features that no other feature depends on, or is needed by.
    const names = ['avx', 'cx16', 'pni', 'fsgsbase', 'umip', 'arat', 'kvmclock', 'nx', 'xsaves', 'clzero']
    const token = fc.record({
      name: fc.constantFrom(...names),
      form: fc.constantFrom('+', '-', 'on', 'off', 'bare'),
    })
    const textOf = ({ name, form }: { name: string; form: string }): string => {
      if (form === '+' || form === '-') return `${form}${name}`
      return form === 'bare' ? name : `${name}=${form}`
    }
    const initial = X86_CPU(objectNew('qemu64-x86_64-cpu'))
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const cpu = X86_CPU(objectNew('qemu64-x86_64-cpu'))
        x86CpuApplyFeaturestr(cpu, x86CpuParseFeaturestr(tokens.map(textOf).join(',')))
        for (const name of cpu.plusFeatures) objectPropertySet(cpu, name, true)
        for (const name of cpu.minusFeatures) objectPropertySet(cpu, name, false)

        for (const name of names) {
          const forms = tokens.filter((one) => one.name === name).map(({ form }) => form)
          const assigned = forms.findLast((form) => form !== '+' && form !== '-')
          let expected = objectPropertyGet(initial, name)
          if (assigned !== undefined) expected = assigned !== 'off'
          if (forms.includes('+')) expected = true
          if (forms.includes('-')) expected = false
          expect([name, objectPropertyGet(cpu, name)]).toEqual([name, expected])
        }
        const mixed = names.some((name) => {
          const forms = tokens.filter((one) => one.name === name).map(({ form }) => form)
          const sign = forms.findIndex((form) => form === '+' || form === '-')
          return sign >= 0 && forms.slice(sign).some((form) => form !== '+' && form !== '-')
        })
        expect(warnings.length > 0).toBe(mixed)
        warnings = []
      }),
    )
  })

  it('any text is taken or refused with a UserError', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          cpuWith(text)
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
    )
  })
})
