// SPDX-License-Identifier: GPL-2.0-or-later
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  QemuCond,
  QemuEvent,
  QemuMutex,
  QemuRecMutex,
  QemuSemaphore,
  qemuThreadCreate,
  type QemuThread,
} from './index.js'

const hostError = (operation: string, code: string): unknown =>
  expect.objectContaining({ name: 'HostError', operation, code })

let end: QemuEvent
let a: QemuThread
let b: QemuThread
let release: () => void

/** Two idle threads: what the tests let them do is what they do. */
beforeEach(() => {
  end = new QemuEvent(false)
  const idle = new Promise<void>((resolve) => (release = resolve))
  a = qemuThreadCreate('a', () => idle, 'joinable')
  b = qemuThreadCreate('b', () => idle, 'joinable')
})

afterEach(async () => {
  release()
  end.set()
  await Promise.all([a.join(), b.join()])
})

describe('QemuMutex', () => {
  it('mutex locked by one thread is refused to another until it is given up', async () => {
    const mutex = new QemuMutex()
    await mutex.lock(a)

    expect(mutex.tryLock(b)).toBe(false)
    let taken = false
    const waiting = mutex.lock(b).then(() => (taken = true))
    await sleep(10)
    expect(taken).toBe(false)
    mutex.unlock(a)
    await waiting

    expect(mutex.tryLock(a)).toBe(false)
    mutex.unlock(b)
    mutex.destroy()
  })

  it('mutex misuse is a HostError and harms nothing', async () => {
    const mutex = new QemuMutex()
    await mutex.lock(a)

    await expect(mutex.lock(a)).rejects.toEqual(hostError('qemu_mutex_lock', 'EDEADLK'))
    expect(() => mutex.unlock(b)).toThrow(hostError('qemu_mutex_unlock', 'EPERM') as Error)
    expect(() => mutex.destroy()).toThrow(hostError('qemu_mutex_destroy', 'EBUSY') as Error)

    mutex.unlock(a)
    mutex.destroy()
    expect(() => mutex.lock(a)).toThrow('The primitive was destroyed')
    expect(() => mutex.destroy()).toThrow('The primitive was destroyed')
  })

  it('mutex unlock while the thread is blocked throws instead of blocking the isolate', async () => {
    const mutex = new QemuMutex()
    await mutex.lock(a)
    const blocked = end.wait(a)

    expect(() => mutex.unlock(a)).toThrow('The thread is busy with an operation that was not awaited')

    end.set()
    await blocked
    mutex.unlock(a)
  })

  it('mutex call on a thread that has ended throws', async () => {
    const mutex = new QemuMutex()
    const gone = qemuThreadCreate('gone', () => {}, 'joinable')
    await gone.join()

    expect(() => mutex.tryLock(gone)).toThrow('The thread has ended')
    expect(() => mutex.lock(gone)).toThrow('The thread has ended')
  })

  it('64 contending threads count correctly across awaits', async () => {
    const mutex = new QemuMutex()
    let counter = 0
    const body = async (thread: QemuThread): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        await mutex.withLock(thread, async () => {
          const seen = counter
          await Promise.resolve()
          counter = seen + 1
        })
      }
    }

    const threads = Array.from({ length: 64 }, (_, i) => qemuThreadCreate(`contend ${i}`, body, 'joinable'))
    await Promise.all(threads.map((thread) => thread.join()))

    expect(counter).toBe(320)
    mutex.destroy()
  })

  it('withLock gives the mutex up when its function throws', async () => {
    const mutex = new QemuMutex()

    await expect(mutex.withLock(a, () => Promise.reject(new Error('inside')))).rejects.toThrow('inside')

    expect(mutex.tryLock(b)).toBe(true)
    mutex.unlock(b)
  })
})

describe('QemuRecMutex', () => {
  it('recursive mutex is free when it was given up as often as taken', async () => {
    const mutex = new QemuRecMutex()
    await mutex.lock(a)
    await mutex.lock(a)
    expect(mutex.tryLock(a)).toBe(true)

    mutex.unlock(a)
    mutex.unlock(a)
    expect(mutex.tryLock(b)).toBe(false)
    mutex.unlock(a)
    expect(mutex.tryLock(b)).toBe(true)
    expect(() => mutex.unlock(a)).toThrow(hostError('qemu_mutex_unlock', 'EPERM') as Error)

    mutex.unlock(b)
    mutex.destroy()
  })
})

