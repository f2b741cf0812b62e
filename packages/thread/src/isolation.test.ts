// SPDX-License-Identifier: GPL-2.0-or-later
//
// Isolates that share primitives, and isolates and processes that end while their threads are blocked. Workers and
// child processes run plain JavaScript, so these tests use the built packages.
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { isWindows, threadIds as tids } from '../test/os-threads.mjs'
import { QemuEvent, QemuMutex, QemuSemaphore, qemuThreadCreate } from './index.js'

const entry = new URL('../dist/index.js', import.meta.url).href
const osThreads = new URL('../test/os-threads.mjs', import.meta.url).href
const noStrace = isWindows || spawnSync('strace', ['-V']).status !== 0
const folder = mkdtempSync(join(tmpdir(), 'dromaius-thread-'))

beforeAll(() => {
  if (!existsSync(fileURLToPath(entry)))
    throw new Error('Build packages/thread first: these tests use its dist')
})
afterAll(() => rmSync(folder, { recursive: true }))

/** An ES module in which `thread` is the built package and `workerData` is what was given. */
const startWorker = (code: string, workerData: unknown): Worker => {
  const source = `
    import { parentPort, workerData } from 'node:worker_threads'
    const thread = await import(${JSON.stringify(entry)})
    ${code}`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData })
}
const message = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
const exited = (worker: Worker): Promise<number> =>
  new Promise((resolve, reject) => {
    worker.once('exit', resolve)
    worker.once('error', reject)
  })

