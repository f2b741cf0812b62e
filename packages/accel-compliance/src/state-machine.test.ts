// SPDX-License-Identifier: GPL-2.0-or-later
//
// Save and load of a whole microvm in the middle of the guest that comes with it: CPUs, interrupt controllers, timer,
// clock, and every other device that describes its state.

import { type Chardev, qemuChrBeCanWrite, qemuChrBeWrite, TYPE_CHARDEV_RINGBUF } from '@dromaius/chardev'
import { qemuSystemReset } from '@dromaius/cpus'
import { memoryRegionGetRamBlock, type RAMBlock } from '@dromaius/memory'
import { Machine } from '@dromaius/vmm'
import { describe, expect, it } from 'vitest'
import { acceleratorOf, accelerators, titleOf } from './accelerators.js'
import { aWhile } from './a-while.js'
import {
  devicesWithState,
  loadMachine,
  saveMachine,
  type SavedMachine,
  scramble,
  withoutClocks,
} from './state.js'

/** A machine whose serial port is watched. */
class Watched {
  text = ''

  private constructor(
    readonly machine: Machine,
    private readonly serial: Chardev,
  ) {}

  static async create(accel: string, append: string): Promise<Watched> {
    const serial = TYPE_CHARDEV_RINGBUF.new()
    const own = acceleratorOf(accel)
    const chosen = { accel: own.accel, ...own.properties }
    const config = {
      accel: chosen,
      cpu: 'qemu64,-cx16,-pni',
      cpus: 2,
      memory: 16 << 20,
      serial,
      cmdline: append,
    }
    const watched = new Watched(await Machine.create(config), serial)
    serial.onOutput((bytes) => {
      watched.text += Buffer.from(bytes).toString('latin1').replaceAll('\r', '')
    })
    return watched
  }

  get ram(): RAMBlock {
    return memoryRegionGetRamBlock(this.machine.board.ram!)!.block
  }

  async printed(text: string): Promise<void> {
    while (!this.text.includes(text)) await new Promise(setImmediate)
  }

  /** Types a line. */
  async type(line: string): Promise<void> {
    for (const byte of Buffer.from(`${line}\r`)) {
      while (qemuChrBeCanWrite(this.serial) === 0) await new Promise(setImmediate)
      qemuChrBeWrite(this.serial, Uint8Array.of(byte))
    }
  }

  save(): SavedMachine {
    return saveMachine(this.machine.system, this.ram)
  }

  load(saved: SavedMachine): void {
    loadMachine(this.machine.system, this.ram, saved)
  }

  /** As if the machine had just been switched on, with nothing of use in its RAM. */
  wipe(): void {
    qemuSystemReset(this.machine.system, 'host-qmp-system-reset')
    scramble(this.ram)
  }
}

/** Whether the boot CPU's APIC has its periodic timer under way: unmasked, and counting. */
function timerRuns({ devices }: SavedMachine): boolean {
  return Object.entries(devices).some(([path, state]) => {
    if (!path.endsWith('/lapic')) return false
    const { lvt, initialCount } = (state as { fields: { lvt: number[]; initialCount: number } }).fields
    return (lvt[0]! & 0x1_0000) === 0 && initialCount > 0
  })
}

/** The bundled guest, stopped in the 5 ms in which it takes timer interrupts. */
async function pausedAmongTimerInterrupts(accel: string): Promise<{ watched: Watched; saved: SavedMachine }> {
  // On a busy host the guest may be through before we look: then another one has its chance.
  for (;;) {
    const watched = await Watched.create(accel, '')
    const { machine } = watched
    machine.start()
    await watched.printed('CPUs:')
    while (!watched.text.includes('APIC timer')) {
      await machine.pause()
      if (machine.state !== 'paused') break
      const saved = watched.save()
      if (timerRuns(saved)) return { watched, saved }
      machine.resume()
      await new Promise(setImmediate)
    }
    await machine.stop()
  }
}

