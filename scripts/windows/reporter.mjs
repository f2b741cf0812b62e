// SPDX-License-Identifier: GPL-2.0-or-later
/** For Node's test runner: one line of JSON for each test, `{ name, status, message }`, the groups' names in front. */
import { inspect } from 'node:util'

/** @param {AsyncIterable<{ type: string, data: any }>} source */
export default async function* reporter(source) {
  /** @type {string[]} */
  const names = []
  for await (const { type, data } of source) {
    if (type === 'test:start') names[data.nesting] = data.name
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const suite = data.details?.type === 'suite'
    // A group that failed only because one of its tests did says nothing new.
    if (suite && (type === 'test:pass' || data.details.error?.failureType === 'subtestsFailed')) continue
    const name = [...names.slice(0, data.nesting), data.name].join(' > ')
    const status = type === 'test:fail' ? 'failed' : data.skip === undefined ? 'passed' : 'skipped'
    const error = data.details?.error
    yield `${JSON.stringify({ name, status, message: error ? inspect(error.cause ?? error) : '' })}\n`
  }
}
