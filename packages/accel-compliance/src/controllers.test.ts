// SPDX-License-Identifier: GPL-2.0-or-later
//
// The guest of guests/controllers, which uses interrupt controllers and timers as their data sheets say, on every accelerator that
// executes guest code.

import { fileURLToPath } from 'node:url'
import { TYPE_CHARDEV_RINGBUF } from '@dromaius/chardev'
import { Machine } from '@dromaius/vmm'
import { describe, expect, it } from 'vitest'
import { type Accelerator, accelerators, emulatesKernelCode, titleOf } from './accelerators.js'
import { notGoodOn } from './controllers-allowed.js'

const kernel = fileURLToPath(new URL('../../../guests/build/controllers.elf', import.meta.url))
/** Lines of the guest's report where the machine has all parts, by what they are about. */
const CASES = {
  '8254': 17,
  '8259': 23,
  APIC: 30,
  'APIC base': 7,
  'APIC errors': 7,
  'APIC timer': 21,
  HPET: 16,
  'I/O APIC': 27,
  IA32_APIC_BASE: 3,
  IPI: 26,
  'PM timer': 5,
  clocks: 5,
  'speaker port': 2,
  x2APIC: 20,
}

/** The lines of the guest's report. */
async function report({ accel, properties }: Accelerator): Promise<string[]> {
  const serial = TYPE_CHARDEV_RINGBUF.new()
  let output = ''
  serial.onOutput((bytes) => (output += Buffer.from(bytes).toString('latin1')))
  const machine = await Machine.create({
    accel: { accel, ...properties },
    machine: { hpet: 'on', 'pm-timer': 'on', rtc: 'on' },
    cpu: 'max',
    cpus: 4,
    memory: '64M',
    kernel,
    serial,
    noReboot: true,
    device: [{ driver: 'isa-debug-exit', iobase: '0xf4', iosize: '4' }],
  })
  machine.start()
  try {
    await machine.exited
  } finally {
    await machine.stop()
  }
  return output.trimEnd().split('\n')
}

for (const accel of accelerators.filter(({ runsGuests }) => runsGuests)) {
  describe.skipIf(accel.unavailable !== null)(`controllers and timers on ${titleOf(accel)}`, () => {
    it('all do what their data sheets say, but for what is listed', { timeout: 120_000 }, async () => {
      const lines = await report(accel)

      const listed = notGoodOn(accel.name, emulatesKernelCode(accel))
      const notGood = lines.filter((line) => !line.endsWith(': good') && !line.startsWith('failures: '))
      expect(notGood.filter((line) => !listed.some((pattern) => pattern.test(line)))).toEqual([])
      expect(lines.at(-1)).toMatch(/^failures: /)
      if (accel.accel !== 'tcg') return
      const count: Record<string, number> = {}
      for (const line of lines.slice(0, -1)) {
        const part = line.slice(0, line.indexOf(':')).replace(/^(.*APIC) (on|off).*/, '$1')
        count[part] = (count[part] ?? 0) + 1
      }
      expect(count).toEqual(CASES)
      expect(lines.at(-1)).toBe('failures: 0')
    })
  })
}
