// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, describe, expect, it } from 'vitest'
import { HostError } from './errors.js'
import { GUEST_RAM_WINDOW_MAX, GuestRam } from './guest-ram.js'

const folder = mkdtempSync(join(tmpdir(), 'dromaius-ram-'))
afterAll(() => rmSync(folder, { recursive: true }))

const GIB = 2 ** 30
const descriptors = (): string[] => readdirSync('/proc/self/fd')
/** Whether some mapping of this process begins at `address`. */
const mapped = (address: bigint): boolean =>
  readFileSync('/proc/self/maps', 'utf8').includes(`${address.toString(16).padStart(12, '0')}-`)
const hostErrorOf = (action: () => unknown): HostError => {
  try {
    action()
  } catch (error) {
    if (error instanceof HostError) return error
    throw error
  }
  throw new Error('Nothing was thrown')
}

describe('anonymous RAM', () => {
  it('starts zeroed, at a page of the host, without a descriptor', () => {
    const ram = GuestRam.anonymous(8192)

    expect(ram).toMatchObject({ size: 8192, fd: -1 })
    expect(ram.hostAddress % 4096n).toBe(0n)
    expect(ram.window(0, 8192)).toEqual(new Uint8Array(8192))
    ram.free()
  })

  it('keeps its content when pages are protected anew, and takes whole pages inside it only', () => {
    const ram = GuestRam.anonymous(8192)
    ram.window(4096, 1)[0] = 7
    ram.reprotect(4096, 4096)
    expect(ram.window(4096, 1)[0]).toBe(7)
    expect(() => ram.reprotect(8192, 4096)).toThrow(RangeError)
    expect(hostErrorOf(() => ram.reprotect(1, 4096))).toMatchObject({ code: 'EINVAL' })
    ram.free()
    expect(() => ram.reprotect(0, 4096)).toThrow('Guest RAM was freed')
  })

  it('windows share the memory, however many there are', () => {
    const ram = GuestRam.anonymous(8192)

    ram.window(4096, 16)[3] = 0x5a

    expect(ram.window(0, 8192)[4099]).toBe(0x5a)
    for (let i = 0; i < 1000; i++) expect(ram.window(4096, 16 + i).buffer).toBe(ram.window(0, 1).buffer)
    ram.free()
  })

  it('window at the very end may be empty, one beyond throws a RangeError', () => {
    const ram = GuestRam.anonymous(4096)

    expect(ram.window(4096, 0)).toHaveLength(0)
    expect(() => ram.window(4096, 1)).toThrow(RangeError)
    expect(() => ram.window(0, 4097)).toThrow(RangeError)
    expect(() => ram.window(2 ** 53 - 1, 1)).toThrow(RangeError)
    ram.free()
  })

  it.each([-1, 0.5, NaN, Infinity, 2 ** 64])('window with offset or length %d throws a RangeError', (bad) => {
    const ram = GuestRam.anonymous(4096)

    expect(() => ram.window(bad, 1)).toThrow(RangeError)
    expect(() => ram.window(0, bad)).toThrow(RangeError)
    ram.free()
  })

  it('more than 4 GiB is reached through two windows of 2 GiB, a longer one throws', () => {
    const ram = GuestRam.anonymous(5 * GIB)

    expect(() => ram.window(0, GUEST_RAM_WINDOW_MAX + 1)).toThrow(RangeError)
    const low = ram.window(0, GUEST_RAM_WINDOW_MAX)
    const high = ram.window(3 * GIB, GUEST_RAM_WINDOW_MAX)
    low[GUEST_RAM_WINDOW_MAX - 1] = 1
    high[GUEST_RAM_WINDOW_MAX - 1] = 2

    expect(ram.window(2 * GIB - 1, 1)[0]).toBe(1)
    expect(ram.window(5 * GIB - 1, 1)[0]).toBe(2)
    ram.free()
    expect(low.length + high.length).toBe(0)
  })

  it('free detaches every window, unmaps, and may be called again', () => {
    const ram = GuestRam.anonymous(4 * 4096)
    const address = ram.hostAddress
    const windows = [ram.window(0, 4096), ram.window(0, 16384), ram.window(100, 1)]
    expect(mapped(address)).toBe(true)

    ram.free()
    ram.free()

    expect(windows.map((window) => window.length)).toEqual([0, 0, 0])
    expect(windows[0].buffer.byteLength).toBe(0)
    expect(windows[0][0]).toBeUndefined()
    expect(() => ram.window(0, 1)).toThrow('Guest RAM was freed')
    expect(() => ram.hostAddress).toThrow()
    expect(mapped(address)).toBe(false)
  })

  it('memory of a dropped window stays reachable after garbage collection', () => {
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const ram = GuestRam.anonymous(2 ** 20)
    for (let i = 0; i < 1000; i++) ram.window(i, 1)[0] = i & 0xff

    gc()
    gc()

    expect(ram.window(999, 1)[0]).toBe(999 & 0xff)
    expect(ram.window(0, 1000)[500]).toBe(500 & 0xff)
    ram.free()
  })

  it('a size that no address space holds is a HostError of mmap', () => {
    const error = hostErrorOf(() => GuestRam.anonymous(2 ** 50))

    expect(error).toMatchObject({ operation: 'mmap', code: 'ENOMEM', errno: 12, name: 'HostError' })
    expect(error.message).toBe('mmap failed (guest RAM): Cannot allocate memory (ENOMEM)')
  })

  it('a size of 0 is a HostError, one that is no size a RangeError', () => {
    expect(hostErrorOf(() => GuestRam.anonymous(0))).toMatchObject({ operation: 'mmap', code: 'EINVAL' })
    expect(() => GuestRam.anonymous(-4096)).toThrow(RangeError)
    expect(() => GuestRam.anonymous(NaN)).toThrow(RangeError)
  })
})

