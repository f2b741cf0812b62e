// SPDX-License-Identifier: GPL-2.0-or-later
import { CharBackend, qemuChrFeInit, qemuChrFeSetHandlers } from '@dromaius/chardev'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { StreamChardev } from './char-stream.js'

const MiB = 2 ** 20
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
afterEach(() => void vi.useRealTimers())

function port(): { chr: StreamChardev; send: (text: string) => number } {
  const chr = StreamChardev.create()
  return { chr, send: (text) => chr.chrWrite(Buffer.from(text)) }
}

describe('output', () => {
  it('is read as it came, and ends with the machine', async () => {
    const { chr, send } = port()
    send('one ')
    setImmediate(() => (send('two'), chr.close()))
    const chunks: Buffer[] = []
    for await (const chunk of chr.stream) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('one two')
  })

  it('without a reader is taken without end, and the latest MiB is there for one who comes late', async () => {
    const { chr } = port()
    for (let i = 0; i < 40; i++) {
      expect(chr.chrWrite(new Uint8Array(64 * 1024).fill(i))).toBe(64 * 1024)
    }
    chr.close()
    const chunks: Buffer[] = []
    for await (const chunk of chr.stream) chunks.push(chunk)
    const all = Buffer.concat(chunks)
    expect(all.length).toBe(MiB)
    expect(all[0]).toBe(40 - 16)
    expect(all.at(-1)).toBe(39)
    expect(chr.stream.log.length).toBeLessThanOrEqual(2 * MiB)
  })

  it('with a reader that is slow makes the guest wait, and loses nothing', async () => {
    const { chr } = port()
    chr.stream.on('data', () => undefined)
    await turn()
    chr.stream.pause()
    let sent = 0
    for (let taken = 1; taken > 0; sent += taken) taken = chr.chrWrite(new Uint8Array(1000))
    expect(sent).toBeLessThan(256 * 1024)
    const room = vi.fn()
    chr.chrAddWatch(room)
    await turn()
    expect(room).not.toHaveBeenCalled()

    let read = 0
    chr.stream.on('data', (chunk: Buffer) => (read += chunk.length))
    chr.stream.resume()
    while (read < sent) await turn()
    await turn()
    expect(room).toHaveBeenCalledOnce()
    expect(read).toBe(sent)
  })

  it('after the stream was destroyed is in the log only', async () => {
    const { chr, send } = port()
    chr.stream.destroy()
    expect(send('still here')).toBe(10)
    expect(chr.stream.log).toBe('still here')
  })
})

describe('input', () => {
  it('goes to the guest as it has room', async () => {
    const { chr } = port()
    const be = new CharBackend()
    const got: number[] = []
    let room = 2
    qemuChrFeInit(be, chr)
    qemuChrFeSetHandlers(be, {
      canRead: () => room,
      read: (bytes) => {
        got.push(...bytes)
        room -= bytes.length
      },
    })
    const written = vi.fn()
    chr.stream.write('abc', written)
    await turn()
    expect(Buffer.from(got).toString()).toBe('ab')
    expect(written).not.toHaveBeenCalled()
    room = 5
    chr.chrAcceptInput()
    await turn()
    expect(Buffer.from(got).toString()).toBe('abc')
    await vi.waitFor(() => expect(written).toHaveBeenCalled())
  })

  it('after the end is nobody’s, and no error', async () => {
    const { chr } = port()
    chr.stream.on('error', (error) => expect.fail(String(error)))
    chr.stream.resume()
    chr.close()
    chr.stream.write('a')
    await turn()
    await turn()
    chr.stream.write('b')
    await turn()
  })
})

describe('waitFor', () => {
  it('a text finds it across pieces, with what came before', async () => {
    const { chr, send } = port()
    const found = chr.stream.waitFor('login: ')
    send('Welcome\nlog')
    await turn()
    send('in: ')
    expect(await found).toEqual({ before: 'Welcome\n', match: 'login: ', groups: [] })
  })

  it('finds what came before it was called, but not what was found already', async () => {
    const { chr, send } = port()
    send('$ one $ ')
    expect((await chr.stream.waitFor('$ ')).before).toBe('')
    expect((await chr.stream.waitFor('$ ')).before).toBe('one ')
    const third = chr.stream.waitFor('$ ')
    send('two $ ')
    expect((await third).before).toBe('two ')
  })

  it('a regular expression gives its groups, whatever its flags', async () => {
    const { chr, send } = port()
    send('CPUs: 4 online')
    const pattern = /CPUs: (\d+)( offline)?/gy
    expect(await chr.stream.waitFor(pattern)).toMatchObject({ match: 'CPUs: 4', groups: ['4', undefined] })
  })

  it('UTF-8 in pieces is put together', async () => {
    const { chr } = port()
    for (const byte of Buffer.from('grün')) chr.chrWrite(Uint8Array.of(byte))
    expect((await chr.stream.waitFor('grün')).match).toBe('grün')
  })

  it('that takes too long rejects with the latest lines', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { chr, send } = port()
    send(Array.from({ length: 20 }, (_, i) => `line ${i}\r\n`).join(''))
    const found = chr.stream.waitFor('login: ', { timeout: 500 }).catch((error: unknown) => error)
    vi.advanceTimersByTime(500)
    const error = await found
    expect(error).toMatchObject({ name: 'SerialWaitError', code: 'ERR_DROMAIUS_WAIT_TIMEOUT' })
    expect((error as Error).message).toMatch(
      /^500 ms passed before "login: " came from the serial port; the latest output is\n {2}line 10\n[^]* {2}line 19$/,
    )
  })

  it('rejects when the machine ends, but finds what came with the end', async () => {
    const { chr, send } = port()
    const missing = chr.stream.waitFor(/never/).catch((error: unknown) => error)
    const last = chr.stream.waitFor('Goodbye')
    send('Goodbye')
    chr.close()
    expect((await last).match).toBe('Goodbye')
    expect(await missing).toMatchObject({ code: 'ERR_DROMAIUS_WAIT_ENDED' })
    await expect(chr.stream.waitFor('more')).rejects.toThrow('The machine ended before "more" came')
  })

  it('rejects with the signal’s reason, at once if it is aborted already', async () => {
    const { chr } = port()
    const controller = new AbortController()
    const found = chr.stream.waitFor('x', { signal: controller.signal })
    const reason = new Error('changed my mind')
    controller.abort(reason)
    await expect(found).rejects.toBe(reason)
    await expect(chr.stream.waitFor('x', { signal: controller.signal })).rejects.toBe(reason)
  })

  it.each([
    [5, {}, 'waitFor: expected a text or a regular expression'],
    ['x', { timeout: NaN }, 'waitFor: timeout NaN: expected ms'],
  ])('of %j with %j is refused', async (wanted, options, message) => {
    await expect(port().chr.stream.waitFor(wanted as string, options)).rejects.toThrow(message)
  })
})
