// SPDX-License-Identifier: GPL-2.0-or-later
import {
  CPU_INTERRUPT_HARD,
  CPU_INTERRUPT_INIT,
  CPU_INTERRUPT_MCE,
  CPU_INTERRUPT_NMI,
  EXCP_DEBUG,
  EXCP_HLT,
  type KVMState,
  SystemState,
} from '@dromaius/cpus'
import {
  KVM_EXIT_DEBUG,
  KVM_EXIT_EXCEPTION,
  KVM_EXIT_FAIL_ENTRY,
  KVM_EXIT_HLT,
  KVM_EXIT_HYPERV,
  KVM_EXIT_IOAPIC_EOI,
  KVM_EXIT_NOTIFY,
  KVM_EXIT_SET_TPR,
  KVM_EXIT_X86_BUS_LOCK,
  KVM_EXIT_X86_RDMSR,
  type KvmRun,
} from '@dromaius/native'
import { setReportSink } from '@dromaius/util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { X86CPU, X86CPUClass } from '../cpu.js'
import { ioapicListAdd } from '../ioapic-list.js'
import { setIsaPic } from '../pic.js'
import { freqWithinBounds } from './kvm-tsc.js'
import { kvmArchStateOf } from './kvm-arch-state.js'
import { kvmArchHandleExit } from './kvm-handle-exit.js'
import { kvmArchPostRun, kvmArchPreRun, kvmArchProcessAsyncEvents } from './kvm-run.js'

const kernel = vi.hoisted(() => ({ nmis: 0, interrupts: [] as number[] }))

vi.mock('@dromaius/native', async (importActual) => ({
  ...(await importActual<Record<string, unknown>>()),
  kvmNmi: () => {
    kernel.nmis++
  },
  kvmInterrupt: (_vcpu: unknown, { irq }: { irq: number }) => {
    kernel.interrupts.push(irq)
  },
}))

/** RFLAGS.IF. */
const IF = 0x200n

let cpu: X86CPU
const reports: string[] = []

beforeEach(() => {
  cpu = new X86CPU(new X86CPUClass())
  cpu.system = new SystemState()
  const accel = {
    name: 'kvm',
    kernelIrqchip: 'on',
    swBreakpoints: [{ pc: 0x1000n, savedInsn: 0, useCount: 1 }],
  }
  // Nothing of the accelerator's own operations is needed here: the state counts as synchronised.
  cpu.system.accel = { ...accel, qomClass: { ops: null } } as unknown as KVMState
  kvmArchStateOf(cpu.system.accel as KVMState).hasExceptionPayload = true
  kernel.nmis = 0
  kernel.interrupts.length = 0
  reports.length = 0
  setReportSink((_kind, text) => reports.push(text))
})
afterEach(() => {
  setReportSink(null)
})

const runOf = (fields: Record<string, unknown>): KvmRun => fields as unknown as KvmRun
const debugExit = (arch: Record<string, unknown>): KvmRun =>
  runOf({ exit_reason: KVM_EXIT_DEBUG, debug: { arch: { exception: 1, pc: 0n, dr6: 0n, dr7: 0n, ...arch } } })

describe('kvmArchHandleExit', () => {
  it.each([
    ['nothing pending', 0, IF, EXCP_HLT, true],
    ['interrupt pending and enabled', CPU_INTERRUPT_HARD, IF, 0, false],
    ['interrupt pending but disabled', CPU_INTERRUPT_HARD, 0n, EXCP_HLT, true],
    ['NMI pending', CPU_INTERRUPT_NMI, 0n, 0, false],
  ])('HLT with %s', (_what, interruptRequest, eflags, result, halted) => {
    cpu.interruptRequest = interruptRequest
    cpu.env.eflags = eflags
    expect(kvmArchHandleExit(cpu, runOf({ exit_reason: KVM_EXIT_HLT }))).toBe(result)
    expect(cpu.halted).toBe(halted)
  })

  it.each([
    ['SET_TPR', { exit_reason: KVM_EXIT_SET_TPR }],
    ['bus lock', { exit_reason: KVM_EXIT_X86_BUS_LOCK }],
    ['notification with valid context', { exit_reason: KVM_EXIT_NOTIFY, notify: { flags: 0 } }],
  ])('%s lets the guest go on', (_what, fields) => {
    expect(kvmArchHandleExit(cpu, runOf(fields))).toBe(0)
  })

  it.each([
    [
      'entry failure',
      { exit_reason: KVM_EXIT_FAIL_ENTRY, fail_entry: { hardware_entry_failure_reason: 5n } },
      '0x5',
    ],
    ['exception', { exit_reason: KVM_EXIT_EXCEPTION, ex: { exception: 14, error_code: 2 } }, 'exception 14'],
    ['Hyper-V', { exit_reason: KVM_EXIT_HYPERV, hyperv: { type: 9, u: [] } }, 'Hyper-V'],
    [
      'notification with invalid context',
      { exit_reason: KVM_EXIT_NOTIFY, notify: { flags: 1 } },
      'invalid context',
    ],
    ['unknown reason', { exit_reason: 4711 }, 'unknown exit reason 4711'],
  ])('%s stops the machine with one line', (_what, fields, text) => {
    expect(kvmArchHandleExit(cpu, runOf(fields))).toBe(-1)
    expect(reports).toEqual([expect.stringContaining(text)])
  })

  it('the end of a level-triggered interrupt is told to the I/O APICs', () => {
    const ended: number[] = []
    ioapicListAdd(cpu.system, { eoi: (vector) => ended.push(vector) })
    expect(kvmArchHandleExit(cpu, runOf({ exit_reason: KVM_EXIT_IOAPIC_EOI, eoi: { vector: 0x41 } }))).toBe(0)
    expect(ended).toEqual([0x41])
  })

  it('access to an MSR is answered with a fault', () => {
    const run = runOf({ exit_reason: KVM_EXIT_X86_RDMSR, msr: { error: 0 } })
    expect(kvmArchHandleExit(cpu, run)).toBe(0)
    expect(run.msr.error).toBe(1)
  })

  it.each([
    ['hardware breakpoint', { dr6: 1n, dr7: 2n }, EXCP_DEBUG],
    ['software breakpoint', { exception: 3, pc: 0x1000n }, EXCP_DEBUG],
  ])('%s of the debugger leaves the loop', (_what, arch, result) => {
    expect(kvmArchHandleExit(cpu, debugExit(arch))).toBe(result)
    expect(cpu.env.exceptionNr).toBe(-1)
  })

  it('watchpoint is noted for the debugger', () => {
    kvmArchStateOf(cpu.system.accel as KVMState).hwBreakpoints.push({ addr: 0x2000n, len: 4, type: 2 })
    expect(kvmArchHandleExit(cpu, debugExit({ dr6: 1n, dr7: 1n << 16n }))).toBe(EXCP_DEBUG)
    expect(cpu.watchpointHit).toMatchObject({ vaddr: 0x2000n, len: 4 })
  })

  it.each([
    ['single step that nobody asked for', { dr6: 0x4000n }, 1, 0x4000n],
    ['breakpoint instruction of its own', { exception: 3, pc: 0x2000n }, 3, 0n],
  ])('%s goes to the guest', (_what, arch, exceptionNr, exceptionPayload) => {
    expect(kvmArchHandleExit(cpu, debugExit(arch))).toBe(0)
    expect(cpu.env).toMatchObject({ exceptionNr, exceptionPending: true, exceptionPayload })
  })
})

