// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { bin, whyNoKvm } from '../test/command.js'
import { vmlinuxOf } from '../test/vmlinux.js'

/** Debian's kernel for clouds, of package linux-image-cloud-amd64. */
const vmlinuz = readdirSync('/boot')
  .filter((name) => /^vmlinuz-.*-cloud-amd64$/.test(name))
  .map((name) => join('/boot', name))
  .at(-1)
const why =
  whyNoKvm() + (vmlinuz === undefined ? ' (skipped: package linux-image-cloud-amd64 is missing)' : '')
const folder = mkdtempSync(join(tmpdir(), 'dromaius-stock-kernel-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Where it may end: all that the host can do, within the time that a host which emulates needs. */
const TIMEOUT = 300_000

/** Starts the kernel and waits until it ends, or the time is over. Returns what it said and how it ended. */
function run(kernel: string) {
  const { stdout, stderr, status, signal } = spawnSync(
    process.execPath,
    [
      ...[bin, '-kernel', kernel, '-m', '256M', '-smp', '2', '-serial', 'stdio', '-no-reboot'],
      ...['-append', 'earlyprintk=serial,ttyS0 console=ttyS0 panic=-1'],
    ],
    { encoding: 'utf8', input: '', timeout: TIMEOUT, killSignal: 'SIGKILL' },
  )
  const complaints = stderr.split('\n').filter((line) => line !== '' && !/: (warning|info): /.test(line))
  return { stdout, complaints, status, killed: signal !== null }
}

/** The first messages came; and if the kernel could not go on, one line says why. */
function expectStarted({ stdout, complaints, status, killed }: ReturnType<typeof run>): void {
  expect(stdout).toMatch(/Linux version \d.*cloud-amd64/)
  expect(stdout).toContain('Command line: earlyprintk=serial,ttyS0')
  expect(stdout).toContain('Hypervisor detected: KVM')
  // Later, when it has read the ACPI tables, it counts the CPUs.
  if (stdout.includes('smpboot: Allowing'))
    expect(stdout).toContain('smpboot: Allowing 2 CPUs, 0 hotplug CPUs')
  if (killed) return
  if (status === 0) {
    // A host that runs all of it gets to the missing root.
    expect(stdout).toContain('Kernel panic')
    return
  }
  expect(status).toBe(1)
  expect(complaints).toHaveLength(1)
  expect(complaints[0]).toMatch(
    /^dromaius: KVM could not emulate .+ at RIP 0x[0-9a-f]+, instruction bytes .* -accel tcg/,
  )
}

// One after the other: two that are emulated at once take twice the time.
describe.sequential(`Debian’s stock kernel${why}`, () => {
  it.skipIf(why !== '')(
    'is entered by its bzImage, at the 64-bit entry',
    () => expectStarted(run(vmlinuz!)),
    TIMEOUT + 30_000,
  )

  it.skipIf(why !== '')(
    'is entered by PVH, taken out of the bzImage',
    () => {
      const path = join(folder, 'vmlinux')
      writeFileSync(path, vmlinuxOf(vmlinuz!))
      expectStarted(run(path))
    },
    TIMEOUT + 30_000,
  )
})
