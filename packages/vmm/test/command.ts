// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The command that users run. */
export const bin = fileURLToPath(new URL('../bin/dromaius.js', import.meta.url))
const terminal = fileURLToPath(new URL('terminal.py', import.meta.url))

/** Why no KVM guest can run here, in brackets behind a test's title; empty where one can. */
export function whyNoKvm(): string {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return ''
  } catch {
    return ' (skipped: this host has no /dev/kvm that we may open)'
  }
}

/** Runs the command without a terminal; `input` is its standard input, empty by default. */
export function dromaius(args: readonly string[], input = ''): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', input, timeout: 60_000 })
}

/**
 * What a user at a terminal does: waits for a text, types, sends a signal to the process, changes the window's size
 * (`24x80`), or pastes that many lines (see {@link pastedLines}).
 */
export type Step =
  ['expect', string] | ['send', string] | ['signal', NodeJS.Signals] | ['resize', string] | ['paste', string]

/** What `count` pasted lines are to a program that reads them. */
export function pastedLines(count: number): string {
  return Array.from({ length: count }, (_, i) => `${String(i).padStart(8)} ${'x'.repeat(69)}\n`).join('')
}

/** What came of it. */
export interface TerminalRun {
  output: string
  /** Exit code, negative for a signal. */
  code: number
  /** The terminal's settings are those from before. */
  restored: boolean
  /** What did not happen in time. */
  failure: string | null
}

/** Runs the command, or another program of Node's, on a terminal of its own. */
export function atTerminal(
  steps: readonly Step[],
  args: readonly string[],
  program: readonly string[] = [bin],
): TerminalRun {
  return runAtTerminal(steps, [process.execPath, ...program, ...args], { stepSeconds: 40, seconds: 100 })
}

/**
 * Runs any command on a terminal of its own: so many seconds in all at most, and so many without that what a step waits for
 * comes.
 */
export function runAtTerminal(
  steps: readonly Step[],
  command: readonly string[],
  { stepSeconds, seconds, cwd }: { stepSeconds: number; seconds: number; cwd?: string },
): TerminalRun {
  const result = spawnSync('python3', [terminal, JSON.stringify(steps), ...command], {
    encoding: 'utf8',
    timeout: seconds * 1000,
    env: { ...process.env, TERMINAL_TIMEOUT: String(stepSeconds) },
    ...(cwd === undefined ? {} : { cwd }),
  })
  if (result.status !== 0) throw new Error(`terminal.py failed: ${result.stderr}`)
  const run = JSON.parse(result.stdout) as TerminalRun
  return { ...run, output: run.output.replaceAll('\r', '') }
}
