// SPDX-License-Identifier: GPL-2.0-or-later
//
// Hand-written real-mode guests on the host's KVM.
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { HostError } from './errors.js'
import { GuestRam } from './guest-ram.js'
import {
  closeFd,
  kvmCheckExtension,
  kvmCreateVcpu,
  kvmCreateVmFd,
  kvmGetApiVersion,
  kvmGetMsrs,
  kvmGetRegs,
  kvmGetSregs,
  kvmGetSupportedCpuid,
  kvmGetVcpuMmapSize,
  kvmGetXsave,
  kvmSetRegs,
  kvmSetSregs,
  kvmSetUserMemoryRegion,
  openKvm,
} from './kvm.js'
import { KVM_API_VERSION, KVM_CAP_NR_MEMSLOTS, KVM_EXIT_HLT, KVM_EXIT_IO } from './kvm-constants.js'
import { type KvmRun, mapKvmRun } from './kvm-run.js'
import { kvm_cpuid2, kvm_msrs, kvm_regs, kvm_sregs, kvm_xsave } from './kvm-structs.js'
import { VcpuServer } from './vcpu-server.js'

const noKvm = ((): string | false => {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return false
  } catch {
    return '/dev/kvm is missing or not permitted'
  }
})()
const needsKvm = noKvm === false ? '' : ` (skipped: ${noKvm})`

const EINTR = 4
const LOAD = 0x1000
/** jmp $ */
const SPIN = [0xeb, 0xfe]
/** out dx, al; jmp to the out */
const FLOOD = [0xba, 0xf8, 0x03, 0xee, 0xeb, 0xfd]

interface Guest {
  vmfd: number
  ram: GuestRam
  vcpu: VcpuServer
  run: KvmRun
}
const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const end = (vcpu: VcpuServer): Promise<void> => new Promise((resolve) => vcpu.stop(resolve))

/** A VM with 64 KiB of RAM and one vCPU that stands at `LOAD` in real mode, all segments 0. */
function boot(code: number[], name = 'CPU 0/TEST'): Guest {
  const kvm = openKvm('/dev/kvm')
  const vmfd = kvmCreateVmFd(kvm, 0)
  const ram = GuestRam.anonymous(0x10000)
  kvmSetUserMemoryRegion(vmfd, 0, 0, 0, ram.size, ram.hostAddress)
  ram.window(LOAD, code.length).set(code)
  const vcpu = new VcpuServer(name)
  vcpu.attach(kvmCreateVcpu(vcpu, vmfd, 0))
  const run = mapKvmRun(vcpu, kvmGetVcpuMmapSize(kvm))
  run.initSignals(vcpu)
  const sregs = kvm_sregs.alloc()
  kvmGetSregs(vcpu, sregs)
  for (const segment of [sregs.cs, sregs.ds, sregs.es, sregs.ss]) {
    segment.base = 0n
    segment.selector = 0
  }
  kvmSetSregs(vcpu, sregs)
  const regs = kvm_regs.alloc()
  regs.rip = BigInt(LOAD)
  regs.rflags = 2n
  kvmSetRegs(vcpu, regs)
  cleanups.push(async () => {
    if (vcpu.running) throw new Error('The test left its guest running')
    run.unmap(vcpu)
    closeFd(vcpu.fd)
    await end(vcpu)
    closeFd(vmfd)
    closeFd(kvm)
    ram.free()
  })
  return { vmfd, ram, vcpu, run }
}

const threadNames = (): string[] =>
  readdirSync('/proc/self/task').map((tid) => readFileSync(`/proc/self/task/${tid}/comm`, 'utf8').trim())

