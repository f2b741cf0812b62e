// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every system call by which a machine of two CPUs comes to life is made to fail from outside, one at a time: the machine
// comes down whole, in one clear line, and leaves nothing behind.

import { beforeAll, describe, expect, it } from 'vitest'
import { accelerators } from './accelerators.js'
import {
  cleanCreation,
  command,
  complaintsAbout,
  createMachines,
  eventsOf,
  forEachOfTwo,
  injectInProcess,
  type InjectionPoint,
  injectionOptions,
  ioctlPoints,
  RAM_SIZE,
  thinned,
  whatWasLeft,
} from './fault-injection.js'
import { straceRun, type TracedCall, type TracedRun, whyNot } from './strace.js'

/** Requests whose failure a machine survives, and why that is right. */
const survivable: Readonly<Record<string, string>> = {
  KVM_GET_TSC_KHZ: 'a host that does not tell its frequency leaves leaves out; QEMU goes on too',
  KVM_SET_TSC_KHZ: 'the frequency that is asked for is the one that the vCPU has',
}

/** The lines of standard error that are not the summary's. */
const errorLines = ({ stderr }: TracedRun): string[] =>
  stderr.split('\n').filter((line) => line !== '' && !line.startsWith('dromaius: info: '))

const vm = 'anon_inode:kvm-vm'
const paths = ['/dev/kvm', vm, 'anon_inode:kvm-vcpu:0', 'anon_inode:kvm-vcpu:1']
const reason =
  accelerators.find(({ name }) => name === 'kvm')!.unavailable ?? whyNot('strace') ?? whyNot('prlimit')

