// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every group of a vCPU's state, put into the host's KVM and got again: what comes back is what went in. Values are those
// that KVM takes for the mode that the CPU is in.

import { KVM_PUT_FULL_STATE } from '@dromaius/cpus'
import { TYPE_KVM_APIC } from '@dromaius/hw-i386'
import { cpuX86Cpuid, CPUX86State, type X86CPU } from '@dromaius/target-i386'
import { x86KvmArchOps } from '@dromaius/target-i386/kvm'
import { vmstateLoad, vmstateSave, type VMStateValue } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accelerators, titleOf } from './accelerators.js'
import { runOn } from './run-on.js'

type Env = CPUX86State
type Fields = Partial<{ [K in keyof Env]: Env[K] }>

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const u32 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n })
const u16 = fc.integer({ min: 0, max: 0xffff })
const u8 = fc.integer({ min: 0, max: 0xff })
/** A linear address of 48 bits: the upper ones are copies of bit 47. */
const canonical = fc
  .bigInt({ min: -(2n ** 47n), max: 2n ** 47n - 1n })
  .map((value) => BigInt.asUintN(64, value))
const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length })
/** Eight memory types of PAT or of a fixed MTRR; 7 is for PAT alone. */
const memoryTypes = (...types: number[]): fc.Arbitrary<bigint> =>
  fc
    .array(fc.constantFrom(...types), { minLength: 8, maxLength: 8 })
    .map((list) => list.reduce((word, type) => (word << 8n) | BigInt(type), 0n))

/** Eighty-bit registers in sixteen bytes each. */
const fpregs = bytes(128).map((all) => all.map((byte, i) => (i % 16 < 10 ? byte : 0)))
/** The low halves of sixteen registers: SSE's. */
const xmmRegs = bytes(32 * 64).map((all) => all.map((byte, i) => (i < 16 * 64 && i % 64 < 16 ? byte : 0)))

/** RFLAGS without VM, RF and what is reserved; bit 1 is always one. */
const RFLAGS_MASK = 0x24_7fd5n

