// SPDX-License-Identifier: GPL-2.0-or-later
import { constants } from 'node:os'
import {
  GDB_BREAKPOINT_HW,
  GDB_BREAKPOINT_SW,
  GDB_WATCHPOINT_ACCESS,
  GDB_WATCHPOINT_READ,
  GDB_WATCHPOINT_WRITE,
  type KVMState,
} from '@dromaius/cpus'
import { describe, expect, it } from 'vitest'
import { kvmArchStateOf } from './kvm-arch-state.js'
import {
  kvmArchInsertHwBreakpoint,
  kvmArchRemoveAllHwBreakpoints,
  kvmArchRemoveHwBreakpoint,
  packDr7,
} from './kvm-debug.js'
import { decodeDr6 } from './kvm-handle-debug.js'

const { errno } = constants

/** Breakpoints need nothing of a machine but its identity. */
const newMachine = (): KVMState => ({}) as KVMState

describe('kvmArchInsertHwBreakpoint', () => {
  it('four breakpoints fit, a fifth does not', () => {
    const s = newMachine()
    const results = [1n, 2n, 3n, 4n, 5n].map((addr) =>
      kvmArchInsertHwBreakpoint(s, addr, 1, GDB_BREAKPOINT_HW),
    )
    expect(results).toEqual([0, 0, 0, 0, -errno.ENOBUFS])
  })

  it.each([
    ['length 3', 0x1000n, 3, GDB_WATCHPOINT_WRITE, -errno.EINVAL],
    ['length 16', 0x1000n, 16, GDB_WATCHPOINT_WRITE, -errno.EINVAL],
    ['address off its alignment', 0x1002n, 4, GDB_WATCHPOINT_ACCESS, -errno.EINVAL],
    ['read watchpoint, which the CPU does not have', 0x1000n, 4, GDB_WATCHPOINT_READ, -errno.ENOSYS],
    ['software breakpoint', 0x1000n, 1, GDB_BREAKPOINT_SW, -errno.ENOSYS],
  ])('%s is refused', (_what, addr, len, type, result) => {
    expect(kvmArchInsertHwBreakpoint(newMachine(), addr, len, type)).toBe(result)
  })

  it('same breakpoint twice is refused, in another machine not', () => {
    const s = newMachine()
    kvmArchInsertHwBreakpoint(s, 0x1000n, 8, GDB_BREAKPOINT_HW)
    expect(kvmArchInsertHwBreakpoint(s, 0x1000n, 1, GDB_BREAKPOINT_HW)).toBe(-errno.EEXIST)
    expect(kvmArchInsertHwBreakpoint(newMachine(), 0x1000n, 1, GDB_BREAKPOINT_HW)).toBe(0)
  })
})

describe('kvmArchRemoveHwBreakpoint', () => {
  it('removed breakpoint makes room, its place goes to the last', () => {
    const s = newMachine()
    for (const addr of [1n, 2n, 3n]) kvmArchInsertHwBreakpoint(s, addr, 1, GDB_BREAKPOINT_HW)
    expect(kvmArchRemoveHwBreakpoint(s, 1n, 1, GDB_BREAKPOINT_HW)).toBe(0)
    expect(kvmArchStateOf(s).hwBreakpoints.map(({ addr }) => addr)).toEqual([3n, 2n])
  })

  it('breakpoint that is not there gives ENOENT', () => {
    expect(kvmArchRemoveHwBreakpoint(newMachine(), 1n, 1, GDB_BREAKPOINT_HW)).toBe(-errno.ENOENT)
  })

  it('all are removed at once', () => {
    const s = newMachine()
    kvmArchInsertHwBreakpoint(s, 1n, 1, GDB_BREAKPOINT_HW)
    kvmArchRemoveAllHwBreakpoints(s)
    expect(kvmArchStateOf(s).hwBreakpoints).toEqual([])
  })
})

describe('DR7', () => {
  it('breakpoint in register 0 is globally enabled on execution', () => {
    expect(packDr7([{ addr: 1n, len: 1, type: GDB_BREAKPOINT_HW }])).toBe(0x602n)
  })

  it('watchpoint of 4 bytes in register 1 has type write and length code 3', () => {
    const first = { addr: 1n, len: 1, type: GDB_BREAKPOINT_HW }
    expect(packDr7([first, { addr: 4n, len: 4, type: GDB_WATCHPOINT_WRITE }])).toBe(
      0x602n | 8n | (0xdn << 20n),
    )
  })

  it('watchpoint of 8 bytes on access has type 3 and length code 2', () => {
    expect(packDr7([{ addr: 8n, len: 8, type: GDB_WATCHPOINT_ACCESS }])).toBe(0x602n | (0xbn << 16n))
  })
})

describe('decodeDr6', () => {
  it.each([
    ['single step', 0x4000n, 0x400n, { kind: 'step' }],
    ['execution in register 2', 0x4n, 0x600n, { kind: 'breakpoint', register: 2 }],
    ['write in register 1', 0x2n, 1n << 20n, { kind: 'watchpoint', register: 1, access: 'write' }],
    ['access in register 3', 0x8n, 3n << 28n, { kind: 'watchpoint', register: 3, access: 'access' }],
    ['nothing', 0xffff_0ff0n, 0x400n, null],
    ['port access, which cannot be asked for', 0x1n, 2n << 16n, null],
  ])('%s', (_what, dr6, dr7, cause) => {
    expect(decodeDr6(dr6, dr7)).toEqual(cause)
  })
})
