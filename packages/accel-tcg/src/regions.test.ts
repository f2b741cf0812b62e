// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a region takes for granted, and has to look at again each time that it goes on: that its blocks are still there, that
// pages are mapped as they were, that a return leads where it was guessed to, that nobody wants the CPU. Each guest runs on
// both back ends; what differs between them is that the compiled one has one function for the whole loop when the change comes.

import {
  cpuInterrupt,
  CPU_INTERRUPT_NMI,
  cpuSingleStep,
  EXCP_DEBUG,
  EXCP_HLT,
  GDB_BREAKPOINT_SW,
  GuestRandom,
  SSTEP_ENABLE,
} from '@dromaius/cpus'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  addEbx,
  clearData,
  CODE,
  DATA,
  ELSEWHERE,
  handler,
  hlt,
  incEcx,
  LATER,
  LATER_PTE,
  loadEax,
  loadEsi,
  OTHER_DIRECTORY,
  RegionGuest,
  ret,
  rdrandEax,
  SAME_ENTRY,
} from '../fixtures/region-guest.js'
import { tcgInsertBreakpoint, tcgRemoveBreakpoint } from './tcg-breakpoints.js'

/** Blocks of a loop, all on one page. */
const A = CODE
const B = CODE + 0x40
const C = CODE + 0x80
/** Place of the number in addEbx. */
const IMMEDIATE = 2
/** Vectors. */
const NMI = 2
const PAGE_FAULT = 14
/** Instructions after which a loop is compiled. */
const WARM = 6000

