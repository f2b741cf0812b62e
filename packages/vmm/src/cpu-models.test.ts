// SPDX-License-Identifier: GPL-2.0-or-later
import { builtinX86Defs, x86CpuList, x86RegisterCpudefTypes } from '@dromaius/target-i386'
import { setReportSink } from '@dromaius/util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Machine } from './index.js'

let reports: string[] = []
beforeEach(() => {
  reports = []
  setReportSink((kind, text) => reports.push(`${kind}: ${text}`))
})
afterEach(() => {
  setReportSink(null)
})

async function createWith(cpu: string): Promise<string> {
  const machine = await Machine.create({ cpu, accel: 'qtest', memory: 16 << 20, serial: 'none' })
  const { typeName } = machine.board.system.cpus[0]!.qomClass
  await machine.stop()
  return typeName
}

describe('models on the microvm', () => {
  it.each(['Haswell', 'Haswell-v2', 'Haswell-noTSX', 'EPYC', '486', 'base', 'max'])(
    '%s is found',
    async (cpu) => {
      expect(await createWith(cpu)).toBe(`${cpu}-x86_64-cpu`)
      expect(reports).toEqual([])
    },
  )

  it('one that will go is warned of, and marked in -cpu help', async () => {
    const base = builtinX86Defs.find(({ name }) => name === '486')!
    x86RegisterCpudefTypes({ ...base, name: 'i386', deprecationNote: 'use 486 instead' })

    await createWith('i386')

    expect(reports).toEqual(['warning: CPU model i386-x86_64-cpu is deprecated -- use 486 instead'])
    expect(x86CpuList()).toMatch(/^x86 i386 +\(alias configured by machine type\) \(deprecated\)$/m)
  })
})
