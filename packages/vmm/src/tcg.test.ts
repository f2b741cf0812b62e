// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { boot } from '../test/boot.js'
import { dromaius } from '../test/command.js'

describe('-accel tcg', () => {
  // The guest is over before much of it would be compiled.
  it.each([
    [1, 1500],
    [4, 1500],
    [8, 1500],
    [4, 10],
  ])(
    'the bundled guest finds %i CPU(s), and its timer, compiled after %i executions',
    async (cpus, executions) => {
      const accel = { accel: 'tcg', 'x-compile-after': executions }
      const { output, code } = await boot({ accel, cpus }, { timeout: 50_000 })

      expect(output).toContain('hypervisor: TCGTCGTCGTCG, leaves 0x40000000-0x40000001\r\n')
      expect(output).toContain(
        'hypervisor: KVMKVMKVM, leaves 0x40000100-0x40000101\r\nKVM features: clocksource ',
      )
      expect(output).toContain(`CPUs: ${cpus} by the ACPI MADT`)
      for (let id = 1; id < cpus; id++)
        expect(output).toContain(`CPU with APIC id ${id}: online, says its APIC id is ${id}`)
      expect(output).toMatch(/APIC timer: [1-9]/)
      expect(output).toContain('Goodbye')
      expect(code).toBe(0)
    },
    60_000,
  )

  it('the command finds what the translator needs', () => {
    const { stdout, stderr, status } = dromaius(['-accel', 'tcg'])

    expect(stdout).toContain('Goodbye')
    expect(stderr).toMatch(/first guest instruction after \d+ ms, ran/)
    expect(status).toBe(0)
  })

  it('x-compile-after has code compiled that is executed a few times only', () => {
    const { stderr, status } = dromaius(['-accel', 'tcg,x-compile-after=20', '-d', 'jit'])

    expect(status).toBe(0)
    expect(Number(/^WebAssembly modules +(\d+)/m.exec(stderr)?.[1])).toBeGreaterThan(10)
  })

  it('-d jit tells what the translator did', () => {
    const { stderr, status } = dromaius(['-accel', 'tcg', '-icount', '3', '-d', 'jit'])

    const figure = (name: string): number =>
      Number(new RegExp(`^${name} +([\\d.,]+)`, 'm').exec(stderr)?.[1]?.replaceAll(',', ''))
    expect(status).toBe(0)
    expect(figure('TB count')).toBeGreaterThan(100)
    expect(figure('TB translate count')).toBeGreaterThanOrEqual(figure('TB count'))
    expect(figure('TB avg target size')).toBeGreaterThan(1)
    expect(figure('WebAssembly modules')).toBe(0)
    // What is counted by turns and what -icount counts is the same.
    expect(figure('guest instructions')).toBe(figure('dromaius: info: instructions:'))
    const part = ['decode', 'translation', 'compilation', 'interpretation', 'compiled code']
    expect(part.map(figure).filter((time) => time >= 0)).toHaveLength(part.length)
    expect(figure('translation')).toBeGreaterThan(0)
    expect(stderr).toMatch(/^process +\d.* resident/m)
  })
})
