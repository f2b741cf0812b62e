// SPDX-License-Identifier: GPL-2.0-or-later
/** `npm start` on a host without KVM: its /dev has nothing but what programs need. */
import { spawnSync } from 'node:child_process'
import { beforeAll, expect, it } from 'vitest'
import { root, setUpOrExit } from '../scripts/setup.mjs'

const WITHOUT_KVM = `mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/urandom c 1 9 && "$@"`

/** Runs a command as a process that sees a /dev of its own. */
function withoutKvm(...command: string[]) {
  return spawnSync('unshare', ['--mount', 'sh', '-ec', WITHOUT_KVM, 'sh', ...command], {
    cwd: root,
    encoding: 'utf8',
    input: '',
    timeout: 240_000,
  })
}

const why = withoutKvm('true').status === 0 ? '' : ' (skipped: only root of Linux can have a /dev of its own)'

// A build that is out of date would be brought up to date by the command.
beforeAll(() => setUpOrExit(), 600_000)

it.skipIf(why !== '')(
  `'npm start' translates the guest where there is no KVM, and says why${why}`,
  () => {
    const { stdout, stderr, status } = withoutKvm('npm', 'start', '--silent')

    expect(stderr).toMatch(
      /^dromaius: info: Falling back to tcg: -accel kvm: \/dev\/kvm does not exist: this kernel has no KVM/m,
    )
    expect(stdout).toContain('hypervisor: TCGTCGTCGTCG')
    expect(stdout).toContain('Goodbye')
    expect(status).toBe(0)
  },
  250_000,
)

it.skipIf(why !== '')(
  `'npm start -- -accel kvm' is refused there${why}`,
  () => {
    const { stderr, status } = withoutKvm('npm', 'start', '--silent', '--', '-accel', 'kvm')

    expect(stderr).toMatch(/^dromaius: -accel kvm: \/dev\/kvm does not exist: [^\n]+\n$/)
    expect(status).toBe(1)
  },
  250_000,
)
