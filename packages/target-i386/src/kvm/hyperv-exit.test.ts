// SPDX-License-Identifier: GPL-2.0-or-later
import { type KVMState, SystemState } from '@dromaius/cpus'
import {
  addressSpaceRead,
  addressSpaceWrite,
  heapRamAllocator,
  MemoryRegion,
  memoryRegionAddSubregion,
  memoryRegionInitRam,
} from '@dromaius/memory'
import { type KvmRun, kvm_run_members } from '@dromaius/native'
import { setReportSink } from '@dromaius/util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { X86CPU, X86CPUClass } from '../cpu.js'
import { HYPERV_FEAT_SYNDBG, HYPERV_FEAT_SYNIC } from '../hyperv.js'
import { kvmHvHandleExit } from './hyperv-exit.js'
import { HypervSynic, hypervX86SynicReset } from './hyperv-synic.js'
import { kvmVcpuStateNew } from './kvm-vcpu-state.js'

const SYNIC = 1
const HCALL = 2
const SYNDBG = 3
const SCONTROL = 0x4000_0080n
const SIEFP = 0x4000_0082n
const SIMP = 0x4000_0083n

let cpu: X86CPU
const reports: string[] = []

beforeEach(() => {
  cpu = new X86CPU(new X86CPUClass())
  cpu.system = new SystemState()
  cpu.system.accel = { name: 'kvm', ramAllocator: heapRamAllocator } as unknown as KVMState
  const ram = new MemoryRegion()
  memoryRegionInitRam(ram, null, 'ram', 0x10000, heapRamAllocator)
  memoryRegionAddSubregion(cpu.system.systemMemory, 0, ram)
  cpu.physBits = 40
  cpu.hypervFeatures = (1n << BigInt(HYPERV_FEAT_SYNIC)) | (1n << BigInt(HYPERV_FEAT_SYNDBG))
  kvmVcpuStateNew(cpu).synic = new HypervSynic(cpu)
  reports.length = 0
  setReportSink((_kind, text) => reports.push(text))
})
afterEach(() => {
  setReportSink(null)
})

/** An exit with these words in its union; returns the handler's answer and the union afterwards. */
function exit(type: number, ...words: bigint[]): { result: number; u: bigint[] } {
  const hyperv = kvm_run_members.hyperv.alloc()
  hyperv.type = type
  words.forEach((word, i) => (hyperv.u[i] = word))
  const result = kvmHvHandleExit(cpu, { hyperv } as unknown as KvmRun)
  return { result, u: Array.from({ length: 6 }, (_, i) => hyperv.u[i]!) }
}

function byteAt(address: number): number {
  const byte = new Uint8Array(1)
  addressSpaceRead(cpu.system.addressSpaceMemory, address, byte)
  return byte[0]!
}

const poke = (address: number, ...bytes: number[]): void => {
  addressSpaceWrite(cpu.system.addressSpaceMemory, address, Uint8Array.from(bytes))
}

describe('the synthetic interrupt controller', () => {
  it('its pages lie over guest memory while it is on, and keep what was written', () => {
    poke(0x3000, 0xaa)
    expect(exit(SYNIC, SIMP, 0n, 0n, 0x3001n).result).toBe(0)
    expect(byteAt(0x3000)).toBe(0xaa) // not on yet
    exit(SYNIC, SCONTROL, 1n, 0n, 0n)
    expect(byteAt(0x3000)).toBe(0)
    poke(0x3000, 0x55)

    exit(SYNIC, SIMP, 0n, 0n, 0x5001n)
    expect([byteAt(0x3000), byteAt(0x5000)]).toEqual([0xaa, 0x55])
    exit(SYNIC, SIMP, 0n, 0n, 0x5000n)
    expect(byteAt(0x5000)).toBe(0)
  })

  it('a reset empties the pages and takes them away', () => {
    exit(SYNIC, SCONTROL, 1n, 0n, 0n)
    exit(SYNIC, SIEFP, 0n, 0x3001n, 0n)
    poke(0x3000, 0x55)
    hypervX86SynicReset(cpu)
    poke(0x3000, 0x11)
    exit(SYNIC, SIEFP, 0n, 0x3001n, 0n)
    expect(byteAt(0x3000)).toBe(0)
  })

  it('is not expected without hv-synic, nor is another MSR', () => {
    expect(exit(SYNIC, 0x4000_0084n).result).toBe(-1)
    cpu.hypervFeatures = 0n
    expect(exit(SYNIC, SCONTROL, 1n).result).toBe(-1)
    expect(reports).toHaveLength(2)
  })

  it('any page address leaves the machine alive', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.constantFrom(SIMP, SIEFP),
        (page, index) => {
          expect(exit(SYNIC, index, 0n, page, page).result).toBe(0)
          expect(exit(SYNIC, SCONTROL, 1n).result).toBe(0)
          expect(exit(SYNIC, SCONTROL, 0n).result).toBe(0)
        },
      ),
    )
  })
})

describe('hypercalls', () => {
  const FAST = 1n << 16n
  // Results: 2 no such call, 3 bad input, 4 alignment, 11 no memory, 17 no such port, 18 no such connection.
  it.each([
    ['an unknown call', [0x1n], 2n],
    ['HvCallPostMessage with fast input', [0x5cn | FAST], 2n],
    ['HvCallPostMessage at an odd address', [0x5cn, 0n, 0x1001n], 4n],
    ['HvCallPostMessage where no memory is', [0x5cn, 0n, 0x8000_0000n], 11n],
    ['HvCallPostMessage beyond everything', [0x5cn, 0n, 0xffff_ffff_ffff_fff8n], 11n],
    ['HvCallPostMessage with too much payload', [0x5cn, 0n, 0x2000n], 3n],
    ['HvCallPostMessage to nobody', [0x5cn, 0n, 0x1000n], 18n],
    ['HvCallSignalEvent with a flag number', [0x5dn | FAST, 0n, 0x1_0000_0001n], 17n],
    ['HvCallSignalEvent with reserved bits', [0x5dn | FAST, 0n, 0x0100_0001n], 3n],
    ['HvCallSignalEvent to nobody', [0x5dn | FAST, 0n, 0x1n], 18n],
    ['HvCallSignalEvent from memory', [0x5dn, 0n, 0x1000n], 18n],
    ['HvCallSignalEvent from an odd address', [0x5dn, 0n, 0x1004n], 4n],
    ['the debugger, which is not there', [0x69n, 0n, 0x1000n], 2n],
  ])('%s', (_what, words, status) => {
    poke(0x200c, 241)
    const { result, u } = exit(HCALL, ...words)
    expect([result, u[1]]).toEqual([0, status])
  })
})

describe('the synthetic debugger', () => {
  it('gets no packet through', () => {
    const { result, u } = exit(SYNDBG, 0x4000_00f1n, 0x40_0001n, 9n, 0x1000n, 0x2000n)
    expect([result, u[2]]).toEqual([0, 0n])
    expect([cpu.env.msrHvSyndbgControl, cpu.env.msrHvSyndbgSendPage, cpu.env.msrHvSyndbgRecvPage]).toEqual([
      0x40_0001n,
      0x1000n,
      0x2000n,
    ])
    exit(SYNDBG, 0x4000_00f5n, 0n, 0n, 0n, 0n, 0x3000n)
    expect(cpu.env.msrHvSyndbgPendingPage).toBe(0x3000n)
  })

  it('is not expected without hv-syndbg', () => {
    cpu.hypervFeatures = 0n
    expect(exit(SYNDBG, 0x4000_00f1n).result).toBe(-1)
  })
})
