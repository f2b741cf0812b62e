// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import type { KvmRun } from '@dromaius/native'
import { describe, expect, it, vi } from 'vitest'
import { X86CPU, X86CPUClass } from '../cpu.js'
import {
  kvmArchDescribeEmulationFailure,
  kvmArchStopOnEmulationError,
  knownEmulationGap,
} from './kvm-emulation-failure.js'

/** What /proc/cpuinfo says. */
const cpuinfo = vi.hoisted(() => ({ text: '' }))
vi.mock('node:fs', async (original) => ({
  ...(await original<object>()),
  readFileSync: () => cpuinfo.text,
}))

function newCpu(): X86CPU {
  const cpu = new X86CPU(new X86CPUClass())
  cpu.system = new SystemState()
  cpu.as = cpu.system.addressSpaceMemory
  return cpu
}

/** The part of kvm_run that tells of the failure; `bytes` is what KVM copied of the instruction. */
function runWith(bytes: number[]): KvmRun {
  const insn_bytes = new Uint8Array(15)
  insn_bytes.set(bytes)
  const emulation_failure = { suberror: 1, ndata: 4, flags: 1n, insn_size: bytes.length, insn_bytes }
  return { emulation_failure } as unknown as KvmRun
}

describe('knownEmulationGap', () => {
  it.each([
    ['cc', 'int3'],
    ['f0480fc70f', 'cmpxchg16b'],
    ['480fc70e', 'cmpxchg16b'],
    ['0fae2f', 'xrstor'],
    ['480fae6c2440', 'xrstor'],
    ['9b', 'fwait'],
    ['dbe3', 'an x87 instruction'],
    ['0f28c1', 'an SSE instruction'],
    ['660f6f00', 'an SSE instruction'],
    ['8b00', null],
    ['0fc70f', null],
  ])('%s is %s', (hex, name) => {
    expect(knownEmulationGap(hex)).toBe(name)
  })
})

describe('kvmArchDescribeEmulationFailure', () => {
  it('names RIP, the bytes and the instruction in one line', () => {
    const cpu = newCpu()
    cpu.env.eip = 0x10_0040n
    const text = kvmArchDescribeEmulationFailure(cpu, runWith([0xf0, 0x48, 0x0f, 0xc7, 0x0f]))
    expect(text).toContain(
      'KVM could not emulate cmpxchg16b at RIP 0x100040, instruction bytes f0 48 0f c7 0f',
    )
    expect(text).not.toContain('\n')
  })

  it.each([
    ['vmx', ': the guest used it where KVM has to emulate'],
    ['svm', ': the guest used it where KVM has to emulate'],
    ['sse2', ": this host's KVM runs guest kernels in software"],
  ])('on a host whose CPU shows %s says why, and what to do instead', (flag, why) => {
    cpuinfo.text = `processor : 0\nflags\t\t: fpu ${flag} sse\n`
    const text = kvmArchDescribeEmulationFailure(newCpu(), runWith([0xcc]))
    expect(text).toContain(why)
    expect(text).toMatch(/-accel tcg$/)
  })

  it('says so when there is no memory at RIP', () => {
    const cpu = newCpu()
    cpu.env.eip = 0x10_0040n
    expect(kvmArchDescribeEmulationFailure(cpu, runWith([]))).toContain('(no memory there)')
  })
})

describe('kvmArchStopOnEmulationError', () => {
  it.each([
    ['real mode', 0n, 3, true],
    ['kernel', 1n, 0x10, true],
    ['user mode', 1n, 0x33, false],
  ])('%s', (_mode, cr0, selector, stops) => {
    const cpu = newCpu()
    cpu.env.cr[0] = cr0
    cpu.env.segs[1].selector = selector
    expect(kvmArchStopOnEmulationError(cpu)).toBe(stops)
  })
})
