// SPDX-License-Identifier: GPL-2.0-or-later
import { setReportSink } from '@dromaius/util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realize, testAccel, testCpu, testMachine } from '../../fixtures/machine.js'
import { cpuX86Cpuid, x86CpuApplyProps, type X86CPU } from '../index.js'
import { tcgAccelCpu } from './tcg-cpu.js'

testAccel('tcg', { ...tcgAccelCpu, apicTypeName: 'test-apic' })

const warnings: string[] = []
beforeEach(() => {
  warnings.length = 0
  setReportSink((_kind, text) => warnings.push(text))
})
afterEach(() => {
  setReportSink(null)
})

/** A CPU of `model` with properties as `-cpu model,name=value...` gives them. */
function cpuWith(model: string, props: Readonly<Record<string, string>>): X86CPU {
  const cpu = testCpu(testMachine('tcg'), model)
  x86CpuApplyProps(
    cpu,
    Object.entries(props).map(([prop, value]) => ({ prop, value })),
  )
  return realize(cpu)
}

/** The signature that a leaf shows, and its EAX. */
function signature(cpu: X86CPU, leaf: number): [text: string, eax: number] {
  const { eax, ebx, ecx, edx } = cpuX86Cpuid(cpu, leaf, 0)
  return [
    Buffer.from(Uint32Array.of(ebx, ecx, edx).buffer)
      .toString('latin1')
      .replace(/\0+$/, ''),
    eax,
  ]
}

describe('the leaves of hypervisors', () => {
  // clocksource, nopiodelay, clocksource2, clocksource-stable
  const CLOCK = 0x0100_000b

  it('are the translator’s at 0x40000000 and KVM’s at 0x40000100', () => {
    const cpu = cpuWith('qemu64', {})

    expect(signature(cpu, 0x4000_0000)).toEqual(['TCGTCGTCGTCG', 0x4000_0001])
    expect(signature(cpu, 0x4000_0001)).toEqual(['', 0])
    expect(signature(cpu, 0x4000_0100)).toEqual(['KVMKVMKVM', 0x4000_0101])
    expect(signature(cpu, 0x4000_0101)).toEqual(['', CLOCK])
  })

  it('are KVM’s alone with tcg-cpuid=off', () => {
    const cpu = cpuWith('qemu64', { 'tcg-cpuid': 'off' })

    expect(signature(cpu, 0x4000_0000)).toEqual(['KVMKVMKVM', 0x4000_0001])
    expect(signature(cpu, 0x4000_0001)).toEqual(['', CLOCK])
  })

  it('are the translator’s alone without KVM’s features', () => {
    const cpu = cpuWith('qemu64', { kvm: 'off' })

    expect(signature(cpu, 0x4000_0000)).toEqual(['TCGTCGTCGTCG', 0x4000_0001])
    expect(signature(cpu, 0x4000_0001)).toEqual(['', 0])
  })

  it('are none without both', () => {
    const cpu = cpuWith('qemu64', { kvm: 'off', 'tcg-cpuid': 'off' })

    expect(signature(cpu, 0x4000_0000)).toEqual(['', 0])
  })

  it.each([{}, { kvm: 'off' }])(
    'end where the highest basic leaf answers: %o',
    (props: Record<string, string>) => {
      const cpu = cpuWith('qemu64', props)
      const last = 'kvm' in props ? 0x4000_0001 : 0x4000_0101

      expect(cpuX86Cpuid(cpu, last + 1, 0)).toEqual(cpuX86Cpuid(cpu, cpu.env.cpuidLevel, 0))
    },
  )

  it('are no others between the two', () => {
    expect(signature(cpuWith('qemu64', {}), 0x4000_0002)).toEqual(['', 0])
  })
})

describe('a feature that the translator lacks', () => {
  it('gets one warning, its XSAVE components none', () => {
    const cpu = cpuWith('max', { avx512f: 'on' })

    expect(warnings).toEqual(["TCG doesn't support requested feature: CPUID.07H:EBX.avx512f [bit 16]"])
    expect(cpuX86Cpuid(cpu, 7, 0).ebx & (1 << 16)).toBe(0)
    expect(cpuX86Cpuid(cpu, 0xd, 0).eax).toBe(3)
  })

  it('is an error with enforce', () => {
    expect(() => cpuWith('max', { avx512f: 'on', enforce: 'on' })).toThrow(
      /^TCG doesn't support requested features$/,
    )
  })

  it('that nobody asked for is not spoken of', () => {
    cpuWith('qemu64', {})
    cpuWith('max', {})

    expect(warnings).toEqual([])
  })
})
