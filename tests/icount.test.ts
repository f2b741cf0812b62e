// SPDX-License-Identifier: GPL-2.0-or-later
/** With `-icount`, `-seed` and a fixed date a run can be had again, to the last bit of RAM. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { device, seabios, whyNoSeabios } from '../packages/vmm/test/boot.js'
import { traceOf } from '../packages/vmm/test/repeatable.js'
import { CMDLINE, findBusybox, findKernel, makeInitramfs } from '../scripts/debian/guest.mjs'
import { GuestError } from '../scripts/debian/packages.mjs'

const folder = mkdtempSync(join(tmpdir(), 'dromaius-icount-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A machine beside which much else runs is ten times slower. */
const TIMEOUT = 600_000

describe.sequential('-icount: two runs of one boot are the same', () => {
  it.each([1, 4])(
    'the bundled guest with %i CPU(s)',
    async (cpus) => {
      const first = await traceOf({ accel: 'tcg', cpus })

      expect(first.serial).toContain('Goodbye')
      expect(first.instructions).toBeGreaterThan(10_000)
      expect(await traceOf({ accel: 'tcg', cpus })).toEqual(first)
    },
    TIMEOUT,
  )

  it.skipIf(whyNoSeabios !== '')(
    `SeaBIOS${whyNoSeabios}`,
    async () => {
      const options = {
        accel: 'tcg',
        bios: seabios,
        cpus: 2,
        machine: { 'isa-serial': 'off' },
        device: device('isa-debugcon', { iobase: '0x402', chardev: 'serial0' }),
      }
      const first = await traceOf(options, /No bootable device/)

      expect(first.serial).toMatch(/^SeaBIOS \(version /)
      expect(await traceOf(options, /No bootable device/)).toEqual(first)
    },
    TIMEOUT,
  )

  const { kernel, busybox, why } = linux()

  it.skipIf(why !== '').each([1, 2])(
    `Debian's cloud kernel with %i CPU(s) up to init's first line, compiled and interpreted${why}`,
    async (cpus) => {
      const initrd = join(folder, 'initramfs.cpio')
      writeFileSync(initrd, makeInitramfs(busybox, '').build())
      const options = { kernel, initrd, cmdline: `${CMDLINE} quiet`, cpus }
      const firstLine = new RegExp(`Linux 6\\.\\S+ on ${cpus} CPUs`)
      const first = await traceOf({ ...options, accel: 'tcg' }, firstLine)

      expect(first.instructions).toBeGreaterThan(1e9)
      expect(await traceOf({ ...options, accel: { accel: 'tcg', 'x-compile': false } }, firstLine)).toEqual(
        first,
      )
      if (cpus === 1) expect(await traceOf({ ...options, accel: 'tcg' }, firstLine)).toEqual(first)
    },
    3 * TIMEOUT,
  )
})

function linux(): { kernel: string; busybox: string; why: string } {
  try {
    return { kernel: findKernel('cloud-amd64'), busybox: findBusybox('amd64'), why: '' }
  } catch (error) {
    if (!(error instanceof GuestError)) throw error
    return { kernel: '', busybox: '', why: ` (skipped: ${error.message})` }
  }
}
