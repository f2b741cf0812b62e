// SPDX-License-Identifier: GPL-2.0-or-later
//
// Programs seen, and disturbed, through strace.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One system call of a trace. */
export interface TracedCall {
  /** OS thread that made it. */
  thread: number
  /** `ioctl`, `mmap`, ... */
  name: string
  /** What stands between the brackets, as strace prints it. */
  args: string
  /** First word behind the `=`: a number, an address, -1. */
  result: string
  /** Whether strace made it fail. */
  injected: boolean
}

/** What came of a program. */
export interface TracedRun {
  /** Exit code; null when a signal or the time limit ended it. */
  code: number | null
  timedOut: boolean
  stdout: string
  stderr: string
  calls: TracedCall[]
}

/** Why `program` cannot be run here, or null. */
export function whyNot(program: string): string | null {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error ? `no ${program}` : null
}

/** Reads what `strace -f -o` wrote; calls that other threads' calls cut in two stand where they were entered. */
export function parseTrace(text: string): TracedCall[] {
  const calls: TracedCall[] = []
  const unfinished = new Map<number, { call: TracedCall; head: string }>()
  const finish = (call: TracedCall, rest: string): void => {
    // Arguments may hold brackets and equals signs themselves: the last `) = ` ends them.
    const [, args = rest, result = ''] = /^(.*)\)\s+=\s+(\S+)/.exec(rest) ?? []
    call.args = args
    call.result = result
    call.injected = rest.endsWith('(INJECTED)')
  }
  for (const line of text.split('\n')) {
    const [, pid, rest] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    if (pid === undefined || rest === undefined) continue
    const thread = Number(pid)
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)
    if (resumed) {
      const begun = unfinished.get(thread)
      if (begun) finish(begun.call, begun.head + resumed[1]!)
      unfinished.delete(thread)
      continue
    }
    const [, name, tail] = /^(\w+)\((.*)$/.exec(rest) ?? []
    if (name === undefined || tail === undefined) continue
    const call = { thread, name, args: tail, result: '', injected: false }
    calls.push(call)
    const [, head] = /^(.*?)\s*<unfinished \.\.\.>$/.exec(tail) ?? []
    if (head === undefined) finish(call, tail)
    else unfinished.set(thread, { call, head })
  }
  return calls
}

/**
 * Runs a program under strace to its end.
 *
 * @param options what strace traces and injects
 * @param input what the program reads from its standard input
 * @param limitMs after this time the program is ended
 */
export async function straceRun(
  options: readonly string[],
  command: readonly string[],
  { input = '', limitMs = 20_000 }: { input?: string; limitMs?: number } = {},
): Promise<TracedRun> {
  const directory = mkdtempSync(join(tmpdir(), 'dromaius-strace-'))
  const trace = join(directory, 'trace')
  try {
    const child = spawn('strace', ['-f', '-qq', '-e', 'signal=none', '-o', trace, ...options, ...command], {
      // A group of its own, so that strace and what it runs end together.
      detached: true,
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
    child.stdin.on('error', () => undefined).end(input)
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      process.kill(-child.pid!, 'SIGKILL')
    }, limitMs)
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('close', resolve)
    }).finally(() => clearTimeout(timer))
    return { code, timedOut, ...output, calls: parseTrace(readFileSync(trace, 'utf8')) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The ioctl's request, such as KVM_RUN; null for another call. */
export function requestOf({ name, args }: TracedCall): string | null {
  return name === 'ioctl' ? (/^\d+(?:<[^>]*>)?, (\w+)/.exec(args)?.[1] ?? null) : null
}

/** Descriptor that the call is about. */
export function fdOf({ args }: TracedCall): number {
  return Number(/^\d+/.exec(args)?.[0] ?? -1)
}

/** What the descriptor is, as `strace -y` shows it: a path, `anon_inode:kvm-vm`; null without. */
export function pathOf({ args }: TracedCall): string | null {
  return /^\d+<([^>]*)>/.exec(args)?.[1] ?? null
}
