// SPDX-License-Identifier: GPL-2.0-or-later
//
// The accelerator on the host's KVM, with the smallest architecture that runs real-mode guests: everything that
// accel-kvm does by itself for a vCPU's thread, its exits and what needs none. Whole machines are in accel-compliance.
import { accessSync, constants, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import {
  accelExitMachine,
  configureAccelerators,
  CPUClass,
  cpuExecRealizefn,
  cpuExecUnrealizefn,
  cpuRemoveSync,
  CPUState,
  EXCP_HLT,
  type KvmArchOps,
  pauseAllVcpus,
  qemuInitVcpu,
  qemuMainLoop,
  qemuSystemShutdownRequest,
  registerKvmArchOps,
  resumeAllVcpus,
  runOnCpu,
  asyncRunOnCpu,
  SystemState,
  TYPE_CPU,
  vmStart,
} from '@dromaius/cpus'
import {
  MemoryRegion,
  memoryRegionAddCoalescing,
  memoryRegionAddEventfd,
  memoryRegionAddSubregion,
  memoryRegionDelEventfd,
  memoryRegionGetRamBlock,
  memoryRegionInitIo,
  memoryRegionInitRam,
  memoryRegionSetLog,
  memoryRegionSnapshotAndClearDirty,
  nativeRamAllocator,
} from '@dromaius/memory'
import {
  closeFd,
  eventfdCreate,
  eventfdRead,
  eventfdSignal,
  kvm_irqchip,
  KVM_EXIT_HLT,
  KVM_IRQCHIP_PIC_MASTER,
  KVM_MEM_LOG_DIRTY_PAGES,
  kvm_regs,
  kvm_sregs,
  kvmGetIrqchip,
  kvmGetRegs,
  kvmGetSregs,
  kvmSetRegs,
  kvmSetSregs,
  kvmSetTssAddr,
} from '@dromaius/native'
import { objectNew, qdevRealize, qdevUnrealize, typeRegister } from '@dromaius/qom'
import { setReportSink } from '@dromaius/util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  kvmExitCounts,
  kvmIrqchipAddIrqfd,
  kvmIrqchipRemoveIrqfd,
  type KvmMemoryListener,
  kvmSetIrq,
} from './index.js'
import type { KVMState } from './kvm-state.js'

const noKvm = ((): string | false => {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return false
  } catch {
    return '/dev/kvm is missing or not permitted'
  }
})()
const needsKvm = noKvm === false ? '' : ` (skipped: ${noKvm})`

const LOAD = 0x1000
const PAGE = 4096
const ram = nativeRamAllocator({ kind: 'anonymous' })

class RealModeCPU extends CPUState {
  readonly regs = kvm_regs.alloc()
}
/** What the architecture is asked for emulation failures. */
const describedFailures: number[] = []
const tinyArch: KvmArchOps = {
  kvmArchRequiredCapabilities: [],
  kvmArchInit: (s) => void kvmSetTssAddr(s.vmfd, 0xfffbd000),
  kvmArchIrqchipCreate: () => false,
  kvmArchInitIrqRouting(s) {
    const { irqRouting } = s as KVMState
    for (let gsi = 0; gsi < 8; gsi++) irqRouting?.addIrqRoute(gsi, KVM_IRQCHIP_PIC_MASTER, gsi)
    irqRouting?.commit()
  },
  kvmArchVcpuId: (cpu) => cpu.cpuIndex,
  kvmArchInitVcpu(cs) {
    const cpu = cs as RealModeCPU
    const sregs = kvm_sregs.alloc()
    kvmGetSregs(cpu.kvmVcpu!, sregs)
    sregs.cs.base = 0n
    sregs.cs.selector = 0
    kvmSetSregs(cpu.kvmVcpu!, sregs)
    cpu.regs.rip = BigInt(LOAD)
    cpu.regs.rflags = 2n
  },
  kvmArchDestroyVcpu: () => {},
  kvmArchResetVcpu: () => {},
  kvmArchPutRegisters: (cpu) => void kvmSetRegs(cpu.kvmVcpu!, (cpu as RealModeCPU).regs),
  kvmArchGetRegisters: (cpu) => void kvmGetRegs(cpu.kvmVcpu!, (cpu as RealModeCPU).regs),
  kvmArchPreRun: () => {},
  kvmArchPostRun: () => {},
  kvmArchProcessAsyncEvents: (cpu) => cpu.halted,
  kvmArchHandleExit: (cpu, run) => (run.exit_reason === KVM_EXIT_HLT ? ((cpu.halted = true), EXCP_HLT) : -1),
  kvmArchStopOnEmulationError: () => true,
  kvmArchDescribeEmulationFailure: (_cpu, run) =>
    `cannot emulate (${describedFailures.push(run.internal.suberror)})`,
  kvmArchUpdateGuestDebug: () => {},
  kvmArchInsertSwBreakpoint: () => true,
  kvmArchRemoveSwBreakpoint: () => true,
  kvmArchInsertHwBreakpoint: () => 0,
  kvmArchRemoveHwBreakpoint: () => 0,
  kvmArchRemoveAllHwBreakpoints: () => {},
}
registerKvmArchOps(tinyArch)

