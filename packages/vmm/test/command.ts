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

/** What a user at a terminal does: waits for a text, types, or sends a signal to the process. */
export type Step = ['expect', string] | ['send', string] | ['signal', NodeJS.Signals]

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
  const command = [process.execPath, ...program, ...args]
  const result = spawnSync('python3', [terminal, JSON.stringify(steps), ...command], {
    encoding: 'utf8',
    timeout: 100_000,
  })
  if (result.status !== 0) throw new Error(`terminal.py failed: ${result.stderr}`)
  const run = JSON.parse(result.stdout) as TerminalRun
  return { ...run, output: run.output.replaceAll('\r', '') }
}
