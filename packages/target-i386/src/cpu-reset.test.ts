// SPDX-License-Identifier: GPL-2.0-or-later
import { cpuReset } from '@dromaius/cpus'
import { qemuDevicesReset } from '@dromaius/qom'
import { LOG_CPU_RESET, qemuSetLog } from '@dromaius/util'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { realize, testAccel, testCpu, testMachine } from '../fixtures/machine.js'
import { R_CS, R_EDX, type X86CPU, x86CpuDumpState } from './index.js'

testAccel('idle', { apicTypeName: 'test-apic', usesHostCpuid: false, supportedCpuid: () => 0xffff_ffff })
testAccel('kvm', { apicTypeName: 'test-apic', usesHostCpuid: true, supportedCpuid: () => 0xffff_ffff })

const newCpu = (accel = 'idle'): X86CPU => realize(testCpu(testMachine(accel), 'qemu64'))

describe('state after reset (SDM volume 3, table 9-1)', () => {
  const { env } = newCpu()

  it('the first instruction is fetched from 0xfffffff0', () => {
    expect(env.eip).toBe(0xfff0n)
    expect(env.segs[R_CS]).toMatchObject({ selector: 0xf000, base: 0xffff0000n, limit: 0xffff })
    expect(env.eflags).toBe(2n)
  })

  it('EDX has family, model and stepping, the other registers zero', () => {
    expect(env.regs[R_EDX]).toBe(0x60fb1n)
    expect(env.regs.filter((_, i) => i !== R_EDX).every((value) => value === 0n)).toBe(true)
  })

  it('control registers: CR0 60000010, the others zero', () => {
    expect(env.cr).toEqual([0x60000010n, 0n, 0n, 0n, 0n])
  })

  it('data segments: base 0, limit ffff, present, writable, accessed', () => {
    for (const n of [0, 2, 3, 4, 5]) {
      expect(env.segs[n]).toMatchObject({ selector: 0, base: 0n, limit: 0xffff, flags: 0x9300 })
    }
  })

  it('GDTR and IDTR: base 0, limit ffff', () => {
    expect([env.gdt.base, env.gdt.limit, env.idt.base, env.idt.limit]).toEqual([0n, 0xffff, 0n, 0xffff])
  })

  it('LDTR and TR: limit ffff, LDT and busy TSS', () => {
    expect([env.ldt.flags, env.tr.flags, env.ldt.limit, env.tr.limit]).toEqual([
      0x8200, 0x8b00, 0xffff, 0xffff,
    ])
  })

  it('DR6 ffff0ff0, DR7 400', () => {
    expect(env.dr).toEqual([0n, 0n, 0n, 0n, 0n, 0n, 0xffff0ff0n, 0x400n])
  })

  it('x87 as after FNINIT, all registers empty; MXCSR 1f80', () => {
    expect([env.fpuc, env.fpus, env.fpstt, env.mxcsr]).toEqual([0x37f, 0, 0, 0x1f80])
    expect([...env.fptags]).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
  })

  it('PAT, MTRR, EFER, XCR0, MISC_ENABLE', () => {
    expect(env.pat).toBe(0x0007040600070406n)
    expect([env.mtrrDeftype, env.efer, env.xcr0, env.msrIa32MiscEnable]).toEqual([0n, 0n, 1n, 1n])
  })

  it('nothing is pending', () => {
    expect([env.exceptionNr, env.interruptInjected, env.nmiPending]).toEqual([-1, -1, false])
  })
})

describe('reset', () => {
  it('logs the state from before under -d cpu_reset', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dromaius-reset-'))
    const cpu = newCpu()
    cpu.env.regs[0] = 0x1234n
    const before = x86CpuDumpState(cpu)
    try {
      cpuReset(cpu)
      qemuSetLog(LOG_CPU_RESET, join(folder, 'log'))
      cpu.env.regs[0] = 0x1234n
      cpuReset(cpu)

      expect(readFileSync(join(folder, 'log'), 'utf8')).toBe(`CPU Reset (CPU ${cpu.cpuIndex})\n${before}`)
    } finally {
      qemuSetLog(0)
      rmSync(folder, { recursive: true })
    }
  })

  it('clears what the guest changed and keeps identity and machine check errors', () => {
    const cpu = newCpu()
    const { env } = cpu
    env.regs[0] = 5n
    env.cr[3] = 0x1000n
    env.lstar = 1n
    env.xmmRegs.fill(7)
    env.mceBanks[1] = 0xbd00n
    env.tscKhz = 1000
    const features = [...env.features]

    cpuReset(cpu)

    expect([env.regs[0], env.cr[3], env.lstar]).toEqual([0n, 0n, 0n])
    expect(env.xmmRegs.every((byte) => byte === 0)).toBe(true)
    expect([env.mceBanks[1], env.tscKhz, env.features, env.cpuidVersion]).toEqual([
      0xbd00n,
      1000,
      features,
      0x60fb1,
    ])
  })

  it('the object that holds the state stays the same', () => {
    const cpu = newCpu()
    const { env } = cpu

    cpuReset(cpu)

    expect(cpu.env).toBe(env)
  })

  it('the time stamp counter starts at 0, under KVM at 1 once it has run', () => {
    const [idle, kvm] = [newCpu('idle'), newCpu('kvm')]
    const fresh = kvm.env.tsc
    idle.env.tsc = kvm.env.tsc = 12345n

    cpuReset(idle)
    cpuReset(kvm)

    expect([fresh, idle.env.tsc, kvm.env.tsc]).toEqual([0n, 0n, 1n])
  })

  it("a machine's reset reaches its CPUs", () => {
    const cpu = newCpu()
    cpu.env.eip = 0x1234n
    cpu.interruptRequest = 2

    qemuDevicesReset(cpu.system.resetContainer)

    expect([cpu.env.eip, cpu.interruptRequest]).toEqual([0xfff0n, 0])
  })
})
