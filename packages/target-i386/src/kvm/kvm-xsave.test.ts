// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CPUX86State } from '../env.js'
import { xsaveComponents } from './kvm-xsave-layout.js'
import { type PlacedComponent, x86CpuXrstorAllAreas, x86CpuXsaveAllAreas } from './kvm-xsave.js'

/** Offsets of Intel's layout, bytes (SDM volume 1, 13.5), by component number. */
const INTEL_OFFSETS = new Map([
  [2, 576],
  [3, 960],
  [4, 1024],
  [5, 1088],
  [6, 1152],
  [7, 1664],
  [9, 2688],
  [17, 2752],
  [18, 2816],
])
/** A host without MPX: AVX-512's components close the gap. */
const AMD_OFFSETS = new Map([
  [2, 576],
  [5, 832],
  [6, 896],
  [7, 1408],
])

const layoutOf = (offsets: Map<number, number>): PlacedComponent[] =>
  xsaveComponents
    .filter(({ bit }) => offsets.has(bit))
    .map((component) => ({ component, offset: offsets.get(component.bit)! }))

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const u16 = fc.integer({ min: 0, max: 0xffff })
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

const state = fc
  .record({
    fpstt: fc.integer({ min: 0, max: 7 }),
    fpus: u16.map((value) => value & ~(7 << 11)),
    fpuc: u16,
    fpop: u16,
    fpip: u64,
    fpdp: u64,
    mxcsr: u32,
    fptags: fc.uint8Array({ minLength: 8, maxLength: 8, max: 1 }),
    fpregs: bytes(128),
    xmmRegs: bytes(2048),
    opmaskRegs: fc.array(u64, { minLength: 8, maxLength: 8 }),
    bndRegs: fc.array(fc.record({ lb: u64, ub: u64 }), { minLength: 4, maxLength: 4 }),
    bndcsCfgu: u64,
    bndcsSts: u64,
    pkru: u32,
    xtilecfg: bytes(64),
    xstateBv: u64,
  })
  .map((fields) => Object.assign(new CPUX86State(), fields))

describe('x86CpuXsaveAllAreas', () => {
  it('whole state in Intel layout saved and restored is the same', () => {
    const layout = layoutOf(INTEL_OFFSETS)
    fc.assert(
      fc.property(state, (from) => {
        const buf = new Uint8Array(12288)
        const to = new CPUX86State()
        x86CpuXsaveAllAreas(from, layout, buf)
        x86CpuXrstorAllAreas(to, layout, buf)
        expect(to).toEqual(from)
      }),
      { numRuns: 30 },
    )
  })

  it('AVX-512 state in a layout without MPX saved and restored is the same', () => {
    const layout = layoutOf(AMD_OFFSETS)
    const from = new CPUX86State()
    from.xmmRegs.forEach((_, i) => (from.xmmRegs[i] = i & 0xff))
    from.opmaskRegs = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]
    const to = new CPUX86State()
    const buf = new Uint8Array(4096)
    x86CpuXsaveAllAreas(from, layout, buf)
    x86CpuXrstorAllAreas(to, layout, buf)
    expect(to.xmmRegs).toEqual(from.xmmRegs)
    expect(to.opmaskRegs).toEqual(from.opmaskRegs)
  })

  it('legacy region lies where FXSAVE puts it', () => {
    const env = Object.assign(new CPUX86State(), { fpuc: 0x37f, fpstt: 3, mxcsr: 0x1f80 })
    env.fptags.fill(1)
    env.fptags[2] = 0
    env.xmmRegs[0] = 0xaa
    const buf = new Uint8Array(4096)
    x86CpuXsaveAllAreas(env, [], buf)
    expect([...buf.subarray(0, 5)]).toEqual([0x7f, 0x03, 0x00, 0x18, 0x04])
    expect([...buf.subarray(24, 32)]).toEqual([0x80, 0x1f, 0, 0, 0xff, 0xff, 0, 0])
    expect(buf[160]).toBe(0xaa)
  })

  it('component beyond the end of the buffer is left out', () => {
    const layout = layoutOf(INTEL_OFFSETS)
    const env = new CPUX86State()
    env.xtiledata.fill(1)
    const buf = new Uint8Array(4096)
    expect(() => x86CpuXsaveAllAreas(env, layout, buf)).not.toThrow()
  })
})