describe('kvmArchPreRun', () => {
  it('NMI goes in once', () => {
    cpu.interruptRequest = CPU_INTERRUPT_NMI
    kvmArchPreRun(cpu, runOf({}))
    kvmArchPreRun(cpu, runOf({}))
    expect([kernel.nmis, cpu.interruptRequest]).toEqual([1, 0])
  })

  it('INIT keeps the guest from running', () => {
    cpu.interruptRequest = CPU_INTERRUPT_INIT
    kvmArchPreRun(cpu, runOf({}))
    expect(cpu.exitRequest).toBe(true)
  })
})

describe('kvmArchPostRun', () => {
  it.each([
    [1, 0x2n, 0x202n],
    [0, 0x202n, 0x2n],
  ])('interrupt flag %i is taken over', (if_flag, before, after) => {
    cpu.env.eflags = before
    kvmArchPostRun(cpu, runOf({ flags: 0, if_flag, cr8: 0n, apic_base: 0n }))
    expect(cpu.env.eflags).toBe(after)
  })
})

describe('controllers outside of the kernel', () => {
  const use = (kernelIrqchip: 'split' | 'off'): void => {
    Object.assign(cpu.system.accel!, { kernelIrqchip })
    setIsaPic(cpu.system, () => 0x25)
  }

  it.each([
    ['the guest is ready', 1, IF, [0x25], 0],
    ['the guest has something in flight', 0, IF, [], 1],
    ['the guest has interrupts off', 1, 0n, [], 1],
  ])(
    '%s: an interrupt goes in, or a window for it is asked for',
    (_what, ready, eflags, injected, window) => {
      use('split')
      cpu.env.eflags = eflags
      cpu.interruptRequest = CPU_INTERRUPT_HARD
      const run = runOf({ ready_for_interrupt_injection: ready, request_interrupt_window: 9, cr8: 9n })
      kvmArchPreRun(cpu, run)
      expect(kernel.interrupts).toEqual(injected)
      expect(run.request_interrupt_window).toBe(window)
      // The kernel's local APIC has its own.
      expect(run.cr8).toBe(9n)
    },
  )

  it('without a local APIC in the kernel, CR8 goes in and a halted CPU waits for what wakes it', () => {
    use('off')
    const run = runOf({ ready_for_interrupt_injection: 1, cr8: 9n })
    kvmArchPreRun(cpu, run)
    expect([run.cr8, run.request_interrupt_window]).toEqual([0n, 0])

    cpu.halted = true
    cpu.env.eflags = IF
    expect(kvmArchProcessAsyncEvents(cpu)).toBe(true)
    cpu.interruptRequest = CPU_INTERRUPT_HARD
    expect(kvmArchProcessAsyncEvents(cpu)).toBe(false)
    expect(cpu.halted).toBe(false)
  })
})

describe('kvmArchProcessAsyncEvents', () => {
  it('machine check becomes an exception and wakes the CPU', () => {
    cpu.interruptRequest = CPU_INTERRUPT_MCE
    cpu.halted = true
    expect(kvmArchProcessAsyncEvents(cpu)).toBe(false)
    expect([cpu.env.exceptionNr, cpu.halted, cpu.interruptRequest]).toEqual([18, false, 0])
  })

  it('machine check inside a double fault resets the machine', () => {
    cpu.interruptRequest = CPU_INTERRUPT_MCE
    cpu.env.exceptionNr = 8
    kvmArchProcessAsyncEvents(cpu)
    expect([cpu.system.requests.reset, cpu.exitRequest]).toEqual(['guest-reset', true])
  })
})

describe('freqWithinBounds', () => {
  it.each([
    [2_000_000, 2_000_500, true],
    [2_000_000, 2_000_501, false],
    [2_000_000, 1_999_500, true],
    [2_000_000, 1_999_499, false],
  ])('%i kHz and %i kHz: %s', (host, guest, within) => {
    expect(freqWithinBounds(host, guest)).toBe(within)
  })
})