describe('memfd RAM', () => {
  it('is shared with whoever opens its descriptor', () => {
    const ram = GuestRam.memfd('guest', 4096)

    ram.window(0, 4).set([1, 2, 3, 4])

    expect(readFileSync(`/proc/self/fd/${ram.fd}`)).toHaveLength(4096)
    expect([...readFileSync(`/proc/self/fd/${ram.fd}`).subarray(0, 4)]).toEqual([1, 2, 3, 4])
    ram.free()
  })

  it('cannot be shrunk under the mapping', () => {
    const ram = GuestRam.memfd('guest', 8192)

    expect(() => truncateSync(`/proc/self/fd/${ram.fd}`, 0)).toThrow('EPERM')
    ram.free()
  })

  it('free and a failed mmap close the descriptor', () => {
    const before = descriptors()

    GuestRam.memfd('guest', 4096).free()
    const error = hostErrorOf(() => GuestRam.memfd('guest', 2 ** 50))

    expect(error.code).toBe('ENOMEM')
    expect(descriptors()).toEqual(before)
  })
})

describe('file RAM', () => {
  it('private by default: the guest sees the file, the file does not see the guest', () => {
    const path = join(folder, 'private')
    writeFileSync(path, Buffer.alloc(4096, 7))
    const ram = GuestRam.file(path, 4096)

    ram.window(0, 1)[0] = 9

    expect([...ram.window(0, 2)]).toEqual([9, 7])
    expect(readFileSync(path)[0]).toBe(7)
    ram.free()
  })

  it('shared: writes go to the file', () => {
    const path = join(folder, 'shared')
    writeFileSync(path, Buffer.alloc(4096))
    const ram = GuestRam.file(path, 4096, { share: true })

    ram.window(8, 1)[0] = 9
    ram.free()

    expect(readFileSync(path)[8]).toBe(9)
  })

  it('missing, or smaller than the RAM: a HostError and no descriptor left', () => {
    const path = join(folder, 'small')
    writeFileSync(path, Buffer.alloc(4095))
    const before = descriptors()

    const missing = hostErrorOf(() => GuestRam.file(join(folder, 'none'), 4096))
    const small = hostErrorOf(() => GuestRam.file(path, 4096))

    expect(missing).toMatchObject({ operation: 'open', code: 'ENOENT' })
    expect(missing.message).toContain(join(folder, 'none'))
    expect(small.message).toContain('the file is smaller than guest RAM')
    expect(descriptors()).toEqual(before)
  })
})
