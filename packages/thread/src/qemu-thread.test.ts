// SPDX-License-Identifier: GPL-2.0-or-later
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import {
  QemuEvent,
  qemuThreadCreate,
  qemuThreadGetSelf,
  qemuThreadIsSelf,
  type QemuThread,
  type ThreadServer,
} from './index.js'
import { isWindows, keptName, openHandles, threadIds as tids, threadName } from '../test/os-threads.mjs'

it('thread create returns a running, named OS thread and its id', async () => {
  const end = new QemuEvent(false)

  const thread = qemuThreadCreate('CPU 0/KVM', (t) => end.wait(t), 'joinable')

  expect(thread.id).toBeGreaterThan(0)
  expect(thread.id).not.toBe(process.pid)
  expect(thread.name).toBe('CPU 0/KVM')
  expect(thread.mode).toBe('joinable')
  expect(threadName(thread.id)).toBe('CPU 0/KVM')
  expect(tids()).toContain(thread.id)
  end.set()
  await thread.join()
  expect(tids()).not.toContain(thread.id)
})

it.skipIf(isWindows)('thread shows its name and id in ps (needs Linux)', async () => {
  const end = new QemuEvent(false)
  const thread = qemuThreadCreate('CPU 0/KVM', (t) => end.wait(t), 'joinable')

  const ps = execFileSync('ps', ['-T', '-o', 'spid,comm', '-p', String(process.pid)], { encoding: 'utf8' })

  expect(ps.split('\n').map((line) => line.trim())).toContain(`${thread.id} CPU 0/KVM`)
  end.set()
  await thread.join()
})

it('thread name longer than the system keeps is cut there only', async () => {
  const end = new QemuEvent(false)

  const thread = qemuThreadCreate('a name too long for it', (t) => end.wait(t), 'joinable')

  expect(thread.name).toBe('a name too long for it')
  expect(threadName(thread.id)).toBe(keptName('a name too long for it'))
  end.set()
  await thread.join()
})

it.skipIf(isWindows)('thread blocks all signals but SIGSEGV, SIGFPE and SIGILL (needs Linux)', async () => {
  const end = new QemuEvent(false)
  const thread = qemuThreadCreate('mask', (t) => end.wait(t), 'joinable')

  const status = readFileSync(`/proc/self/task/${thread.id}/status`, 'utf8')

  const blocked = BigInt(`0x${/^SigBlk:\s*([0-9a-f]+)$/m.exec(status)![1]}`)
  const isBlocked = (signal: number): boolean => ((blocked >> BigInt(signal - 1)) & 1n) === 1n
  const [SIGINT, SIGILL, SIGBUS, SIGFPE, SIGUSR1, SIGSEGV, SIGTERM] = [2, 4, 7, 8, 10, 11, 15]
  expect([SIGILL, SIGFPE, SIGSEGV].map(isBlocked)).toEqual([false, false, false])
  expect([SIGINT, SIGBUS, SIGUSR1, SIGTERM].map(isBlocked)).toEqual([true, true, true, true])
  end.set()
  await thread.join()
})

it('join returns the value of a synchronous and of an asynchronous body', async () => {
  const quick = qemuThreadCreate('quick', () => 42, 'joinable')
  const slow = qemuThreadCreate('slow', async () => (await sleep(5), 'done'), 'joinable')

  expect(await quick.join()).toBe(42)
  expect(await slow.join()).toBe('done')
})

it('join of a thread that has long ended returns its value', async () => {
  const thread = qemuThreadCreate('early', () => 'kept', 'joinable')
  await vi.waitFor(() => expect(thread.ended).toBe(true))

  expect(await thread.join()).toBe('kept')
})

it('join rejects with the error of an asynchronous body', async () => {
  const thread = qemuThreadCreate('fails', async () => Promise.reject(new Error('from the body')), 'joinable')

  await expect(thread.join()).rejects.toThrow('from the body')
  expect(thread.ended).toBe(true)
})

it('join twice, of a detached thread and of oneself throws', async () => {
  const thread = qemuThreadCreate('twice', () => {}, 'joinable')
  const detached = qemuThreadCreate('detached', () => {}, 'detached')
  const joined = thread.join()

  expect(() => thread.join()).toThrow('Thread "twice" was joined before')
  expect(() => detached.join()).toThrow('Thread "detached" is detached and cannot be joined')
  expect(() => qemuThreadCreate('self', (t) => void t.join(), 'joinable')).toThrow(
    'Thread "self" cannot join itself',
  )
  await joined
})

it('join does not block the isolate', async () => {
  const end = new QemuEvent(false)
  const thread = qemuThreadCreate('blocked', (t) => end.wait(t), 'joinable')
  const joined = thread.join()
  let turns = 0
  const timer = setInterval(() => turns++, 1)

  await sleep(30)
  end.set()
  await joined

  clearInterval(timer)
  expect(turns).toBeGreaterThan(3)
})

it('detached thread ends by itself when its body has settled', async () => {
  const thread = qemuThreadCreate('detached', async () => sleep(5), 'detached')
  expect(tids()).toContain(thread.id)

  await vi.waitFor(() => expect(thread.ended).toBe(true))
  await vi.waitFor(() => expect(tids()).not.toContain(thread.id))
})

