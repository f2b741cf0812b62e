// SPDX-License-Identifier: GPL-2.0-or-later
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { bin } from './command.js'

/** Why there is no QEMU to compare with, in brackets behind a test's title; empty where there is one. */
export function whyNoQemu(): string {
  const { error } = spawnSync('qemu-system-x86_64', ['-version'])
  return error ? ' (skipped: there is no qemu-system-x86_64 to compare with)' : ''
}

/** What a user does with a run that does not end by itself. */
export interface RunOptions {
  /** Sent, one after the other, when what the run is waited for has come, and `settleMs` have passed. */
  signals?: readonly NodeJS.Signals[]
  /** Waited for: text on standard output, a file. */
  after?: string
  file?: string
  settleMs?: number
  /** Closes our end of standard output when its first byte has come. */
  closeStdout?: boolean
  /** Closes standard input at once. */
  closeStdin?: boolean
}

/** How a run ended. */
export interface End {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

const TIMEOUT_MS = 60_000

/** Runs a command to its end. */
export function runToEnd(command: readonly string[], options: RunOptions = {}): Promise<End> {
  const { signals = [], after, file, settleMs = 0, closeStdout = false, closeStdin = false } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), { stdio: 'pipe' })
    let stdout = ''
    let stderr = ''
    let settling: NodeJS.Timeout | undefined
    const ready = (): boolean =>
      (after === undefined || stdout.includes(after)) && (file === undefined || existsSync(file))
    const poll = setInterval(() => {
      if (!ready()) return
      clearInterval(poll)
      settling = setTimeout(() => {
        for (const signal of signals) child.kill(signal)
      }, settleMs)
    }, 20)
    if (closeStdin) child.stdin.end()
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('latin1')
      if (closeStdout) child.stdout.destroy()
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)))
    child.stdin.on('error', () => undefined)
    const limit = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS)
    child.on('error', reject)
    child.on('exit', () => {
      clearInterval(poll)
      clearTimeout(settling)
      clearTimeout(limit)
      child.stdin.destroy()
    })
    // When what was in the pipes has come, too.
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

/** What both are given: nothing that the one has and the other has not. */
const COMMON = ['-nodefaults', '-no-user-config', '-display', 'none', '-m', '64M', '-cpu', 'qemu64']

export const ours = (args: readonly string[]): string[] => [
  process.execPath,
  bin,
  ...COMMON,
  '-M',
  'microvm',
  '-accel',
  'kvm',
  ...args,
]

export const qemus = (args: readonly string[]): string[] => [
  'qemu-system-x86_64',
  ...COMMON,
  '-M',
  'microvm,accel=kvm,kernel-irqchip=on',
  ...args,
]
