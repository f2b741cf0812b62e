// SPDX-License-Identifier: GPL-2.0-or-later
import { objectNew, objectPropertyGet } from '@dromaius/qom'
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

    expect([frequency('2.4G'), frequency('1000'), frequency('3M')]).toEqual(['2400000000', '1000', '3000000'])
    expect(() => frequency('fast')).toThrow(new UserError('bad numerical value fast'))
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
