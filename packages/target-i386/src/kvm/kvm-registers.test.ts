// SPDX-License-Identifier: GPL-2.0-or-later
import {
  KVM_PUT_FULL_STATE,
  KVM_PUT_RESET_STATE,
  KVM_PUT_RUNTIME_STATE,
  type KVMState,
  SystemState,
} from '@dromaius/cpus'
import { setReportSink } from '@dromaius/util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { X86CPU, X86CPUClass } from '../cpu.js'
import { FEAT_1_EDX } from '../feature-words.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { kvmArchGetRegisters } from './kvm-get-registers.js'
import { kvmMsrRows } from './kvm-msr-rows.js'
import { kvmArchPutRegisters } from './kvm-put-registers.js'
import { kvmVcpuStateNew, kvmVcpuStateOf } from './kvm-vcpu-state.js'
import { MSR_IA32_TSCDEADLINE, MSR_LSTAR, MSR_PAT, MSR_STAR } from './msr-index.js'

/** The ioctls in the order in which they are called, and MSRs that this kernel refuses. */
const kernel = vi.hoisted(() => ({ calls: [] as string[], refused: new Set<number>() }))

vi.mock('@dromaius/native', async (importActual) => {
  const actual = await importActual<Record<string, unknown>>()
  const mocked: Record<string, unknown> = { ...actual }
  for (const name of Object.keys(actual)) {
    if (/^kvm(Get|Set)[A-Z]/.test(name)) mocked[name] = () => void kernel.calls.push(name)
  }
  /** As the kernel does: handles entries up to the first that it refuses. */
  const msrs =
    (name: string) =>
    (_vcpu: unknown, list: { nmsrs: number; entries: { index: number; data: bigint }[] }) => {
      kernel.calls.push(name)
      const stop = list.entries.findIndex(({ index }) => kernel.refused.has(index))
      return stop < 0 ? list.nmsrs : stop
    }
  mocked.kvmGetMsrs = msrs('kvmGetMsrs')
  mocked.kvmSetMsrs = msrs('kvmSetMsrs')
  mocked.kvmGetTscKhz = () => {
    kernel.calls.push('kvmGetTscKhz')
    return 2_000_000
  }
  return mocked
})

/** A CPU on a host that has every capability. */
function newCpu(): X86CPU {
  const cpu = new X86CPU(new X86CPUClass())
  cpu.system = new SystemState()
  const accel = {
    name: 'kvm',
    fd: 3,
    vmfd: 4,
    kernelIrqchip: 'on',
    checkExtension: () => 1,
    swBreakpoints: [],
  }
  cpu.system.accel = accel as unknown as KVMState
  cpu.env.tscKhz = 2_000_000
  cpu.env.features[FEAT_1_EDX] = 1n << 12n
  const state = kvmArchStateOf(cpu.system.accel as KVMState)
  state.hasXsave = state.hasXcrs = state.hasSregs2 = state.hasVcpuEvents = state.hasDebugregs = true
  state.msrIndexList = new Set([MSR_STAR, MSR_IA32_TSCDEADLINE])
  const vcpu = kvmVcpuStateNew(cpu)
  vcpu.xsaveBuf = new Uint8Array(4096)
  vcpu.hasXsave2 = true
  vcpu.hasMsrFeatureControl = true
  vcpu.msrRows = kvmMsrRows({
    listed: state.msrIndexList,
    features: cpu.env.features,
    mcgCap: 0n,
    hasFeatureControl: true,
    hasMcgExtCtl: false,
    pmuVersion: 0,
    gpCounters: 0,
    fixedCounters: 0,
    physBits: 40,
    fillMtrrMask: true,
    enablePmu: false,
    rtitAddrs: 0,
    hyperv: { enabled: false, features: 0n, firstCpu: true, vpIndex: 0, vpIndexSettable: true },
  })
  return cpu
}

const warnings: string[] = []

beforeEach(() => {
  kernel.calls.length = 0
  kernel.refused.clear()
  warnings.length = 0
  setReportSink((_kind, text) => warnings.push(text))
})
afterEach(() => {
  setReportSink(null)
})