describe.each([
  ['interpreted', false],
  ['compiled', true],
])('a loop that is %s', (_name, compile) => {
  let guest: RegionGuest
  beforeEach(() => {
    guest = new RegionGuest(compile)
  })
  afterEach(() => guest.end())

  /** Lets the loop become one region. Its first block is the one that all others are reached from. */
  function warmUp(): void {
    guest.start()
    guest.run(WARM)
    expect(guest.engine.hot.counts.functions).toBe(compile ? 1 : 0)
  }

  /** What is added to EBX in some rounds, of so many instructions. */
  function added(insns: number): number {
    const before = guest.regs.ebx
    guest.run(insns)
    return guest.regs.ebx - before
  }

  it('sees that a device has changed a block that it is chained to', () => {
    guest.put(A, [incEcx], B)
    guest.put(B, [addEbx(1)], A)
    warmUp()
    expect(added(400)).toBe(100)
    guest.put(B + IMMEDIATE, [[7]])
    expect(added(400)).toBe(700)
  })

  it('sees that it has changed a block itself that it is chained to', () => {
    // movb $7, (%esi)
    guest.put(A, [incEcx, loadEsi(0), [0xc6, 0x06, 7]], B)
    guest.put(B, [addEbx(1)], A)
    guest.poke(DATA, DATA + 64)
    warmUp()
    expect(added(600)).toBe(100)
    guest.poke(DATA, B + IMMEDIATE)
    expect(added(600)).toBe(700)
  })

  it('sees that a block has changed what follows in it', () => {
    // movb $7, (%esi), at 0; addl at 9. What is called in between has an address of its own.
    guest.put(A, [incEcx, rdrandEax], B)
    guest.put(B, [loadEsi(0), [0xc6, 0x06, 7], addEbx(1)], A)
    guest.poke(DATA, DATA + 64)
    warmUp()
    expect(added(700)).toBe(100)
    guest.poke(DATA, B + 9 + IMMEDIATE)
    expect(added(700)).toBe(700)
  })

  it('sees that the block behind a call has changed', () => {
    const callB = [0xe8, B - (A + 5), 0, 0, 0]
    guest.put(A, [callB, addEbx(1)], A)
    guest.put(B, [ret])
    warmUp()
    expect(added(400)).toBe(100)
    guest.put(A + callB.length + IMMEDIATE, [[7]])
    expect(added(400)).toBe(700)
  })

  it('returns where the stack says, though it has always returned behind its call', () => {
    const callB = [0xe8, B - (A + 5), 0, 0, 0]
    guest.put(A, [callB, addEbx(1)], A)
    // addl %esi, (%esp)
    guest.put(B, [loadEsi(0), [0x01, 0x34, 0x24], ret])
    guest.put(C, [addEbx(7)], A)
    warmUp()
    expect(added(600)).toBe(100)
    guest.poke(DATA, C - (A + callB.length))
    expect(added(600)).toBe(700)
  })

  it('sees that a block on another page has changed', () => {
    guest.put(A, [incEcx], LATER)
    guest.put(LATER, [addEbx(1)], A)
    warmUp()
    expect(added(400)).toBe(100)
    guest.put(LATER + IMMEDIATE, [[7]])
    expect(added(400)).toBe(700)
  })

  describe('over two pages', () => {
    /** The loop of six instructions, which does `change` once when DATA is not 0, and five more. */
    function loop(change: readonly (readonly number[])[]): void {
      // cmpl $0, DATA; jne C
      const ask = [0x83, 0x3d, DATA & 0xff, (DATA >> 8) & 0xff, DATA >> 16, 0, 0]
      guest.put(A, [incEcx, ask, [0x75, C - (A + 10)]], LATER)
      guest.put(C, [...change, clearData], A)
      guest.put(LATER, [addEbx(1)], A)
      guest.put(ELSEWHERE, [addEbx(7)])
      // The same jump, as it is executed at the same address.
      guest.ram.copyWithin(ELSEWHERE + 3, LATER + 3, LATER + 8)
      warmUp()
      expect(added(600)).toBe(100)
      guest.poke(DATA, 1)
    }
    // invlpg LATER
    const invlpg = [0x0f, 0x01, 0x3d, LATER & 0xff, (LATER >> 8) & 0xff, LATER >> 16, 0]
    // movl %eax, LATER_PTE
    const setPte = [0xa3, LATER_PTE & 0xff, LATER_PTE >> 8, 0, 0]
    // movl %eax, %cr3
    const setCr3 = [0x0f, 0x22, 0xd8]

    it('sees that the other one is mapped elsewhere, by INVLPG', () => {
      guest.poke(DATA + 4, ELSEWHERE | 7)
      loop([loadEax(4), setPte, invlpg])
      expect(added(600 + 3 + 5)).toBe(700)
    })

    it('sees that the other one is mapped elsewhere, by CR3', () => {
      guest.poke(DATA + 4, OTHER_DIRECTORY)
      loop([loadEax(4), setCr3])
      expect(added(600 + 2 + 5)).toBe(700)
    })

    it('faults when the other one is not there any more', () => {
      // movl %cr2, %eax
      guest.put(handler(PAGE_FAULT), [[0x0f, 0x20, 0xd0], hlt])
      // movl LATER + SAME_ENTRY, %edx: the TLB has a page there which is as far from its place in the host's memory
      const readOther = [0x8b, 0x15, LATER & 0xff, (LATER >> 8) & 0xff, (LATER + SAME_ENTRY) >> 16, 0]
      loop([loadEax(4), setPte, invlpg, readOther])
      const { ebx } = guest.regs
      expect(guest.run(600)).toBe(EXCP_HLT)
      expect(guest.regs).toMatchObject({ eax: LATER, ebx })
    })
  })

  it('takes an interrupt that is raised while it goes round, before the next block', () => {
    guest.put(A, [incEcx, rdrandEax], B)
    guest.put(B, [addEbx(1)], A)
    guest.put(handler(NMI), [hlt])
    warmUp()
    const { ecx, ebx } = guest.regs
    let calls = 0
    guest.system.guestRandom = new (class extends GuestRandom {
      override fill(bytes: Uint8Array): void {
        if (++calls === 40) cpuInterrupt(guest.cpu, CPU_INTERRUPT_NMI)
        super.fill(bytes)
      }
    })(1n)
    expect(guest.run(5000)).toBe(EXCP_HLT)
    expect(guest.regs).toMatchObject({ ecx: ecx + 40, ebx: ebx + 39 })
  })

  it('ends with its slice, at whatever instruction that is', () => {
    guest.put(A, [incEcx], B)
    guest.put(B, [addEbx(1)], A)
    warmUp()
    for (const insns of [1, 2, 3, 4, 5, 1001]) {
      const { ecx, ebx } = guest.regs
      const { executed } = guest.slice(insns)
      const after = guest.regs
      expect({ insns, executed }).toEqual({ insns, executed: insns })
      // Four instructions a round, one of which each register counts.
      expect(after.ecx - ecx + (after.ebx - ebx)).toBeGreaterThanOrEqual(Math.floor(insns / 2))
      expect(after.ecx - ecx + (after.ebx - ebx)).toBeLessThanOrEqual(Math.ceil(insns / 2))
    }
  })

  it('stops at a breakpoint in its midst, and not when that is gone', () => {
    guest.put(A, [incEcx], B)
    guest.put(B, [incEcx, addEbx(1)], A)
    warmUp()
    const at = BigInt(B + 1)
    tcgInsertBreakpoint(guest.cpu, GDB_BREAKPOINT_SW, at, 1)
    for (let stops = 0; stops < 3; stops++) {
      expect(guest.run(1000)).toBe(EXCP_DEBUG)
      expect(guest.regs.eip).toBe(B + 1)
      // Over it, as debuggers do.
      cpuSingleStep(guest.cpu, SSTEP_ENABLE)
      expect(guest.run(1)).toBe(EXCP_DEBUG)
      expect(guest.regs.eip).toBe(B + 4)
      cpuSingleStep(guest.cpu, 0)
    }
    tcgRemoveBreakpoint(guest.cpu, GDB_BREAKPOINT_SW, at, 1)
    const functions = guest.engine.hot.counts.functions
    expect(added(WARM)).toBe(WARM / 5)
    expect(guest.engine.hot.counts.functions - functions).toBe(compile ? 1 : 0)
  })

  it('is stepped through one instruction at a time', () => {
    guest.put(A, [incEcx], B)
    guest.put(B, [addEbx(1)], A)
    warmUp()
    cpuSingleStep(guest.cpu, SSTEP_ENABLE)
    const places: number[] = []
    for (let step = 0; step < 8; step++) {
      expect(guest.run(100)).toBe(EXCP_DEBUG)
      places.push(guest.regs.eip)
    }
    const round = [A, A + 1, B, B + 3]
    const first = round.indexOf(places[0]!)
    expect(places).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((step) => round[(first + step) % 4]))
  })

  it('is made anew when all blocks have been thrown away', () => {
    guest.put(A, [incEcx], B)
    guest.put(B, [addEbx(1)], A)
    warmUp()
    const { ebx } = guest.regs
    guest.run(400)
    guest.engine.tbs.flush()
    // Nobody watches the page any more.
    guest.poke(B, 0xe907_c383 | 0)
    guest.run(400)
    expect(guest.regs.ebx - ebx).toBe(800)
    guest.run(WARM)
    expect(guest.engine.hot.counts.functions).toBe(compile ? 2 : 0)
    guest.put(B + IMMEDIATE, [[9]])
    expect(added(400)).toBe(900)
  })
})
