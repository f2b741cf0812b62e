// SPDX-License-Identifier: GPL-2.0-or-later
import type * as fileSystem from 'node:fs'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FdWriter } from './fd-writer.js'

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof fileSystem>()
  return { ...fs, writeSync: vi.fn(fs.writeSync) }
})

const dir = mkdtempSync(join(tmpdir(), 'dromaius-fd-writer-'))
const path = join(dir, 'out')
let fd: number
beforeEach(() => {
  fd = openSync(path, 'w')
  vi.mocked(writeSync).mockClear()
})
afterEach(() => {
  closeSync(fd)
  rmSync(path)
})

const written = (): string => readFileSync(path, 'latin1')
const writes = (): number => vi.mocked(writeSync).mock.calls.length

/** Sends a text as a serial port does. */
function sendBytes(writer: FdWriter, text: string): void {
  for (const byte of Buffer.from(text, 'latin1')) expect(writer.write(Uint8Array.of(byte))).toBe(1)
}

it('the first byte of a turn is written at once, the others together when it ends', async () => {
  const writer = new FdWriter(fd, 'test')

  sendBytes(writer, 'hello')
  expect([written(), writer.queuedBytes, writes()]).toEqual(['h', 4, 1])
  await turn()
  expect([written(), writer.queuedBytes, writes()]).toEqual(['hello', 0, 2])

  sendBytes(writer, ' world')
  expect([written(), writes()]).toEqual(['hello ', 3])
  await turn()
  expect([written(), writes()]).toEqual(['hello world', 4])
})

it('what is more than the queue holds in a turn is written in the turn, in order', async () => {
  const writer = new FdWriter(fd, 'test')
  const text = Array.from({ length: 3000 }, (_, i) => `${i},`).join('')

  sendBytes(writer, text)
  await turn()

  expect(written()).toBe(text)
  expect(writes()).toBeLessThanOrEqual(2 + Math.ceil(text.length / 4096))
})

it('a piece larger than the queue comes behind what is queued', async () => {
  const writer = new FdWriter(fd, 'test')

  sendBytes(writer, 'abc')
  expect(writer.write(Buffer.alloc(10_000, 'x'))).toBe(10_000)
  sendBytes(writer, 'yz')
  await turn()

  expect(written()).toBe(`abc${'x'.repeat(10_000)}yz`)
})

it('flushSync writes the rest without waiting for the turn to end', () => {
  const writer = new FdWriter(fd, 'test')

  sendBytes(writer, 'last words')
  writer.flushSync()

  expect([written(), writer.queuedBytes]).toEqual(['last words', 0])
})

it('what a full pipe has no room for stays, in order, and is taken later', async () => {
  const writer = new FdWriter(fd, 'test')
  vi.mocked(writeSync).mockImplementationOnce(() => {
    throw Object.assign(new Error('full'), { code: 'EAGAIN' })
  })

  sendBytes(writer, 'abc')
  expect([written(), writer.queuedBytes]).toEqual(['', 3])
  await new Promise<void>((resolve) => writer.addWatch(resolve))

  expect(written()).toBe('abc')
})