/** The controllers, and what tells the time. */
const controllers: Readonly<Record<string, readonly string[]>> = {
  kvm: ['kvm-apic', 'kvm-apic', 'kvm-i8259', 'kvm-i8259', 'kvm-ioapic', 'kvm-pit', 'kvmclock'],
  'kvm,kernel-irqchip=split': [
    'kvm-apic',
    'kvm-apic',
    'ioapic',
    'isa-i8259',
    'isa-i8259',
    'isa-pcspk',
    'isa-pit',
    'kvmclock',
  ],
  'kvm,kernel-irqchip=off': [
    'apic',
    'apic',
    'ioapic',
    'isa-i8259',
    'isa-i8259',
    'isa-pcspk',
    'isa-pit',
    'kvmclock',
  ],
  tcg: ['apic', 'apic', 'ioapic', 'isa-i8259', 'isa-i8259', 'isa-pcspk', 'isa-pit', 'mc146818rtc'],
}

for (const accel of accelerators.filter(({ runsGuests }) => runsGuests)) {
  describe.skipIf(accel.unavailable !== null)(`saved and loaded microvm on ${titleOf(accel)}`, () => {
    it('every device of the board describes its state', async () => {
      const { machine } = await Watched.create(accel.name, '')
      const types = [...devicesWithState(machine.system).values()]
        .map(({ qomClass }) => qomClass.typeName)
        .sort()
      await machine.stop()
      const expected = [
        'acpi-ged',
        'fw_cfg_io',
        'i8042',
        'isa-serial',
        ...controllers[accel.accel === 'tcg' ? 'tcg' : accel.name]!,
        'port92',
        'qemu64-x86_64-cpu',
        'qemu64-x86_64-cpu',
      ]
      expect(types).toEqual(expected.sort())
    })

    it('in the middle of its timer interrupts, a guest that was wiped out goes on to its end', async () => {
      const { watched, saved } = await pausedAmongTimerInterrupts(accel.name)
      const { machine } = watched
      const before = watched.text

      watched.wipe()
      watched.load(saved)
      machine.resume()
      const { reason, code } = await machine.exited

      expect({ reason, code }).toEqual({ reason: 'guest-shutdown', code: 0 })
      expect(before).not.toContain('APIC timer')
      expect(watched.text.slice(before.length)).toMatch(/^APIC timer: 5 interrupts\nGoodbye\n$/)
    })

    it('at its prompt, its state makes another machine go on', async () => {
      const first = await Watched.create(accel.name, 'interactive')
      first.machine.start()
      await first.printed('hello> ')
      await aWhile()
      await first.machine.pause()
      const saved = first.save()
      await first.machine.stop()

      const second = await Watched.create(accel.name, '')
      second.wipe()
      second.load(saved)
      second.machine.start()
      // The serial port's interrupt comes through the I/O APIC, the IPIs through both local APICs.
      await second.type('smp')
      await second.printed('hello> ')
      await second.type('poweroff')
      const { reason, code } = await second.machine.exited

      expect({ reason, code }).toEqual({ reason: 'guest-shutdown', code: 0 })
      expect(second.text).toMatch(/^smp\n[^]*APIC id 1[^]*hello> poweroff\n/)
      expect(second.text).not.toContain('Hello from')
    })

    it('what is saved after loading is what was loaded', async () => {
      const watched = await Watched.create(accel.name, 'interactive')
      watched.machine.start()
      await watched.printed('hello> ')
      await aWhile()
      await watched.machine.pause()
      const saved = watched.save()

      watched.wipe()
      watched.load(saved)
      for (const cpu of watched.machine.system.cpus) cpu.vcpuDirty = false
      const again = watched.save()
      await watched.machine.stop()

      expect(Buffer.compare(again.ram, saved.ram)).toBe(0)
      expect(withoutClocks(again)).toEqual(withoutClocks(saved))
    })
  })
}
