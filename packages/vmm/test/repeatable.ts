// SPDX-License-Identifier: GPL-2.0-or-later
import { createHash } from 'node:crypto'
import { TYPE_CHARDEV_RINGBUF } from '@dromaius/chardev'
import { cpuStopCurrent } from '@dromaius/cpus'
import { Machine } from '../src/machine.js'
import type { MachineOptions } from '../src/machine-options.js'

/** Nothing of the host's time and chance comes into the guest, and it stays for inspection when it powers off. */
const repeatable: MachineOptions = {
  icount: { shift: 3, sleep: false },
  seed: 1,
  rtc: { base: '2020-02-02', clock: 'vm' },
  noShutdown: true,
}
/** Bytes of RAM that are hashed at once. */
const PIECE = 2 ** 20

/** A run in short: two runs of the same guest are to give the same. */
export interface RunTrace {
  readonly serial: string
  readonly instructions: number
  /** SHA-256 of all RAM. */
  readonly ram: string
}

/** Runs a guest until it powers off, or up to the instruction that completes a text on its first serial back end. */
export async function traceOf(options: MachineOptions, until?: RegExp): Promise<RunTrace> {
  const chr = TYPE_CHARDEV_RINGBUF.new()
  const vm = await Machine.create({ ...repeatable, ...options, serial: chr })
  try {
    let serial = ''
    const stopped = new Promise<void>((resolve) => {
      vm.on('state', (state) => (state === 'paused' || state === 'shutdown') && resolve())
    })
    chr.onOutput((bytes) => {
      serial += Buffer.from(bytes).toString('latin1')
      if (!until?.test(serial)) return
      cpuStopCurrent(vm.system)
      void vm.pause()
    })
    vm.start()
    await stopped
    const hash = createHash('sha256')
    for (let at = 0; at < vm.board.ramSize; at += PIECE) hash.update(vm.memory.read(at, PIECE))
    return { serial, instructions: vm.system.icount!.getRaw(), ram: hash.digest('hex') }
  } finally {
    await vm.stop()
  }
}
