// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Clocks, vmstateClocks } from './clocks.js'
import { QEMUTimer } from './qemu-timer.js'
import type { TimeSource } from './time-source.js'
import { vmstateLoad, vmstateSave } from './vmstate.js'

/** Time that moves only when a test moves it; wake-ups are kept, and called by `advance`. */
class ManualTime implements TimeSource {
  now = 1_000_000_000n
  wakes: { at: bigint; cb: () => void }[] = []

  monotonicNs(): bigint {
    return this.now
  }

  hostNs(): bigint {
    return this.now + 1_700_000_000_000_000_000n
  }

  wakeAfter(ms: number, cb: () => void): () => void {
    const wake = { at: this.now + BigInt(ms) * 1_000_000n, cb }
    this.wakes.push(wake)
    return () => (this.wakes = this.wakes.filter((other) => other !== wake))
  }

  advance(ns: bigint): void {
    this.now += ns
    for (let due = this.due(); due; due = this.due()) {
      this.wakes = this.wakes.filter((other) => other !== due)
      due.cb()
    }
  }

  private due(): { at: bigint; cb: () => void } | undefined {
    return this.wakes.find((wake) => wake.at <= this.now)
  }
}

function setUp(): { time: ManualTime; clocks: Clocks } {
  const time = new ManualTime()
  return { time, clocks: new Clocks(time) }
}

describe('virtual clock', () => {
  it('starts at 0 and stands still until it is enabled', () => {
    const { time, clocks } = setUp()
    time.advance(5n)
    expect(clocks.virtual.getNs()).toBe(0n)
    clocks.enableVirtual(true)
    time.advance(5n)
    expect(clocks.virtual.getNs()).toBe(5n)
  })

  it('stops with the VM and goes on where it stood', () => {
    const { time, clocks } = setUp()
    clocks.enableVirtual(true)
    time.advance(10n)
    clocks.enableVirtual(false)
    time.advance(1000n)
    expect(clocks.virtual.getNs()).toBe(10n)
    clocks.enableVirtual(true)
    clocks.enableVirtual(true)
    time.advance(1n)
    expect(clocks.virtual.getNs()).toBe(11n)
  })

  it('timers do not fire while it is stopped', () => {
    const { time, clocks } = setUp()
    let fired = 0
    const timer = new QEMUTimer(clocks.virtual, () => fired++)
    timer.modNs(100n)
    time.advance(10_000_000n)
    expect(clocks.virtual.runTimers()).toBe(false)
    expect(clocks.virtual.deadlineNs()).toBeNull()
    clocks.enableVirtual(true)
    expect(clocks.virtual.deadlineNs()).toBe(100n)
    time.advance(1_000_000n)
    expect(fired).toBe(1)
  })

  it('state is its time, and a loaded clock goes on from there', () => {
    const { time, clocks } = setUp()
    clocks.enableVirtual(true)
    time.advance(42n)
    const saved = vmstateSave(vmstateClocks, clocks)
    const other = new Clocks(time)
    vmstateLoad(vmstateClocks, other, saved)
    other.enableVirtual(true)
    time.advance(8n)
    expect(other.virtual.getNs()).toBe(50n)
  })
})

describe('realtime and host clock', () => {
  it('go on while the VM is stopped', () => {
    const { time, clocks } = setUp()
    const before = clocks.realtime.getNs()
    time.advance(7_000_000n)
    expect(clocks.realtime.getNs() - before).toBe(7_000_000n)
    expect(clocks.host.getMs()).toBe(1_700_000_000_000n + 1007n)
    expect(clocks.realtime.getUs()).toBe(1_007_000n)
  })
})

