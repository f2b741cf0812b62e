// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a test imports as `vitest` under Wine, where vitest itself does not run: its own `expect` on Node's test runner.
 * scripts/windows/stage.mjs bundles it into one file.
 */
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect'
import * as runner from 'node:test'

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)

export const expect = chai.expect

export { after as afterAll, afterEach, before as beforeAll, beforeEach, describe } from 'node:test'

/** ms: everything is slower under Wine, and starting Node most of all. */
const timeout = 180_000

/** @param {string} name @param {() => unknown} body */
export const it = (name, body) => void runner.it(name, { timeout }, async () => void (await body()))
it.skipIf =
  (/** @type {boolean} */ skip) => (/** @type {string} */ name, /** @type {() => unknown} */ body) =>
    void runner.it(name, { timeout, skip }, async () => void (await body()))

export const vi = {
  /** Calls until it does not throw, for 10 s at most. @template T @param {() => T | Promise<T>} callback */
  async waitFor(callback) {
    for (const end = performance.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      try {
        return await callback()
      } catch (error) {
        if (performance.now() > end) throw error
      }
    }
  },
}
