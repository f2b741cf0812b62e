// SPDX-License-Identifier: GPL-2.0-or-later
/** Debian's unmodified kernels on `-accel tcg`. LINUX_BOOTS=50 boots the cloud kernel that often in a row. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addProgram } from '@dromaius/initramfs'
import { afterAll, describe, expect, it } from 'vitest'
import { bin } from '../packages/vmm/test/command.js'
import { vmlinuxOf } from '../packages/vmm/test/vmlinux.js'
import { CMDLINE, findBusybox, findKernel, makeInitramfs } from '../scripts/debian/guest.mjs'
import { GuestError } from '../scripts/debian/packages.mjs'
import { addWithFiles, programs } from '../scripts/debian/programs.mjs'

const folder = mkdtempSync(join(tmpdir(), 'dromaius-linux-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A machine beside which much else runs is ten times slower. */
const TIMEOUT = 600_000
const BOOTS = Number(process.env.LINUX_BOOTS ?? 10)

/** A file of Debian's, or why there is none. */
function attempt(find: () => string): { path: string; why: string } {
  try {
    return { path: find(), why: '' }
  } catch (error) {
    if (!(error instanceof GuestError)) throw error
    return { path: '', why: ` (skipped: ${error.message})` }
  }
}

function boot(kernel: string, initrd: Uint8Array, ...args: string[]): string[] {
  const path = join(folder, 'initramfs.cpio')
  writeFileSync(path, initrd)
  const { stdout, stderr, status, signal } = spawnSync(
    process.execPath,
    [
      ...[bin, '-accel', 'tcg', '-kernel', kernel, '-initrd', path, '-serial', 'stdio', '-no-reboot'],
      ...['-append', `${CMDLINE} quiet`, ...args],
    ],
    { encoding: 'utf8', input: '', timeout: TIMEOUT, killSignal: 'SIGKILL', maxBuffer: 2 ** 28 },
  )
  expect({ status, signal, end: stdout.slice(-2000), stderr }).toMatchObject({ status: 0, signal: null })
  return stdout.replaceAll('\r', '').split('\n')
}

describe.sequential('Debian’s Linux on tcg', () => {
  const amd64Busybox = attempt(() => findBusybox('amd64'))
  const i386Busybox = attempt(() => findBusybox('i386'))
  const cloud = attempt(() => findKernel('cloud-amd64'))
  const kernels = [
    {
      flavour: 'cloud-amd64',
      kernel: cloud,
      busybox: amd64Busybox,
      runs: [
        ['1', '128M'],
        ['2', '256M'],
        ['4', '3G'],
      ],
    },
    {
      flavour: 'amd64',
      kernel: attempt(() => findKernel('amd64')),
      busybox: amd64Busybox,
      runs: [
        ['1', '256M'],
        ['2', '256M'],
        ['4', '256M'],
      ],
    },
    {
      flavour: '686-pae',
      kernel: attempt(() => findKernel('686-pae')),
      busybox: i386Busybox,
      runs: [
        ['1', '256M'],
        ['2', '256M'],
        ['4', '256M'],
      ],
    },
  ] as const

  for (const { flavour, kernel, busybox, runs } of kernels) {
    const why = kernel.why || busybox.why
    for (const [smp, memory] of runs) {
      it.skipIf(why !== '')(
        `${flavour} with -smp ${smp} -m ${memory} comes up and powers off${why}`,
        () => {
          const lines = boot(
            kernel.path,
            makeInitramfs(busybox.path, "echo $((6 * 7))\ndmesg | grep -c 'kvm-clock: Using msrs'").build(),
            '-smp',
            smp,
            '-m',
            memory,
          )

          expect(lines.join('\n')).toMatch(
            new RegExp(`Linux 6\\.\\S+-${flavour} on ${smp} CPUs, up after [\\d.]+ s\n42\n1\n`),
          )
        },
        TIMEOUT + 30_000,
      )
    }
  }

  const why = cloud.why || amd64Busybox.why

  it.skipIf(why !== '')(
    `cloud-amd64 is entered by PVH, taken out of the bzImage${why}`,
    () => {
      const vmlinux = join(folder, 'vmlinux')
      writeFileSync(vmlinux, vmlinuxOf(cloud.path))

      expect(boot(vmlinux, makeInitramfs(amd64Busybox.path, 'echo by PVH').build())).toContain('by PVH')
    },
    TIMEOUT + 30_000,
  )

  it.skipIf(why !== '')(
    `takes the HPET and ACPI's power management timer for clocks${why}`,
    () => {
      const run = `
        cd /sys/devices/system/clocksource/clocksource0
        for clock in hpet acpi_pm; do echo $clock > current_clocksource; usleep 10000; cat current_clocksource; done
        grep -E '^ +0:' /proc/interrupts`
      const lines = boot(
        cloud.path,
        makeInitramfs(amd64Busybox.path, run).build(),
        ...['-machine', 'microvm,hpet=on,pm-timer=on'],
      )

      expect(lines).toEqual(expect.arrayContaining(['hpet', 'acpi_pm']))
      // Legacy replacement: the HPET ticks on interrupt 0 until the local APIC's timer takes over.
      expect(Number(/^ +0: +(\d+) +IO-APIC +2-edge/m.exec(lines.join('\n'))?.[1])).toBeGreaterThan(50)
    },
    TIMEOUT + 30_000,
  )

  it.skipIf(why !== '')(
    `comes up ${BOOTS} times of ${BOOTS}${why}`,
    () => {
      const initrd = makeInitramfs(amd64Busybox.path, 'echo $((6 * 7))').build()
      let good = 0
      for (let i = 0; i < BOOTS; i++) if (boot(cloud.path, initrd).includes('42')) good++

      expect(good).toBe(BOOTS)
    },
    BOOTS * TIMEOUT,
  )

  it.skipIf(why !== '')(
    `runs programs that give what they give here${why}`,
    () => {
      const initramfs = makeInitramfs(amd64Busybox.path, 'sh /run')
      const all = programs.filter(({ needs }) => needs.every((path) => existsSync(path)))
      for (const program of all) addWithFiles(initramfs, program)
      const compiled = ['numbers', 'threads'].map((name) => {
        const program = join(folder, name)
        const source = new URL(`linux/${name}.c`, import.meta.url).pathname
        expect(spawnSync('gcc', ['-O2', '-o', program, source, '-pthread', '-lm']).status).toBe(0)
        addProgram(initramfs, program)
        return { name, command: program }
      })
      const commands = [...all, ...compiled]
      initramfs.file(
        '/run',
        commands.map(({ name, command }) => `echo '[${name}'; ${command} 2>&1; echo "]"`).join('\n'),
      )

      const output = boot(cloud.path, initramfs.build(), '-m', '512M').join('\n')

      expect(commands.map(({ name }) => name)).toEqual(expect.arrayContaining(['bash', 'python3', 'perl']))
      for (const { name, command } of commands) {
        const here = spawnSync('sh', ['-c', `${command} 2>&1`], { encoding: 'utf8' }).stdout
        const there = output.slice(output.indexOf(`[${name}\n`) + name.length + 2)
        expect({ name, output: there.slice(0, there.indexOf('\n]') + 1) }).toEqual({ name, output: here })
      }
    },
    TIMEOUT + 30_000,
  )
})
