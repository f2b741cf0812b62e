// SPDX-License-Identifier: GPL-2.0-or-later
import { fileURLToPath } from 'node:url'
import { addressSpaceLoad } from '@dromaius/memory'
import { objectResolvePath } from '@dromaius/qom'
import { describe, expect, it } from 'vitest'
import { boot } from '../test/boot.js'
import { dromaius, whyNoKvm } from '../test/command.js'
import { Machine } from './machine.js'

const helloElf = fileURLToPath(new URL('../dist/guests/hello.elf', import.meta.url))
const kvm = whyNoKvm()

/** A machine without guest code, with those options, and what stands at 0xe0000, where the RSDP would be. */
async function machineWith(properties: [string, string][]) {
  const machine = await Machine.create({
    accel: 'qtest',
    kernel: helloElf,
    machine: Object.fromEntries(properties),
    serial: 'null',
  })
  const { addressSpaceMemory: memory, addressSpaceIo: io } = machine.system
  const facts = {
    types: machine.board.buses.flatMap((bus) => bus.children.map((dev) => dev.qomClass.typeName)),
    rsdp: addressSpaceLoad(memory, 0xe0000, 4) === 0x20445352,
    mpTable: addressSpaceLoad(memory, 0xf0000, 4) === 0x5f504d5f,
    fwCfg: objectResolvePath(machine.board, 'fw_cfg')?.qomClass.typeName,
    i8042: addressSpaceLoad(io, 0x64, 1) !== 0xff,
  }
  await machine.stop()
  return facts
}

describe('options of microvm', () => {
  it('by default it has fw_cfg, ACPI, both tables, the serial port and the i8042', async () => {
    const facts = await machineWith([])

    expect(facts).toMatchObject({ rsdp: true, mpTable: true, fwCfg: 'fw_cfg_io', i8042: true })
    expect(facts.types).toEqual(expect.arrayContaining(['acpi-ged', 'isa-serial', 'i8042', 'port92']))
  })

  it.each<[string, string, string]>([
    ['acpi', 'off', 'acpi-ged'],
    ['isa-serial', 'off', 'isa-serial'],
    ['i8042', 'off', 'i8042'],
    ['rtc', 'off', 'mc146818rtc'],
  ])('%s=%s leaves %s out', async (name, value, type) => {
    expect((await machineWith([[name, value]])).types).not.toContain(type)
  })

  it.each<[string, string]>([
    ['hpet', 'hpet'],
    ['pm-timer', 'acpi-pm'],
  ])('%s=on adds %s, which is not there by default', async (name, type) => {
    expect((await machineWith([])).types).not.toContain(type)
    expect((await machineWith([[name, 'on']])).types).toContain(type)
  })

  it('an accelerator that has none of its own gets 8259s and 8254 unless they are off', async () => {
    const typesOf = async (machine: Record<string, string>): Promise<string[]> => {
      const vm = await Machine.create({
        accel: 'tcg',
        memory: '16M',
        kernel: helloElf,
        machine,
        serial: 'null',
      })
      const types = vm.board.buses.flatMap((bus) => bus.children.map((dev) => dev.qomClass.typeName))
      await vm.stop()
      return types
    }
    const timers = ['isa-i8259', 'isa-pit', 'isa-pcspk', 'mc146818rtc']

    expect(await typesOf({})).toEqual(expect.arrayContaining(timers))
    const off = await typesOf({ pic: 'off', pit: 'off', rtc: 'off' })
    expect(off.filter((type) => timers.includes(type))).toEqual([])
  })

  it('pm-timer=on needs the tables that tell of it', async () => {
    await expect(
      machineWith([
        ['pm-timer', 'on'],
        ['acpi', 'off'],
      ]),
    ).rejects.toThrow(/^machine: pm-timer=on needs acpi=on$/)
  })

  it('acpi=off takes the tables away, and the MP table stays', async () => {
    expect(await machineWith([['acpi', 'off']])).toMatchObject({ rsdp: false, mpTable: true })
  })

  it.skipIf(kvm !== '')(`without ACPI a guest finds all CPUs by the MP table${kvm}`, async () => {
    const { output } = await boot(
      { machine: { acpi: 'off' }, kernel: helloElf, cpus: 4 },
      { until: /Goodbye/ },
    )

    expect(output).toContain('CPUs: 4 by the MP table')
    expect(output.match(/: online, says its APIC id/g)).toHaveLength(3)
  })
})

describe('-L', () => {
  it('help lists the directories, those of the user first', () => {
    const { stdout, status } = dromaius(['-L', '/some/where', '-L', 'help'])

    expect(stdout.split('\n')[0]).toBe('/some/where')
    expect(stdout).toContain('/usr/share/seabios\n')
    expect(status).toBe(0)
  })
})
