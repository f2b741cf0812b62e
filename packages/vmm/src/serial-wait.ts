// SPDX-License-Identifier: GPL-2.0-or-later

/** When `SerialStream.waitFor` gives up. */
export interface WaitForOptions {
  /** After so many `ms`; without it only the machine's end counts. */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

/** What was waited for. */
export interface SerialMatch {
  /** The output since the match before, up to this one's beginning. */
  readonly before: string
  /** The text that matched. */
  readonly match: string
  /** What the parentheses of a regular expression matched, undefined for those that took no part. */
  readonly groups: readonly (string | undefined)[]
}

/** What was waited for did not come. The message ends with the latest lines of the output. */
export class SerialWaitError extends Error {
  static override readonly name = 'SerialWaitError'
  override readonly name = 'SerialWaitError'
  /** `ERR_DROMAIUS_WAIT_TIMEOUT` or `ERR_DROMAIUS_WAIT_ENDED`. */
  readonly code: 'ERR_DROMAIUS_WAIT_TIMEOUT' | 'ERR_DROMAIUS_WAIT_ENDED'

  constructor(code: SerialWaitError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Lines and characters of the log that an error shows at most. */
const TAIL_LINES = 10
const TAIL_CHARACTERS = 2000

interface Waiter {
  readonly wanted: string | RegExp
  /** Where its search begins: a position in the whole output. */
  readonly from: number
  /** Up to here a text was searched for in vain. */
  searched: number
  resolve(match: SerialMatch): void
  reject(error: unknown): void
}

/** The output as text, and who waits for what in it. */
export class SerialWaiters {
  /** The latest output; `#start` is the position of its first character in the whole. */
  #text = ''
  #start = 0
  /** Behind the last match. */
  #position = 0
  #ended = false
  #checking: NodeJS.Immediate | null = null
  readonly #waiters = new Set<Waiter>()
  readonly #kept: number

  /** @param kept how many characters are kept, at least */
  constructor(kept: number) {
    this.#kept = kept
  }

  get log(): string {
    return this.#text
  }

  /** Adds output. Who waits is told in a later turn, once for all that came until then. */
  add(text: string): void {
    this.#text += text
    if (this.#text.length > 2 * this.#kept) {
      this.#start += this.#text.length - this.#kept
      this.#text = this.#text.slice(-this.#kept)
    }
    if (this.#waiters.size > 0) this.#checking ??= setImmediate(() => this.#check())
  }

  /** No more output comes. */
  end(): void {
    this.#ended = true
    this.#check()
    for (const waiter of [...this.#waiters]) {
      waiter.reject(this.#error('ERR_DROMAIUS_WAIT_ENDED', waiter, 'The machine ended before'))
    }
  }

  waitFor(wanted: string | RegExp, { timeout, signal }: WaitForOptions): Promise<SerialMatch> {
    return new Promise<SerialMatch>((resolve, reject) => {
      if (typeof wanted !== 'string' && !(wanted instanceof RegExp)) {
        throw new TypeError('waitFor: expected a text or a regular expression')
      }
      if (timeout !== undefined && !(timeout >= 0))
        throw new RangeError(`waitFor: timeout ${timeout}: expected ms`)
      signal?.throwIfAborted()
      const done = (): void => {
        this.#waiters.delete(waiter)
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
      }
      const waiter: Waiter = {
        wanted: typeof wanted === 'string' ? wanted : new RegExp(wanted, wanted.flags.replace(/[gy]/g, '')),
        from: this.#position,
        searched: this.#position,
        resolve: (match) => (done(), resolve(match)),
        reject: (error) => (done(), reject(error)),
      }
      const onAbort = (): void => waiter.reject(signal!.reason)
      // setTimeout takes no more than 31 bits; who waits for longer waits for ever.
      const timer =
        timeout === undefined || timeout > 2 ** 31 - 1
          ? undefined
          : setTimeout(() => {
              this.#look(waiter)
              const head = `${timeout} ms passed before`
              waiter.reject(this.#error('ERR_DROMAIUS_WAIT_TIMEOUT', waiter, head))
            }, timeout)
      signal?.addEventListener('abort', onAbort)
      this.#waiters.add(waiter)
      this.#look(waiter)
      if (this.#ended)
        waiter.reject(this.#error('ERR_DROMAIUS_WAIT_ENDED', waiter, 'The machine ended before'))
    })
  }

  #check(): void {
    if (this.#checking) clearImmediate(this.#checking)
    this.#checking = null
    for (const waiter of [...this.#waiters]) this.#look(waiter)
  }

  /** Resolves a waiter if what it waits for is there. */
  #look(waiter: Waiter): void {
    const begin = Math.max(0, waiter.from - this.#start)
    const found = this.#find(waiter, begin)
    if (!found) return
    const [match, ...groups] = found.match
    this.#position = Math.max(this.#position, this.#start + found.at + match!.length)
    waiter.resolve({ before: this.#text.slice(begin, found.at), match: match!, groups })
  }

  #find(waiter: Waiter, begin: number): { at: number; match: (string | undefined)[] } | null {
    const { wanted } = waiter
    if (typeof wanted === 'string') {
      const at = this.#text.indexOf(wanted, Math.max(begin, waiter.searched - this.#start))
      waiter.searched = this.#start + Math.max(begin, this.#text.length - wanted.length + 1)
      return at < 0 ? null : { at, match: [wanted] }
    }
    const match = wanted.exec(this.#text.slice(begin))
    return match && { at: begin + match.index, match: [...match] }
  }

  #error(code: SerialWaitError['code'], { wanted }: Waiter, head: string): SerialWaitError {
    const name = typeof wanted === 'string' ? JSON.stringify(wanted) : String(wanted)
    const lines = this.#text.slice(-TAIL_CHARACTERS).replaceAll('\r', '').trimEnd().split('\n')
    const tail = lines.slice(-TAIL_LINES).map((line) => `  ${line}`)
    const shown = this.#text === '' ? 'nothing came' : `the latest output is\n${tail.join('\n')}`
    return new SerialWaitError(code, `${head} ${name} came from the serial port; ${shown}`)
  }
}
