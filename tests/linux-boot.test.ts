// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Debian's unmodified kernels on `-accel tcg`. LINUX_BOOTS=50 boots the cloud kernel that often in a row; LINUX_MATRIX=1 boots
 * every kernel with every number of CPUs and every size of memory.
 */
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

/** CPUs and memory. */
const RUNS = process.env.LINUX_MATRIX
  ? ['1', '2', '4'].flatMap((smp) => ['128M', '3G'].map((memory) => [smp, memory] as const))
  : ([
      ['1', '128M'],
      ['2', '256M'],
      ['4', '3G'],
    ] as const)

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
  const amd64 = attempt(() => findKernel('amd64'))
  const kernels = [
    { flavour: 'cloud-amd64', kernel: cloud, busybox: amd64Busybox, byPvh: false },
    { flavour: 'cloud-amd64', kernel: cloud, busybox: amd64Busybox, byPvh: true },
    { flavour: 'amd64', kernel: amd64, busybox: amd64Busybox, byPvh: false },
    { flavour: 'amd64', kernel: amd64, busybox: amd64Busybox, byPvh: true },
    { flavour: '686-pae', kernel: attempt(() => findKernel('686-pae')), busybox: i386Busybox, byPvh: false },
  ]

  for (const { flavour, kernel, busybox, byPvh } of kernels) {
    const why = kernel.why || busybox.why
    for (const [smp, memory] of RUNS) {
      it.skipIf(why !== '')(
        `${flavour}${byPvh ? ', its vmlinux by PVH,' : ''} with -smp ${smp} -m ${memory} comes up and powers off${why}`,
        () => {
          const image = byPvh ? join(folder, 'vmlinux') : kernel.path
          if (byPvh) writeFileSync(image, vmlinuxOf(kernel.path))
          const initrd = makeInitramfs(
            busybox.path,
            "echo $((6 * 7))\nfree -m | sed -n 's/^Mem: *//p'\ndmesg | grep -c 'kvm-clock: Using msrs'",
          ).build()

          const lines = boot(image, initrd, '-smp', smp, '-m', memory).join('\n')

          const up = new RegExp(
            `Linux 6\\.\\S+-${flavour} on ${smp} CPUs, up after [\\d.]+ s\n42\n(\\d+).*\n1\n`,
          ).exec(lines)
          expect(up, lines).not.toBeNull()
          // The kernel takes some of it for itself.
          const mebibytes = memory === '3G' ? 3072 : Number.parseInt(memory, 10)
          expect(Number(up![1])).toBeGreaterThan(mebibytes * 0.6)
          expect(Number(up![1])).toBeLessThanOrEqual(mebibytes)
        },
        TIMEOUT + 30_000,
      )
    }
  }

  const why = cloud.why || amd64Busybox.why

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

  const missing = programs.flatMap(({ needs }) => needs).find((path) => !existsSync(path))
  const whyNoPrograms = why || (missing === undefined ? '' : ` (skipped: ${missing} is missing)`)

  it.skipIf(whyNoPrograms !== '')(
    `runs programs that give what they give here${whyNoPrograms}`,
    () => {
      const initramfs = makeInitramfs(amd64Busybox.path, 'sh /run')
      for (const program of programs) addWithFiles(initramfs, program)
      const compiled = ['numbers', 'threads'].map((name) => {
        const program = join(folder, name)
        const source = new URL(`linux/${name}.c`, import.meta.url).pathname
        expect(spawnSync('gcc', ['-O2', '-o', program, source, '-pthread', '-lm']).status).toBe(0)
        addProgram(initramfs, program)
        return { name, command: program }
      })
      const commands = [...programs, ...compiled]
      const speed = 'OPENSSL_CONF=/dev/null /usr/bin/openssl speed -seconds 1 sha256'
      initramfs.file(
        '/run',
        [...commands, { name: 'speed', command: `${speed}; echo code $?` }]
          .map(({ name, command }) => `echo '[${name}'; { ${command}; } 2>&1; echo "]"`)
          .join('\n'),
      )

      const output = boot(cloud.path, initramfs.build(), '-m', '512M').join('\n')

      /** What a program said in the guest. */
      const said = (name: string): string => {
        const there = output.slice(output.indexOf(`[${name}\n`) + name.length + 2)
        return there.slice(0, there.indexOf('\n]') + 1)
      }
      for (const { name, command } of commands) {
        const here = spawnSync('sh', ['-c', `{ ${command}; } 2>&1`], { encoding: 'utf8' }).stdout
        expect(here).not.toBe('')
        expect({ name, output: said(name) }).toEqual({ name, output: here })
      }
      // Its figures are its own: a row for each size while it measures, and all of them in the table, none of them zero.
      for (const size of [16, 64, 256, 1024, 8192, 16384])
        expect(said('speed')).toMatch(
          new RegExp(`^Doing sha256 for 1s on ${size} size blocks: [1-9]\\d* sha256's in \\d`, 'm'),
        )
      expect(said('speed')).toMatch(/^sha256( +[1-9]\d*\.\d\dk){6}$/m)
      expect(said('speed')).toMatch(/^code 0$/m)
    },
    TIMEOUT + 30_000,
  )
})
