// SPDX-License-Identifier: GPL-2.0-or-later
//
// The programs of guests/compliance on every accelerator that executes guest code.

import { setReportSink } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import { accelerators, cpuCounts, emulatesKernelCode, titleOf } from './accelerators.js'
import { type Access, DONE, STARTED } from './compliance-machine.js'
import { runOn } from './run-on.js'

/** The bytes that accesses wrote, by address: how an unaligned access is split is the accelerator's business. */
function bytesWritten(accesses: readonly Access[]): [number, number][] {
  return accesses.flatMap(({ at, value, size }) =>
    Array.from({ length: size }, (_, i): [number, number] => [at + i, (value >>> (8 * i)) & 0xff]),
  )
}

for (const accel of accelerators.filter(({ runsGuests }) => runsGuests)) {
  const run = runOn(accel.name)

  describe.skipIf(accel.unavailable !== null)(`guest programs on ${titleOf(accel)}`, () => {
    it('port: every width arrives in order, and its answers return', () =>
      run({ program: 'port', input: [0x11, 0x2222, 0x33333333, 1, 2, 3, 4] }, async (machine) => {
        machine.start()
        await machine.untilSent(DONE)
        expect(machine.ports).toEqual([
          { at: 0xe000, value: 0x11, size: 1 },
          { at: 0xe002, value: 0x2233, size: 2 },
          { at: 0xe004, value: 0x44556677, size: 4 },
          { at: 0xe020, value: 0x11, size: 1 },
          { at: 0xe020, value: 0x2222, size: 2 },
          { at: 0xe020, value: 0x33333333, size: 4 },
          ...[...Buffer.from('DROM')].map((value) => ({ at: 0xe008, value, size: 1 })),
          { at: 0xe020, value: 0x04030201, size: 4 },
          { at: 0xe000, value: DONE, size: 1 },
        ])
      }))

    it('mmio: aligned and unaligned accesses arrive byte for byte', () =>
      run({ program: 'mmio' }, async (machine) => {
        machine.start()
        await machine.untilSent(DONE)
        expect(bytesWritten(machine.mmio)).toEqual([
          [0xd0000, 0x11],
          [0xd0002, 0x33],
          [0xd0003, 0x22],
          [0xd0004, 0x77],
          [0xd0005, 0x66],
          [0xd0006, 0x55],
          [0xd0007, 0x44],
          [0xd0009, 0x99],
          [0xd000a, 0x88],
          [0xd000d, 0xdd],
          [0xd000e, 0xcc],
          [0xd000f, 0xbb],
          [0xd0010, 0xaa],
          [0xd0020, 0x5a],
          [0xd0021, 0x5a],
          [0xd0022, 0x5a],
          [0xd0024, 0x01],
        ])
      }))

    it.skipIf(!accel.controllers)('interrupt: an edge of IRQ 5 wakes the CPU from HLT, each once', () =>
      run({ program: 'interrupt' }, async (machine) => {
        const wanted = 5
        machine.writeDword(0x804, wanted)
        machine.start()
        await machine.untilSent(STARTED)
        for (let n = 1; n <= wanted; n++) {
          machine.setIrq(5, 1)
          machine.setIrq(5, 0)
          await machine.until(() => machine.sent.length > n)
        }
        await machine.untilSent(DONE)
        expect(machine.sent).toEqual([STARTED, 1, 2, 3, 4, 5, DONE])
        expect(machine.readDword(0x800)).toBe(wanted)
      }),
    )

    it.skipIf(emulatesKernelCode(accel))(
      'boundary: an interrupt that an instruction raises or lets in comes before the next one, but for shadows',
      () =>
        run({ program: 'boundary', model: 'max' }, async (machine) => {
          machine.start()
          await machine.untilSent(DONE)
          expect(machine.sent).toEqual([0, 1, 0, 0, 0, 1, 0, 0, 0, DONE])
        }),
    )

    it.each(cpuCounts(accel, [2, 4, 8]))('smp: INIT and SIPI start all of %i CPUs', (cpus) =>
      run({ program: 'smp', cpus }, async (machine) => {
        machine.writeDword(0x804, cpus - 1)
        machine.start()
        await machine.untilSent(DONE)
        const apicIds = machine.sent.filter((value) => value !== DONE).sort((a, b) => a - b)
        expect(apicIds).toEqual(Array.from({ length: cpus - 1 }, (_, i) => i + 1))
      }),
    )

    it('rom-write: ROM stays as it is', () =>
      run({ program: 'rom-write' }, async (machine) => {
        machine.writeDword(0xf0000, 0x12345678)
        machine.writeDword(0xf0004, 0x9abcdef0)
        machine.start()
        await machine.untilSent(DONE)
        const seen = machine.ports.filter(({ at }) => at === 0xe020).map(({ value }) => value)
        expect(seen).toEqual([0x78, 0x78, 0x1234, 0x1234, 0x9abcdef0, 0x9abcdef0])
      }))

    it('unassigned: ports and memory where nothing is harm nothing', () =>
      run({ program: 'unassigned', mmio: false }, async (machine) => {
        machine.start()
        await machine.untilSent(DONE)
        expect(machine.readDword(0x800)).toBe(0xffffffff)
        expect(machine.system.addressSpaceMemory.unassigned.reads).toBeGreaterThan(0)
      }))

    it('flood-serial: 65,536 writes to a port without a device harm nothing', () =>
      run({ program: 'flood-serial' }, async (machine) => {
        machine.start()
        await machine.untilSent(DONE)
      }))

    it.skipIf(emulatesKernelCode(accel))(
      'long: exceptions in 64-bit code, and the way to user mode and back',
      () =>
        run({ program: 'long' }, async (machine) => {
          machine.start()
          await machine.untilSent(DONE)
          const seen = machine.ports.map(({ at, value }) => (at === 0xe000 ? [value] : value))
          expect(seen).toEqual([
            [STARTED],
            ...[[0x06], 0],
            ...[[0x00], 0],
            ...[[0x0d], 0],
            ...[[0x0e], 0, 0x20_0000],
            ...[[0x0e], 3, 0x7000],
            ...[[0x0e], 5, 0x1000],
            ...[[0x0d], 0],
            ...[0x18, 0x60],
            [DONE],
          ])
        }),
    )

    it('triple: a triple fault resets the machine, or ends it under no-reboot', () =>
      run({ program: 'triple' }, async (machine) => {
        machine.system.actions.reboot = 'shutdown'
        machine.start()
        await expect(machine.ended()).resolves.toEqual({ cause: 'guest-reset', code: 0 })
        expect(machine.sent).toEqual([STARTED])
      }))

    it('jump-nothing: code that is not there stops the machine with one line', () =>
      run({ program: 'jump-nothing' }, async (machine) => {
        const reports: string[] = []
        const restore = setReportSink((_kind, text) => reports.push(text))
        try {
          machine.start()
          await machine.untilSent(STARTED)
          while (!machine.system.runState.is('internal-error')) await new Promise(setImmediate)
        } finally {
          setReportSink(restore)
        }
        expect(reports).toHaveLength(1)
        expect(reports[0]).toMatch(/at RIP 0x0, CS base 0xc0000 \(no memory there\)/)
        // What KVM cannot fetch another accelerator might.
        expect(reports[0].includes('-accel tcg')).toBe(accel.accel === 'kvm')
        expect(machine.system.internalError).not.toBeNull()
      }))
  })
}
