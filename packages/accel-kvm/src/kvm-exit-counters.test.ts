// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { KVM_EXIT_HLT, KVM_EXIT_IO, KVM_EXIT_MMIO } from '@dromaius/native'
import { expect, it } from 'vitest'
import { countExit, EXIT_INTERRUPTED, kvmExitCounts, kvmExitName } from './kvm-exit-counters.js'
import { TYPE_KVM_ACCEL } from './index.js'
import type { KVMState } from './kvm-state.js'

it('exits are counted by name, the most frequent first, unknown ones by number', () => {
  const system = new SystemState()
  const s = TYPE_KVM_ACCEL.new() as KVMState
  system.accel = s
  const reasons = [KVM_EXIT_IO, 4711, KVM_EXIT_IO, EXIT_INTERRUPTED, KVM_EXIT_IO, 4711, KVM_EXIT_MMIO]

  for (const reason of reasons) countExit(s, reason)

  expect([...kvmExitCounts(system)]).toEqual([
    ['io', 3],
    ['exit 4711', 2],
    ['kicked', 1],
    ['mmio', 1],
  ])
})

it('names are those of the kernel’s reasons in small letters', () => {
  expect([kvmExitName(KVM_EXIT_HLT), kvmExitName(KVM_EXIT_IO), kvmExitName(-1), kvmExitName(0x1234)]).toEqual(
    ['hlt', 'io', 'kicked', 'exit 4660'],
  )
})

it('a machine without KVM has none', () => {
  expect(kvmExitCounts(new SystemState()).size).toBe(0)
})
