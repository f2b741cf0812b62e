// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { boot, debugExit, device, seabios, whyNoOptionRoms, whyNoSeabios } from '../test/boot.js'
import { whyNoKvm } from '../test/command.js'
import { tinyBzImage } from '../test/kernels.js'
import type { MachineOptions } from './machine-options.js'

const helloElf = fileURLToPath(new URL('../dist/guests/hello.elf', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'dromaius-firmware-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The debug console at 0x402, where SeaBIOS talks, has the back end; the board's serial port has not. */
const talking: MachineOptions = {
  bios: seabios,
  machine: { 'isa-serial': 'off' },
  device: [device('isa-debugcon', { iobase: '0x402', chardev: 'serial0' }), debugExit],
}

for (const accel of ['kvm', 'tcg']) {
  const why = (accel === 'kvm' ? whyNoKvm() : '') + whyNoSeabios
  const whyNoKernels = why + whyNoOptionRoms

  describe(`SeaBIOS on ${accel}${why}`, () => {
    for (const cpus of [1, 4]) {
      it.skipIf(why !== '')(
        `finds ${cpus} CPU(s), fw_cfg and ACPI tables, and nothing to boot`,
        async () => {
          const { output } = await boot(
            { accel, ...talking, cpus: cpus },
            { until: /No bootable device/, timeout: 60_000 },
          )

          expect(output).toMatch(/^SeaBIOS \(version /)
          // It looks at the first hypervisor's leaves only, which are the translator's.
          expect(output.includes('Running on KVM')).toBe(accel === 'kvm')
          expect(output).toContain('QEMU fw_cfg DMA interface supported')
          expect(output).toContain('qemu/e820: addr 0x0000000000000000 len 0x0000000008000000 [RAM]')
          expect(output).toContain(`Found ${cpus} cpu(s) max supported ${cpus} cpu(s)`)
          expect(output).toMatch(/table\(50434146\)=0x[0-9a-f]+ \(via xsdt\)/)
          expect(output).toMatch(/ACPI: parse DSDT at 0x[0-9a-f]+ \(len \d+\)/)
        },
        70_000,
      )
    }

    if (accel === 'tcg') {
      it.skipIf(why !== '')(
        'finds the same with nearly all code compiled',
        async () => {
          const compiled = { accel, 'x-compile-after': 30 }
          const { output } = await boot(
            { accel: compiled, ...talking, cpus: 4 },
            { until: /No bootable device/, timeout: 60_000 },
          )

          expect(output).toContain('Found 4 cpu(s) max supported 4 cpu(s)')
          expect(output).toMatch(/ACPI: parse DSDT at 0x[0-9a-f]+ \(len \d+\)/)
        },
        70_000,
      )
    }

    it.skipIf(why !== '')(
      'heeds -boot',
      async () => {
        // What it does then, a breakpoint with nobody to take it, is one of the things that software KVM cannot emulate.
        const { output } = await boot(
          { accel, ...talking, boot: 'reboot-timeout=100' },
          { until: /Retrying in/, timeout: 60_000 },
        )

        expect(output).toContain('No bootable device.  Retrying in')
      },
      70_000,
    )
  })

  describe(`kernels that SeaBIOS gets by fw_cfg on ${accel}${whyNoKernels}`, () => {
    it.skipIf(whyNoKernels !== '')(
      'a PVH ELF, by pvh.bin',
      async () => {
        const { output, code } = await boot(
          { accel, bios: seabios, kernel: helloElf, cmdline: 'by firmware', cpus: 2 },
          { timeout: 60_000 },
        )

        expect(output).toContain('boot protocol: PVH, hvm_start_info version 1')
        expect(output).toContain('command line: by firmware')
        expect(output).toContain('CPUs: 2 by the ACPI MADT')
        expect(output).toContain('Goodbye')
        expect(code).toBe(0)
      },
      70_000,
    )

    it.skipIf(whyNoKernels !== '')(
      'a bzImage, by linuxboot_dma.bin: its 16-bit code runs',
      async () => {
        const image = tinyBzImage([0xf4])
        // mov $0x15, %al; out %al, $0xf4, behind the header's jump
        image.set([0xb0, 0x15, 0xe6, 0xf4], 0x268)
        const path = join(folder, 'bzImage')
        writeFileSync(path, image)
        const { output, code } = await boot({ accel, ...talking, kernel: path }, { timeout: 60_000 })

        expect(output).toContain('Booting from ROM')
        expect(code).toBe((0x15 << 1) | 1)
      },
      70_000,
    )

    it.skipIf(whyNoKernels !== '')(
      'x-option-roms=off leaves firmware without a way to boot',
      async () => {
        const { output } = await boot(
          {
            accel,
            ...talking,
            machine: { 'isa-serial': 'off', 'x-option-roms': 'off' },
            kernel: helloElf,
          },
          { until: /No bootable device/, timeout: 60_000 },
        )

        expect(output).not.toContain('Booting from ROM')
      },
      70_000,
    )
  })
}
