// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Runs what the documents tell the reader to type. In an `sh` block every line is a command; in a `console` block
 * the lines after `$ ` are, and the others are what the command before them prints (`…` stands for any text).
 * A command either runs here and must succeed, or matches a row of `elsewhere`, which says who runs it.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kvmMissing } from '../scripts/kvm.mjs'
import { blocksOf, outputPattern } from '../scripts/markdown.mjs'
import { pnpmCommand, root } from '../scripts/setup.mjs'
import { trackedFiles } from '../scripts/tracked-files.mjs'

/** Commands that do not run here. `check` proves the reason where that can be proved. */
const elsewhere: { pattern: RegExp; reason: string; check?: (match: RegExpExecArray) => void }[] = [
  { pattern: /^(git clone|cd) /, reason: 'the test stands in the clone already' },
  { pattern: /^(sudo )?apt-get /, reason: 'changes the system; .ci/run does it' },
  {
    pattern: /^npm run guest:debian/,
    reason: 'is a session, played by tests/linux-session.test.ts',
  },
  { pattern: /^npm (test|t)\b/, reason: 'it is what runs this test' },
  { pattern: /^npm (install|i) @dromaius\//, reason: 'installs from where packages are published' },
  { pattern: /^(pnpm changeset|npx changeset)\b/, reason: 'asks questions' },
  { pattern: /^pnpm (format|map|options)$/, reason: 'rewrites tracked files; .ci/run has the check' },
  { pattern: /^pnpm cpu-(facts|models)$/, reason: 'rewrites tracked files; a test has the check' },
  { pattern: /^bash \.ci\/run$/, reason: 'runs this test' },
  { pattern: /^pnpm check-all$/, reason: 'its parts are steps of .ci/run' },
  {
    pattern: /^pnpm (?!ported$)([a-z]+(?::check)?)$/,
    reason: 'is a step of .ci/run',
    check: ([, script]) => {
      expect(readFileSync(join(root, '.ci/run'), 'utf8')).toMatch(
        new RegExp(`^step .*\\bpnpm ${script}$`, 'm'),
      )
    },
  },
  {
    pattern: /^make -C native ([a-z0-9-]+)$/,
    reason: 'is a step of .ci/run',
    check: ([, target]) => {
      expect(readFileSync(join(root, '.ci/run'), 'utf8')).toMatch(
        new RegExp(`^ *step .*make -C native ${target}$`, 'm'),
      )
    },
  },
  {
    pattern: /^node (bench\/\S+)/,
    reason: 'measures for minutes',
    check: ([, file]) => expect(existsSync(join(root, file ?? '')), file).toBe(true),
  },
]

interface Command {
  line: string
  output: string
}

function commandsOf(language: string, text: string): Command[] {
  const commands: Command[] = []
  for (const line of text.replaceAll(/\\\n\s*/g, '').split('\n')) {
    const command = language === 'sh' ? line.replace(/^\$ /, '').trim() : /^\$ (.*)/.exec(line)?.[1]
    if (language === 'sh' && (command === '' || command?.startsWith('#'))) continue
    const last = commands.at(-1)
    if (command !== undefined) commands.push({ line: command.replace(/\s+# .*$/, ''), output: '' })
    else if (last) last.output += `${line}\n`
  }
  return commands
}

const documents = trackedFiles(/^([A-Z]+|docs\/.*)\.md$/).flatMap((file) => {
  const blocks = blocksOf(readFileSync(join(root, file), 'utf8'))
  const commands = blocks.flatMap(({ language, text }) =>
    language === 'sh' || language === 'console' ? commandsOf(language, text) : [],
  )
  return commands.length > 0 ? [{ file, commands }] : []
})

let bin: string
beforeAll(() => {
  // A reader who types `pnpm` has it; here it is the same version as everywhere, by npx.
  bin = mkdtempSync(join(tmpdir(), 'dromaius-bin-'))
  writeFileSync(join(bin, 'pnpm'), `#!/bin/sh\nexec ${pnpmCommand().join(' ')} "$@"\n`)
  chmodSync(join(bin, 'pnpm'), 0o755)
})
afterAll(() => rmSync(bin, { recursive: true }))

describe.each(documents)('$file', ({ commands }) => {
  for (const { line, output } of commands) {
    const excuse = elsewhere.find(({ pattern }) => pattern.test(line))
    if (excuse) {
      const match = excuse.pattern.exec(line) as RegExpExecArray
      it(`'${line}' runs elsewhere: ${excuse.reason}`, () => excuse.check?.(match))
      continue
    }
    const missing = /\b(start|dromaius)\b|--here\b/.test(line) ? kvmMissing() : undefined
    const title = `'${line}' succeeds${missing ? ` (skipped: ${missing})` : ''}`
    it.skipIf(missing !== undefined)(title, { timeout: 180_000 }, () => {
      const result = spawnSync('/bin/sh', ['-c', line], {
        cwd: root,
        env: { PATH: `${bin}:${process.env.PATH}`, HOME: homedir(), TERM: 'dumb' },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 150_000,
      })
      const printed = `${result.stdout}${result.stderr}`.replaceAll('\r', '')

      expect(result.status, printed).toBe(0)
      if (output.trim() !== '') expect(printed).toMatch(new RegExp(outputPattern(output)))
    })
  }
})

describe('command reader', () => {
  it('sh block gives every line that is no comment', () => {
    expect(commandsOf('sh', '# first\na b # why\n\n$ c \\\n  d\n').map(({ line }) => line)).toEqual([
      'a b',
      'c d',
    ])
  })

  it('console block gives commands and their output', () => {
    expect(commandsOf('console', '$ a\nx\n…\n$ b\n')).toEqual([
      { line: 'a', output: 'x\n…\n' },
      { line: 'b', output: '\n' },
    ])
  })

  it('ellipsis in expected output matches any text and any lines', () => {
    const pattern = new RegExp(`^${outputPattern('a … c (1)\n…\nend\n')}$`)

    expect('a b b c (1)\nx\ny\nend\n').toMatch(pattern)
    expect('a c (1)\nend\n').not.toMatch(pattern)
  })
})
