// SPDX-License-Identifier: GPL-2.0-or-later
//
// The tests beside this one, compiled, on Windows: run by Node.js under Wine, and reported here one by one.
import { describe, expect, it } from 'vitest'
import { windowsMissing, WindowsStage, type WindowsTest } from '../../../scripts/windows/stage.mjs'
import './index.js' // so that this file is looked at again when the package changes

const missing = windowsMissing()
const files = ['qemu-mutex', 'qemu-thread', 'qemu-thread-local', 'isolation']

async function run(): Promise<WindowsTest[]> {
  const stage = await WindowsStage.start()
  try {
    await stage.tests('thread')
    return await stage.runTests('thread', files)
  } finally {
    await stage.end()
  }
}
const tests = missing === null ? await run() : []

it.skipIf(missing !== null)(`thread tests ran on Windows${missing === null ? '' : ` (${missing})`}`, () => {
  for (const file of files) expect(tests.map((test) => test.file)).toContain(file)
})

describe.each(tests)('on Windows, $file', ({ name, status, message }) => {
  it.skipIf(status === 'skipped')(name, () => {
    expect(status, message).toBe('passed')
  })
})
