// SPDX-License-Identifier: GPL-2.0-or-later
import { addon } from './addon.js'
import type { ThreadServer } from './thread.js'

/**
 * The OS thread of one vCPU: a command server for its ioctls.
 *
 * Outside KVM_RUN every ioctl is a synchronous round trip to the thread. `run` starts KVM_RUN and gives
 * the isolate free until it returns; in that time no other command may be issued.
 */
export class VcpuServer implements ThreadServer {
  /** Names the thread towards the addon. */
  readonly id: number
  /** The thread's id as `ps -T` shows it. */
  readonly tid: number
  /** The vCPU's descriptor, once `attach` was called; -1 before. */
  fd = -1
  #resolveRun: ((result: number) => void) | null = null
  #onEnd: (() => void) | null = null
  #ended = false

  /** @param name what `ps -T` shows, at most 15 bytes of it */
  constructor(name: string) {
    pump.init()
    this.id = addon.vcpuCreate(name)
    this.tid = addon.vcpuTid(this.id)
    pump.servers.set(this.id, this)
  }

  /** Whether the thread is gone. */
  get ended(): boolean {
    return this.#ended
  }

  /** Whether KVM_RUN is under way. */
  get running(): boolean {
    return this.#resolveRun !== null
  }

  /** Says which vCPU the thread serves: a descriptor from `kvmCreateVcpu`, or -1 for none. */
  attach(fd: number): void {
    this.fd = fd
  }

  /** KVM_RUN. Resolves with 0, or a negative errno: -EINTR after a kick. */
  run(): Promise<number> {
    return new Promise((resolve) => {
      addon.vcpuRun(this.id, this.fd)
      this.#resolveRun = resolve
    })
  }

  /** Makes the KVM_RUN under way, or the next one, return -EINTR. Does nothing to a thread that has ended. */
  kick(): void {
    if (!this.#ended) addon.vcpuKick(this.id)
  }

  stop(onEnd: () => void): void {
    if (this.#onEnd !== null) throw new Error('The vCPU thread was stopped before')
    addon.vcpuStop(this.id)
    this.#onEnd = onEnd
  }

  /** Called by the pump. */
  ready(result: number, ended: boolean): void {
    if (ended) {
      this.#ended = true
      pump.servers.delete(this.id)
      addon.vcpuJoin(this.id)
      this.#onEnd?.()
      return
    }
    const resolve = this.#resolveRun
    this.#resolveRun = null
    resolve?.(result)
  }
}

/**
 * Brings vCPUs whose KVM_RUN has returned back to their thread functions; one per isolate.
 *
 * While exits come quickly it stays here: take the ready ones, let their code run as microtasks, look
 * again. After about 1 ms the event loop gets a turn; when nothing comes it sleeps until it is woken.
 */
class Pump {
  readonly servers = new Map<number, VcpuServer>()
  #slots: Int32Array = new Int32Array(0)
  #initialized = false

  init(): void {
    if (this.#initialized) return
    this.#initialized = true
    this.#slots = new Int32Array(addon.pumpInit(() => void this.#turn()))
  }

  async #turn(): Promise<void> {
    for (let fresh = true; ; fresh = false) {
      const count = addon.pumpWait(fresh)
      if (count === 0) return
      const slots = this.#slots
      const sliceIsOver = slots[1] !== 0
      for (let i = 0, slot = 2; i < count; i++, slot += 3) {
        this.servers.get(slots[slot])?.ready(slots[slot + 1], slots[slot + 2] !== 0)
      }
      if (sliceIsOver) {
        setImmediate(() => void this.#turn())
        return
      }
      // The vCPUs' turn: what they do up to their next KVM_RUN was queued before what follows here.
      await undefined
    }
  }
}

const pump = new Pump()