describe.skipIf(noKvm)(`a real-mode guest${needsKvm}`, () => {
  it('port writes come out in order, with port, size and data, then HLT', async () => {
    const { vcpu, run } = boot([
      ...[0xba, 0xf8, 0x03], // mov dx, 0x3f8
      ...[0xb0, 0x48, 0xee], // mov al, 'H'; out dx, al
      ...[0xb0, 0x69, 0xee], // mov al, 'i'; out dx, al
      ...[0xb8, 0x34, 0x12, 0xef], // mov ax, 0x1234; out dx, ax
      ...[0xe6, 0x80], // out 0x80, al
      0xf4, // hlt
    ])
    const seen: unknown[] = []

    for (;;) {
      expect(await vcpu.run()).toBe(0)
      if (run.exit_reason !== KVM_EXIT_IO) break
      const { port, size, count, direction, data_offset } = run.io
      const at = Number(data_offset)
      seen.push([port, direction, count, ...run.bytes.subarray(at, at + size)])
    }

    expect(run.exit_reason).toBe(KVM_EXIT_HLT)
    expect(seen).toEqual([
      [0x3f8, 1, 1, 0x48],
      [0x3f8, 1, 1, 0x69],
      [0x3f8, 1, 1, 0x34, 0x12],
      [0x80, 1, 1, 0x34],
    ])
  })

  it('what is put into the shared page is what the guest reads from the port', async () => {
    const { vcpu, run, ram } = boot([
      ...[0xe4, 0x60], // in al, 0x60
      ...[0xa2, 0x00, 0x20], // mov [0x2000], al
      0xf4, // hlt
    ])

    await vcpu.run()
    run.bytes[Number(run.io.data_offset)] = 0x5a
    await vcpu.run()

    expect(run.exit_reason).toBe(KVM_EXIT_HLT)
    expect(ram.window(0x2000, 1)[0]).toBe(0x5a)
  })

  it('registers set are registers read, with the guest stopped at its exit', async () => {
    const { vcpu } = boot([0xe6, 0x80, 0xf4]) // out 0x80, al; hlt
    const regs = kvm_regs.alloc()
    kvmGetRegs(vcpu, regs)
    regs.rbx = 0x0123_4567_89ab_cdefn
    kvmSetRegs(vcpu, regs)

    await vcpu.run()
    await vcpu.run()
    kvmGetRegs(vcpu, regs)

    expect(regs.rbx).toBe(0x0123_4567_89ab_cdefn)
    expect(regs.rip).toBe(BigInt(LOAD + 3))
  })

  it('kick takes a spinning guest out with -EINTR, and it can be run again', async () => {
    const { vcpu, run } = boot(SPIN)

    for (let i = 0; i < 3; i++) {
      const result = vcpu.run()
      setTimeout(() => vcpu.kick(), 2)
      expect(await result).toBe(-EINTR)
      run.immediate_exit = 0
    }
  })

  it('kick before run is not lost: 1,000 times, at varying distance', async () => {
    const { vcpu, run } = boot(SPIN)

    for (let i = 0; i < 1000; i++) {
      vcpu.kick()
      // Lets the signal be delivered before, while or after the thread takes up its turn.
      for (let spin = 0; spin < (i % 50) * 20; spin++) Math.sqrt(spin)
      expect(await vcpu.run()).toBe(-EINTR)
      run.immediate_exit = 0
    }
  })

  it('kick right after run is not lost: 1,000 times', async () => {
    const { vcpu, run } = boot(SPIN)

    for (let i = 0; i < 1000; i++) {
      const result = vcpu.run()
      for (let spin = 0; spin < (i % 50) * 20; spin++) Math.sqrt(spin)
      vcpu.kick()
      expect(await result).toBe(-EINTR)
      run.immediate_exit = 0
    }
  })

  it('immediate_exit makes KVM_RUN return without a signal', async () => {
    const { vcpu, run } = boot(SPIN)

    run.immediate_exit = 1

    expect(await vcpu.run()).toBe(-EINTR)
  })

  it('while KVM_RUN is under way another run, an ioctl and stop throw, and the run goes on', async () => {
    const { vcpu, run } = boot(SPIN)
    const result = vcpu.run()

    expect(vcpu.running).toBe(true)
    await expect(vcpu.run()).rejects.toThrow('in KVM_RUN')
    expect(() => kvmGetRegs(vcpu, kvm_regs.alloc())).toThrow('KVM_GET_REGS: the vCPU is in KVM_RUN')
    expect(() => kvmGetXsave(vcpu, kvm_xsave.alloc())).toThrow('in KVM_RUN')
    expect(() => run.unmap(vcpu)).toThrow('in KVM_RUN')
    expect(() => vcpu.stop(() => {})).toThrow('in KVM_RUN')

    vcpu.kick()
    expect(await result).toBe(-EINTR)
    expect(vcpu.running).toBe(false)
  })

  it('while a guest floods exits, timers fire and other promises resolve', async () => {
    const { vcpu, run } = boot(FLOOD)
    let exits = 0
    let stop = false
    const flood = (async () => {
      while (!stop) {
        const result = await vcpu.run()
        if (result !== 0) run.immediate_exit = 0
        exits++
      }
    })()

    await new Promise((resolve) => setTimeout(resolve, 5))
    const afterTimer = exits
    await new Promise((resolve) => setImmediate(resolve))
    await import('node:dns')
    await new Promise((resolve) => setTimeout(resolve, 5))
    const afterSecond = exits
    stop = true
    await flood

    expect(afterTimer).toBeGreaterThan(0)
    expect(afterSecond).toBeGreaterThan(afterTimer)
  })

  it('several vCPUs in the same isolate all get their turns', async () => {
    const guests = Array.from({ length: 4 }, (_, i) => boot(FLOOD, `CPU ${i}/TEST`))
    const counts = [0, 0, 0, 0]

    await Promise.all(
      guests.map(async ({ vcpu, run }, i) => {
        while (counts[i] < 200) {
          expect(await vcpu.run()).toBe(0)
          expect(run.io.port).toBe(0x3f8)
          counts[i]++
        }
      }),
    )

    expect(counts).toEqual([200, 200, 200, 200])
  })
})

