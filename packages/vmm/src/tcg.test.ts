// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { boot } from '../test/boot.js'
import { dromaius } from '../test/command.js'

describe('-accel tcg', () => {
  it.each([1, 4, 8])(
    'the bundled guest finds %i CPU(s), and its timer',
    async (cpus) => {
      const { output, code } = await boot({ accel: 'tcg', cpus }, { timeout: 50_000 })

      expect(output).toContain('hypervisor: KVMKVMKVM')
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
})