interface Ended {
  status: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** Runs an ES module in a process of its own. Its output goes to files: pipes do not work for Node.js under Wine. */
const runModule = (source: string, prefix: string[] = []): Ended => {
  const [command, ...args] = [...prefix, process.execPath, '--input-type=module', '-e', source]
  const [out, err] = [join(folder, 'stdout'), join(folder, 'stderr')]
  const [stdout, stderr] = [openSync(out, 'w'), openSync(err, 'w')]
  const { status, signal } = spawnSync(command, args, {
    timeout: isWindows ? 120_000 : 20_000,
    stdio: ['ignore', stdout, stderr],
  })
  closeSync(stdout)
  closeSync(stderr)
  return { status, signal, stdout: readFileSync(out, 'utf8'), stderr: readFileSync(err, 'utf8') }
}

/** The same with `thread`, the built package. */
const runProcess = (code: string, prefix: string[] = []): Ended =>
  runModule(`const thread = await import(${JSON.stringify(entry)})\n${code}`, prefix)

it('primitives are shared with a Worker by their handles', async () => {
  const mutex = new QemuMutex()
  const locked = new QemuSemaphore(0)
  const go = new QemuEvent(false)
  const worker = startWorker(
    `const mutex = thread.QemuMutex.fromHandle(workerData.mutex)
    const locked = thread.QemuSemaphore.fromHandle(workerData.locked)
    const go = thread.QemuEvent.fromHandle(workerData.go)
    await thread.qemuThreadCreate('in worker', async (t) => {
      await mutex.lock(t)
      locked.post()
      await go.wait(t)
      mutex.unlock(t)
    }, 'joinable').join()`,
    { mutex: mutex.handle, locked: locked.handle, go: go.handle },
  )
  const gone = exited(worker)

  const thread = qemuThreadCreate(
    'in main',
    async (t) => {
      await locked.wait(t)
      const wasFree = mutex.tryLock(t)
      go.set()
      await mutex.lock(t)
      mutex.unlock(t)
      return wasFree
    },
    'joinable',
  )

  expect(await Promise.all([gone, thread.join()])).toEqual([0, false])
})

it('Worker terminated while its threads are blocked and idle ends at once, and the blocked one can end later', async () => {
  const mutex = new QemuMutex()
  const holder = qemuThreadCreate(
    'holder',
    async (t) => {
      await mutex.lock(t)
      const worker = startWorker(
        `const mutex = thread.QemuMutex.fromHandle(workerData)
        const blocked = thread.qemuThreadCreate('blocked', (t) => mutex.lock(t), 'joinable')
        const idle = thread.qemuThreadCreate('idle', () => new Promise(() => {}), 'joinable')
        const detached = thread.qemuThreadCreate('detached', () => new Promise(() => {}), 'detached')
        parentPort.postMessage({ blocked: blocked.id, others: [idle.id, detached.id] })`,
        mutex.handle,
      )
      const ids = (await message(worker)) as { blocked: number; others: number[] }
      await worker.terminate()
      return ids
    },
    'joinable',
  )
  // The holder's own thread ends here without giving the mutex up, as a pthread may.
  const ids = await holder.join()

  expect(tids()).toContain(ids.blocked)
  await vi.waitFor(() => expect(tids().filter((tid) => ids.others.includes(tid))).toEqual([]))
})

it('thread that outlived its Worker runs on unharmed when it is woken', async () => {
  const event = new QemuEvent(false)
  const worker = startWorker(
    `const event = thread.QemuEvent.fromHandle(workerData)
    parentPort.postMessage(thread.qemuThreadCreate('outlives', (t) => event.wait(t), 'joinable').id)`,
    event.handle,
  )
  const tid = (await message(worker)) as number
  await worker.terminate()
  expect(tids()).toContain(tid)

  event.set()

  await vi.waitFor(() => expect(tids()).not.toContain(tid))
})

it('thread that outlived the only Worker that loaded the addon still finds its code', () => {
  const result = runModule(`
    import { Worker } from 'node:worker_threads'
    import { setTimeout as sleep } from 'node:timers/promises'
    import { threadIds } from ${JSON.stringify(osThreads)}
    const source = \`
      import { parentPort } from 'node:worker_threads'
      const thread = await import(${JSON.stringify(entry)})
      const sem = new thread.QemuSemaphore(0)
      parentPort.postMessage(thread.qemuThreadCreate('late', (t) => sem.timedwait(300, t), 'joinable').id)\`
    const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(source)))
    const tid = await new Promise((resolve) => worker.once('message', resolve))
    await worker.terminate()
    const alive = () => threadIds().includes(tid)
    console.log(alive())
    while (alive()) await sleep(10)
    console.log('ended')`)

  expect([result.status, result.signal, result.stderr, result.stdout]).toEqual([0, null, '', 'true\nended\n'])
})

it('Workers terminated in the middle of everything do not harm the process', () => {
  const result = runProcess(`
    import { Worker } from 'node:worker_threads'
    const source = \`
      const thread = await import(${JSON.stringify(entry)})
      const mutex = new thread.QemuMutex(), sem = new thread.QemuSemaphore(0)
      const body = async (t) => {
        t.atexit(() => {})
        for (let i = 0; i < 10; i++) {
          await mutex.withLock(t, () => i % 3 === 0 ? new Promise(setImmediate) : undefined)
          await sem.timedwait(1, t)
        }
      }
      const create = (mode) => thread.qemuThreadCreate(mode, body, mode)
      for (;;) {
        create('detached')
        await Promise.all([create('joinable').join(), create('joinable').join()])
      }\`
    for (let i = 0; i < 30; i++) {
      const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(source)))
      worker.on('error', (error) => console.log(error))
      await new Promise((resolve) => setTimeout(resolve, 30 + i))
      await worker.terminate()
    }
    console.log('unharmed')`)

  expect([result.status, result.signal, result.stderr, result.stdout]).toEqual([0, null, '', 'unharmed\n'])
})

it('process.exit with blocked, idle and detached threads ends the process at once', () => {
  const result = runProcess(`
    const mutex = new thread.QemuMutex()
    await thread.qemuThreadCreate('holder', (t) => mutex.lock(t), 'joinable').join()
    for (const mode of ['joinable', 'detached']) {
      for (let i = 0; i < 4; i++) thread.qemuThreadCreate('blocked', (t) => mutex.lock(t), mode)
      thread.qemuThreadCreate('idle', () => new Promise(() => {}), mode)
    }
    console.log('exiting')
    process.exit(7)`)

  expect([result.status, result.signal, result.stderr, result.stdout]).toEqual([7, null, '', 'exiting\n'])
})

it('process whose event loop runs empty ends with its idle threads', () => {
  const result = runProcess(`
    thread.qemuThreadCreate('idle', () => new Promise(() => {}), 'joinable')
    thread.qemuThreadCreate('idle', () => new Promise(() => {}), 'detached')
    console.log('end of module')`)

  expect([result.status, result.signal, result.stderr, result.stdout]).toEqual([
    0,
    null,
    '',
    'end of module\n',
  ])
})

it('operation under way keeps the process alive until it is done', () => {
  const result = runProcess(`
    const sem = new thread.QemuSemaphore(0)
    thread.qemuThreadCreate('waits', async (t) => console.log(await sem.timedwait(50, t)), 'detached')`)

  expect([result.status, result.stderr, result.stdout]).toEqual([0, '', 'false\n'])
})

it('failure of a detached body is an unhandled rejection', () => {
  const result = runProcess(`
    thread.qemuThreadCreate('fails', async () => { throw new Error('nobody joins') }, 'detached')`)

  expect(result.status).toBe(1)
  expect(result.stderr).toContain('nobody joins')
})

it.skipIf(noStrace)('create throws a HostError when the host has no more threads (needs strace)', () => {
  // How many threads Node.js itself starts is counted in a run without failure: the one made last is ours.
  const code = `
    try {
      thread.qemuThreadCreate('one too many', () => {}, 'detached')
      console.log('created')
    } catch (error) {
      console.log(JSON.stringify([error.name, error.operation, error.code]))
    }
    process.exit(0)`
  const counted = runProcess(code, ['strace', '-f', '-qq', '-e', 'trace=clone3,clone', '-o', '|cat >&2'])
  const clones = counted.stderr.match(/clone3?\(/g)!.length
  expect(counted.stdout).toBe('created\n')

  const result = runProcess(code, [
    'strace',
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `inject=clone3,clone:error=EAGAIN:when=${clones}`,
  ])

  expect(result.stdout).toBe('["HostError","qemu_thread_create","EAGAIN"]\n')
})
