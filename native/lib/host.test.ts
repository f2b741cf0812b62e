// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { HostError } from './errors.js'
import {
  errnoName,
  eventfdCreate,
  eventfdRead,
  eventfdSignal,
  hostCpuid,
  ttyGuard,
  usableCpus,
} from './host.js'
import { closeFd, openKvm } from './kvm.js'

const hostErrorOf = (action: () => unknown): HostError => {
  try {
    action()
  } catch (error) {
    if (error instanceof HostError) return error
    throw error
  }
  throw new Error('Nothing was thrown')
}

describe('eventfd', () => {
  it('counts its signals until it is read', () => {
    const fd = eventfdCreate(0)

    expect(eventfdRead(fd)).toBe(0n)
    eventfdSignal(fd)
    eventfdSignal(fd)

    expect(eventfdRead(fd)).toBe(2n)
    expect(eventfdRead(fd)).toBe(0n)
    closeFd(fd)
  })

  it('starts with the given count', () => {
    const fd = eventfdCreate(5)

    expect(eventfdRead(fd)).toBe(5n)
    closeFd(fd)
  })

  it('closed or of somebody else: neither signalled nor read nor closed', () => {
    const fd = eventfdCreate(0)
    closeFd(fd)

    for (const foreign of [fd, 1]) {
      expect(() => eventfdSignal(foreign)).toThrow('Not a descriptor of this addon')
      expect(() => eventfdRead(foreign)).toThrow('Not a descriptor of this addon')
    }
    expect(() => closeFd(fd)).toThrow('Not a descriptor of this addon')
  })

  it('descriptors that this package did not open are not closed', () => {
    expect(() => closeFd(0)).toThrow('Not a descriptor of this addon')
    expect(readdirSync('/proc/self/fd')).toContain('0')
  })
})

describe('hostCpuid', () => {
  it.skipIf(process.arch !== 'x64')('leaf 0 names the vendor (needs an x86-64 host)', () => {
    const { ebx, edx, ecx } = hostCpuid(0, 0)

    const vendor = Buffer.alloc(12)
    ;[ebx, edx, ecx].forEach((word, i) => vendor.writeUInt32LE(word, i * 4))

    expect(vendor.toString('latin1')).toMatch(/^[\x20-\x7e]{12}$/)
  })

  it.skipIf(process.arch !== 'x64')('registers are unsigned, subleaves differ (needs an x86-64 host)', () => {
    const leaf1 = hostCpuid(1, 0)
    for (const register of Object.values(leaf1)) expect(register).toBeGreaterThanOrEqual(0)
    // SDM vol. 1, 13.2: subleaf 0 of leaf 0xd has the user state components, with x87 and SSE always set.
    expect(hostCpuid(0xd, 0).eax & 3).toBe(3)
    expect(hostCpuid(0xd, 0)).not.toEqual(hostCpuid(0xd, 1))
  })
})

it('usableCpus is between 1 and what Node may use', () => {
  expect(usableCpus()).toBeGreaterThanOrEqual(1)
  expect(usableCpus()).toBeLessThanOrEqual(availableParallelism())
})

it('errnoName gives the symbol, a number without one as text', () => {
  expect([errnoName(4), errnoName(11), errnoName(12)]).toEqual(['EINTR', 'EAGAIN', 'ENOMEM'])
  expect(errnoName(12345)).toBe('12345')
})

describe('HostError', () => {
  it('names operation, errno and purpose', () => {
    const error = hostErrorOf(() => openKvm('/nowhere/kvm'))

    expect(error).toMatchObject({ name: 'HostError', operation: 'open', code: 'ENOENT', errno: 2 })
    expect(error.message).toBe('open failed (/nowhere/kvm): No such file or directory (ENOENT)')
    expect(error).toBeInstanceOf(Error)
  })

  it('without a purpose leaves the brackets out', () => {
    expect(new HostError('KVM_RUN', 14, 'EFAULT', 'Bad address').message).toBe(
      'KVM_RUN failed: Bad address (EFAULT)',
    )
  })
})

describe('ttyGuard', () => {
  const entry = fileURLToPath(new URL('../dist/index.js', import.meta.url))
  const noPython = spawnSync('python3', ['-c', 'import pty, termios']).status !== 0

  /** Runs a module with a pseudo-terminal as stdin, then prints its exit status and whether ECHO and ICANON are on. */
  const driver = `
import os, pty, subprocess, sys, termios, time
master, slave = pty.openpty()
child = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
try:
    out, _ = child.communicate(timeout=20)
except subprocess.TimeoutExpired:
    child.kill()
    out = b'timeout'
flags = termios.tcgetattr(slave)[3]
print(child.returncode, bool(flags & termios.ECHO), bool(flags & termios.ICANON), out.decode().strip())
`
  const runOnPty = (code: string): string => {
    if (!existsSync(entry)) throw new Error('Build native first: this test uses its dist')
    const source = `import { ttyGuard } from ${JSON.stringify(entry)}\n${code}`
    const node = [process.execPath, '--input-type=module', '-e', source]
    return spawnSync('python3', ['-c', driver, ...node], { encoding: 'utf8', timeout: 30_000 }).stdout.trim()
  }
  const SIGABRT = 6

  it('of no terminal is a HostError', () => {
    const fd = eventfdCreate(0)

    expect(hostErrorOf(() => ttyGuard(fd))).toMatchObject({ operation: 'tcgetattr', code: 'ENOTTY' })
    closeFd(fd)
  })

  it.skipIf(noPython)('a crash puts the terminal back, and ends by its own signal (needs python3)', () => {
    const outcome = runOnPty(
      `ttyGuard(0); process.stdin.setRawMode(true); console.log('raw'); process.abort()`,
    )

    expect(outcome).toBe(`-${SIGABRT} True True raw`)
  })

  it.skipIf(noPython)(
    'without the guard the terminal stays raw: the crash above is a real one (needs python3)',
    () => {
      const outcome = runOnPty(
        `process.stdin.setRawMode(true); console.log('raw'); process.kill(process.pid, 'SIGKILL')`,
      )

      expect(outcome).toBe('-9 False False raw')
    },
  )

  it.skipIf(noPython)('taken off and set again still ends a crash by its own signal (needs python3)', () => {
    const outcome = runOnPty(
      `ttyGuard(0); ttyGuard(-1); ttyGuard(0); process.stdin.setRawMode(true); process.abort()`,
    )

    expect(outcome).toBe(`-${SIGABRT} True True`)
  })

  it.skipIf(noPython)('taken off leaves the terminal to others (needs python3)', () => {
    const outcome = runOnPty(
      `ttyGuard(0); ttyGuard(-1); process.stdin.setRawMode(true); process.kill(process.pid, 'SIGQUIT')`,
    )

    expect(outcome).toBe('-3 False False')
  })
})
