// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { KVM_PUT_FULL_STATE } from '@dromaius/cpus'
import {
  kvm_debugregs,
  kvm_fpu,
  kvm_regs,
  kvm_segment,
  kvm_sregs,
  kvm_sregs2,
  kvm_vcpu_events,
  kvm_xcrs,
} from '@dromaius/native'
import { describe, expect, it } from 'vitest'
import { CPUX86State, HF2_NMI_MASK, SegmentCache } from '../env.js'
import { packDebugregs, unpackDebugregs } from './kvm-debugregs.js'
import { packFpu, unpackFpu } from './kvm-fpu.js'
import { packRegs, unpackRegs } from './kvm-regs.js'
import { getSeg, setSeg, setV8086Seg } from './kvm-segments.js'
import { packPdptrs, packSregs, unpackPdptrs, unpackSregs } from './kvm-sregs.js'
import { packVcpuEvents, unpackVcpuEvents } from './kvm-vcpu-events.js'
import { packXcrs, unpackXcrs } from './kvm-xcrs.js'

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const u16 = fc.integer({ min: 0, max: 0xffff })
const u8 = fc.integer({ min: 0, max: 0xff })

/** Comparing all of a CPU's state takes its time. */
const WHOLE_STATE = { numRuns: 25 }

/** Descriptor attribute bits that KVM's fields can hold: type, S, DPL, P, AVL, L, D/B, G. */
const DESCRIPTOR_BITS = 0x00f0_ff00

const segment = fc
  .record({ selector: u16, base: u64, limit: u32, flags: u32 })
  .map((fields) =>
    Object.assign(new SegmentCache(), fields, { flags: (fields.flags & DESCRIPTOR_BITS) >>> 0 }),
  )

describe('kvm_regs', () => {
  it('general registers packed and unpacked are the same', () => {
    fc.assert(
      fc.property(fc.array(u64, { minLength: 16, maxLength: 16 }), u64, u64, (regs, eip, eflags) => {
        const from = Object.assign(new CPUX86State(), { regs, eip, eflags })
        const to = new CPUX86State()
        const struct = kvm_regs.alloc()
        packRegs(from, struct)
        unpackRegs(to, struct)
        expect([to.regs, to.eip, to.eflags]).toEqual([regs, eip, eflags])
      }),
    )
  })

  it('RBX, which the encoding order puts fourth, lands in rbx', () => {
    const env = new CPUX86State()
    env.regs[3] = 0x1234n
    const struct = kvm_regs.alloc()
    packRegs(env, struct)
    expect(struct.rbx).toBe(0x1234n)
  })
})

describe('kvm_segment', () => {
  it('a segment packed and unpacked is the same', () => {
    fc.assert(
      fc.property(segment, (from) => {
        const to = new SegmentCache()
        const struct = kvm_segment.alloc()
        setSeg(struct, from)
        getSeg(to, struct)
        expect(to).toEqual(from)
      }),
    )
  })

  it('a segment that is not present is unusable', () => {
    const struct = kvm_segment.alloc()
    setSeg(struct, new SegmentCache())
    expect([struct.present, struct.unusable]).toEqual([0, 1])
  })

  it('a segment of virtual-8086 mode is writable data of ring 3', () => {
    const struct = kvm_segment.alloc()
    setV8086Seg(
      struct,
      Object.assign(new SegmentCache(), { selector: 0x1000, base: 0x10000n, limit: 0xffff }),
    )
    expect([struct.type, struct.dpl, struct.s, struct.present, struct.unusable]).toEqual([3, 3, 1, 1, 0])
  })
})

describe('kvm_sregs', () => {
  /** RFLAGS.VM stays clear: in virtual-8086 mode the segments' attributes are not the guest's. */
  const state = fc
    .record({
      segs: fc.array(segment, { minLength: 6, maxLength: 6 }),
      ldt: segment,
      tr: segment,
      gdt: fc.record({ base: u64, limit: u16 }),
      idt: fc.record({ base: u64, limit: u16 }),
      cr: fc.tuple(u64, fc.constant(0n), u64, u64, u64),
      efer: u64,
    })
    .map(({ gdt, idt, ...fields }) =>
      Object.assign(new CPUX86State(), fields, {
        gdt: Object.assign(new SegmentCache(), gdt),
        idt: Object.assign(new SegmentCache(), idt),
      }),
    )

  it.each([
    ['kvm_sregs', kvm_sregs],
    ['kvm_sregs2', kvm_sregs2],
  ])('special registers packed into %s and unpacked are the same', (_name, struct) => {
    fc.assert(
      fc.property(state, (from) => {
        const sregs = struct.alloc()
        const to = new CPUX86State()
        packSregs(from, { tpr: 5, apicBase: 0xfee0_0900n }, sregs)
        unpackSregs(to, sregs)
        expect(to).toEqual(from)
        expect([sregs.cr8, sregs.apic_base]).toEqual([5n, 0xfee0_0900n])
      }),
      WHOLE_STATE,
    )
  })

  it('PDPTRs that are valid come back, others do not', () => {
    fc.assert(
      fc.property(fc.array(u64, { minLength: 4, maxLength: 4 }), fc.boolean(), (pdptrs, pdptrsValid) => {
        const sregs = kvm_sregs2.alloc()
        const to = new CPUX86State()
        packPdptrs(Object.assign(new CPUX86State(), { pdptrs, pdptrsValid }), sregs)
        unpackPdptrs(to, sregs)
        expect(to.pdptrsValid).toBe(pdptrsValid)
        expect(to.pdptrs).toEqual(pdptrsValid ? pdptrs : [0n, 0n, 0n, 0n])
      }),
    )
  })
})

