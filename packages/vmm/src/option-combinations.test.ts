// SPDX-License-Identifier: GPL-2.0-or-later
//
// Machines of options that go together and of such that do not: each is built, or refused in one line, and leaves nothing.

import { readdirSync, readFileSync } from 'node:fs'
import { setReportSink, UserError } from '@dromaius/util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Machine } from './machine.js'
import type { MachineOptions } from './machine-options.js'

beforeAll(() => void setReportSink(() => undefined))
afterAll(() => void setReportSink(null))

const threads = (): number =>
  readdirSync('/proc/self/task').filter((tid) => {
    try {
      return readFileSync(`/proc/self/task/${tid}/comm`, 'utf8').startsWith('CPU ')
    } catch {
      return false
    }
  }).length
const descriptors = (): number => readdirSync('/proc/self/fd').length

/** Some values that are right and some that are not, for each field. */
const values: { [K in keyof MachineOptions]?: readonly unknown[] } = {
  machine: [
    'microvm',
    'microvm,rtc=on',
    'rtc=maybe',
    { type: 'microvm', pit: false, pic: 'off' },
    'isa-serial=off',
    'memory-backend=ram',
    'memory-backend=nope',
    'none',
    'none,acpi=off',
    'acpi=off',
    'nope',
    'i8042=off',
    'hpet=on,pm-timer=on',
    'pm-timer=on,acpi=off',
    ',',
    '=',
  ],
  cpu: [
    'qemu64',
    'qemu64,-cx16',
    'max',
    'host',
    'nope',
    'qemu64,family=999',
    'qemu64,+',
    'qemu64,foo=bar',
    'x86_64',
  ],
  cpus: [
    1,
    3,
    '2,maxcpus=4',
    'sockets=0',
    { cpus: 2, cores: 3 },
    1e9,
    '2,dies=2',
    '-1',
    { threads: 2, cpus: 2 },
  ],
  memory: ['8M', 8 << 20, '1M', '4096', '3.5G', 'x', 0, '99999999T', { size: '16M' }],
  bios: ['/nonexistent', '/', '/dev/zero', '/bin/true', ''],
  dataDir: ['/nonexistent', ['/', '/tmp']],
  boot: [{ menu: true }, 'order=c', 'splash-time=99999999999', 'strict=on', ''],
  fwCfg: [
    { name: 'opt/a', string: 'b' },
    { name: 'opt/a', file: '/dev/zero' },
    [
      { name: 'opt/a', string: '1' },
      { name: 'opt/a', string: '2' },
    ],
    'name=x',
    { name: 'opt/a', file: '/nonexistent', string: '' },
  ],
  kernel: ['/nonexistent', '/', '/dev/null', '/proc/self/mem', '/bin/sh', ''],
  initrd: ['/nonexistent', '/dev/zero', '/bin/true'],
  cmdline: ['', 'a=b', 'x'.repeat(100_000), '\u{1f426}\n'],
  serial: ['null', 'none', 'nope', ['null', 'null'], [], 'mon:null', 'ringbuf'],
  debugcon: ['null', ['null', 'null'], 'none', 'nope'],
  device: [
    'isa-debug-exit',
    'isa-debug-exit,iobase=0x3f8',
    'isa-debug-exit,iobase=0xffffffff',
    'isa-debug-exit,iosize=0',
    { driver: 'isa-debug-exit', id: 'a', bus: 'isa.0' },
    ['isa-debug-exit', 'isa-debug-exit'],
    [
      { driver: 'isa-debug-exit', id: 'a' },
      { driver: 'isa-debug-exit', id: 'a', iobase: 1 },
    ],
    'isa-debugcon',
    'mc146818rtc',
    'qemu64-x86_64-cpu',
    'isa-debug-exit,bus=nope',
    'device',
    'isa-debug-exit,realized=on',
    'isa-debug-exit,hotplugged=on',
  ],
  global: [
    'isa-debug-exit.iobase=0xf4',
    'isa-debug-exit.nope=1',
    'nope.nope=1',
    'isa-debug-exit.iobase=x',
    'device.realized=on',
  ],
  object: [
    'memory-backend-ram,id=ram,size=8M',
    'memory-backend-memfd,id=ram,size=16M',
    'memory-backend-memfd,id=ram,size=1P',
    'memory-backend-file,id=ram,size=8M,mem-path=/nonexistent/x',
    'memory-backend,id=ram',
  ],
  action: ['reboot=shutdown', 'panic=none', 'panic=x', { shutdown: 'pause' }],
  noReboot: [true, false, 'x'],
  noShutdown: [true, false],
}

describe('options in any combination', () => {
  it('build a machine that can be stopped, or are refused in one line, and leave nothing behind', async () => {
    const build = async (options: MachineOptions): Promise<void> => {
      try {
        const vm = await Machine.create({ accel: 'qtest', memory: '8M', ...options })
        await vm.stop()
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        expect(error.message).not.toContain('\n')
      }
    }
    await build({})
    const before = { threads: threads(), descriptors: descriptors() }
    const fields = Object.fromEntries(
      Object.entries(values).map(([field, some]) => [field, fc.constantFrom(...some)]),
    )
    await fc.assert(
      fc.asyncProperty(fc.record(fields, { requiredKeys: [] }), (options) =>
        build(options as MachineOptions),
      ),
      { numRuns: 400 },
    )
    // Each by itself: in the company of others a mistake may hide behind an earlier one.
    for (const [field, some] of Object.entries(values))
      for (const value of some) await build({ [field]: value })
    expect({ threads: threads(), descriptors: descriptors() }).toEqual(before)
  }, 120_000)
})