const groups: Record<string, fc.Arbitrary<Fields>> = {
  'general registers': fc.record({
    regs: fc.array(u64, { minLength: 16, maxLength: 16 }),
    eip: u64,
    eflags: u64.map((value) => (value & RFLAGS_MASK) | 2n),
  }),
  'tables and CR2': fc
    .record({ gdt: fc.tuple(canonical, u16), idt: fc.tuple(canonical, u16), cr2: u64 })
    .map(({ gdt, idt, cr2 }) => {
      const env = new CPUX86State()
      Object.assign(env.gdt, { base: gdt[0], limit: gdt[1] })
      Object.assign(env.idt, { base: idt[0], limit: idt[1] })
      return { gdt: env.gdt, idt: env.idt, cr: [0x6000_0010n, 0n, cr2, 0n, 0n] }
    }),
  'real-mode segments': fc.array(u16, { minLength: 6, maxLength: 6 }).map((selectors) => {
    const env = new CPUX86State()
    env.segs.forEach((seg, i) => {
      const selector = selectors[i]!
      Object.assign(seg, {
        selector,
        base: BigInt(selector) << 4n,
        limit: 0xffff,
        flags: i === 1 ? 0x9b00 : 0x9300,
      })
    })
    return { segs: env.segs }
  }),
  'debug registers': fc
    .record({ addresses: fc.array(u64, { minLength: 4, maxLength: 4 }), dr6: fc.nat(15), dr7: fc.nat(0xff) })
    .map(({ addresses, dr6, dr7 }) => {
      const [six, seven] = [0xffff_0ff0n | BigInt(dr6), 0x400n | BigInt(dr7)]
      return { dr: [...addresses, six, seven, six, seven] }
    }),
  'x87 and SSE': fc.record({
    fpstt: fc.nat(7),
    fpus: u16.map((value) => value & ~0x3800),
    fpuc: u16.map((value) => (value & 0xf3f) | 0x40),
    fptags: fc.array(fc.nat(1), { minLength: 8, maxLength: 8 }).map((tags) => Uint8Array.from(tags)),
    fpop: fc.nat(0x7ff),
    fpip: u32,
    fpdp: u32,
    fpregs,
    xmmRegs,
    mxcsr: u16.map((value) => value & 0xffbf),
    // Both components are in use.
    xstateBv: fc.constant(3n),
  }),
  'system call MSRs': fc.record({
    sysenterCs: u32,
    sysenterEsp: canonical,
    sysenterEip: canonical,
    star: u64,
    lstar: canonical,
    cstar: canonical,
    fmask: u32,
    kernelgsbase: canonical,
    pat: memoryTypes(0, 1, 4, 5, 6, 7),
  }),
  'memory type ranges': fc
    .record({
      mtrrFixed: fc.array(memoryTypes(0, 1, 4, 5, 6), { minLength: 11, maxLength: 11 }),
      mtrrDeftype: fc.constantFrom(0n, 6n, 0x800n, 0xc00n, 0xc06n),
      base: fc.bigInt({ min: 0n, max: 0xffff_ffffn }).map((page) => (page << 12n) & 0x7f_ffff_f000n),
      type: fc.constantFrom(0n, 1n, 4n, 5n, 6n),
    })
    .map(({ mtrrFixed, mtrrDeftype, base, type }) => {
      // Above the 40 bits of the CPU every mask is read as ones.
      const mtrrVar = new CPUX86State().mtrrVar.map(() => ({ base: 0n, mask: 0xf_ff00_0000_0000n }))
      mtrrVar[3] = { base: base | type, mask: 0xf_ffff_ff00_0800n }
      return { mtrrFixed, mtrrDeftype, mtrrVar }
    }),
  'machine checks': fc.record({
    mcgStatus: fc.bigInt({ min: 0n, max: 7n }),
    mceBanks: fc.array(fc.tuple(fc.boolean(), u64, u64, u64), { minLength: 10, maxLength: 10 }).map((banks) =>
      // CTL is all or nothing.
      banks.flatMap(([ctl, status, addr, misc]) => [ctl ? 2n ** 64n - 1n : 0n, status, addr, misc]),
    ),
  }),
  'pending events': fc.record({
    nmiPending: fc.boolean(),
    nmiInjected: fc.constant(false),
    interruptInjected: fc.constantFrom(-1, 0x20, 0xff),
    softInterrupt: fc.constant(false),
    exceptionNr: fc.constant(-1),
  }),
  'an exception on its way': fc
    .record({ nr: fc.constantFrom(0, 6, 12, 13, 17), hasErrorCode: fc.boolean(), errorCode: fc.nat(0xffff) })
    .map(({ nr, hasErrorCode, errorCode }) => ({
      exceptionNr: nr,
      exceptionInjected: true,
      exceptionPending: false,
      hasErrorCode,
      errorCode: hasErrorCode ? errorCode : 0,
    })),
  'the run state': fc.record({ mpState: fc.constantFrom(0, 3) }),
}

/** Puts the fields into a fresh state, that into KVM, and returns those fields as KVM gives them back. */
function roundTrip(cpu: X86CPU, fields: Fields): Fields {
  Object.assign(cpu.env, structuredClone(fields))
  x86KvmArchOps.kvmArchPutRegisters(cpu, KVM_PUT_FULL_STATE)
  const blank = new CPUX86State()
  for (const key of Object.keys(fields) as (keyof Env)[]) Object.assign(cpu.env, { [key]: blank[key] })
  x86KvmArchOps.kvmArchGetRegisters(cpu)
  return Object.fromEntries(Object.keys(fields).map((key) => [key, cpu.env[key as keyof Env]]))
}

const kvm = accelerators.find(({ name }) => name === 'kvm')!
const run = runOn('kvm')