describe.skipIf(reason !== null)(`injected failures${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let creation: TracedCall[] = []
  const survived = new Set<string>()

  beforeAll(async () => {
    creation = await cleanCreation()
  }, 60_000)

  /** Lets the command fail at a point, and expects its end. */
  async function expectCommandFails(point: InjectionPoint): Promise<void> {
    const run = await straceRun(injectionOptions(point), command)
    const what = JSON.stringify(point)
    expect(
      run.calls.some(({ injected }) => injected),
      `injected: ${what}`,
    ).toBe(true)
    expect(run.timedOut, what).toBe(false)
    expect(run.stderr, what).toMatch(/^dromaius: .*\n$/)
    expect(complaintsAbout(run.stderr, point)).toEqual([])
    expect(run, what).toMatchObject({ code: 1, stdout: '' })
  }

  /** Fails the machine's own ioctls once only; a vCPU's thread is new, and fails again, with every machine that has it. */
  const machines: Readonly<Record<string, readonly number[]>> = {
    '/dev/kvm': [2, 2],
    [vm]: [2, 2],
    'anon_inode:kvm-vcpu:0': [2, 2],
    'anon_inode:kvm-vcpu:1': [2, 1],
  }

  it.each(paths)(
    'each ioctl on %s fails its machine without a trace of it, and the process goes on',
    async (path) => {
      // What comes very often, and what the second vCPU does like the first, is tried now and then only.
      const points = thinned(ioctlPoints(creation, path), path.endsWith(':1') ? 1 : 4)
      expect(points.length).toBeGreaterThan(10)
      const complaints: string[] = []
      await forEachOfTwo(points, async (point) => {
        // On the VM a vCPU's thread would fail the second machine with its own first call.
        const smp = path === vm && point.when === 1 ? [2] : machines[path]!
        const { failed, complaints: more } = await injectInProcess(point, ...smp)
        complaints.push(...more)
        if (failed) return
        if (point.operation in survivable) survived.add(point.operation)
        else
          complaints.push(`${point.operation} (${path} ${point.when}): the machine came to life all the same`)
      })
      expect(complaints).toEqual([])
    },
    180_000,
  )

  it('what a machine survives is on the list, and nothing else', () => {
    for (const [request, why] of Object.entries(survivable)) console.info(`survived: ${request}: ${why}`)
    expect([...survived].sort()).toEqual(Object.keys(survivable).sort())
  })

  it('the command ends with one line and code 1, whichever request fails', async () => {
    const points = paths.flatMap((path) => ioctlPoints(creation, path))
    const firsts = points.filter(
      ({ operation }, i) =>
        !(operation in survivable) && points.findIndex((point) => point.operation === operation) === i,
    )
    expect(firsts.length).toBeGreaterThan(25)
    await forEachOfTwo(firsts, expectCommandFails)
  }, 120_000)

  it('KVM_CREATE_VCPU', async () => {
    // The first call on a VM of either thread: the first machine fails by its own thread's, which was its last chance.
    const point: InjectionPoint = { call: 'ioctl', path: vm, when: 1, error: 'ENOMEM', operation: '' }
    const events = eventsOf(await straceRun(injectionOptions(point), createMachines(2, 2, 1)))
    expect(events.map(({ message }) => message?.split(' ')[0])).toEqual([
      undefined,
      'KVM_ENABLE_CAP',
      'KVM_CREATE_VCPU',
      'KVM_CREATE_VCPU',
    ])
    expect(whatWasLeft(events)).toEqual([])
  })

  it.each([
    [1, 'KVM_CREATE_VM failed: Too many open files (EMFILE)'],
    [3, 'KVM_CREATE_VCPU failed: Too many open files (EMFILE)'],
  ])('with %i free descriptors a machine fails: %s', async (spare, message) => {
    const run = await straceRun(['-e', 'trace=none'], createMachines(`--spare=${spare}`, 2, 2))
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const events = eventsOf(run)
    expect(events.map((event) => event.message)).toEqual([undefined, message, message])
    expect(whatWasLeft(events)).toEqual([])
  })

  it('/dev/kvm that cannot be opened', () =>
    expectCommandFails({ call: 'openat', path: '/dev/kvm', when: 1, error: 'EMFILE', operation: '/dev/kvm' }))

  it.each([0, 1])("mmap of vCPU %i's shared pages", async (vcpu) => {
    const path = `anon_inode:kvm-vcpu:${vcpu}`
    const point: InjectionPoint = { call: 'mmap', path, when: 1, error: 'ENOMEM', operation: 'mmap' }
    await expectCommandFails(point)
    expect(await injectInProcess(point, ...machines[path]!)).toEqual({ failed: true, complaints: [] })
  })

  it.each([0, 1])('creation of the thread of vCPU %i', async (vcpu) => {
    const clones = creation.filter(({ name, thread }) => name === 'clone3' && thread === creation[0]!.thread)
    const when = clones.length - 1 + vcpu
    const point: InjectionPoint = {
      call: 'clone3',
      path: null,
      when,
      error: 'EAGAIN',
      operation: 'pthread_create',
    }
    await expectCommandFails(point)
    expect(await injectInProcess(point, 2, 2)).toEqual({ failed: true, complaints: [] })
  })

  it('ioctls on the VM when it starts and ends', async () => {
    const { calls } = await straceRun(['-y', '-e', 'trace=ioctl'], command)
    const points = ioctlPoints(calls, vm).slice(ioctlPoints(creation, vm).length)
    expect(points.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining(['KVM_SET_CLOCK', 'KVM_SET_PIT2', 'KVM_GET_PIT2', 'KVM_SET_USER_MEMORY_REGION']),
    )
    await forEachOfTwo(points, async (point) => {
      const run = await straceRun(injectionOptions(point), command)
      expect(run.timedOut).toBe(false)
      expect(errorLines(run)).toEqual([
        `dromaius: ${point.operation} failed: Cannot allocate memory (ENOMEM)`,
      ])
      expect(run.code).toBe(1)
    })
  })

  it.each([0, 1])('KVM_RUN of vCPU %i', async (vcpu) => {
    const path = `anon_inode:kvm-vcpu:${vcpu}`
    // Behind what comes with the start of the machine.
    const when = ioctlPoints(creation, path).length + 3
    const point: InjectionPoint = { call: 'ioctl', path, when, error: 'ENOMEM', operation: 'KVM_RUN' }
    const run = await straceRun(injectionOptions(point), command)
    expect(run).toMatchObject({ code: 1, timedOut: false })
    expect(run.calls.find(({ injected }) => injected)?.args).toContain('KVM_RUN')
    expect(errorLines(run)).toEqual([`dromaius: CPU ${vcpu}: KVM_RUN failed: ENOMEM`])
  })

  it('mmap of guest RAM', async () => {
    const isRam = ({ name, args }: TracedCall): boolean =>
      name === 'mmap' && args.includes(` ${RAM_SIZE}, PROT_READ|PROT_WRITE,`)
    // The engine maps memory as it sees fit, so the place of guest RAM's mmap varies: what was hit is looked at, and a
    // miss, which the engine may not survive, is no answer.
    for (let attempt = 0; attempt < 30; attempt++) {
      const seen = (await straceRun(['-e', 'trace=mmap'], command)).calls
      const own = seen.filter(({ name, thread }) => name === 'mmap' && thread === seen[0]!.thread)
      const point: InjectionPoint = {
        call: 'mmap',
        path: null,
        when: own.findIndex(isRam) + 1,
        error: 'ENOMEM',
        operation: '-m',
      }
      const run = await straceRun(injectionOptions(point), command)
      if (!run.calls.some((call) => call.injected && isRam(call))) continue
      expect(run).toMatchObject({ code: 1, timedOut: false, stdout: '' })
      expect(run.stderr).toMatch(/^dromaius: -m: .*64 MiB: Cannot allocate memory\n$/)
      return
    }
    expect.unreachable('guest RAM was never hit')
  }, 120_000)
})
