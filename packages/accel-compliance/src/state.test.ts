// SPDX-License-Identifier: GPL-2.0-or-later
//
// Save and load of a paused running guest: its CPUs and their APICs, into the machine it came from and into another.

import { cpuSynchronizeAllStates, qemuSystemReset, vmStart, vmStop } from '@dromaius/cpus'
import { R_EBX } from '@dromaius/target-i386'
import { describe, expect, it } from 'vitest'
import { accelerators, cpuCounts, titleOf } from './accelerators.js'
import { type ComplianceMachine, DONE, STARTED } from './compliance-machine.js'
import { aWhile } from './a-while.js'
import { runOn } from './run-on.js'
import { loadMachine, type SavedMachine, saveMachine, scramble, withoutClocks } from './state.js'

/** A dword of saved RAM. */
const dwordOf = (ram: Uint8Array, address: number): number =>
  new DataView(ram.buffer, ram.byteOffset).getUint32(address, true)

const COUNTER = 0x800

/** Lets a loaded machine run for a while; its guest counts on from what was saved, and far less than from the start. */
async function expectCountsOn(machine: ComplianceMachine, from: number): Promise<void> {
  expect(machine.readDword(COUNTER)).toBe(from)
  await aWhile()
  expect(machine.readDword(COUNTER)).toBe(from)
  machine.start()
  while (machine.readDword(COUNTER) === from) await aWhile(5)
  await vmStop(machine.system, 'paused')
  expect(machine.readDword(COUNTER)).toBeGreaterThan(from)
}

for (const accel of accelerators.filter(({ runsGuests }) => runsGuests)) {
  const run = runOn(accel.name)

  describe.skipIf(accel.unavailable !== null)(`saved and loaded state on ${titleOf(accel)}`, () => {
    describe.each(cpuCounts(accel, [1, 2]))('%i CPUs', (cpus) => {
      it('a paused guest that was reset goes on where it was', () =>
        run({ program: 'spin', cpus }, async (machine) => {
          const { system } = machine
          machine.start()
          await machine.untilSent(STARTED)
          await aWhile(50)
          await vmStop(system, 'paused')
          const saved = saveMachine(system, machine.ram.block)
          const pc = machine.pc()

          qemuSystemReset(system, 'host-qmp-system-reset')
          scramble(machine.ram.block)
          expect(machine.pc()).toBe(0xffff_fff0)
          loadMachine(system, machine.ram.block, saved)

          cpuSynchronizeAllStates(system)
          expect(machine.pc()).toBe(pc)
          await expectCountsOn(machine, dwordOf(saved.ram, COUNTER))
          // It did not start anew.
          expect(machine.sent).toEqual([STARTED])
        }))

      it('its state makes another machine go on', () =>
        run({ program: 'spin', cpus }, async (machine) => {
          machine.start()
          await machine.untilSent(STARTED)
          await aWhile(50)
          await vmStop(machine.system, 'paused')
          const saved = saveMachine(machine.system, machine.ram.block)

          await run({ cpus }, async (other) => {
            loadMachine(other.system, other.ram.block, saved)
            await expectCountsOn(other, dwordOf(saved.ram, COUNTER))
            expect(other.sent).toEqual([])
          })
        }))

      it('what is saved after loading is what was loaded', () =>
        run({ program: 'spin', cpus }, async (machine) => {
          machine.start()
          await machine.untilSent(STARTED)
          await vmStop(machine.system, 'paused')
          const saved = saveMachine(machine.system, machine.ram.block)

          qemuSystemReset(machine.system, 'host-qmp-system-reset')
          loadMachine(machine.system, machine.ram.block, saved)
          // Out of the kernel again, not out of the fields that were just filled.
          for (const cpu of machine.cpus) cpu.vcpuDirty = false
          const again = saveMachine(machine.system, machine.ram.block)

          expect(withoutClocks(again)).toEqual(withoutClocks(saved))
        }))
    })

    // General, control, debug and model-specific registers, and the local APIC's timer: the guest looks at them itself.
    describe.skipIf(!accel.controllers)('a guest that keeps values in registers of every kind', () => {
      const TICKS = 0x808
      const wrong = (machine: ComplianceMachine): number[] =>
        machine.ports.filter(({ at }) => at === 0xe020).map(({ value }) => value)

      /** Waits until the guest has looked and the timer has ticked some more. */
      async function untilItGoesOn(machine: ComplianceMachine): Promise<void> {
        for (const address of [COUNTER, TICKS]) {
          const before = machine.readDword(address)
          while (machine.readDword(address) <= before + 2) await aWhile(5)
        }
      }

      async function savedRunning(machine: ComplianceMachine): Promise<SavedMachine> {
        machine.start()
        await machine.untilSent(STARTED)
        await untilItGoesOn(machine)
        await vmStop(machine.system, 'paused')
        expect(wrong(machine)).toEqual([])
        return saveMachine(machine.system, machine.ram.block)
      }

      it('finds all of them after reset and loading', () =>
        run({ program: 'state' }, async (machine) => {
          const saved = await savedRunning(machine)
          qemuSystemReset(machine.system, 'host-qmp-system-reset')
          scramble(machine.ram.block)
          loadMachine(machine.system, machine.ram.block, saved)
          vmStart(machine.system)
          await untilItGoesOn(machine)
          expect(wrong(machine)).toEqual([])
          expect(machine.sent).toEqual([STARTED])
        }))

      it('finds all of them in another machine', () =>
        run({ program: 'state' }, async (machine) => {
          const saved = await savedRunning(machine)
          await run({}, async (other) => {
            loadMachine(other.system, other.ram.block, saved)
            other.start()
            await untilItGoesOn(other)
            expect(wrong(other)).toEqual([])
            expect(other.sent).toEqual([])
          })
        }))

      it('notices registers that were not loaded', () =>
        run({ program: 'state' }, async (machine) => {
          await savedRunning(machine)
          const cpu = machine.bootCpu
          cpu.env.regs[R_EBX] ^= 1n
          cpu.env.pat ^= 1n
          cpu.env.dr[2] ^= 0x10n
          vmStart(machine.system)
          await machine.until(() => [0x13, 0x32, 0x43].every((id) => wrong(machine).includes(id)))
        }))
    })

    it.skipIf(!accel.controllers)('a guest asleep in HLT wakes from an interrupt after loading', () =>
      run({ program: 'interrupt' }, async (machine) => {
        const { system } = machine
        const pulse = (): void => {
          machine.setIrq(5, 1)
          machine.setIrq(5, 0)
        }
        machine.writeDword(0x804, 4)
        machine.start()
        await machine.untilSent(STARTED)
        for (const n of [1, 2]) {
          pulse()
          await machine.until(() => machine.sent.length > n)
        }
        await aWhile()
        await vmStop(system, 'paused')
        const saved = saveMachine(system, machine.ram.block)

        qemuSystemReset(system, 'host-qmp-system-reset')
        scramble(machine.ram.block)
        loadMachine(system, machine.ram.block, saved)
        vmStart(system)
        for (const n of [3, 4]) {
          pulse()
          await machine.until(() => machine.sent.length > n)
        }
        await machine.untilSent(DONE)

        expect(machine.sent).toEqual([STARTED, 1, 2, 3, 4, DONE])
      }),
    )
  })
}
