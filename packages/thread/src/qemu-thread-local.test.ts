// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, it } from 'vitest'
import { QemuThreadLocal, qemuThreadCreate } from './index.js'

it('thread-local keeps a value per thread and destroys it after the exit notifiers', async () => {
  const log: string[] = []
  const local = new QemuThreadLocal<string>((value) => log.push(`destroyed ${value}`))
  const body = (value: string) => async (): Promise<void> => void (await Promise.resolve(value))
  const a = qemuThreadCreate('a', body('a'), 'joinable')
  const b = qemuThreadCreate('b', body('b'), 'joinable')
  const none = qemuThreadCreate('none', body('none'), 'joinable')

  local.set(a, 'overwritten')
  local.set(a, 'of a')
  local.set(b, 'of b')
  a.atexit(() => log.push(`notified with ${local.get(a)}`))

  expect([local.get(a), local.get(b), local.get(none)]).toEqual(['of a', 'of b', undefined])
  await none.join()
  await a.join()
  expect(log.filter((line) => line !== 'destroyed of b')).toEqual(['notified with of a', 'destroyed of a'])
  await b.join()
  expect(log).toContain('destroyed of b')
  expect(local.get(a)).toBeUndefined()
  expect(() => local.set(a, 'late')).toThrow('Thread "a" has ended')
})
