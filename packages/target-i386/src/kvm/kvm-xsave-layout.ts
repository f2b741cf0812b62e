// SPDX-License-Identifier: GPL-2.0-or-later
import type { CPUX86State } from '../env.js'

/** Component numbers of XCR0 (SDM volume 1, 13.1). */
const XSTATE_YMM_BIT = 2
const XSTATE_BNDREGS_BIT = 3
const XSTATE_BNDCSR_BIT = 4
const XSTATE_OPMASK_BIT = 5
const XSTATE_ZMM_HI256_BIT = 6
const XSTATE_HI16_ZMM_BIT = 7
const XSTATE_PKRU_BIT = 9
const XSTATE_XTILE_CFG_BIT = 17
const XSTATE_XTILE_DATA_BIT = 18

/** Bytes of a ZMM register in `env.xmmRegs`. */
const ZMM_BYTES = 64

/** One component of the extended region: how it lies in an XSAVE area. */
export interface XsaveComponent {
  readonly bit: number
  /** Size in bytes, which the architecture fixes. */
  readonly size: number
  /** Copies `env` into the component's bytes. */
  save(env: CPUX86State, area: DataView): void
  /** Copies the component's bytes into `env`. */
  restore(env: CPUX86State, area: DataView): void
}

/** The bytes of `area` as they lie in its buffer. */
const bytesOf = (area: DataView): Uint8Array => new Uint8Array(area.buffer, area.byteOffset, area.byteLength)

/** A slice of `length` bytes at byte `from` of the first `count` ZMM registers from register `first` on. */
function vectorComponent(bit: number, first: number, from: number, length: number): XsaveComponent {
  const register = (env: CPUX86State, i: number): Uint8Array =>
    env.xmmRegs.subarray((first + i) * ZMM_BYTES + from, (first + i) * ZMM_BYTES + from + length)
  return {
    bit,
    size: 16 * length,
    save(env, area) {
      for (let i = 0; i < 16; i++) bytesOf(area).set(register(env, i), i * length)
    },
    restore(env, area) {
      for (let i = 0; i < 16; i++) register(env, i).set(bytesOf(area).subarray(i * length, (i + 1) * length))
    },
  }
}

/** A component that `env` keeps as bytes. */
function bytesComponent(bit: number, field: (env: CPUX86State) => Uint8Array, size: number): XsaveComponent {
  return {
    bit,
    size,
    save: (env, area) => bytesOf(area).set(field(env)),
    restore: (env, area) => field(env).set(bytesOf(area).subarray(0, size)),
  }
}

/**
 * The components of the extended region, by rising number (SDM volume 1, 13.5).
 * @qemu target/i386/cpu.c x86_ext_save_areas
 */
export const xsaveComponents: readonly XsaveComponent[] = [
  vectorComponent(XSTATE_YMM_BIT, 0, 16, 16),
  {
    bit: XSTATE_BNDREGS_BIT,
    size: 64,
    save(env, area) {
      env.bndRegs.forEach(({ lb, ub }, i) => {
        area.setBigUint64(16 * i, lb, true)
        area.setBigUint64(16 * i + 8, ub, true)
      })
    },
    restore(env, area) {
      env.bndRegs.forEach((reg, i) => {
        reg.lb = area.getBigUint64(16 * i, true)
        reg.ub = area.getBigUint64(16 * i + 8, true)
      })
    },
  },
  {
    bit: XSTATE_BNDCSR_BIT,
    size: 64,
    save(env, area) {
      area.setBigUint64(0, env.bndcsCfgu, true)
      area.setBigUint64(8, env.bndcsSts, true)
    },
    restore(env, area) {
      env.bndcsCfgu = area.getBigUint64(0, true)
      env.bndcsSts = area.getBigUint64(8, true)
    },
  },
  {
    bit: XSTATE_OPMASK_BIT,
    size: 64,
    save(env, area) {
      env.opmaskRegs.forEach((value, i) => area.setBigUint64(8 * i, value, true))
    },
    restore(env, area) {
      for (let i = 0; i < 8; i++) env.opmaskRegs[i] = area.getBigUint64(8 * i, true)
    },
  },
  vectorComponent(XSTATE_ZMM_HI256_BIT, 0, 32, 32),
  vectorComponent(XSTATE_HI16_ZMM_BIT, 16, 0, 64),
  {
    bit: XSTATE_PKRU_BIT,
    size: 8,
    save: (env, area) => area.setUint32(0, env.pkru, true),
    restore(env, area) {
      env.pkru = area.getUint32(0, true)
    },
  },
  bytesComponent(XSTATE_XTILE_CFG_BIT, (env) => env.xtilecfg, 64),
  bytesComponent(XSTATE_XTILE_DATA_BIT, (env) => env.xtiledata, 8192),
]
