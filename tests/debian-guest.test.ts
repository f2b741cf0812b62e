// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CMDLINE, findBusybox, findKernel, makeInitramfs } from '../scripts/debian/guest.mjs'
import { root, setUpOrExit } from '../scripts/setup.mjs'

const folder = mkdtempSync(join(tmpdir(), 'dromaius-debian-test-'))
// A build that is out of date would be brought up to date by the script, which says so.
beforeAll(() => setUpOrExit(), 600_000)
afterAll(() => rmSync(folder, { recursive: true }))

const missing = (program: string): boolean => spawnSync(program, ['--version']).error !== undefined
const why =
  ['apt-get', 'qemu-system-x86_64'].filter(missing).map((name) => ` (skipped: ${name} is missing)`)[0] ?? ''

/** Runs the script with a PATH and cache of one's own. */
function guestDebian(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/guest-debian.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: folder, ...env },
    timeout: 60_000,
  })
  return { status, stderr }
}

describe(`the initramfs of Debian’s guest${why}`, () => {
  it.skipIf(why !== '')(
    'is one that Linux in QEMU boots to init and off',
    () => {
      const initrd = join(folder, 'initramfs.cpio')
      writeFileSync(initrd, makeInitramfs(findBusybox('amd64'), 'ls -l /dev/fd/0; id -u').build())

      const { status, stdout } = spawnSync(
        'qemu-system-x86_64',
        [
          ...[
            '-M',
            'pc,accel=tcg',
            '-nodefaults',
            '-no-user-config',
            '-display',
            'none',
            '-no-reboot',
            '-serial',
            'stdio',
          ],
          ...[
            '-m',
            '256M',
            '-kernel',
            findKernel('cloud-amd64'),
            '-initrd',
            initrd,
            '-append',
            `${CMDLINE} quiet`,
          ],
        ],
        { encoding: 'utf8', input: '', timeout: 240_000 },
      )

      expect(status).toBe(0)
      expect(stdout).toMatch(
        /Linux 6\.\S+-cloud-amd64 on 1 CPUs, up after [\d.]+ s\r\n.* \/dev\/fd\/0 -> .*\r\n0\r\n/,
      )
    },
    300_000,
  )
})

describe('pnpm guest:debian', () => {
  it('with a kernel that it does not know names those that it does', () => {
    const { status, stderr } = guestDebian(['--kernel', 'hurd'])

    expect(stderr).toBe("dromaius: Kernel 'hurd': one of cloud-amd64, amd64, 686-pae expected\n")
    expect(status).toBe(1)
  })

  it('on a host without apt says so in one line', () => {
    const { status, stderr } = guestDebian(['--kernel', '686-pae'], { PATH: folder })

    expect(stderr).toBe(
      "dromaius: Debian's list of packages for i386: this needs a Debian host, whose program apt-get is missing here\n",
    )
    expect(status).toBe(1)
  })

  it.skipIf(missing('apt-get'))('without network says so in one line', () => {
    const broken = join(folder, 'apt.conf')
    // Every host name leads to a port where nobody listens.
    writeFileSync(
      broken,
      'Acquire::http::Proxy "http://127.0.0.1:9"; Acquire::https::Proxy "http://127.0.0.1:9";\n',
    )

    const { status, stderr } = guestDebian(['--kernel', '686-pae'], { APT_CONFIG: broken })

    expect(stderr).toMatch(/^dromaius: [^\n]+ is there network\?\n$/)
    expect(status).toBe(1)
  })
})
