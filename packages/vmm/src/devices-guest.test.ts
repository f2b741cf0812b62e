// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { typeByName } from '@dromaius/qom'
import { afterAll, describe, expect, it } from 'vitest'
import {
  boot,
  debugExit,
  device,
  devicesElf,
  devicesRom,
  seabios,
  whyNoOptionRoms,
  whyNoSeabios,
} from '../test/boot.js'
import { whyNoKvm } from '../test/command.js'
import type { MachineOptions } from './machine-options.js'

const folder = mkdtempSync(join(tmpdir(), 'dromaius-devices-'))
afterAll(() => rmSync(folder, { recursive: true }))

const testdev = typeByName('pc-testdev') ? [device('pc-testdev')] : []
const devices: MachineOptions = {
  machine: { rtc: 'on' },
  debugcon: 'null',
  device: [debugExit, ...testdev],
  fwCfg: ['opt/greeting,string=hello'],
}
/** A line for each device of the guest's report. */
const good = [
  ...['PIC', 'serial port', 'debug console', 'PIT', 'RTC', 'i8042', 'port 92', 'I/O APIC', 'fw_cfg'],
  ...(testdev.length > 0 ? ['pc-testdev'] : []),
].map((name) => `${name}: good`)

const lines = (output: string): string[] => output.split('\n')
const module1 = join(folder, 'module1')
writeFileSync(module1, 'the first module\n')

const kvm = whyNoKvm()

for (const accel of ['kvm', 'tcg']) {
  const why = accel === 'kvm' ? kvm : ''
  const firmware = why + whyNoSeabios + whyNoOptionRoms
  const everything: MachineOptions = { accel, ...devices }

  describe(`the devices guest on ${accel}${why}`, () => {
    it.skipIf(why !== '')('started as a multiboot kernel, uses every device', async () => {
      const { output, code } = await boot({ ...everything, kernel: devicesElf, cmdline: 'one two' })

      expect(lines(output)).toEqual(
        expect.arrayContaining([...good, 'fw_cfg file opt/greeting: hello', 'failures: 0']),
      )
      expect(output).toContain('started by a multiboot loader')
      expect(code).toBe(1)
    })

    it.skipIf(why !== '')(
      'is told command line, memory and modules as the multiboot protocol wants it',
      async () => {
        const { output } = await boot({
          ...everything,
          kernel: devicesElf,
          cmdline: 'one two',
          initrd: `${module1} with words,${module1}`,
          memory: 64 * 2 ** 20,
        })

        expect(lines(output)).toEqual(
          expect.arrayContaining([
            `command line: ${devicesElf} one two`,
            'memory: lower 639 KiB, upper 64512 KiB',
            `module: ${module1} with words: the first module`,
            `module: ${module1}: the first module`,
            'range: 0 + 9fc00 RAM',
            'range: 9fc00 + 60400 reserved',
            'range: 100000 + 3f00000 RAM',
          ]),
        )
      },
    )

    it.skipIf(why !== '')('carried by a ROM of ours, begins in real mode and uses every device', async () => {
      const { output, code } = await boot({ ...everything, bios: devicesRom })

      expect(lines(output)).toEqual(
        expect.arrayContaining([
          'ROM in real mode',
          'real mode i8042: good',
          'real mode port 92: good',
          'real mode fw_cfg: good',
          'real mode RTC: good',
          'real mode PIC and PIT: good',
          'started by the ROM',
          ...good,
          'failures: 0',
        ]),
      )
      expect(code).toBe(1)
    })

    it.skipIf(firmware !== '')(
      `started by SeaBIOS from fw_cfg, uses every device${firmware}`,
      async () => {
        const { output, code } = await boot({
          ...everything,
          bios: seabios,
          kernel: devicesElf,
          cmdline: 'one',
          initrd: module1,
        })

        expect(lines(output)).toEqual(
          expect.arrayContaining([`module: ${module1}: the first module`, ...good, 'failures: 0']),
        )
        expect(code).toBe(1)
      },
      60_000,
    )

    it.skipIf(why !== '')('sees the power button by its ACPI interrupt, and powers off', async () => {
      let pressed = false
      const { output, code } = await boot(
        { ...everything, kernel: devicesElf, cmdline: 'button' },
        {
          onText(text, machine) {
            if (pressed || !text.includes('waiting for the power button')) return
            pressed = true
            machine.powerdown()
          },
        },
      )

      expect(output).toContain('power button: good')
      expect(code).toBe(0)
    })

    it.skipIf(why !== '')('resets by ACPI, and starts anew with memory as at the first start', async () => {
      const config = { ...everything, kernel: devicesElf, cmdline: 'reset' }
      const { output } = await boot(config, {
        until: /^range.*\nstarted by a multiboot loader\ncommand line: .* reset$/m,
      })
      const once = await boot({ ...config, noReboot: true })

      expect(output.startsWith(once.output)).toBe(true)
      expect(once.code).toBe(0)
    })

    it.skipIf(why !== '')('without rtc and i8042 the devices are not there', async () => {
      const { output } = await boot({
        ...everything,
        machine: { i8042: 'off', rtc: 'off' },
        kernel: devicesElf,
      })

      expect(lines(output)).toEqual(
        expect.arrayContaining(['RTC: none', 'i8042: none', 'port 92: none', 'failures: 0']),
      )
    })
  })
}

const qemu =
  spawnSync('qemu-system-x86_64', ['--version']).status === 0 ? kvm : ' (skipped: no QEMU to compare with)'

describe(`beside QEMU${qemu}`, () => {
  it.skipIf(qemu !== '')('the ROM reports the same of QEMU’s microvm', () => {
    const { stdout } = spawnSync(
      'qemu-system-x86_64',
      [
        ...[
          '-M',
          'microvm,accel=kvm,kernel-irqchip=on,rtc=on',
          '-nodefaults',
          '-no-user-config',
          '-display',
          'none',
        ],
        ...['-bios', devicesRom, '-serial', 'stdio', '-debugcon', 'null', '-device', 'pc-testdev'],
        ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4', '-fw_cfg', 'opt/greeting,string=hello'],
      ],
      { encoding: 'utf8', timeout: 25_000 },
    )

    expect(lines(stdout)).toEqual(
      expect.arrayContaining([
        ...good.filter((line) => !/i8042|port 92/.test(line)),
        'fw_cfg file opt/greeting: hello',
        'failures: 0',
      ]),
    )
  })
})
