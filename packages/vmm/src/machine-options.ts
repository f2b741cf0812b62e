// SPDX-License-Identifier: GPL-2.0-or-later
import type { Writable } from 'node:stream'
import type { Chardev } from '@dromaius/chardev'

/**
 * `key=value,...` of an option as an object: `true` and `false` are `on` and `off`, and no comma needs doubling.
 */
export type OptionValues = Readonly<Record<string, string | number | boolean>>

/** An option that takes `key=value,...`: the text of the command line, or an object with the same keys. */
export type OptionText = string | OptionValues

/** The same for an option that may come several times. */
export type OptionTexts = OptionText | readonly OptionText[]

/**
 * Where a serial port or console ends: QEMU's short form, such as `stdio`, `mon:stdio`, `file:PATH` or `null`; `none` for no
 * port; a stream that gets the output, which `Machine.serial` has too; or a back end of `@dromaius/chardev`.
 */
export type SerialOption = string | Writable | Chardev

/**
 * What a machine is made of. A field that is named after an option of the command takes what that option takes and makes the
 * same mistakes known, with the field's name in front; docs/command-line.md describes them. Others say which option they are.
 */
export interface MachineOptions {
  /** Machine type and its properties: `'microvm,rtc=on'` or `{ type: 'microvm', rtc: true }`; `microvm` when absent. */
  readonly machine?: OptionTexts
  /** Accelerators to try in order: `'kvm'`, `['kvm', 'tcg']`, `{ accel: 'kvm', 'kernel-irqchip': 'on' }`; KVM, then TCG, when absent. */
  readonly accel?: OptionTexts
  /** CPU model and features: `'qemu64,+avx2'`. */
  readonly cpu?: string
  /** Number of CPUs, or their topology: `2`, `'4,sockets=2'`, `{ cpus: 2, maxcpus: 4 }`; 1 when absent. Option `-smp`. */
  readonly cpus?: number | OptionTexts
  /** Guest RAM: bytes as a number, or a text with a unit, `'512M'` (without one in MiB); 128 MiB when absent. Option `-m`. */
  readonly memory?: number | OptionText
  /** Firmware, by path or by its name in the usual directories; without it a kernel is entered directly. */
  readonly bios?: string
  /** Directories in which firmware and option ROMs are looked for first. Option `-L`. */
  readonly dataDir?: string | readonly string[]
  /** What firmware shall do: `{ menu: true }`. */
  readonly boot?: OptionText
  /** Files for the guest: `{ name: 'opt/a', string: 'text' }`, or `file` instead of `string`. Option `-fw_cfg`. */
  readonly fwCfg?: OptionTexts
  /** Path of the kernel; the bundled guest when absent. */
  readonly kernel?: string
  /** Path of the initial RAM disk. */
  readonly initrd?: string
  /** The kernel's command line. Option `-append`. */
  readonly cmdline?: string
  /** What the real-time clock starts with and follows: `'base=localtime'`, `{ clock: 'vm', driftfix: 'slew' }`. */
  readonly rtc?: OptionText
  /** Guest time goes by instructions: `{ shift: 'auto' }`, or for runs that can be repeated `{ shift: 3, sleep: false }`. */
  readonly icount?: OptionText
  /** Makes the guest's random numbers the same in each run: a number of up to 64 bits. */
  readonly seed?: number | bigint | string
  /** Back ends that devices find by their ids: `{ backend: 'socket', id: 'com2', path: '/tmp/s', server: true }`. */
  readonly chardev?: OptionTexts
  /** Serial ports COM1 to COM4; when absent one whose other end is `Machine.serial`. */
  readonly serial?: SerialOption | readonly SerialOption[]
  /** Debug consoles at port 0xe9; none when absent. */
  readonly debugcon?: SerialOption | readonly SerialOption[]
  /** Further devices: `'isa-debug-exit,iobase=0xf4'` or `{ driver: 'isa-debug-exit', iobase: 0xf4 }`. */
  readonly device?: OptionTexts
  /** Defaults for properties of devices: `'isa-debug-exit.iobase=0xf4'`, or `{ driver, property, value }`. */
  readonly global?: OptionTexts
  /** Objects that others refer to: `{ 'qom-type': 'memory-backend-memfd', id: 'ram', size: '512M' }`. */
  readonly object?: OptionTexts
  /** What becomes of resets, power-offs and crashes: `{ panic: 'exit-failure' }`. */
  readonly action?: OptionText
  /** A reset ends the machine. */
  readonly noReboot?: boolean
  /** A power-off pauses the machine. */
  readonly noShutdown?: boolean
  /** Ends the machine when it is aborted, also while it is being built. */
  readonly signal?: AbortSignal
}
