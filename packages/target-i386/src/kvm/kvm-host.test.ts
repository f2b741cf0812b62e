// SPDX-License-Identifier: GPL-2.0-or-later
import { accessSync, constants, readFileSync } from 'node:fs'
import {
  EXCP_DEBUG,
  GDB_BREAKPOINT_HW,
  GDB_WATCHPOINT_WRITE,
  KVM_PUT_FULL_STATE,
  type KVMState,
  SSTEP_ENABLE,
  SystemState,
  cpuReset,
} from '@dromaius/cpus'
import {
  GuestRam,
  KVM_EXIT_DEBUG,
  KVM_EXIT_IO,
  KVM_GUESTDBG_ENABLE,
  KVM_GUESTDBG_SINGLESTEP,
  type KvmRun,
  VcpuServer,
  closeFd,
  kvmCheckExtension,
  kvmCreateIrqchip,
  kvmCreateVcpu,
  kvmCreateVmFd,
  kvmGetVcpuMmapSize,
  kvmSetGuestDebug,
  kvmSetUserMemoryRegion,
  kvm_guest_debug,
  mapKvmRun,
  openKvm,
} from '@dromaius/native'
import { objectNew } from '@dromaius/qom'
import { setReportSink } from '@dromaius/util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  TYPE_X86_CPU,
  type X86CPU,
  mceInit,
  x86CpuExpandFeatures,
  x86CpuFilterFeatures,
  x86CpuPostInitfn,
} from '../index.js'
import type { CPUX86State } from '../env.js'
import { kvmArchGetSupportedCpuid, x86KvmArchOps } from './index.js'
import { kvmVcpuStateOf } from './kvm-vcpu-state.js'

/** Why these tests cannot run here, or null. */
const missing = ((): string | null => {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return null
  } catch {
    return '/dev/kvm cannot be opened'
  }
})()

/** Whether the host's KVM runs guests on the CPU itself; one that emulates them does not look at data breakpoints. */
const emulates = !/^flags\s*:.*\b(?:vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))

/** What is compared before and after the trip through the kernel, in a form that prints well. */
function registersOf(env: CPUX86State): Record<string, unknown> {
  const { regs, eip, eflags, segs, ldt, tr, cr, dr, efer, star, lstar, cstar, fmask, kernelgsbase } = env
  const { sysenterCs, sysenterEsp, sysenterEip, pat, xcr0, fpuc, mxcsr, mtrrDeftype, mceBanks } = env
  const tables = [env.gdt, env.idt].map(({ base, limit }) => ({ base, limit }))
  return structuredClone({
    ...{ regs, eip, eflags, segs, ldt, tr, cr, dr, efer, star, lstar, cstar, fmask, kernelgsbase, tables },
    ...{ sysenterCs, sysenterEsp, sysenterEip, pat, xcr0, fpuc, mxcsr, mtrrDeftype, mceBanks },
    fpregs: [...env.fpregs],
    xmm: [...env.xmmRegs.subarray(0, 16 * 64).filter((_, i) => i % 64 < 16)],
  })
}

