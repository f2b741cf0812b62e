// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a program sees of a machine: registers, memory, events, its end.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addressSpaceStore } from '@dromaius/memory'
import { UserError } from '@dromaius/util'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { whyNoKvm } from '../test/command.js'
import { tinyElf } from '../test/tiny-elf.js'
import { Machine } from './machine.js'
import type { MachineOptions } from './machine-options.js'

const kvm = whyNoKvm()
const folder = mkdtempSync(join(tmpdir(), 'dromaius-api-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A machine that runs these bytes of 32-bit code. */
async function running(code: readonly number[], options: MachineOptions = {}): Promise<Machine> {
  const kernel = join(folder, `${code.length}-${Math.random()}.elf`)
  writeFileSync(kernel, tinyElf(code))
  return Machine.create({ cpu: 'qemu64,check=off', memory: '16M', kernel, ...options })
}

/** mov eax, 0x12345678; mov ebx, 0x9abcdef0; jmp $ */
const SPIN = [0xb8, 0x78, 0x56, 0x34, 0x12, 0xbb, 0xf0, 0xde, 0xbc, 0x9a, 0xeb, 0xfe]
/** mov al, 5; out 0xf4, al; jmp $ */
const DEBUG_EXIT = [0xb0, 0x05, 0xe6, 0xf4, 0xeb, 0xfe]
/** xor eax, eax; lidt [eax + 0x1000], which is all zeros; ud2 */
const TRIPLE_FAULT = [0x31, 0xc0, 0x0f, 0x01, 0x98, 0x00, 0x10, 0x00, 0x00, 0x0f, 0x0b]

const qtest = (options: MachineOptions = {}): Promise<Machine> =>
  Machine.create({ accel: 'qtest', cpu: 'qemu64', memory: '8M', ...options })

describe.skipIf(kvm !== '')(`a machine that runs${kvm}`, () => {
  it('shows the registers of a CPU while it runs and when it is paused', async () => {
    const vm = await running(SPIN)
    vm.start()
    // Where the loop is; before, the CPU is on its way there.
    const loop = 0x10000an
    let registers = await vm.cpus[0]!.registers()
    while (registers.rip !== loop) registers = await vm.cpus[0]!.registers()
    expect(registers).toMatchObject({ rax: 0x12345678n, rbx: 0x9abcdef0n, efer: 0n })
    expect(registers.cr0 & 1n).toBe(1n)
    expect(registers.cs.limit).toBe(0xffff_ffff)
    expect(vm.state).toBe('running')

    await vm.pause()
    expect(await vm.cpus[0]!.registers()).toEqual(registers)
    expect(await vm.cpus[0]!.dump()).toContain('EAX=12345678 EBX=9abcdef0')
    const [cpu] = vm.cpus
    await vm.stop()
    await expect(cpu!.registers()).rejects.toThrow('CPU 0 is gone')
    expect(vm.cpus).toEqual([])
  })

  it('sees what is written to its memory', async () => {
    const vm = await running(SPIN)
    vm.start()
    // The loop's jump becomes: mov al, 7; out 0xf4, al.
    expect(vm.memory.read(0x10000a, 2)).toEqual(Uint8Array.of(0xeb, 0xfe))
    vm.memory.write(0x10000cn, Uint8Array.of(0xf4, 0xeb, 0xfd))
    vm.memory.write(0x10000a, Uint8Array.of(0x90, 0x90))
    while (!(await vm.cpus[0]!.registers()).rip.toString(16).startsWith('10000d')) continue
    await vm.stop()
    expect(() => vm.memory.read(0, 1)).toThrow('memory.read: the machine has ended')
  })

  it.each(['stop', 'powerdown'] as const)(
    'its exit code is not lost to a %s that comes right behind',
    async (what) => {
      for (let i = 0; i < 10; i++) {
        const vm = await running(DEBUG_EXIT, { device: 'isa-debug-exit,iobase=0xf4' })
        vm.start()
        while (vm.system.requests.shutdown === null && vm.state === 'running') await new Promise(setImmediate)
        void vm[what]()
        expect(await vm.exited).toMatchObject({ code: 11, reason: 'guest-shutdown', error: null })
      }
    },
  )

  it('gives an exit code even when a power-off only pauses, as QEMU does', async () => {
    const vm = await running(DEBUG_EXIT, {
      device: { driver: 'isa-debug-exit', iobase: 0xf4 },
      noShutdown: true,
    })
    vm.start()
    expect(await vm.exited).toMatchObject({ code: 11 })
  })

  it('emits what happens to it', async () => {
    const vm = await running(TRIPLE_FAULT, { noReboot: true })
    const seen: unknown[] = []
    vm.on('state', (state) => seen.push(state))
    vm.on('resume', () => seen.push('resume'))
    vm.on('stop', () => seen.push('stop'))
    vm.on('shutdown', (event) => seen.push(event))
    vm.start()
    await vm.exited
    expect(seen).toEqual(['resume', 'running', { guest: true, reason: 'guest-reset' }, 'shutdown', 'stop'])
  })

  it('a listener that throws does not reach the machine', async () => {
    const vm = await running(SPIN)
    const error = new Error('of the listener')
    const caught = new Promise((resolve) => {
      const others = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      process.once('uncaughtException', (what) => {
        for (const other of others) process.on('uncaughtException', other)
        resolve(what)
      })
    })
    vm.on('resume', () => {
      throw error
    })
    vm.start()
    expect(await caught).toBe(error)
    expect(vm.state).toBe('running')
    expect(await vm.stop()).toMatchObject({ code: 0 })
  })
})

describe('a machine', () => {
  it('emits resets and the power button, whoever wants them', async () => {
    const vm = await qtest()
    const seen: unknown[] = []
    vm.on('reset', (event) => seen.push(event))
    vm.on('powerdown', () => seen.push('powerdown'))
    vm.start()
    vm.reset()
    await new Promise((resolve) => vm.once('reset', resolve))
    addressSpaceStore(vm.system.addressSpaceIo, 0x64, 0xfe, 1)
    await new Promise((resolve) => vm.once('reset', resolve))
    vm.powerdown()
    await new Promise<void>((resolve) => vm.once('powerdown', resolve))
    await vm.stop()
    expect(seen).toEqual([
      { guest: false, reason: 'host-qmp-system-reset' },
      { guest: true, reason: 'guest-reset' },
      'powerdown',
    ])
  })

  it('that was never started can be reset and read', async () => {
    const vm = await qtest()
    vm.memory.write(0x5000, Uint8Array.of(1, 2, 3))
    expect(vm.memory.read(0x5000, 3)).toEqual(Uint8Array.of(1, 2, 3))
    vm.reset()
    await new Promise((resolve) => vm.once('reset', resolve))
    expect(vm.state).toBe('prelaunch')
    expect((await vm.cpus[0]!.registers()).rip).toBeTypeOf('bigint')
    await vm.stop()
  })

  it('memory is bounded, whatever is asked', async () => {
    const vm = await qtest()
    const { size } = vm.memory
    expect(size).toBe(8 * 2 ** 20)
    expect(() => vm.memory.read(size - 1, 2)).toThrow(
      'memory.read: 2 bytes at 0x7fffff: there is no memory at 0x800000',
    )
    expect(() => vm.memory.write(size - 1, new Uint8Array(2))).toThrow(RangeError)
    expect(vm.memory.read(size - 1, 1)).toEqual(new Uint8Array(1)) // nothing was written
    expect(() => vm.memory.read(0xfea00000, 4)).toThrow('there is no memory at 0xfea00000') // a device
    expect(() => vm.memory.write(0, 'x' as never)).toThrow(TypeError)
    const address = fc.oneof(fc.double(), fc.bigInt(), fc.integer({ min: -2, max: size + 2 }))
    const length = fc.oneof(fc.double(), fc.integer({ min: -2, max: 70_000 }))
    fc.assert(
      fc.property(address, length, (at, count) => {
        try {
          expect(vm.memory.read(at, count).length === count).toBe(true) // -0 is 0 too
          expect(Number(at) + count).toBeLessThanOrEqual(size)
        } catch (error) {
          if (!(error instanceof RangeError)) throw error
        }
      }),
    )
    await vm.stop()
  })

  it('ends when its signal is aborted, and is not built when it was', async () => {
    const controller = new AbortController()
    const vm = await qtest({ signal: controller.signal })
    vm.start()
    controller.abort(new Error('enough'))
    expect(await vm.exited).toMatchObject({ code: 0, reason: 'host-qmp-quit' })
    await expect(qtest({ signal: controller.signal })).rejects.toThrow('enough')
    await expect(qtest({ signal: {} as AbortSignal })).rejects.toThrow('signal: expected an AbortSignal')
  })

  it('ends when it is disposed of', async () => {
    const vm = await qtest()
    await vm[Symbol.asyncDispose]()
    expect(await vm.exited).toMatchObject({ reason: 'host-qmp-quit' })
  })

  it('tells where its serial port goes when that is not here', async () => {
    const away = await qtest({ serial: 'null' })
    expect(() => away.serial).toThrow("serial: the port goes to 'serial0'")
    await away.stop()
    const none = await qtest({ serial: 'none' })
    expect(() => none.serial).toThrow('serial: the machine has no serial port')
    await none.stop()
  })

  it.each([
    [{ cpus: 0 }, /^cpus 0: Invalid CPU topology/],
    [{ cpus: 300 }, /^cpus 300: Invalid SMP CPUs 300/],
    [{ cpu: 'nope' }, /^cpu nope: unable to find CPU model 'nope'/],
    [{ kernel: '/nonexistent' }, /^kernel \/nonexistent: could not be read: No such file or directory$/],
    [{ cmdline: 'x'.repeat(70_000) }, /^cmdline: the kernel command line is longer/],
    [{ device: { driver: 'isa-debug-exit', iobase: 'zz' } }, /^device driver=isa-debug-exit,iobase=zz: /],
    [{ serial: 'foo' }, /^serial foo: 'foo' is not a valid char driver$/],
    [{ memory: '1' }, /\(see memory\)$|does not fit/],
  ])('of %j is refused with the field in front', async (options, message) => {
    const failure = await qtest(options as MachineOptions).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(UserError)
    expect((failure as Error).message).toMatch(message)
  })
})