it('body that throws before its first await makes create throw and leaves no thread', () => {
  const before = tids()
  const order: string[] = []
  const body = (thread: QemuThread): never => {
    thread.atexit(() => order.push('notified'))
    throw new Error('cannot start')
  }

  expect(() => qemuThreadCreate('throws', body, 'joinable')).toThrow('cannot start')
  expect(tids().filter((tid) => !before.includes(tid))).toEqual([])
  expect(order).toEqual(['notified'])
})

it('body that throws while its thread is busy ends the thread later', async () => {
  const end = new QemuEvent(false)
  let id = 0
  const body = (thread: QemuThread): never => {
    id = thread.id
    void end.wait(thread)
    throw new Error('cannot start')
  }

  expect(() => qemuThreadCreate('throws busy', body, 'joinable')).toThrow('cannot start')
  expect(tids()).toContain(id)
  end.set()
  await vi.waitFor(() => expect(tids()).not.toContain(id))
})

it('exit notifiers run after the thread has gone, the last one added first', async () => {
  const order: string[] = []
  const removed = (): void => void order.push('removed')
  const thread = qemuThreadCreate(
    'notifiers',
    async (t) => {
      t.atexit(() => order.push('first'))
      t.atexit(removed)
      t.atexit((ending) => {
        expect(ending).toBe(t)
        expect(tids()).not.toContain(t.id)
        order.push('last')
      })
      t.atexitRemove(removed)
      await Promise.resolve()
      order.push('body')
    },
    'joinable',
  )

  await thread.join()

  expect(order).toEqual(['body', 'last', 'first'])
  expect(() => thread.atexit(removed)).toThrow('Thread "notifiers" has ended')
})

it('exit notifier that throws fails the join after the others ran', async () => {
  const order: string[] = []
  const thread = qemuThreadCreate('bad notifier', async () => {}, 'joinable')
  thread.atexit(() => order.push('first'))
  thread.atexit(() => {
    throw new Error('from the notifier')
  })

  await expect(thread.join()).rejects.toThrow('from the notifier')
  expect(order).toEqual(['first'])
})

it('self is known up to the first await and inside enter', async () => {
  expect(qemuThreadGetSelf()).toBeUndefined()
  const thread = qemuThreadCreate(
    'self',
    async (t) => {
      expect(qemuThreadGetSelf()).toBe(t)
      expect(qemuThreadIsSelf(t)).toBe(true)
      const inner = qemuThreadCreate('inner', (i) => void expect(qemuThreadGetSelf()).toBe(i), 'joinable')
      expect(qemuThreadGetSelf()).toBe(t)
      await inner.join()
      expect(qemuThreadGetSelf()).toBeUndefined()
      expect(t.enter(() => qemuThreadGetSelf())).toBe(t)
    },
    'joinable',
  )

  await thread.join()
})

it('affinity set is the affinity got, and nonsense is refused', async () => {
  const end = new QemuEvent(false)
  const thread = qemuThreadCreate('affinity', (t) => end.wait(t), 'joinable')
  const all = thread.getAffinity()
  const last = all[all.length - 1]

  thread.setAffinity([last])

  expect(thread.getAffinity()).toEqual([last])
  expect(() => thread.setAffinity([])).toThrow(
    expect.objectContaining({ name: 'HostError', operation: 'qemu_thread_set_affinity', code: 'EINVAL' }),
  )
  expect(() => thread.setAffinity([-1])).toThrow(RangeError)
  expect(() => thread.setAffinity([0.5])).toThrow(RangeError)
  end.set()
  await thread.join()
  expect(() => thread.getAffinity()).toThrow('Thread "affinity" has ended')
})

it("create with a server of one's own uses it as the OS thread", async () => {
  const calls: string[] = []
  class OwnServer implements ThreadServer {
    readonly tid = 12345
    readonly extra = 'only here'
    stop(onEnd: () => void): void {
      calls.push('stop')
      setImmediate(onEnd)
    }
  }

  const thread = qemuThreadCreate(
    'own',
    async (t: QemuThread<OwnServer>) => t.server.extra,
    'joinable',
    (name, mode) => (calls.push(name, mode), new OwnServer()),
  )

  expect(thread.id).toBe(12345)
  expect(thread.server).toBeInstanceOf(OwnServer)
  expect(await thread.join()).toBe('only here')
  expect(calls).toEqual(['own', 'joinable', 'stop'])
})

it('1000 threads created and joined leave no thread and no descriptor or handle', async () => {
  await qemuThreadCreate('warm up', async () => {}, 'joinable').join()
  const before = { threads: tids().length, handles: openHandles() }

  for (let i = 0; i < 1000; i++) await qemuThreadCreate(`thread ${i}`, async () => i, 'joinable').join()

  // The pool of the event loop may grow to its four threads while joining.
  expect(tids().length).toBeLessThanOrEqual(before.threads + 4)
  expect(openHandles()).toBe(before.handles)
})

it('64 threads at once are joined in any order', async () => {
  const end = new QemuEvent(false)
  const threads = Array.from({ length: 64 }, (_, i) =>
    qemuThreadCreate(`t${i}`, async (t) => (await end.wait(t), i), 'joinable'),
  )
  end.set()

  const values = await Promise.all(threads.reverse().map((thread) => thread.join()))

  expect(values).toEqual(Array.from({ length: 64 }, (_, i) => 63 - i))
})
