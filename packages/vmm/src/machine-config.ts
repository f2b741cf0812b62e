// SPDX-License-Identifier: GPL-2.0-or-later
import type { Chardev } from '@dromaius/chardev'
import type { AccelSpec, SystemActions } from '@dromaius/cpus'
import type { GlobalProperty } from '@dromaius/qom'
import { type KeyValues, UserError } from '@dromaius/util'
import type { ObjectSpec } from './object-add.js'

/** One `-device`. */
export interface DeviceSpec {
  /** QOM type. */
  readonly driver: string
  readonly properties: KeyValues
  /** The argument as the user wrote it, for messages. */
  readonly text: string
}

/** Where a serial port or console ends: QEMU's short form, or a back end. */
export type SerialSpec = string | Chardev

/** What is tried where nobody chose an accelerator. */
export const DEFAULT_ACCELERATORS: readonly AccelSpec[] = [{ name: 'kvm' }, { name: 'tcg' }]

/** What a machine is built from: the options, read and checked. */
export interface MachineConfig {
  /** Machine type, as in `-machine`; `microvm` when absent. */
  readonly type?: string
  /** Properties of the machine, such as `['rtc', 'on']`. */
  readonly properties?: KeyValues
  /** Accelerators to try in order; KVM when absent. */
  readonly accelerators?: readonly AccelSpec[]
  /** CPU model and features, as in `-cpu`. */
  readonly cpu?: string
  /** Number and topology of CPUs, as in `-smp`. */
  readonly smp?: string
  /** Size of RAM in bytes; the machine type's default when absent. */
  readonly memory?: number
  /** Path of the kernel; the bundled guest when absent. */
  readonly kernel?: string
  /** Firmware, by path or by name in the usual directories; without it a kernel is entered directly. */
  readonly bios?: string
  /** Directories in which firmware and option ROMs are looked for first. */
  readonly dataDirs?: readonly string[]
  /** What firmware shall boot and how, as in `-boot`. */
  readonly boot?: string
  /** Files for the guest, as in `-fw_cfg`. */
  readonly fwCfg?: readonly string[]
  /** Path of the initial RAM disk. */
  readonly initrd?: string
  /** The kernel's command line. */
  readonly append?: string
  /** What the real-time clock starts with and follows, as in `-rtc`. */
  readonly rtc?: string
  /** How guest time goes by instructions, as in `-icount`. */
  readonly icount?: string
  /** What the guest's random numbers come from, as in `-seed`. */
  readonly seed?: string
  /** Back ends that devices find by their ids, as in `-chardev`. */
  readonly chardevs?: readonly string[]
  /** Serial ports COM1 to COM4; none when absent. */
  readonly serials?: readonly SerialSpec[]
  /** Debug consoles at port 0xe9. */
  readonly debugcons?: readonly SerialSpec[]
  readonly devices?: readonly DeviceSpec[]
  /** Objects that others refer to by their ids. */
  readonly objects?: readonly ObjectSpec[]
  /** Id of the memory backend that is the machine's RAM. */
  readonly memoryBackend?: string
  /** Defaults of the user's for properties of devices. */
  readonly globals?: readonly GlobalProperty[]
  /** What becomes of resets, power-offs and crashes. */
  readonly actions?: Partial<SystemActions>
}

/** Runs `body` and puts the option in front of what it complains about, unless that names an option already. */
export function locate<T>(option: string, body: () => T): T {
  try {
    return body()
  } catch (error) {
    if (!(error instanceof UserError) || error.message.startsWith('-')) throw error
    throw new UserError(`${option}: ${error.message}`, { cause: error })
  }
}
