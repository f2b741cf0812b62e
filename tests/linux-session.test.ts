// SPDX-License-Identifier: GPL-2.0-or-later
/** A user's session with Debian's Linux, by README's command. PASTE_MEGABYTES says how much is pasted, 1 by default. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { pastedLines, runAtTerminal } from '../packages/vmm/test/command.js'
import { findBusybox, findKernel } from '../scripts/debian/guest.mjs'
import { GuestError } from '../scripts/debian/packages.mjs'
import { blocksOf } from '../scripts/markdown.mjs'
import { root, setUpOrExit } from '../scripts/setup.mjs'

/** As long as a step may take where much else runs; a paste brings something all the time. */
const STEP_SECONDS = 600
const SECONDS = 3000

/** A line is shorter than what a terminal of Linux takes at once, 4096 bytes. */
const LINE_LENGTH = 79
const LINES = Math.ceil((Number(process.env.PASTE_MEGABYTES ?? 1) * 1e6) / LINE_LENGTH)

const COMMAND = 'npm run guest:debian'

function whyNot(): string {
  try {
    findKernel('cloud-amd64')
    findBusybox('amd64')
    return ''
  } catch (error) {
    if (!(error instanceof GuestError)) throw error
    return ` (skipped: ${error.message})`
  }
}
const why = whyNot()

// A build that is out of date would be brought up to date by the command.
beforeAll(() => setUpOrExit(), 600_000)

it('the command is README’s', () => {
  const commands = blocksOf(readFileSync(join(root, 'README.md'), 'utf8'))
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'))

  expect(commands).toContain(COMMAND)
})

it.skipIf(why !== '')(
  `'${COMMAND}' is a session: Ctrl-C, window sizes, ${LINES * LINE_LENGTH} bytes pasted, poweroff${why}`,
  () => {
    const content = pastedLines(LINES)

    const run = runAtTerminal(
      [
        ['expect', '/root # '],
        // The answer is not in what is typed, which is echoed.
        ['send', 'echo up $((6 * 7)); sleep 1000\r'],
        ['expect', 'up 42'],
        ['resize', '50x132'],
        ['resize', '24x80'],
        ['send', '\x03'],
        ['expect', '/root # '],
        ['send', 'echo killed by $(($? - 128))\r'],
        ['expect', 'killed by 2'],
        ['expect', '/root # '],
        ['send', 'cat > /dev/null\r'],
        ['paste', '500'],
        ['resize', '30x100'],
        ['send', '\x03'],
        ['expect', '/root # '],
        ['send', 'echo killed by $(($? - 126))\r'],
        ['expect', 'killed by 4'],
        ['expect', '/root # '],
        ['send', 'cat | md5sum\r'],
        ['paste', String(LINES)],
        ['send', '\x04'],
        ['expect', createHash('md5').update(content).digest('hex')],
        ['expect', '/root # '],
        ['send', 'echo after $((7 * 7))\r'],
        ['expect', 'after 49'],
        ['send', 'poweroff -f\r'],
      ],
      COMMAND.split(' '),
      { cwd: root, stepSeconds: STEP_SECONDS, seconds: SECONDS },
    )

    expect(run).toMatchObject({ failure: null, code: 0, restored: true })
  },
  (SECONDS + 10) * 1000,
)

it.skipIf(why !== '').each([
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const)(
  `'${COMMAND}' ends by %s, with what it started, and the terminal is as it was${why}`,
  (signal, number) => {
    // The guest's files lie there until the process that runs it ends.
    const folder = mkdtempSync(join(tmpdir(), 'dromaius-session-'))
    const before = process.env.TMPDIR
    process.env.TMPDIR = folder
    try {
      const run = runAtTerminal(
        [
          ['expect', '/root # '],
          ['signal', signal],
        ],
        COMMAND.split(' '),
        { cwd: root, stepSeconds: STEP_SECONDS, seconds: SECONDS },
      )

      expect(run).toMatchObject({ failure: null, restored: true })
      expect(run.output).toContain(`dromaius: terminating on signal ${number}\n`)
      expect(readdirSync(folder).filter((name) => name.startsWith('dromaius-debian-'))).toEqual([])
    } finally {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
      rmSync(folder, { recursive: true })
    }
  },
  (SECONDS + 10) * 1000,
)