describe('QEMUTimer', () => {
  it('that is armed again fires at the new time only', () => {
    const { time, clocks } = setUp()
    const fired: bigint[] = []
    const timer = new QEMUTimer(clocks.realtime, () => fired.push(time.now))
    const start = time.now
    timer.modNs(start + 1_000_000n)
    timer.modNs(start + 3_000_000n)
    time.advance(2_000_000n)
    expect(fired).toEqual([])
    expect(timer.expireTimeNs()).toBe(start + 3_000_000n)
    time.advance(1_000_000n)
    expect(fired).toEqual([start + 3_000_000n])
    expect(timer.pending()).toBe(false)
    expect(timer.expireTimeNs()).toBeNull()
  })

  it('armed for an earlier time than all others is not kept waiting for them', () => {
    const { time, clocks } = setUp()
    const fired: string[] = []
    const start = time.now
    new QEMUTimer(clocks.realtime, () => fired.push('late')).modNs(start + 50_000_000n)
    new QEMUTimer(clocks.realtime, () => fired.push('early')).modNs(start + 2_000_000n)
    time.advance(2_000_000n)
    expect(fired).toEqual(['early'])
    time.advance(48_000_000n)
    expect(fired).toEqual(['early', 'late'])
  })

  it('whose wake-up comes too soon waits on', () => {
    const { time, clocks } = setUp()
    let fired = 0
    const timer = new QEMUTimer(clocks.realtime, () => fired++)
    timer.modNs(time.now + 1_000_000n)
    timer.modNs(time.now + 5_000_000n)
    time.advance(1_000_000n)
    expect(fired).toBe(0)
    time.advance(4_000_000n)
    expect(fired).toBe(1)
  })

  it('that expires with others fires in the order of arming', () => {
    const { time, clocks } = setUp()
    const fired: string[] = []
    const timer = (name: string): QEMUTimer => new QEMUTimer(clocks.realtime, () => fired.push(name))
    timer('first').modNs(time.now + 1n)
    for (const name of ['a', 'b', 'c']) timer(name).modNs(time.now + 5n)
    time.advance(1_000_000n)
    expect(fired).toEqual(['first', 'a', 'b', 'c'])
  })

  it('that is anticipated never fires later than before', () => {
    const { time, clocks } = setUp()
    const timer = new QEMUTimer(clocks.realtime, () => undefined)
    timer.modAnticipateNs(time.now + 50n)
    timer.modAnticipateNs(time.now + 90n)
    expect(timer.expireTimeNs()).toBe(time.now + 50n)
    timer.modAnticipateNs(time.now + 10n)
    expect(timer.expireTimeNs()).toBe(time.now + 10n)
  })

  it('may arm itself and delete others from its callback', () => {
    const { time, clocks } = setUp()
    const log: string[] = []
    const victim = new QEMUTimer(clocks.realtime, () => log.push('victim'))
    let left = 3
    const timer = new QEMUTimer(clocks.realtime, () => {
      log.push('tick')
      victim.del()
      if (--left > 0) timer.modNs(timer.clock.getNs() + 1_000_000n)
    })
    timer.modNs(time.now + 1n)
    victim.modNs(time.now + 2n)
    for (let i = 0; i < 6; i++) time.advance(1_000_000n)
    expect(log).toEqual(['tick', 'tick', 'tick'])
  })

  it('that arms itself in the past yields to the event loop', () => {
    const { time, clocks } = setUp()
    let runs = 0
    const timer = new QEMUTimer(clocks.realtime, () => {
      runs++
      timer.modNs(0n)
    })
    timer.modNs(0n)
    clocks.realtime.runTimers()
    expect(runs).toBe(1024)
    expect(time.wakes).toHaveLength(1)
  })

  it('whose callback throws leaves the others armed', () => {
    const { time, clocks } = setUp()
    let fired = 0
    new QEMUTimer(clocks.realtime, () => {
      throw new Error('broken device')
    }).modNs(time.now)
    new QEMUTimer(clocks.realtime, () => fired++).modNs(time.now)
    expect(() => clocks.realtime.runTimers()).toThrow('broken device')
    time.advance(1_000_000n)
    expect(fired).toBe(1)
  })

  it('that waits for the guest to keep up fires when the CPUs sleep, the others do not', () => {
    const { clocks } = setUp()
    clocks.enableVirtual(true)
    const fired: string[] = []
    const named = (name: string): QEMUTimer => new QEMUTimer(clocks.virtual, () => fired.push(name))
    named('other').modNs(1_000_000n)
    const [first, second] = [named('first'), named('second')]
    first.firesWhenIdle = second.firesWhenIdle = true
    second.modNs(3_000_000n)
    first.modNs(2_000_000n)

    expect(clocks.virtual.runIdleTimer()).toBe(true)
    expect([fired, first.pending(), second.pending()]).toEqual([['first'], false, true])
    clocks.enableVirtual(false)
    expect(clocks.virtual.runIdleTimer()).toBe(false)
    clocks.enableVirtual(true)
    expect([clocks.virtual.runIdleTimer(), clocks.virtual.runIdleTimer()]).toEqual([true, false])
    expect(fired).toEqual(['first', 'second'])
  })

  it('that was freed refuses to be armed', () => {
    const { clocks } = setUp()
    const timer = new QEMUTimer(clocks.realtime, () => undefined, 'gone')
    timer.modNs(1n)
    timer.free()
    expect(timer.pending()).toBe(false)
    expect(() => timer.modNs(1n)).toThrow(/gone was freed/)
  })

  it('far in the future does not overflow the host timer', () => {
    const { time, clocks } = setUp()
    new QEMUTimer(clocks.realtime, () => undefined).modNs(1n << 63n)
    expect(time.wakes[0]!.at - time.now).toBe(0x7fff_ffffn * 1_000_000n)
  })

  it('of a destroyed machine leaves nothing armed', () => {
    const { time, clocks } = setUp()
    clocks.enableVirtual(true)
    for (const clock of [clocks.virtual, clocks.realtime, clocks.host]) {
      new QEMUTimer(clock, () => undefined).modNs(clock.getNs() + 10n)
    }
    clocks.destroy()
    expect(time.wakes).toEqual([])
    expect(clocks.runAllTimers()).toBe(false)
  })

  it('never fires early on the host clock of this process', async () => {
    const clocks = new Clocks()
    clocks.enableVirtual(true)
    const early: bigint[] = []
    let fired = 0
    for (let i = 1n; i <= 20n; i++) {
      const at = clocks.virtual.getNs() + i * 700_000n
      new QEMUTimer(clocks.virtual, () => {
        fired++
        if (clocks.virtual.getNs() < at) early.push(at)
      }).modNs(at)
    }
    for (let i = 0; i < 200 && fired < 20; i++) await sleep(10)
    clocks.destroy()
    expect(fired).toBe(20)
    expect(early).toEqual([])
  })

  it('fires as a sorted list would', () => {
    const command = fc.oneof(
      fc.record({ op: fc.constant('mod' as const), id: fc.nat(5), delay: fc.nat(8) }),
      fc.record({ op: fc.constant('anticipate' as const), id: fc.nat(5), delay: fc.nat(8) }),
      fc.record({ op: fc.constant('del' as const), id: fc.nat(5), delay: fc.constant(0) }),
      fc.record({ op: fc.constant('run' as const), id: fc.constant(0), delay: fc.nat(6) }),
    )
    // What a timer does when it fires: arm a timer (itself or another), delete one, or nothing.
    const reaction = fc.record({
      op: fc.constantFrom('mod', 'del', 'none'),
      id: fc.nat(5),
      delay: fc.nat(8),
    })
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 60 }),
        fc.array(reaction, { minLength: 6, maxLength: 6 }),
        (commands, reactions) => {
          const { time, clocks } = setUp()
          const clock = clocks.realtime
          const fired: string[] = []
          const expected: string[] = []
          let model: { id: number; at: bigint; seq: number }[] = []
          let seq = 0
          const modelMod = (id: number, at: bigint): void => {
            model = model.filter((entry) => entry.id !== id)
            model.push({ id, at, seq: seq++ })
          }
          // A reaction happens once per timer, so that two timers cannot keep each other going for ever.
          const reactions1 = reactions.map((r) => ({ ...r }))
          const reactions2 = reactions.map((r) => ({ ...r }))
          const timers = reactions1.map(
            (_, id) =>
              new QEMUTimer(clock, () => {
                fired.push(`${id}@${time.now}`)
                const { op, id: other, delay } = reactions1[id]!
                reactions1[id]!.op = 'none'
                if (op === 'mod') timers[other]!.modNs(time.now + BigInt(delay))
                if (op === 'del') timers[other]!.del()
              }),
          )
          const runModel = (): void => {
            for (;;) {
              const due = model
                .filter((entry) => entry.at <= time.now)
                .sort((a, b) => (a.at === b.at ? a.seq - b.seq : a.at < b.at ? -1 : 1))[0]
              if (!due) return
              model = model.filter((entry) => entry !== due)
              expected.push(`${due.id}@${time.now}`)
              const { op, id: other, delay } = reactions2[due.id]!
              reactions2[due.id]!.op = 'none'
              if (op === 'mod') modelMod(other, time.now + BigInt(delay))
              if (op === 'del') model = model.filter((entry) => entry.id !== other)
            }
          }
          for (const { op, id, delay } of commands) {
            const at = time.now + BigInt(delay)
            if (op === 'mod') {
              timers[id]!.modNs(at)
              modelMod(id, at)
            } else if (op === 'anticipate') {
              timers[id]!.modAnticipateNs(at)
              const armed = model.find((entry) => entry.id === id)
              if (!armed || armed.at > at) modelMod(id, at)
            } else if (op === 'del') {
              timers[id]!.del()
              model = model.filter((entry) => entry.id !== id)
            } else {
              time.now += BigInt(delay)
              clock.runTimers()
              runModel()
            }
            expect(fired).toEqual(expected)
            const first = model.map((entry) => entry.at).sort((a, b) => (a < b ? -1 : 1))[0]
            const deadline = first === undefined ? null : first > time.now ? first - time.now : 0n
            expect(clock.deadlineNs()).toBe(deadline)
          }
        },
      ),
    )
  })
})
