// SPDX-License-Identifier: GPL-2.0-or-later
import { type Profiler, Session } from 'node:inspector'
import type { TcgModule } from '@dromaius/tcg'

/** How often the isolate is looked at, `us`. */
const INTERVAL_US = 1000
const WASM = 'wasm://'

/** Where the isolate spent its time, `ms`. */
export interface JitShares {
  readonly interpreter: number
  readonly compiled: number
  /** Helpers and the soft MMU, whoever called them. */
  readonly helpers: number
  /** Everything else, such as devices, but for the event loop's idle time. */
  readonly other: number
}

/**
 * Samples of what the isolate executes, by the engine's own profiler: translated code is not to be slowed down by counting.
 * For one run that somebody wants to know about; the other machines of the process are in it, too.
 */
export class JitProfile {
  readonly #session = new Session()

  constructor() {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US })
    this.#session.post('Profiler.start')
  }

  /** Ends the sampling. @param module  the one that has the interpreter */
  stop(module: TcgModule): JitShares {
    const shares = { interpreter: 0, compiled: 0, helpers: 0, other: 0 }
    this.#session.post('Profiler.stop', (error, result) => {
      if (!error) Object.assign(shares, sharesOf(result.profile, module))
    })
    this.#session.disconnect()
    return shares
  }
}

function sharesOf({ nodes, samples, startTime, endTime }: Profiler.Profile, module: TcgModule): JitShares {
  const ms = (endTime - startTime) / 1000 / Math.max(1, samples?.length ?? 0)
  const isWasm = ({ callFrame }: Profiler.ProfileNode): boolean => callFrame.url.startsWith(WASM)
  // An exported function's name is its number.
  const interpreter = `wasm-function[${module.tcgQemuTbExec.name}]`
  // The module's address is that of the function with this number that JavaScript calls.
  const byScript = new Set(nodes.filter((node) => !isWasm(node)).flatMap(({ children }) => children ?? []))
  const entry = nodes.find(({ id, callFrame }) => byScript.has(id) && callFrame.functionName === interpreter)
  const shares = { interpreter: 0, compiled: 0, helpers: 0, other: 0 }
  for (const node of nodes) {
    const { url, functionName } = node.callFrame
    const time = (node.hitCount ?? 0) * ms
    if (!isWasm(node)) shares.other += functionName === '(idle)' ? 0 : time
    else if (url !== entry?.callFrame.url) shares.compiled += time
    else if (functionName === interpreter) shares.interpreter += time
    else shares.helpers += time
  }
  return shares
}