describe('kvmArchPutRegisters', () => {
  it("runtime level goes in QEMU's order", () => {
    kvmArchPutRegisters(newCpu(), KVM_PUT_RUNTIME_STATE)
    expect(kernel.calls).toEqual([
      'kvmSetSregs2',
      'kvmSetRegs',
      'kvmSetXsave',
      'kvmSetXcrs',
      'kvmSetMsrs',
      'kvmSetVcpuEvents',
      'kvmSetMsrs',
      'kvmSetDebugregs',
    ])
  })

  it('reset level begins with feature control and adds the run state', () => {
    kvmArchPutRegisters(newCpu(), KVM_PUT_RESET_STATE)
    expect(kernel.calls).toEqual([
      'kvmSetMsrs',
      'kvmSetSregs2',
      'kvmSetRegs',
      'kvmSetXsave',
      'kvmSetXcrs',
      'kvmSetMsrs',
      'kvmSetVcpuEvents',
      'kvmSetMpState',
      'kvmSetMsrs',
      'kvmSetDebugregs',
    ])
  })

  it("a hypervisor's state follows the special registers from reset level on", () => {
    const cpu = newCpu()
    cpu.env.nestedState = new Uint8Array(128)
    kvmArchPutRegisters(cpu, KVM_PUT_RESET_STATE)
    expect(kernel.calls.slice(1, 4)).toEqual(['kvmSetSregs2', 'kvmSetNestedState', 'kvmSetRegs'])
    kernel.calls.length = 0
    kvmArchPutRegisters(cpu, KVM_PUT_RUNTIME_STATE)
    expect(kernel.calls).not.toContain('kvmSetNestedState')
    kernel.calls.length = 0
    kvmArchGetRegisters(cpu)
    expect(kernel.calls.at(-1)).toBe('kvmGetNestedState')
  })

  it('full level adds the TSC frequency after the special registers', () => {
    kvmArchPutRegisters(newCpu(), KVM_PUT_FULL_STATE)
    expect(kernel.calls.slice(0, 5)).toEqual([
      'kvmSetMsrs',
      'kvmSetSregs2',
      'kvmGetTscKhz',
      'kvmSetTscKhz',
      'kvmSetRegs',
    ])
  })

  it('host without SREGS2, XCRS and DEBUGREGS gets what it knows', () => {
    const cpu = newCpu()
    const state = kvmArchStateOf(cpu.system.accel as KVMState)
    state.hasSregs2 = state.hasXcrs = state.hasDebugregs = false
    kvmArchPutRegisters(cpu, KVM_PUT_RUNTIME_STATE)
    expect(kernel.calls.slice(0, 3)).toEqual(['kvmSetSregs', 'kvmSetRegs', 'kvmSetXsave'])
    expect(kernel.calls).not.toContain('kvmSetXcrs')
    expect(kernel.calls).not.toContain('kvmSetDebugregs')
  })

  it('MSR that the host refuses is warned about once and left out from then on', () => {
    const cpu = newCpu()
    kernel.refused.add(MSR_PAT)
    kvmArchPutRegisters(cpu, KVM_PUT_RUNTIME_STATE)
    const first = kernel.calls.filter((name) => name === 'kvmSetMsrs').length
    kernel.calls.length = 0
    kvmArchPutRegisters(cpu, KVM_PUT_RUNTIME_STATE)
    const second = kernel.calls.filter((name) => name === 'kvmSetMsrs').length
    expect(first).toBe(3)
    expect(second).toBe(2)
    // It is still read: the guest may have written it.
    expect(kvmVcpuStateOf(cpu).msrRows.map(({ index }) => index)).toContain(MSR_PAT)
    expect(warnings).toEqual(['KVM refuses to set MSR 0x277 to 0x7040600070406; it is left as it is'])
  })
})

describe('kvmArchGetRegisters', () => {
  it("goes in QEMU's order", () => {
    kvmArchGetRegisters(newCpu())
    expect(kernel.calls).toEqual([
      'kvmGetVcpuEvents',
      'kvmGetMpState',
      'kvmGetRegs',
      'kvmGetXsave2',
      'kvmGetXcrs',
      'kvmGetSregs2',
      'kvmGetMsrs',
      'kvmGetDebugregs',
    ])
  })

  it('MSRs that the host refuses are warned about once and the others are read', () => {
    const cpu = newCpu()
    cpu.env.lstar = 5n
    kernel.refused.add(MSR_PAT).add(MSR_STAR)
    kvmArchGetRegisters(cpu)
    kvmArchGetRegisters(cpu)
    expect(kernel.calls.filter((name) => name === 'kvmGetMsrs')).toHaveLength(4)
    expect(warnings).toEqual([
      'KVM refuses to read MSR 0x277; it is left out',
      'KVM refuses to read MSR 0xc0000081; it is left out',
    ])
    expect(cpu.env.pat).toBe(0x0007_0406_0007_0406n)
    expect([MSR_LSTAR, cpu.env.lstar]).toEqual([0xc000_0082, 0n])
  })

  it('TSC is read while the machine runs and once after it has stopped', () => {
    const cpu = newCpu()
    kvmArchGetRegisters(cpu)
    expect(cpu.env.tscValid).toBe(true)
  })
})