const TYPE_REAL_MODE_CPU = typeRegister<RealModeCPU, CPUClass>({
  name: 'real-mode-test-cpu',
  parent: TYPE_CPU,
  instance: RealModeCPU,
  classType: CPUClass,
  classInit(cc) {
    cc.realize = (dev) => {
      const cpu = TYPE_REAL_MODE_CPU.cast(dev)
      cpuExecRealizefn(cpu)
      try {
        qemuInitVcpu(cpu)
      } catch (error) {
        cpuExecUnrealizefn(cpu)
        throw error
      }
    }
    cc.unrealize = (dev) => cpuExecUnrealizefn(TYPE_REAL_MODE_CPU.cast(dev))
  },
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
let system: SystemState
let s: KVMState
let writes: [port: number, value: number][]
/** Resolved with the next write to a port from 0x500 to 0x50f; called before it is. */
let onWrite: (port: number, value: number) => void
let reports: string[]
let restore: Parameters<typeof setReportSink>[0]
const allocated: MemoryRegion[] = []

/** Flags of the only memory slot. */
const slotFlags = (): number | undefined => (s.listeners[0] as KvmMemoryListener).slots[0]?.flags

function addRam(at: number, size: number): MemoryRegion {
  const mr = new MemoryRegion()
  memoryRegionInitRam(mr, null, `ram-${at.toString(16)}`, size, ram)
  memoryRegionAddSubregion(system.systemMemory, at, mr)
  allocated.push(mr)
  return mr
}
function load(mr: MemoryRegion, code: number[]): void {
  memoryRegionGetRamBlock(mr)!.block.backing.window(LOAD, code.length).set(code)
}
function addDevice(parent: MemoryRegion, at: number, size: number): MemoryRegion {
  const mr = new MemoryRegion()
  memoryRegionInitIo(
    mr,
    null,
    {
      endianness: 'little',
      read: () => 0,
      write: (offset, value) => {
        writes.push([at + offset, value])
        onWrite(at + offset, value)
      },
    },
    'recorder',
    size,
  )
  memoryRegionAddSubregion(parent, at, mr)
  return mr
}
function plug(index: number): RealModeCPU {
  const cpu = objectNew('real-mode-test-cpu') as RealModeCPU
  cpu.system = system
  cpu.cpuIndex = index
  qdevRealize(cpu, null, system.root)
  return cpu
}
/** Resolves with the value of the next write to `port`. */
const written = (port: number): Promise<number> =>
  new Promise((resolve) => {
    onWrite = (at, value) => {
      if (at === port) resolve(value)
    }
  })

beforeEach(() => {
  if (noKvm) return
  writes = []
  reports = []
  onWrite = () => {}
  restore = setReportSink((level, message) => reports.push(`${level}: ${message}`))
  system = new SystemState({ smp: { cpus: 1, maxCpus: 8 } })
  s = configureAccelerators(system, [{ name: 'kvm' }]) as KVMState
})
afterEach(async () => {
  if (noKvm) return
  for (const cpu of [...system.cpus]) {
    await cpuRemoveSync(cpu)
    qdevUnrealize(cpu)
  }
  accelExitMachine(system)
  setReportSink(restore)
  for (const mr of allocated.splice(0)) memoryRegionGetRamBlock(mr)?.block.backing.free()
  const left = readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes('kvm')
    } catch {
      return false
    }
  })
  expect(left).toEqual([])
})