describe.skipIf(noKvm)(`a vCPU's thread${needsKvm}`, () => {
  it('has its name and id, and is gone after stop', async () => {
    const vcpu = new VcpuServer('CPU 7/GONE')
    expect(readFileSync(`/proc/self/task/${vcpu.tid}/comm`, 'utf8')).toBe('CPU 7/GONE\n')

    await end(vcpu)

    expect(threadNames()).not.toContain('CPU 7/GONE')
    expect(() => kvmGetRegs(vcpu, kvm_regs.alloc())).toThrow('KVM_GET_REGS: the vCPU thread has ended')
    await expect(vcpu.run()).rejects.toThrow('has ended')
    expect(() => vcpu.kick()).not.toThrow()
  })

  it('kicked again and again while it ends does no harm', async () => {
    for (let i = 0; i < 50; i++) {
      const vcpu = new VcpuServer('CPU 8/KICK')
      const ended = end(vcpu)
      for (let kick = 0; kick < 20; kick++) vcpu.kick()
      await ended
      vcpu.kick()
    }

    expect(threadNames()).not.toContain('CPU 8/KICK')
  })

  it('unmap takes the shared pages away: their views are empty', async () => {
    const kvm = openKvm('/dev/kvm')
    const vmfd = kvmCreateVmFd(kvm, 0)
    const vcpu = new VcpuServer('CPU 9/UNMAP')
    vcpu.attach(kvmCreateVcpu(vcpu, vmfd, 0))
    const run = mapKvmRun(vcpu, kvmGetVcpuMmapSize(kvm))
    run.initSignals(vcpu)

    run.unmap(vcpu)

    expect(run.bytes).toHaveLength(0)
    expect(run.exit_reason).toBeUndefined()
    expect(() => run.flags).toThrow(TypeError)
    expect(() => run.io.port).toThrow(TypeError)
    closeFd(vcpu.fd)
    await end(vcpu)
    closeFd(vmfd)
    closeFd(kvm)
  })
})

describe.skipIf(noKvm)(`ioctls${needsKvm}`, () => {
  it('of the system answer', () => {
    const kvm = openKvm('/dev/kvm')

    expect(kvmGetApiVersion(kvm)).toBe(KVM_API_VERSION)
    expect(kvmCheckExtension(kvm, KVM_CAP_NR_MEMSLOTS)).toBeGreaterThan(0)
    expect(kvmCheckExtension(kvm, 9999)).toBe(0)
    closeFd(kvm)
  })

  it('that fail are HostErrors with the request name', () => {
    const kvm = openKvm('/dev/kvm')
    const cpuid = kvm_cpuid2.allocWith(1)
    const attempt = (action: () => unknown): unknown => {
      try {
        return action()
      } catch (error) {
        return error
      }
    }

    const tooShort = attempt(() => kvmGetSupportedCpuid(kvm, cpuid))
    const noType = attempt(() => kvmCreateVmFd(kvm, 99))
    closeFd(kvm)
    const closed = attempt(() => kvmGetApiVersion(kvm))

    for (const error of [tooShort, noType, closed]) expect(error).toBeInstanceOf(HostError)
    expect(tooShort).toMatchObject({ operation: 'KVM_GET_SUPPORTED_CPUID', code: 'E2BIG' })
    expect(noType).toMatchObject({ operation: 'KVM_CREATE_VM', code: 'EINVAL' })
    expect(closed).toMatchObject({ operation: 'KVM_GET_API_VERSION', code: 'EBADF' })
  })

  it('check the length of their memory, lists by their own count', () => {
    const { vcpu } = boot([0xf4])
    const msrs = kvm_msrs.allocWith(2)
    msrs.nmsrs = 3

    expect(() => kvmGetRegs(vcpu, new Uint8Array(kvm_regs.size - 1))).toThrow(
      'KVM_GET_REGS: expected at least 144 bytes, not 143',
    )
    expect(() => kvmGetRegs(vcpu, new Uint8Array(0))).toThrow(RangeError)
    expect(() => kvmGetMsrs(vcpu, msrs)).toThrow(RangeError)
    msrs.nmsrs = 0xffffffff
    expect(() => kvmGetMsrs(vcpu, msrs)).toThrow(RangeError)
    expect(() => kvmGetRegs(vcpu, 'regs' as unknown as Uint8Array)).toThrow(TypeError)
  })

  it('take memory in the middle of a larger buffer', () => {
    const { vcpu } = boot([0xf4])
    const memory = new Uint8Array(512)

    kvmGetRegs(vcpu, memory.subarray(100, 100 + kvm_regs.size))

    expect(kvm_regs.view(memory, 100).rip).toBe(BigInt(LOAD))
    expect(memory.subarray(0, 100).every((byte) => byte === 0)).toBe(true)
    expect(memory.subarray(100 + kvm_regs.size).every((byte) => byte === 0)).toBe(true)
  })

  it('KVM_GET_MSRS says how many it processed: it ends at the first unknown one', () => {
    const { vcpu } = boot([0xf4])
    const msrs = kvm_msrs.allocWith(2)
    msrs.entries[0].index = 0x10 // IA32_TIME_STAMP_COUNTER
    msrs.entries[1].index = 0xdead_0000

    expect(kvmGetMsrs(vcpu, msrs)).toBe(1)
  })
})