describe.skipIf(missing !== null)(
  `KVM of this host${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let fd: number
    let vmfd: number
    let vcpufd = -1
    let system: SystemState
    let server: VcpuServer

    beforeEach(() => {
      // What the host lets be written is its own business; the state that comes back is ours.
      setReportSink(() => {})
      fd = openKvm('/dev/kvm')
      vmfd = kvmCreateVmFd(fd, 0)
      system = new SystemState()
      const accel = {
        name: 'kvm',
        fd,
        vmfd,
        system,
        kernelIrqchip: 'on',
        swBreakpoints: [],
        checkExtension: (cap: number) => kvmCheckExtension(fd, cap),
        vmCheckExtension: (cap: number) => kvmCheckExtension(vmfd, cap),
      }
      system.accel = accel as unknown as KVMState
      x86KvmArchOps.kvmArchInit(system.accel as KVMState)
      kvmCreateIrqchip(vmfd)
      server = new VcpuServer('CPU 0/KVM')
    })

    afterEach(async () => {
      if (vcpufd >= 0) closeFd(vcpufd)
      vcpufd = -1
      await new Promise<void>((resolve) => server.stop(resolve))
      closeFd(vmfd)
      closeFd(fd)
      setReportSink(null)
    })

    /** A CPU of a model, as realize prepares it, with its vCPU. */
    function newVcpu(model: string): X86CPU {
      const cpu = objectNew(`${model}-${TYPE_X86_CPU.name}`) as X86CPU
      cpu.system = system
      x86CpuPostInitfn(cpu)
      cpu.apicId = 0
      cpu.physBits = 40
      x86CpuExpandFeatures(cpu)
      x86CpuFilterFeatures(cpu, false)
      mceInit(cpu)
      vcpufd = kvmCreateVcpu(server, vmfd, x86KvmArchOps.kvmArchVcpuId(cpu))
      server.attach(vcpufd)
      cpu.kvmVcpu = server
      x86KvmArchOps.kvmArchInitVcpu(cpu)
      return cpu
    }

    it('supported CPUID shows a CPU with x87, MSRs and the hypervisor bit', () => {
      const s = system.accel as KVMState
      expect(kvmArchGetSupportedCpuid(s, 1, 0, 'edx') & 0x21).toBe(0x21)
      expect(kvmArchGetSupportedCpuid(s, 1, 0, 'ecx') >>> 31).toBe(1)
      expect(kvmArchGetSupportedCpuid(s, 0x1234_5678, 0, 'eax')).toBe(0)
    })

    it.each(['qemu64', 'kvm64', 'max'])('vCPU of model %s comes to life', (model) => {
      const cpu = newVcpu(model)
      expect(kvmVcpuStateOf(cpu).msrRows.length).toBeGreaterThan(8)
      expect(cpu.env.tscKhz).toBeGreaterThan(0)
    })

    it('state put at full level and read back is the same', () => {
      const cpu = newVcpu('qemu64')
      const { env } = cpu
      // 64-bit mode, paging on, as a running guest's kernel has it.
      env.regs = env.regs.map((_, i) => 0x1111_1111_1111_1111n * BigInt(i))
      env.eip = 0xffff_ffff_8100_0000n
      env.eflags = 0x246n
      env.cr = [0x8000_0011n, 0n, 0xdead_b000n, 0x12_3000n, 0x620n]
      env.efer = 0xd01n
      Object.assign(env.segs[1], { selector: 0x10, limit: 0xffff_ffff, flags: 0x00a0_9b00 })
      for (const n of [0, 2, 3, 4, 5]) {
        Object.assign(env.segs[n], { selector: 0x18, limit: 0xffff_ffff, flags: 0x00c0_9300 })
      }
      Object.assign(env.tr, { selector: 0x40, base: 0xffff_8000_0000_1000n, limit: 0x67, flags: 0x8b00 })
      Object.assign(env.ldt, { selector: 0, limit: 0xffff, flags: 0x8200 })
      Object.assign(env.gdt, { base: 0xffff_8000_0000_2000n, limit: 0x7f })
      Object.assign(env.idt, { base: 0xffff_8000_0000_3000n, limit: 0xfff })
      env.dr = [0x1000n, 0x2000n, 0x3000n, 0x4000n, 0xffff_0ff0n, 0x400n, 0xffff_0ff0n, 0x400n]
      env.lstar = 0xffff_ffff_8100_1000n
      env.star = 0x23_0010_0000_0000n
      env.fmask = 0x4_7700n
      env.kernelgsbase = 0xffff_8880_0000_0000n
      env.sysenterCs = 0x10n
      env.xstateBv = 3n
      env.xmmRegs.fill(0x5a, 0, 16)
      env.fptags.fill(1)
      env.fptags[0] = 0
      env.fpregs.fill(0x33, 0, 10)
      const before = registersOf(env)

      x86KvmArchOps.kvmArchPutRegisters(cpu, KVM_PUT_FULL_STATE)
      Object.assign(env, { regs: env.regs.map(() => 0n), eip: 0n, lstar: 0n, star: 0n, fmask: 0n, efer: 0n })
      env.xmmRegs.fill(0)
      env.fpregs.fill(0)
      x86KvmArchOps.kvmArchGetRegisters(cpu)

      expect(registersOf(env)).toEqual(before)
    })

    it('a second read changes nothing', () => {
      const cpu = newVcpu('max')
      x86KvmArchOps.kvmArchGetRegisters(cpu)
      const first = registersOf(cpu.env)
      x86KvmArchOps.kvmArchPutRegisters(cpu, KVM_PUT_FULL_STATE)
      x86KvmArchOps.kvmArchGetRegisters(cpu)
      expect(registersOf(cpu.env)).toEqual(first)
    })

    it('destroyed vCPU is forgotten, and a second time nothing happens', () => {
      const cpu = newVcpu('qemu64')
      x86KvmArchOps.kvmArchDestroyVcpu(cpu)
      expect(system.vmChangeStateHandlers).toHaveLength(0)
      expect(() => kvmVcpuStateOf(cpu)).toThrow('has no KVM state')
      expect(() => x86KvmArchOps.kvmArchDestroyVcpu(cpu)).not.toThrow()
    })

    describe('guest in real mode', () => {
      /** nop; mov byte [0x2000], al; nop; out 0x80, al; the code lies at 0x1000. */
      const CODE = [0x90, 0xa2, 0x00, 0x20, 0x90, 0xe6, 0x80]
      let ram: GuestRam
      let run: KvmRun
      let cpu: X86CPU

      beforeEach(() => {
        ram = GuestRam.anonymous(0x10000)
        ram.window(0x1000, CODE.length).set(CODE)
        kvmSetUserMemoryRegion(vmfd, 0, 0, 0, 0x10000, ram.hostAddress)
        cpu = newVcpu('qemu64')
        run = mapKvmRun(server, kvmGetVcpuMmapSize(fd))
        run.initSignals(server)
        cpuReset(cpu)
        Object.assign(cpu.env.segs[1], { selector: 0, base: 0n })
        cpu.env.eip = 0x1000n
        x86KvmArchOps.kvmArchPutRegisters(cpu, KVM_PUT_FULL_STATE)
      })

      afterEach(() => {
        run.unmap(server)
        ram.free()
      })

      /** Tells the kernel which debug registers are in use. */
      function updateGuestDebug(): void {
        const dbg = kvm_guest_debug.alloc()
        x86KvmArchOps.kvmArchUpdateGuestDebug(cpu, dbg)
        kvmSetGuestDebug(server, dbg)
      }

      /** One turn in the guest, as the inner loop makes it; returns what the exit handler says. */
      async function runOnce(): Promise<number> {
        x86KvmArchOps.kvmArchPreRun(cpu, run)
        expect(await server.run()).toBe(0)
        x86KvmArchOps.kvmArchPostRun(cpu, run)
        return run.exit_reason === KVM_EXIT_IO ? 0 : x86KvmArchOps.kvmArchHandleExit(cpu, run)
      }

      it('runs to its port write', async () => {
        await runOnce()
        expect([run.exit_reason, run.io.port]).toEqual([KVM_EXIT_IO, 0x80])
        x86KvmArchOps.kvmArchGetRegisters(cpu)
        expect(cpu.env.eip >= 0x1005n).toBe(true)
      })

      it('stops at a hardware breakpoint, and no more when it is removed', async () => {
        const s = system.accel as KVMState
        expect(x86KvmArchOps.kvmArchInsertHwBreakpoint(s, 0x1004n, 1, GDB_BREAKPOINT_HW)).toBe(0)
        updateGuestDebug()
        expect(await runOnce()).toBe(EXCP_DEBUG)
        expect([run.exit_reason, run.debug.arch.pc]).toEqual([KVM_EXIT_DEBUG, 0x1004n])
        expect(x86KvmArchOps.kvmArchRemoveHwBreakpoint(s, 0x1004n, 1, GDB_BREAKPOINT_HW)).toBe(0)
        updateGuestDebug()
        await runOnce()
        expect(run.exit_reason).toBe(KVM_EXIT_IO)
      })

      it.skipIf(emulates)(
        `stops after a write to a watched byte${emulates ? ' (skipped: this KVM emulates without data breakpoints)' : ''}`,
        async () => {
          const s = system.accel as KVMState
          expect(x86KvmArchOps.kvmArchInsertHwBreakpoint(s, 0x2000n, 1, GDB_WATCHPOINT_WRITE)).toBe(0)
          updateGuestDebug()
          expect(await runOnce()).toBe(EXCP_DEBUG)
          expect(cpu.watchpointHit?.vaddr).toBe(0x2000n)
        },
      )

      it('steps one instruction', async () => {
        const dbg = kvm_guest_debug.alloc()
        dbg.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP
        cpu.singlestepEnabled = SSTEP_ENABLE
        kvmSetGuestDebug(server, dbg)
        expect(await runOnce()).toBe(EXCP_DEBUG)
        expect(run.debug.arch.pc).toBe(0x1001n)
      })
    })
  },
)