/** mov dx, 0x500 */
const DX_500 = [0xba, 0x00, 0x05]
/** inc al; out dx, al; jmp to the inc */
const COUNT_FOR_EVER = [...DX_500, 0xfe, 0xc0, 0xee, 0xeb, 0xfb]
/** mov al, 1; out dx, al; jmp $ */
const ONE_THEN_SPIN = [...DX_500, 0xb0, 0x01, 0xee, 0xeb, 0xfe]

describe.skipIf(noKvm)(`a guest's life${needsKvm}`, () => {
  it('port writes reach the device in order, and exits are counted', async () => {
    load(addRam(0, 0x10000), COUNT_FOR_EVER)
    addDevice(system.systemIo, 0x500, 16)
    plug(0)
    const tenth = new Promise<void>((resolve) => {
      onWrite = () => writes.length === 10 && resolve()
    })

    vmStart(system)
    await tenth
    await pauseAllVcpus(system)

    expect(writes.slice(0, 4)).toEqual([1, 2, 3, 4].map((value) => [0x500, value]))
    expect(kvmExitCounts(system).get('io')).toBeGreaterThanOrEqual(10)
    expect(s.firstRunNs).not.toBeNull()
  })

  it.each([1, 2, 8])('%d CPUs are paused and resumed in the middle of their loops', async (count) => {
    load(addRam(0, 0x10000), COUNT_FOR_EVER)
    addDevice(system.systemIo, 0x500, 16)
    // In-kernel, the others would wait for their start-up IPI: they exist, their threads wait.
    const cpus = Array.from({ length: count }, (_, index) => plug(index))

    vmStart(system)
    for (let i = 0; i < 20; i++) {
      await written(0x500)
      await pauseAllVcpus(system)
      const stoppedAt = writes.length
      expect(cpus.every((cpu) => cpu.stopped && !cpu.running)).toBe(true)
      await turn()
      expect(writes).toHaveLength(stoppedAt)
      resumeAllVcpus(system)
    }

    const names = readdirSync('/proc/self/task').map((tid) =>
      readFileSync(`/proc/self/task/${tid}/comm`, 'utf8').trim(),
    )
    expect(names).toEqual(expect.arrayContaining(cpus.map((cpu) => `CPU ${cpu.cpuIndex}/KVM`)))
  })

  it('runOnCpu takes a spinning guest out, and it spins on', async () => {
    load(addRam(0, 0x10000), ONE_THEN_SPIN)
    addDevice(system.systemIo, 0x500, 16)
    const cpu = plug(0)
    const first = written(0x500)
    vmStart(system)
    await first

    for (let i = 0; i < 50; i++) {
      await runOnCpu(cpu, () => {
        kvmGetRegs(cpu.kvmVcpu!, cpu.regs)
      })
      expect(cpu.regs.rip).toBe(BigInt(LOAD + 6))
    }
  })

  it('work that a device queues for the CPU whose exit it handles is done, though the guest then spins', async () => {
    load(addRam(0, 0x10000), ONE_THEN_SPIN)
    addDevice(system.systemIo, 0x500, 16)
    const cpu = plug(0)
    const done = new Promise<void>((resolve) => {
      onWrite = () => asyncRunOnCpu(cpu, () => resolve())
    })

    vmStart(system)
    await done

    expect(writes).toEqual([[0x500, 1]])
  })

  it('unplugged while it spins, a CPU leaves its vCPU parked, and the next one with its id takes it', async () => {
    load(addRam(0, 0x10000), ONE_THEN_SPIN)
    addDevice(system.systemIo, 0x500, 16)
    const cpu = plug(0)
    const fd = cpu.kvmVcpu?.fd
    const first = written(0x500)
    vmStart(system)
    await first

    await cpuRemoveSync(cpu)
    qdevUnrealize(cpu)
    const parked = s.parkedVcpus.map((entry) => ({ ...entry }))
    const second = written(0x500)
    const next = plug(0)
    resumeAllVcpus(system)
    await second

    expect(parked).toEqual([{ vcpuId: 0, fd }])
    expect(next.kvmVcpu?.fd).toBe(fd)
    expect(s.parkedVcpus).toEqual([])
  })

  it('a vCPU id that exists already is a HostError, thrown at once, with nothing left of the CPU', () => {
    addRam(0, 0x10000)
    plug(0)
    tinyArch.kvmArchVcpuId = () => 0
    try {
      expect(() => plug(1)).toThrow(/^KVM_CREATE_VCPU failed.*EEXIST/)
    } finally {
      tinyArch.kvmArchVcpuId = (cpu) => cpu.cpuIndex
    }

    expect(system.cpus.map((cpu) => cpu.cpuIndex)).toEqual([0])
  })

  it('the architecture failing in kvmArchInitVcpu parks the vCPU and frees its pages', () => {
    addRam(0, 0x10000)
    const init = tinyArch.kvmArchInitVcpu
    tinyArch.kvmArchInitVcpu = () => {
      throw new Error('no such model')
    }
    try {
      expect(() => plug(0)).toThrow('no such model')
    } finally {
      tinyArch.kvmArchInitVcpu = init
    }

    expect(s.parkedVcpus.map((entry) => entry.vcpuId)).toEqual([0])
    expect(readFileSync('/proc/self/maps', 'utf8')).not.toContain('kvm-vcpu')
    expect(s.coalescedRing).toBeNull()
  })

  it('jumping into nothing stops the machine with an internal error, or resets it, never hangs', async () => {
    // jmp 0xffff:0 lands where no memory is
    load(addRam(0, 0x8000), [0xea, 0x00, 0x00, 0x00, 0xc0])
    plug(0)
    system.actions.reboot = 'shutdown'
    const loop = qemuMainLoop(system)

    vmStart(system)
    for (let i = 0; i < 500 && system.runState.is('running'); i++)
      await new Promise((resolve) => setTimeout(resolve, 4))
    const state = system.runState.current
    if (state !== 'shutdown') {
      if (state === 'internal-error') {
        expect(system.internalError).toMatch(/^cannot emulate|^KVM internal error on CPU 0/)
        expect(reports.join('\n')).toContain(system.internalError)
      }
      qemuSystemShutdownRequest(system, 'host-signal')
    }

    expect(await loop).toMatchObject({ code: 0 })
  })
})

