// SPDX-License-Identifier: GPL-2.0-or-later
import { QEMUTimer, type TimeSource } from '@dromaius/util'
import { describe, expect, it } from 'vitest'
import { GuestRandom, guestRandomSeed, qemuGuestGetrandom } from './guest-random.js'
import { Icount, icountConfigParse } from './icount.js'
import { SystemState } from './system-state.js'

const MS = 1_000_000n

/** A host whose time goes on only when a test says so. */
class ManualTime implements TimeSource {
  now = 0n
  monotonicNs = (): bigint => this.now
  hostNs = (): bigint => this.now
  wakeAfter = (): (() => void) => () => undefined
}

/** A running machine without CPUs, so an idle one, that has executed no instruction. */
function machine(config: string): { system: SystemState; time: ManualTime; icount: Icount } {
  const time = new ManualTime()
  const system = new SystemState({ timeSource: time })
  const icount = (system.icount = new Icount(system, icountConfigParse(config)))
  system.runState.set('prelaunch')
  system.runState.set('running')
  system.clocks.enableVirtual(true)
  return { system, time, icount }
}

/** A turn in which so many instructions were executed. */
function execute(icount: Icount, insns: number): void {
  icount.executing = () => insns
  icount.update()
}

describe('the clock that counts instructions', () => {
  it('goes by 2^shift ns an instruction, also within a turn', () => {
    const { system, icount } = machine('shift=4')
    execute(icount, 10)
    icount.executing = () => 3
    expect(icount.getRaw()).toBe(13)
    expect(system.clocks.virtual.getNs()).toBe(208n)
  })

  it('rounds up to the instruction at which a time is over', () => {
    const { icount } = machine('4')
    expect([0n, 1n, 16n, 17n].map((ns) => icount.round(ns))).toEqual([0, 1, 1, 2])
  })

  it('does not go with the host’s time', () => {
    const { system, time } = machine('0')
    time.now += MS
    expect(system.clocks.virtual.getNs()).toBe(0n)
  })

  it('is set by a snapshot and goes on from there', () => {
    const { system, icount } = machine('1')
    execute(icount, 5)
    system.clocks.virtualNs = 1000n
    execute(icount, 5)
    expect(system.clocks.virtualNs).toBe(1010n)
  })

  it('jumps to the next timer of an idle machine with sleep=off', () => {
    const { system, icount } = machine('0,sleep=off')
    new QEMUTimer(system.clocks.virtual, () => undefined).modNs(5n * MS)
    expect(icount.startWarp()).toBe(true)
    expect(system.clocks.virtual.getNs()).toBe(5n * MS)
  })

  it('follows the host’s time while the machine is idle with sleep=on', () => {
    const { system, time, icount } = machine('0')
    execute(icount, 7)
    new QEMUTimer(system.clocks.virtual, () => undefined).modNs(5n * MS)
    expect(icount.startWarp()).toBe(false)
    expect(system.clocks.realtime.deadlineNs()).toBe(5n * MS - 7n)
    time.now += 6n * MS
    icount.accountWarp()
    expect(system.clocks.virtual.getNs()).toBe(6n * MS + 7n)
  })

  it('does not move a machine that stands still', () => {
    const { system, icount } = machine('0,sleep=off')
    new QEMUTimer(system.clocks.virtual, () => undefined).modNs(5n * MS)
    system.runState.set('paused')
    expect(icount.startWarp()).toBe(false)
    expect(system.clocks.virtual.getNs()).toBe(0n)
  })

  it('slows down with shift=auto when the guest is ahead of the host, and never goes back', () => {
    const { system, time, icount } = machine('auto')
    const rates: bigint[] = []
    for (let i = 0; i < 10; i++) {
      // 25 million instructions in 10 ms of the host's.
      time.now += 10n * MS
      const before = system.clocks.virtual.getNs()
      execute(icount, 25_000_000)
      rates.push((system.clocks.virtual.getNs() - before) / 25_000_000n)
      system.clocks.virtual.runTimers()
      expect(system.clocks.virtual.getNs()).toBeGreaterThanOrEqual(before)
    }
    expect(rates[0]).toBe(8n)
    expect(rates.at(-1)).toBe(1n)
  })

  it('goes faster with shift=auto when the guest is behind', () => {
    const { system, time, icount } = machine('auto')
    for (let i = 0; i < 10; i++) {
      time.now += 2_000n * MS
      execute(icount, 1_000_000)
      system.clocks.realtime.runTimers()
    }
    const before = system.clocks.virtual.getNs()
    execute(icount, 1)
    expect(system.clocks.virtual.getNs() - before).toBe(1024n)
  })
})

describe('a seed', () => {
  const bytes = (random: GuestRandom | null, count: number): Uint8Array => {
    const system = new SystemState()
    system.guestRandom = random
    const to = new Uint8Array(count)
    qemuGuestGetrandom(system, to)
    return to
  }

  it('gives the same numbers again, others for another seed', () => {
    expect(bytes(new GuestRandom(1n), 21)).toEqual(bytes(new GuestRandom(1n), 21))
    expect(bytes(new GuestRandom(1n), 21)).not.toEqual(bytes(new GuestRandom(2n), 21))
  })

  it('gives what SplitMix64 gives', () => {
    // The first numbers for seed 1234567, as published with the algorithm.
    const numbers = new BigUint64Array(bytes(new GuestRandom(1_234_567n), 16).buffer)
    expect([...numbers]).toEqual([6457827717110365317n, 3203168211198807973n])
  })

  it('is not needed: the host has numbers, too', () => {
    expect(bytes(null, 16)).not.toEqual(bytes(null, 16))
  })

  it('is 64 bits', () => {
    expect(guestRandomSeed('0xffffffffffffffff')).toBe(2n ** 64n - 1n)
    expect(() => guestRandomSeed('1e3')).toThrow('Invalid seed number: 1e3')
  })
})
