// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { AddonError } from './errors.js'

/** Which binaries a host can load. */
export interface AddonHost {
  /** As `process.platform`. */
  platform: string
  /** As `process.arch`. */
  arch: string
  /** The C library where a platform has several. */
  libc?: 'glibc' | 'musl'
}

/** The interpreter that the program file names stands within this many bytes of its beginning. */
const PROGRAM_HEADERS_SIZE = 4096

/** The host that this process runs on. The C library is the one that Node's own program file asks for. */
export function currentHost(): AddonHost {
  const { platform, arch } = process
  if (platform !== 'linux') return { platform, arch }
  const head = Buffer.alloc(PROGRAM_HEADERS_SIZE)
  const fd = openSync(process.execPath, 'r')
  readSync(fd, head)
  closeSync(fd)
  return { platform, arch, libc: head.includes('/ld-musl-') ? 'musl' : 'glibc' }
}

/** Folder name under `prebuilds`: `linux-x64.glibc`, `win32-x64`. */
export const prebuildName = ({ platform, arch, libc }: AddonHost): string =>
  `${platform}-${arch}${libc === undefined ? '' : `.${libc}`}`

/** From lib and from dist alike. */
const inPackage = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** Loads one binary, or returns why it does not load; null if there is none. */
function tryLoad(path: string): { exports: unknown } | { reason: string } | null {
  if (!existsSync(path)) return null
  try {
    return { exports: createRequire(import.meta.url)(path) }
  } catch (error) {
    return { reason: (error as Error).message.replaceAll(/\s+/g, ' ') }
  }
}

/**
 * Loads the addon: the one that was built here, else the one that the package brings for this host.
 *
 * @returns what the addon exports
 * @throws AddonError when there is none, or none that loads
 */
export function loadAddon(): unknown {
  const built = tryLoad(
    inPackage(`build/${process.platform === 'win32' ? 'win32-x64' : 'Release'}/dromaius.node`),
  )
  if (built !== null && 'exports' in built) return built.exports
  const name = prebuildName(currentHost())
  const prebuilt = tryLoad(inPackage(`prebuilds/${name}/dromaius.node`))
  if (prebuilt !== null && 'exports' in prebuilt) return prebuilt.exports
  const reason = prebuilt?.reason ?? built?.reason
  throw new AddonError(
    reason === undefined ? `none is built for ${name}` : `it does not load on ${name}: ${reason}`,
  )
}

/**
 * Stands in for an addon that cannot be loaded: modules may look its functions up, whoever calls one gets the error.
 * So what needs no native code works without it.
 */
export function missingAddon(error: AddonError): unknown {
  function fail(): never {
    throw error
  }
  // A function, so that it can be called and constructed.
  const standIn: unknown = new Proxy(function () {}, { get: () => standIn, apply: fail, construct: fail })
  return standIn
}
