// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { AddonError } from './errors.js'
import { currentHost, loadAddon, missingAddon, prebuildName } from './load-addon.js'

describe('addon', () => {
  it('of this host loads', () => {
    expect(loadAddon()).toMatchObject({ initialize: expect.any(Function), thread: expect.any(Object) })
  })

  it.each([
    [{ platform: 'linux', arch: 'x64', libc: 'glibc' } as const, 'linux-x64.glibc'],
    [{ platform: 'linux', arch: 'x64', libc: 'musl' } as const, 'linux-x64.musl'],
    [{ platform: 'win32', arch: 'x64' }, 'win32-x64'],
    [{ platform: 'darwin', arch: 'arm64' }, 'darwin-arm64'],
  ])('for %j is in the folder %s', (host, name) => {
    expect(prebuildName(host)).toBe(name)
  })

  it.skipIf(process.platform !== 'linux')('on Linux is chosen by the C library too', () => {
    const { libc } = currentHost()
    const { glibcVersionRuntime } = (
      process.report.getReport() as { header: { glibcVersionRuntime?: string } }
    ).header

    expect(libc).toBe(glibcVersionRuntime === undefined ? 'musl' : 'glibc')
  })
})

describe('missing addon', () => {
  const error = new AddonError('none is built for plan9-x64')
  const addon = missingAddon(error) as { f: () => void; thread: { Mutex: new () => object } }

  it('can be looked into, and throws when something of it is used', () => {
    const { f, thread } = addon

    expect(() => f()).toThrow(error)
    expect(() => new thread.Mutex()).toThrow(error)
  })

  it('says in one line what to do', () => {
    expect(error.message).toMatch(
      /^The native addon is missing: none is built for plan9-x64; 'npm rebuild @dromaius\/native' builds it.*g\+\+$/,
    )
  })
})
