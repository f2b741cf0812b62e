// SPDX-License-Identifier: GPL-2.0-or-later
import { SystemState } from '@dromaius/cpus'
import { MemoryRegion, memoryRegionAddSubregion, memoryRegionInitRam } from '@dromaius/memory'
import { beforeEach, describe, expect, it } from 'vitest'
import { X86CPU, X86CPUClass } from '../cpu.js'
import { cpuMemoryRwDebug, x86CpuGetPhysAddrDebug } from './cpu-memory-debug.js'

const RAM_SIZE = 0x20_0000
/** Present and writable. */
const P = 3n
const PS = 0x80n

let cpu: X86CPU
let ram: DataView

beforeEach(() => {
  cpu = new X86CPU(new X86CPUClass())
  cpu.system = new SystemState()
  cpu.as = cpu.system.addressSpaceMemory
  const memory = new ArrayBuffer(RAM_SIZE)
  ram = new DataView(memory)
  const mr = new MemoryRegion()
  memoryRegionInitRam(mr, null, 'ram', RAM_SIZE, () => ({
    size: RAM_SIZE,
    hostAddress: 0n,
    window: (offset, length) => new Uint8Array(memory, offset, length),
    free: () => {},
  }))
  memoryRegionAddSubregion(cpu.system.systemMemory, 0, mr)
})

/** Tables at 0x1000 (level 4), 0x2000, 0x3000, 0x4000: linear 0xffffffff80000000 up. */
function mapLongMode(): void {
  Object.assign(cpu.env, { efer: 0x500n, cr: [0x8000_0011n, 0n, 0n, 0x1000n, 0x20n] })
  ram.setBigUint64(0x1000 + 511 * 8, 0x2000n | P, true)
  ram.setBigUint64(0x2000 + 510 * 8, 0x3000n | P, true)
  ram.setBigUint64(0x3000, 0x4000n | P, true)
  ram.setBigUint64(0x4000, 0x8000n | P, true)
  ram.setBigUint64(0x4008, 0xa000n | P | (1n << 63n), true)
  ram.setBigUint64(0x3008, 0x40_0000n | P | PS, true)
}

describe('x86CpuGetPhysAddrDebug', () => {
  it('without paging an address is itself, 32 bits of it', () => {
    expect(x86CpuGetPhysAddrDebug(cpu, 0x1_0000_1234n)).toBe(0x1234)
  })

  it.each([
    ['4 KiB page', 0xffff_ffff_8000_0123n, 0x8123],
    ['4 KiB page that is not executable', 0xffff_ffff_8000_1123n, 0xa123],
    ['2 MiB page', 0xffff_ffff_8020_1123n, 0x40_1123],
    ['page that is not there', 0xffff_ffff_8000_2000n, null],
    ['directory that is not there', 0x1000n, null],
  ])('long mode: %s', (_what, addr, physical) => {
    mapLongMode()
    expect(x86CpuGetPhysAddrDebug(cpu, addr)).toBe(physical)
  })

  it.each([
    ['4 KiB page', 0x0040_1004n, 0x5004],
    ['4 MiB page', 0x0080_1004n, 0xc0_1004],
    ['page that is not there', 0x0040_0000n, null],
  ])('32-bit paging: %s', (_what, addr, physical) => {
    cpu.env.cr = [0x8000_0011n, 0n, 0n, 0x1000n, 0x10n]
    ram.setUint32(0x1004, 0x2003, true)
    ram.setUint32(0x1008, 0x00c0_0083, true)
    ram.setUint32(0x2004, 0x5003, true)
    expect(x86CpuGetPhysAddrDebug(cpu, addr)).toBe(physical)
  })

  it('PAE paging goes through the four page directory pointers', () => {
    cpu.env.cr = [0x8000_0011n, 0n, 0n, 0x1020n, 0x20n]
    ram.setBigUint64(0x1038, 0x2001n, true)
    ram.setBigUint64(0x2000, 0x3000n | P, true)
    ram.setBigUint64(0x3000, 0x6000n | P, true)
    expect(x86CpuGetPhysAddrDebug(cpu, 0xc000_0010n)).toBe(0x6010)
  })
})

describe('cpuMemoryRwDebug', () => {
  it('access over a page border reaches both pages', () => {
    mapLongMode()
    expect(cpuMemoryRwDebug(cpu, 0xffff_ffff_8000_0fffn, Uint8Array.of(0x11, 0x22), true)).toBe(true)
    expect([ram.getUint8(0x8fff), ram.getUint8(0xa000)]).toEqual([0x11, 0x22])
    const bytes = new Uint8Array(2)
    expect(cpuMemoryRwDebug(cpu, 0xffff_ffff_8000_0fffn, bytes, false)).toBe(true)
    expect([...bytes]).toEqual([0x11, 0x22])
  })

  it('page that is not mapped, and a page without memory, give false', () => {
    mapLongMode()
    expect(cpuMemoryRwDebug(cpu, 0x1000n, new Uint8Array(1), false)).toBe(false)
    expect(cpuMemoryRwDebug(cpu, 0xffff_ffff_8020_0000n, new Uint8Array(1), false)).toBe(false)
  })
})