describe('kvm_xcrs', () => {
  it('XCR0 packed and unpacked is the same', () => {
    fc.assert(
      fc.property(u64, (xcr0) => {
        const xcrs = kvm_xcrs.alloc()
        const to = new CPUX86State()
        packXcrs(Object.assign(new CPUX86State(), { xcr0 }), xcrs)
        unpackXcrs(to, xcrs)
        expect(to.xcr0).toBe(xcr0)
      }),
    )
  })

  it('other registers than XCR0 leave it as it is', () => {
    const xcrs = kvm_xcrs.alloc()
    xcrs.nr_xcrs = 1
    xcrs.xcrs[0].xcr = 7
    xcrs.xcrs[0].value = 9n
    const env = new CPUX86State()
    unpackXcrs(env, xcrs)
    expect(env.xcr0).toBe(1n)
  })
})

describe('kvm_debugregs', () => {
  it('debug registers packed and unpacked are the same, DR4 and DR5 their aliases', () => {
    fc.assert(
      fc.property(fc.array(u64, { minLength: 8, maxLength: 8 }), (dr) => {
        const regs = kvm_debugregs.alloc()
        const to = new CPUX86State()
        packDebugregs(Object.assign(new CPUX86State(), { dr }), regs)
        unpackDebugregs(to, regs)
        expect(to.dr).toEqual([...dr.slice(0, 4), dr[6], dr[7], dr[6], dr[7]])
      }),
    )
  })
})

describe('kvm_vcpu_events', () => {
  const context = { hasExceptionPayload: true, hasTripleFaultEvent: true, level: KVM_PUT_FULL_STATE }
  /** Either nothing, pending or injected: KVM knows no exception that is neither. */
  const exception = fc.oneof(
    fc.constant({ exceptionNr: -1, exceptionPending: false, exceptionInjected: false }),
    fc.record({
      exceptionNr: fc.integer({ min: 0, max: 31 }),
      exceptionPending: fc.constant(true),
      exceptionInjected: fc.constant(false),
    }),
    fc.record({
      exceptionNr: fc.integer({ min: 0, max: 31 }),
      exceptionPending: fc.constant(false),
      exceptionInjected: fc.constant(true),
    }),
  )
  const rest = fc.record({
    hasErrorCode: fc.boolean(),
    errorCode: u32,
    exceptionHasPayload: fc.boolean(),
    exceptionPayload: u64,
    tripleFaultPending: fc.boolean(),
    interruptInjected: fc.oneof(fc.constant(-1), u8),
    softInterrupt: fc.boolean(),
    nmiInjected: fc.boolean(),
    nmiPending: fc.boolean(),
    sipiVector: u8,
    hflags2: fc.constantFrom(0, HF2_NMI_MASK),
  })

  it('events packed and unpacked are the same', () => {
    fc.assert(
      fc.property(exception, rest, (first, second) => {
        const from = Object.assign(new CPUX86State(), first, second)
        const to = new CPUX86State()
        const events = kvm_vcpu_events.alloc()
        packVcpuEvents(from, context, events)
        unpackVcpuEvents(to, events)
        expect(to).toEqual(from)
      }),
      WHOLE_STATE,
    )
  })

  it('nothing pending is 255 with no flag set', () => {
    const events = kvm_vcpu_events.alloc()
    packVcpuEvents(new CPUX86State(), { ...context, hasExceptionPayload: false }, events)
    expect([events.exception.nr, events.exception.injected, events.interrupt.injected]).toEqual([255, 0, 0])
  })
})

describe('kvm_fpu', () => {
  it('x87 and SSE state packed and unpacked is the same', () => {
    fc.assert(
      fc.property(
        fc.record({
          fpstt: fc.integer({ min: 0, max: 7 }),
          fpus: u16.map((value) => value & ~(7 << 11)),
          fpuc: u16,
          fpop: u16,
          fpip: u64,
          fpdp: u64,
          mxcsr: u32,
          fptags: fc.uint8Array({ minLength: 8, maxLength: 8, max: 1 }),
          fpregs: fc.uint8Array({ minLength: 128, maxLength: 128 }),
        }),
        fc.uint8Array({ minLength: 256, maxLength: 256 }),
        (fields, xmm) => {
          const from = Object.assign(new CPUX86State(), fields)
          for (let i = 0; i < 16; i++) from.xmmRegs.set(xmm.subarray(i * 16, i * 16 + 16), i * 64)
          const to = new CPUX86State()
          const fpu = kvm_fpu.alloc()
          packFpu(from, fpu)
          unpackFpu(to, fpu)
          expect(to).toEqual(from)
        },
      ),
      WHOLE_STATE,
    )
  })
})
