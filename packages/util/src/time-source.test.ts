// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const built = new URL('../dist/time-source.js', import.meta.url).href

/** What a process of its own prints, whose event loop has nothing to do but this: armed out of a timer's callback. */
function printed(armed: string): string[] {
  const code = `
import { nodeTimeSource } from '${built}'
setTimeout(() => {
${armed}
}, 1)`
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line !== '')
}

it('a wake-up in the next turn comes though there is nothing else to wait for', () => {
  const lines = printed(`
nodeTimeSource.wakeAfter(0, () => console.log('wake-up'))`)

  expect(lines).toEqual(['wake-up'])
})

it('a wake-up in some time comes, too, but does not keep the process alive', () => {
  const lines = printed(`
nodeTimeSource.wakeAfter(1, () => console.log('soon'))
nodeTimeSource.wakeAfter(60_000, () => console.log('too late'))
setTimeout(() => console.log('later'), 300)`)

  expect(lines).toEqual(['soon', 'later'])
})

it('a wake-up that is cancelled does not come', () => {
  const lines = printed(`
nodeTimeSource.wakeAfter(0, () => console.log('now'))()
nodeTimeSource.wakeAfter(1, () => console.log('soon'))()
setTimeout(() => console.log('later'), 100)`)

  expect(lines).toEqual(['later'])
})
