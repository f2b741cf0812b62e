// SPDX-License-Identifier: GPL-2.0-or-later
//
// The bundled guest on CPU models of every age and vendor. Hosts refuse some of their MSRs, among them those that their own
// lists have (0x10a, ARCH_CAPABILITIES, is one): that is warned about, once, and the guest runs.

import { x86CpuClassByName } from '@dromaius/target-i386'
import { describe, expect, it } from 'vitest'
import { dromaius, whyNoKvm } from '../test/command.js'

const models = [
  ...['host', 'host,migratable=off', 'max', 'max,pmu=off', 'qemu64', 'kvm64', 'qemu32', 'core2duo'],
  ...[
    'Conroe',
    'Nehalem',
    'SandyBridge',
    'Haswell',
    'Broadwell',
    'Skylake-Client',
    'Skylake-Server',
    'Cascadelake-Server',
  ],
  ...['Cooperlake', 'Icelake-Server', 'Snowridge', 'Denverton', 'KnightsMill'],
  ...['Opteron_G1', 'Opteron_G5', 'EPYC', 'EPYC-Rome', 'EPYC-Milan', 'Dhyana'],
].filter((cpu) => x86CpuClassByName(cpu.split(',')[0]!) !== null)

const kvm = whyNoKvm()
describe.skipIf(kvm !== '')(`the bundled guest on CPU models${kvm}`, () => {
  it.each(models)('%s', (cpu) => {
    // A model without long mode cannot run a 64-bit guest, but its vCPU comes to life.
    const runs = !['qemu32'].includes(cpu)
    const { status, stdout, stderr } = dromaius([
      ...['-cpu', `${cpu},check=off`, '-smp', '2', '-m', '32M', '-serial', 'stdio', '-no-reboot'],
    ])

    expect(stderr).not.toMatch(/^ {4}at /m)
    const refusals = stderr.split('\n').filter((line) => line.includes('KVM refuses'))
    expect(refusals.every((line) => line.startsWith('dromaius: warning: '))).toBe(true)
    expect(new Set(refusals).size).toBe(refusals.length)
    if (!runs) return
    expect(stdout).toContain('Goodbye')
    expect(status).toBe(0)
  })
})