describe.skipIf(kvm.unavailable !== null)(`put, then get, on ${titleOf(kvm)}`, () => {
  it.each(Object.entries(groups))('%s', (_what, arbitrary) =>
    run({}, async ({ bootCpu }) => {
      const before = vmstateSave(bootCpu.qomClass.vmsd!, bootCpu)
      fc.assert(
        fc.property(arbitrary, (fields) => {
          vmstateLoad(bootCpu.qomClass.vmsd!, bootCpu, before)
          const expected = structuredClone(fields)
          expect(structuredClone(roundTrip(bootCpu, fields))).toEqual(expected)
        }),
        { numRuns: 40 },
      )
      vmstateLoad(bootCpu.qomClass.vmsd!, bootCpu, before)
      x86KvmArchOps.kvmArchPutRegisters(bootCpu, KVM_PUT_FULL_STATE)
    }),
  )

  it("every component of extended state that the host's guests can have, with its XCR0", () =>
    run({ model: 'max' }, async ({ bootCpu }) => {
      const xcr0 = BigInt(cpuX86Cpuid(bootCpu, 0xd, 0).eax)
      const has = (bit: number): boolean => ((xcr0 >> BigInt(bit)) & 1n) !== 0n
      /** Bytes of ZMM register `n` that some component holds: 16 of SSE, 16 of AVX, 32 and 64 of AVX-512. */
      const held = (n: number, at: number): boolean => {
        if (n >= 16) return has(7)
        return at < 16 || (at < 32 ? has(2) : has(6))
      }
      const zmm = bytes(32 * 64).map((all) => all.map((byte, i) => (held(i >> 6, i & 63) ? byte : 0)))
      const masks = fc.array(u64, { minLength: 8, maxLength: 8 })
      const fields = fc.record({
        xcr0: fc.constant(xcr0 | 1n),
        xmmRegs: zmm,
        fpregs,
        opmaskRegs: has(5) ? masks : fc.constant(new Array<bigint>(8).fill(0n)),
        pkru: has(9) ? u32.map(Number) : fc.constant(0),
        // What a bit stands for is in use.
        xstateBv: fc.constant((xcr0 | 3n) & 0x2e7n),
      })
      fc.assert(
        fc.property(fields, (wanted) => {
          const expected = structuredClone(wanted)
          expect(structuredClone(roundTrip(bootCpu, wanted))).toEqual(expected)
        }),
        { numRuns: 40 },
      )
    }))

  it('the local APIC', () =>
    run({}, async ({ bootCpu }) => {
      const apic = TYPE_KVM_APIC.cast(bootCpu.apicState!)
      const { vmsd } = apic.qomClass
      const start = vmstateSave(vmsd!, apic) as { fields: Record<string, VMStateValue> }
      const vectors = fc.array(u32.map(Number), { minLength: 8, maxLength: 8 })
      fc.assert(
        fc.property(
          fc.record({ tpr: u8, logDest: u8, isr: vectors, tmr: vectors, irr: vectors, lint: fc.nat(0xff) }),
          ({ lint, isr, irr, ...fields }) => {
            const lvt = [0x1_0000, 0x1_0000, 0x1_0000, 0x1_0000 | lint, 0x1_0000, 0x1_0000]
            // Vectors below 16 do not exist.
            const real = (list: number[]): number[] =>
              list.map((word, i) => (i === 0 ? (word & ~0xffff) >>> 0 : word))
            const wanted = { ...fields, isr: real(isr), irr: real(irr), lvt, spuriousVec: 0x1ff }
            vmstateLoad(vmsd!, apic, { ...start, fields: { ...start.fields, ...wanted } })
            bootCpu.vcpuDirty = false
            const again = vmstateSave(vmsd!, apic) as { fields: Record<string, VMStateValue> }
            const got = Object.fromEntries(Object.keys(wanted).map((key) => [key, again.fields[key]]))
            expect(got).toEqual(wanted)
          },
        ),
        { numRuns: 40 },
      )
      vmstateLoad(vmsd!, apic, start as unknown as VMStateValue)
    }))
})