describe.skipIf(noKvm)(`what needs no exit${needsKvm}`, () => {
  it('a write to an ioeventfd signals it in the kernel, matched by its data', async () => {
    load(addRam(0, 0x10000), [
      ...DX_500,
      ...[0xb0, 0x07, 0xee], // mov al, 7; out dx, al
      ...[0xb0, 0x08, 0xee], // mov al, 8; out dx, al: not the data that is asked for
      ...[0xba, 0x08, 0x05, 0xee, 0xeb, 0xfe], // mov dx, 0x508; out dx, al; jmp $
    ])
    const mr = addDevice(system.systemIo, 0x500, 16)
    const fd = eventfdCreate(0)
    memoryRegionAddEventfd(mr, 0, 1, true, 7n, fd)
    plug(0)
    const end = written(0x508)

    vmStart(system)
    await end
    await pauseAllVcpus(system)

    expect(eventfdRead(fd)).toBe(1n)
    expect(writes).toEqual([
      [0x500, 8],
      [0x508, 8],
    ])
    memoryRegionDelEventfd(mr, 0, 1, true, 7n, fd)
    closeFd(fd)
  })

  it('coalesced port writes are gathered and delivered in order before the next exit, once each', async (context) => {
    if (!s.coalescedPio) return context.skip('this kernel does not coalesce ports')
    load(addRam(0, 0x10000), [
      ...DX_500,
      ...[0xb0, 0x01, 0xee, 0xb0, 0x02, 0xee, 0xb0, 0x03, 0xee], // 1, 2 and 3 to port 0x500
      ...[0xba, 0x08, 0x05, 0xee, 0xeb, 0xfe], // mov dx, 0x508; out dx, al; jmp $
    ])
    const gathered = addDevice(system.systemIo, 0x500, 1)
    addDevice(system.systemIo, 0x508, 1)
    memoryRegionAddCoalescing(gathered, 0, 1)
    plug(0)
    const end = written(0x508)

    vmStart(system)
    await end
    await pauseAllVcpus(system)

    expect(writes).toEqual([
      [0x500, 1],
      [0x500, 2],
      [0x500, 3],
      [0x508, 3],
    ])
    expect(kvmExitCounts(system).get('io')).toBe(1)
  })

  it('dirty logging finds the pages that the guest wrote to, and only those', async () => {
    const mr = addRam(0, 0x10000)
    load(mr, [
      ...[0xa2, 0x00, 0x50], // mov [0x5000], al
      ...[0xa2, 0x34, 0x82], // mov [0x8234], al
      ...ONE_THEN_SPIN,
    ])
    addDevice(system.systemIo, 0x500, 16)
    memoryRegionSetLog(mr, true, 'vga')
    expect(slotFlags()).toBe(KVM_MEM_LOG_DIRTY_PAGES)
    memoryRegionSnapshotAndClearDirty(mr, 0, 0x10000, 'vga')
    plug(0)
    const end = written(0x500)

    vmStart(system)
    await end
    await pauseAllVcpus(system)
    const snapshot = memoryRegionSnapshotAndClearDirty(mr, 0, 0x10000, 'vga')

    const dirty = Array.from({ length: 16 }, (_, page) => page).filter((page) =>
      snapshot.getDirty(page * PAGE, PAGE),
    )
    expect(dirty).toEqual([5, 8])
    memoryRegionSetLog(mr, false, 'vga')
    expect(slotFlags()).toBe(0)
  })

  it('an irqfd raises its GSI, and no more after it is removed', async () => {
    const requests = (): number => {
      const chip = kvm_irqchip.alloc()
      chip.chip_id = KVM_IRQCHIP_PIC_MASTER
      kvmGetIrqchip(s.vmfd, chip)
      // struct kvm_pic_state begins at 8: last_irr, irr, imr, ... The 8259A latches the edge in irr.
      return chip.bytes[9]
    }
    const fd = eventfdCreate(0)
    expect(requests() & 0x08).toBe(0)
    kvmIrqchipAddIrqfd(s, fd, 3)

    eventfdSignal(fd)
    // The kernel raises it from a work queue, which on a busy host has to wait for a CPU.
    await vi.waitFor(
      () => {
        expect(requests() & 0x08).toBe(0x08)
      },
      { timeout: 20_000 },
    )
    kvmIrqchipRemoveIrqfd(s, fd, 3)
    kvmSetIrq(s, 5, 1)

    expect(requests() & 0x20).toBe(0x20)
    expect(() => kvmIrqchipRemoveIrqfd(s, fd, 3)).not.toThrow()
    closeFd(fd)
  })
})
