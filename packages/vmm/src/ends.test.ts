// SPDX-License-Identifier: GPL-2.0-or-later
//
// How runs end, beside QEMU: the same arguments, guest and signals must give the same exit code and output.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { whyNoKvm } from '../test/command.js'
import { type End, ours, qemus, type RunOptions, runToEnd, whyNoQemu } from '../test/ends.js'
import { tinyElf } from '../test/tiny-elf.js'

const folder = mkdtempSync(join(tmpdir(), 'dromaius-ends-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** mov dx, 0x3f8; mov al, '.'; out dx, al */
const DOT = [0x66, 0xba, 0xf8, 0x03, 0xb0, 0x2e, 0xee]
/** mov byte [address], value */
const store = (address: number, value: number): number[] => [
  0xc6,
  0x05,
  ...[0, 8, 16, 24].map((shift) => (address >>> shift) & 0xff),
  value,
]
/** jmp $ */
const SPIN = [0xeb, 0xfe]
/** The sleep control register of ACPI's hardware-reduced profile: SLP_TYP 5, SLP_EN. */
const POWER_OFF = store(0xfea0_0200, (5 << 2) | 0x20)
/** Its reset register. */
const RESET = store(0xfea0_0202, 0x42)
/** lidt [0x1000], which is all zeros, and ud2: an exception without a handler, and none for that either. */
const TRIPLE_FAULT = [...store(0x1000, 0), 0x0f, 0x01, 0x1d, 0x00, 0x10, 0x00, 0x00, 0x0f, 0x0b]
/** mov al, 5; out 0xf4, al */
const DEBUG_EXIT = [0xb0, 0x05, 0xe6, 0xf4]
/** mov ecx, 100000; then that many dots */
const MANY_DOTS = [0xb9, 0xa0, 0x86, 0x01, 0x00, 0x66, 0xba, 0xf8, 0x03, 0xb0, 0x2e, 0xee, 0xe2, 0xfd]

const guests = {
  powerOff: [...DOT, ...POWER_OFF, ...SPIN],
  reset: [...DOT, ...RESET, ...SPIN],
  tripleFault: [...DOT, ...TRIPLE_FAULT, ...SPIN],
  debugExit: [...DOT, ...DEBUG_EXIT, ...SPIN],
  spin: [...DOT, ...SPIN],
  chatty: [...MANY_DOTS, ...POWER_OFF, ...SPIN],
}
for (const [name, code] of Object.entries(guests)) writeFileSync(join(folder, `${name}.elf`), tinyElf(code))

interface Row {
  title: string
  guest: keyof typeof guests
  /** Behind `-kernel`; `FOLDER` is one for files. */
  args: string[]
  run?: RunOptions
  code: number
  /** Dots that the guest has printed, at least, and at most. */
  dots?: [number, number]
}

const EXIT = ['-device', 'isa-debug-exit,iobase=0xf4,iosize=4']
const STDIO = ['-serial', 'stdio']
/** The guest has printed its dot, and had time to end what does not wait. */
const PAUSED = { after: '.', settleMs: 1500 }

const rows: Row[] = [
  { title: 'power-off', guest: 'powerOff', args: STDIO, code: 0, dots: [1, 1] },
  {
    title: 'debug-exit of 5 is (5 << 1) | 1',
    guest: 'debugExit',
    args: [...STDIO, ...EXIT],
    code: 11,
    dots: [1, 1],
  },
  {
    title: 'debug-exit under -no-shutdown',
    guest: 'debugExit',
    args: [...STDIO, ...EXIT, '-no-shutdown'],
    code: 11,
    dots: [1, 1],
  },
  { title: 'reset under -no-reboot', guest: 'reset', args: [...STDIO, '-no-reboot'], code: 0, dots: [1, 1] },
  {
    title: 'reset under -action reboot=shutdown',
    guest: 'reset',
    args: [...STDIO, '-action', 'reboot=shutdown'],
    code: 0,
    dots: [1, 1],
  },
  {
    title: 'triple fault under -no-reboot',
    guest: 'tripleFault',
    args: [...STDIO, '-no-reboot'],
    code: 0,
    dots: [1, 1],
  },
  {
    title: 'triple fault starts the guest over',
    guest: 'tripleFault',
    args: STDIO,
    run: { signals: ['SIGTERM'], after: '...' },
    code: 0,
    dots: [3, Infinity],
  },
  {
    title: 'reset starts the guest over',
    guest: 'reset',
    args: STDIO,
    run: { signals: ['SIGTERM'], after: '...' },
    code: 0,
    dots: [3, Infinity],
  },
  {
    title: 'power-off under -no-shutdown waits for a signal',
    guest: 'powerOff',
    args: [...STDIO, '-no-shutdown'],
    run: { signals: ['SIGTERM'], ...PAUSED },
    code: 0,
    dots: [1, 1],
  },
  {
    title: 'power-off under -action shutdown=pause waits for a signal',
    guest: 'powerOff',
    args: [...STDIO, '-action', 'shutdown=pause'],
    run: { signals: ['SIGINT'], ...PAUSED },
    code: 0,
    dots: [1, 1],
  },
  {
    title: 'reset under -no-reboot and -no-shutdown waits for a signal',
    guest: 'reset',
    args: [...STDIO, '-no-reboot', '-no-shutdown'],
    run: { signals: ['SIGTERM'], ...PAUSED },
    code: 0,
    dots: [1, 1],
  },
  ...(['SIGTERM', 'SIGINT', 'SIGHUP'] as const).map((signal) => ({
    title: `${signal} of a guest that spins`,
    guest: 'spin' as const,
    args: STDIO,
    run: { signals: [signal], after: '.' },
    code: 0,
    dots: [1, 1] as [number, number],
  })),
  {
    title: '-S runs nothing until somebody says so',
    guest: 'spin',
    args: [...STDIO, '-S', '-pidfile', 'FOLDER/waits.pid'],
    run: { signals: ['SIGTERM'], file: join(folder, 'waits.pid'), settleMs: 1500 },
    code: 0,
    dots: [0, 0],
  },
  {
    title: '-S and the two signals by which timeout(1) ends it',
    guest: 'spin',
    args: [...STDIO, '-S', '-pidfile', 'FOLDER/timeout.pid'],
    run: { signals: ['SIGTERM', 'SIGCONT'], file: join(folder, 'timeout.pid'), settleMs: 1500 },
    code: 0,
    dots: [0, 0],
  },
  { title: 'a full disk under -serial file:', guest: 'chatty', args: ['-serial', 'file:/dev/full'], code: 0 },
  {
    title: 'standard output that is closed meanwhile',
    guest: 'chatty',
    args: STDIO,
    run: { closeStdout: true },
    code: 0,
  },
  {
    title: 'standard input that is closed',
    guest: 'chatty',
    args: STDIO,
    run: { closeStdin: true },
    code: 0,
    // QEMU loses what the pipe has no room for at the moment.
    dots: [1, 100_000],
  },
  {
    title: 'a -pidfile that is locked as it goes',
    guest: 'powerOff',
    args: [...STDIO, '-pidfile', 'FOLDER/end.pid'],
    code: 0,
    dots: [1, 1],
  },
  { title: 'an option that is not there', guest: 'spin', args: ['-nonsense'], code: 1 },
  { title: 'a wrong word of -action', guest: 'spin', args: ['-action', 'reboot=nonsense'], code: 1 },
  { title: 'a -pidfile in no folder', guest: 'spin', args: ['-pidfile', '/nonexistent/a'], code: 1 },
  { title: 'a -global without a value', guest: 'spin', args: ['-global', 'isa-debug-exit.iobase'], code: 1 },
  {
    title: 'a -global that no such device takes',
    guest: 'spin',
    args: [...EXIT, '-global', 'isa-debug-exit.nope=1'],
    code: 1,
  },
  {
    title: 'a -global of a type that is not there',
    guest: 'powerOff',
    args: ['-global', 'nope.iobase=1', ...STDIO],
    code: 0,
  },
  {
    title: 'a port by -global',
    guest: 'debugExit',
    args: ['-global', 'isa-debug-exit.iobase=0xf4', '-device', 'isa-debug-exit,iosize=4', ...STDIO],
    code: 11,
  },
  {
    title: 'RAM of another size than its backend',
    guest: 'spin',
    args: ['-object', 'memory-backend-ram,id=a,size=32M', '-machine', 'memory-backend=a'],
    code: 1,
  },
  {
    title: 'RAM that is a memfd',
    guest: 'powerOff',
    args: [...STDIO, '-object', 'memory-backend-memfd,id=a,size=64M', '-machine', 'memory-backend=a'],
    code: 0,
    dots: [1, 1],
  },
  {
    title: 'RAM that is a file',
    guest: 'powerOff',
    args: [
      ...STDIO,
      '-object',
      'memory-backend-file,id=a,size=64M,mem-path=FOLDER/ram,share=on',
      '-machine',
      'memory-backend=a',
    ],
    code: 0,
    dots: [1, 1],
  },
]

const argsOf = ({ guest, args }: Row): string[] => [
  '-kernel',
  join(folder, `${guest}.elf`),
  ...args.map((arg) => arg.replace('FOLDER', folder)),
]

function check({ code, dots, run }: Row, end: End): void {
  expect({ code: end.code, signal: end.signal }, end.stderr).toEqual({ code, signal: null })
  expect(end.stderr).not.toMatch(/^ {4}at /m)
  if (run?.signals) expect(end.stderr).toContain(': terminating on signal ')
  if (!dots) return
  const seen = end.stdout.split('.').length - 1
  expect(seen).toBeGreaterThanOrEqual(dots[0])
  expect(seen).toBeLessThanOrEqual(dots[1])
}

const kvm = whyNoKvm()
const qemu = kvm || whyNoQemu()

/** The accelerator's memory is RAM, and what is wrong on the command line is wrong for all. */
const onTcg = rows.filter(({ code, args }) => code !== 1 && !args.includes('-object'))

describe('a run on tcg ends', () => {
  it.each(onTcg)('by $title: $code', async (row) => {
    check(row, await runToEnd(ours(['-accel', 'tcg', ...argsOf(row)]), row.run))
    expect(existsSync(join(folder, 'end.pid'))).toBe(false)
  })
})

describe.skipIf(kvm !== '')(`a run ends${kvm}`, () => {
  it.each(rows)('by $title: $code', async (row) => {
    check(row, await runToEnd(ours(argsOf(row)), row.run))
    expect(existsSync(join(folder, 'end.pid'))).toBe(false)
  })

  it('saying which signal it was, or one line of what is lost', async () => {
    const spin = join(folder, 'spin.elf')
    const killed = await runToEnd(ours(['-kernel', spin, ...STDIO]), { signals: ['SIGHUP'], after: '.' })
    expect(killed.stderr).toMatch(/^dromaius: terminating on signal 1$/m)
    const full = await runToEnd(ours(['-kernel', join(folder, 'chatty.elf'), '-serial', 'file:/dev/full']))
    expect(full.stderr.match(/No space left on device/g)).toHaveLength(1)
  })

  it('and its guest’s memory is in the file that was its RAM', async () => {
    const ram = join(folder, 'kept')
    const row = rows.find(({ title }) => title === 'RAM that is a file')!
    await runToEnd(ours(argsOf(row).map((arg) => arg.replace(`${folder}/ram`, ram))))
    const code = Buffer.from(guests.powerOff)
    expect(readFileSync(ram).subarray(0x100000, 0x100000 + code.length)).toEqual(code)
  })

  it.each(['kvm', 'tcg'])('even if its guest does nothing but reset, on %s', async (accel) => {
    const args = ['-accel', accel, '-kernel', join(folder, 'tripleFault.elf'), ...STDIO]
    const end = await runToEnd(ours(args), { signals: ['SIGTERM'], after: '.'.repeat(20) })
    expect(end).toMatchObject({ code: 0, signal: null })
  })

  it('of -S begins with SIGCONT', async () => {
    const file = join(folder, 'begins.pid')
    const args = ['-kernel', join(folder, 'powerOff.elf'), ...STDIO, '-S', '-pidfile', file]
    const end = await runToEnd(ours(args), { signals: ['SIGCONT'], file })
    expect(end).toMatchObject({ code: 0, stdout: '.' })
  })
})

describe.skipIf(qemu !== '')(`QEMU ends in the same way${qemu}`, () => {
  it.each(rows)('by $title: $code', async (row) => {
    check(row, await runToEnd(qemus(argsOf(row)), row.run))
  })
})