describe('QemuCond', () => {
  it('cond wait gives the mutex up and holds it again when woken', async () => {
    const mutex = new QemuMutex()
    const cond = new QemuCond()
    let ready = false
    await mutex.lock(a)
    const waiting = (async () => {
      while (!ready) await cond.wait(mutex, a)
    })()

    await mutex.lock(b)
    ready = true
    cond.signal()
    mutex.unlock(b)
    await waiting

    expect(mutex.tryLock(b)).toBe(false)
    mutex.unlock(a)
    cond.destroy()
    mutex.destroy()
  })

  it('cond broadcast wakes every waiter', async () => {
    const mutex = new QemuMutex()
    const cond = new QemuCond()
    let go = false
    const body = (thread: QemuThread): Promise<void> =>
      mutex.withLock(thread, async () => {
        while (!go) await cond.wait(mutex, thread)
      })
    const threads = Array.from({ length: 8 }, () => qemuThreadCreate('waiter', body, 'joinable'))
    await sleep(10)

    await mutex.withLock(a, () => {
      go = true
      cond.broadcast()
    })

    await Promise.all(threads.map((thread) => thread.join()))
  })

  it('cond timedwait returns false when the time ran out, with the mutex held', async () => {
    const mutex = new QemuMutex()
    const cond = new QemuCond()
    await mutex.lock(a)
    const start = performance.now()

    expect(await cond.timedwait(mutex, 20, a)).toBe(false)

    expect(performance.now() - start).toBeGreaterThanOrEqual(19)
    expect(mutex.tryLock(b)).toBe(false)
    mutex.unlock(a)
  })

  it('cond wait without the mutex, with a recursive one or with a bad timeout is refused', async () => {
    const mutex = new QemuMutex()
    const cond = new QemuCond()

    await expect(cond.wait(mutex, a)).rejects.toEqual(hostError('qemu_cond_wait', 'EPERM'))
    expect(() => cond.wait(new QemuRecMutex(), a)).toThrow(TypeError)
    for (const ms of [-1, 0.5, NaN, 2 ** 31]) expect(() => cond.timedwait(mutex, ms, a)).toThrow(RangeError)
  })
})

describe('QemuSemaphore', () => {
  it('semaphore lets as many through as it counts', async () => {
    const sem = new QemuSemaphore(1)
    await sem.wait(a)
    let through = false
    const waiting = sem.wait(a).then(() => (through = true))
    await sleep(10)
    expect(through).toBe(false)

    sem.post()
    await waiting

    expect(await sem.timedwait(0, a)).toBe(false)
    expect(await sem.timedwait(10, a)).toBe(false)
    sem.post()
    expect(await sem.timedwait(10, a)).toBe(true)
    sem.destroy()
  })

  it('semaphore with a bad count throws', () => {
    for (const init of [-1, 1.5, NaN, 2 ** 31]) expect(() => new QemuSemaphore(init)).toThrow(RangeError)
  })
})

describe('QemuEvent', () => {
  it('event lets everybody through once set, until it is reset', async () => {
    const event = new QemuEvent(false)
    let through = 0
    const waiting = [a, b].map((thread) => event.wait(thread).then(() => through++))
    await sleep(10)
    expect(through).toBe(0)

    event.set()
    await Promise.all(waiting)
    await event.wait(a)

    event.reset()
    const again = event.wait(a).then(() => through++)
    await sleep(10)
    expect(through).toBe(2)
    event.set()
    await again
    event.destroy()
  })
})

describe('handles', () => {
  it('handle opens the same primitive, which lives as long as one of its references', async () => {
    const mutex = new QemuMutex()
    const again = QemuMutex.fromHandle(mutex.handle)
    await mutex.lock(a)
    expect(again.tryLock(b)).toBe(false)

    mutex.destroy() // not the last reference, so a locked mutex is no obstacle
    again.unlock(a)
    expect(again.tryLock(b)).toBe(true)
    again.unlock(b)
    again.destroy()

    expect(() => QemuMutex.fromHandle(again.handle)).toThrow('No primitive has this handle')
  })

  it('handle of another kind, or of nothing, is refused', () => {
    const mutex = new QemuMutex()

    expect(() => QemuCond.fromHandle(mutex.handle)).toThrow(TypeError)
    expect(() => QemuRecMutex.fromHandle(mutex.handle)).toThrow(TypeError)
    expect(() => QemuSemaphore.fromHandle(0n)).toThrow('No primitive has this handle')
    expect(() => QemuEvent.fromHandle(2n ** 64n)).toThrow('No primitive has this handle')
  })

  it('native calls with foreign objects throw a TypeError', () => {
    const mutex = new QemuMutex()

    expect(() => mutex.lock({ server: {} } as QemuThread)).toThrow('Expected a CommandServer')
    expect(() => mutex.tryLock({ server: mutex.native } as unknown as QemuThread)).toThrow(
      'Expected a CommandServer',
    )
    expect(() => Reflect.apply(mutex.native.unlock, {}, [a.server])).toThrow(TypeError)
  })
})
