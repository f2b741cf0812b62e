// SPDX-License-Identifier: GPL-2.0-or-later
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { atTerminal, bin, dromaius, whyNoKvm } from '../test/command.js'
import { tinyElf } from '../test/tiny-elf.js'

const kvm = whyNoKvm()
const itOnKvm = it.skipIf(kvm !== '')
const folder = mkdtempSync(join(tmpdir(), 'dromaius-serial-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = (name: string): string => join(folder, name)

/** mov $port, %dx; mov $byte, %al; out %al, %dx */
const out = (port: number, byte: number): number[] => [0x66, 0xba, port & 0xff, port >> 8, 0xb0, byte, 0xee]
const text = (port: number, chars: string): number[] =>
  [...Buffer.from(chars)].flatMap((byte) => out(port, byte))
const RESET = [...out(0x64, 0xfe), 0xf4]
const COM = [0x3f8, 0x2f8, 0x3e8, 0x2e8]
/** Waits for a byte at COM1, sends it back with 1 added, and resets. */
const ECHO = [
  ...[0x66, 0xba, 0xfd, 0x03], // mov $0x3fd, %dx
  ...[0xec, 0xa8, 0x01, 0x74, 0xfb], // 1: in %dx, %al; test $1, %al; jz 1b
  ...[0x66, 0xba, 0xf8, 0x03, 0xec, 0xfe, 0xc0, 0xee], // mov $0x3f8, %dx; in %dx, %al; inc %al; out %al, %dx
  ...RESET,
]

function kernel(name: string, code: number[]): string {
  writeFileSync(path(name), tinyElf(code))
  return path(name)
}

/** Starts the command; resolves with all that it printed and its exit code. */
function start(args: string[]): {
  child: ChildProcess
  seen: { text: string }
  ended: Promise<number | null>
} {
  const child = spawn(process.execPath, [bin, '-no-reboot', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const seen = { text: '' }
  child.stdout!.on('data', (data: Buffer) => (seen.text += data.toString()))
  child.stderr!.on('data', (data: Buffer) => (seen.text += data.toString()))
  return { child, seen, ended: new Promise((resolve) => child.on('close', resolve)) }
}

async function until<T>(what: () => T | null | undefined | false): Promise<T> {
  for (let i = 0; i < 600; i++) {
    const value = what()
    if (value) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('did not happen in time')
}

describe(`serial ports${kvm}`, () => {
  itOnKvm('are four, each with a back end of its own', () => {
    const code = [...COM.flatMap((port, i) => text(port, `COM${i + 1}`)), ...RESET]
    const files = COM.map((_, i) => path(`com${i + 1}`))
    const { status } = dromaius([
      ...['-kernel', kernel('four.elf', code), '-no-reboot'],
      ...files.flatMap((file) => ['-serial', `file:${file}`]),
    ])

    expect(status).toBe(0)
    expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(['COM1', 'COM2', 'COM3', 'COM4'])
  })

  itOnKvm('and debug consoles of -device find their back ends by id, at any port', () => {
    const code = [...text(0x402, 'firmware'), ...text(0x1000, 'uart'), ...RESET]
    const { status, stdout } = dromaius([
      ...['-kernel', kernel('device.elf', code), '-no-reboot', '-serial', 'null'],
      ...['-chardev', `file,id=log,path=${path('log')}`, '-device', 'isa-debugcon,iobase=0x402,chardev=log'],
      ...['-chardev', 'stdio,id=out', '-device', 'isa-serial,iobase=0x1000,irq=7,chardev=out'],
    ])

    expect([status, stdout, readFileSync(path('log'), 'utf8')]).toEqual([0, 'uart', 'firmware'])
  })

  itOnKvm('two devices share a back end with mux=on, and its log has both', () => {
    const code = [...text(0xe9, 'debug '), ...text(0x3f8, 'serial'), ...RESET]
    const { status, stdout } = dromaius([
      ...['-kernel', kernel('mux.elf', code), '-no-reboot'],
      ...[
        '-chardev',
        `stdio,id=m,mux=on,logfile=${path('mux.log')}`,
        '-serial',
        'chardev:m',
        '-debugcon',
        'chardev:m',
      ],
    ])

    expect([status, stdout, readFileSync(path('mux.log'), 'utf8')]).toEqual([
      0,
      'debug serial',
      'debug serial',
    ])
  })

  itOnKvm('a server waits for its client before the machine starts', async () => {
    const { seen, ended } = start([
      '-kernel',
      kernel('echo.elf', ECHO),
      '-serial',
      `unix:${path('sock')},server`,
    ])
    await until(() =>
      seen.text.includes(`waiting for connection on: disconnected:unix:${path('sock')},server=on`),
    )
    const user = connect(path('sock'))
    let got = ''
    user.on('data', (data) => (got += data.toString()))
    user.write('A')

    expect(await ended, seen.text).toBe(0)
    expect(got).toBe('B')
  })

  itOnKvm('a signal ends the wait for a client, and the terminal is as before', () => {
    const socket = path('never')
    const { output, code, restored, failure } = atTerminal(
      [
        ['expect', 'waiting for connection on'],
        ['signal', 'SIGTERM'],
      ],
      ['-serial', 'stdio', '-serial', `unix:${socket},server`],
    )

    expect({ code, restored, failure }).toEqual({ code: 1, restored: true, failure: null })
    expect(output).toContain('dromaius: terminating on signal 15')
    expect(existsSync(socket)).toBe(false)
  })

  itOnKvm('a client connects to a TCP server', async () => {
    let got = ''
    const server = createServer((socket) => {
      socket.on('data', (data) => (got += data.toString()))
      socket.write('a')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const { seen, ended } = start(['-kernel', kernel('echo2.elf', ECHO), '-serial', `tcp:127.0.0.1:${port}`])

    expect(await ended, seen.text).toBe(0)
    await until(() => got === 'b')
    server.close()
  })

  itOnKvm('a pseudo terminal is told of and passes bytes both ways', async () => {
    const { seen, ended } = start(['-kernel', kernel('echo3.elf', ECHO), '-serial', 'pty'])
    const [, tty] = await until(() => /^char device redirected to (\S+) \(label serial0\)$/m.exec(seen.text))
    const user = spawn('python3', [
      '-c',
      'import os, sys\nfd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\nos.write(fd, b"X")\nprint(os.read(fd, 9).decode())',
      tty!,
    ])
    let got = ''
    user.stdout.on('data', (data: Buffer) => (got += data.toString()))

    expect(await ended, seen.text).toBe(0)
    await until(() => got !== '')
    expect(got).toBe('Y\n')
  })

  itOnKvm('a full disk loses output, says so once, and the guest goes on', () => {
    const { status, stderr } = dromaius([
      ...[
        '-kernel',
        kernel('full.elf', [...text(0x3f8, 'lost'), ...RESET]),
        '-no-reboot',
        '-serial',
        'file:/dev/full',
      ],
    ])

    expect(status).toBe(0)
    expect(
      stderr.match(/serial0 \(\/dev\/full\): Output is being lost: No space left on device/g),
    ).toHaveLength(1)
  })

  itOnKvm('a standard output that nobody reads any more ends nothing', async () => {
    const code = [...text(0x3f8, 'into the void'), ...out(0xf4, 3), 0xf4]
    const { child, ended } = start([
      ...['-kernel', kernel('epipe.elf', code), '-serial', 'stdio'],
      ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ])
    child.stdout!.destroy()

    expect(await ended).toBe(7)
  })
})
