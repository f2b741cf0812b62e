// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every `hv-*` option beside QEMU: what it refuses is refused with the same words, what it accepts is accepted, and where
// it aborts because the host refuses an MSR the guest runs all the same.

import { spawnSync } from 'node:child_process'
import { hypervFeatureProperties } from '@dromaius/target-i386'
import { describe, expect, it } from 'vitest'
import { dromaius, whyNoKvm } from '../test/command.js'

const QEMU = 'qemu-system-x86_64'

function whyNot(): string {
  if (whyNoKvm() !== '') return whyNoKvm()
  return spawnSync(QEMU, ['--version']).status === 0 ? '' : ` (skipped: ${QEMU} is not installed)`
}

/** What QEMU says of a CPU: null when it accepts it, its line when it refuses it, `aborted` when it crashes. */
function qemuSays(cpu: string): string | null {
  const args = ['-M', 'microvm,accel=kvm', '-nodefaults', '-no-user-config', '-display', 'none']
  const { status, signal, stderr } = spawnSync(QEMU, [...args, '-S', '-monitor', 'stdio', '-cpu', cpu], {
    encoding: 'utf8',
    input: 'quit\n',
    timeout: 30_000,
  })
  if (signal !== null) return 'aborted'
  if (status === 0) return null
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.includes('warning:'))
  return lines.at(-1)!.replace(/^qemu-system-x86_64: /, '')
}

const options = [
  ...hypervFeatureProperties.map(([name]) => name),
  'hv-passthrough',
  'hv-enforce-cpuid,hv-relaxed',
  'hv-spinlocks=8191',
  'hv-no-nonarch-coresharing=on,hv-relaxed',
  'hv-vendor-id=0123456789ab,hv-relaxed',
  'hv-time,hv-vpindex,hv-synic,hv-stimer',
  'hv-version-id-build=4294967296',
  'hv-version-id-major=70000',
  'hv-version-id-sbranch=256',
  'hv-no-nonarch-coresharing=maybe',
  'hv-relaxed=perhaps',
  'kvm-pv-enforce-cpuid',
]

const why = whyNot()
describe.skipIf(why !== '')(`hv-* beside QEMU${why}`, () => {
  it.each(options)('%s', (option) => {
    const cpu = `qemu64,check=off,${option}`
    const theirs = qemuSays(cpu)
    const ours = dromaius(['-cpu', cpu, '-m', '32M', '-serial', 'stdio'])

    if (theirs === null || theirs === 'aborted') {
      expect(ours.stdout).toContain('Goodbye')
      expect(ours.status).toBe(0)
    } else {
      // QEMU names the global property in front, we the option.
      const reason = theirs.replace(/^can't apply global [^:]*: /, '')
      const line = ours.stderr.split('\n').find((text) => !text.includes('warning:'))!
      expect(line).toContain(reason)
      expect(ours.status).toBe(1)
    }
  })
})
