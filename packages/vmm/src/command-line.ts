// SPDX-License-Identifier: GPL-2.0-or-later
import type { AccelSpec, SystemActions } from '@dromaius/cpus'
import type { GlobalProperty } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import {
  DEFAULT_ACCELERATORS,
  locate,
  type DeviceSpec,
  type MachineConfig,
  type SerialSpec,
} from './machine-config.js'
import type { ObjectSpec } from './object-add.js'
import { optionByName } from './option-table.js'
import type { OptionRow } from './options/option-row.js'

/** What the options said so far; each row of the table changes it. */
export class CommandLine {
  machineType: string | null = null
  machineProperties: [string, string][] = []
  /** By `-machine accel=`, and by `-accel`: only one of them may be used. */
  machineAccels: AccelSpec[] = []
  accels: AccelSpec[] = []
  /** The other words for an accelerator's property: `-machine kernel-irqchip=`. */
  kernelIrqchip: string | null = null
  cpu: string | null = null
  /** All `-smp` in one. */
  smp: string | null = null
  memory: number | null = null
  kernel: string | null = null
  initrd: string | null = null
  append: string | null = null
  bios: string | null = null
  /** All `-L`. */
  dataDirs: string[] = []
  boot: string | null = null
  /** All `-fw_cfg`. */
  fwCfg: string[] = []
  /** All `-rtc` in one. */
  rtc: string | null = null
  icount: string | null = null
  seed: string | null = null
  chardevs: string[] = []
  serials: SerialSpec[] = []
  debugcons: SerialSpec[] = []
  devices: DeviceSpec[] = []
  nodefaults = false
  nographic = false
  display: 'none' | null = null
  objects: ObjectSpec[] = []
  /** Id of the memory backend that is the machine's RAM. */
  memoryBackend: string | null = null
  globals: GlobalProperty[] = []
  /** What `-action`, `-no-reboot` and `-no-shutdown` say; the last word counts. */
  actions: Partial<SystemActions> = {}
  /** Whether the guest runs at once. */
  autostart = true
  /** Whether there is the monitor's place on the terminal. */
  monitor = true
  pidfile: string | null = null
  /** What stands in front of messages. */
  msg: { timestamp: boolean; guestName: boolean } = { timestamp: false, guestName: false }
  /** Name of the guest, which this process shows in its title. */
  name: string | null = null
  /** Title of this process, instead. */
  processName: string | null = null
  /** Items of `-d`. */
  logItems: string[] = []
  logFile: string | null = null
  /** Patterns of `-trace`, a leading `-` switches off. */
  tracePatterns: string[] = []
  /** What to print instead of running anything. */
  help: string | null = null
}

/**
 * Reads the options. Stops at the first that asks for a list or for help. Throws UserError with the option in front.
 * @qemu softmmu/vl.c qemu_init
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const line = new CommandLine()
  for (let i = 0; i < argv.length && line.help === null; i++) {
    const arg = argv[i]!
    if (!arg.startsWith('-') || arg === '-') {
      throw new UserError(`${arg}: no such file option: disk images are not supported yet`)
    }
    const row = lookupOpt(arg)
    if (!row) throw new UserError(`${arg}: invalid option`)
    if (row.argument === null) {
      row.apply(line, '')
      continue
    }
    const value = argv[++i]
    if (value === undefined) throw new UserError(`${arg}: requires an argument`)
    locate(`${arg} ${value}`, () => row.apply(line, value))
  }
  return line
}

/**
 * The row of an option, which may begin with one dash or two.
 * @qemu softmmu/vl.c lookup_opt
 */
function lookupOpt(arg: string): OptionRow | undefined {
  return optionByName(arg.slice(arg.startsWith('--') ? 2 : 1))
}

/** Where the first serial port goes when no `-serial` says so. */
function defaultSerials(line: CommandLine): SerialSpec[] {
  if (line.nodefaults) return []
  const terminal = line.monitor ? 'mon:stdio' : 'stdio'
  if (line.nographic) return [terminal]
  // QEMU's port would be shown in a window. Without `-display none` there is none either, so the terminal takes its place.
  return [line.display === 'none' ? 'null' : terminal]
}

function acceleratorsOf(line: CommandLine): readonly AccelSpec[] {
  if (line.machineAccels.length > 0 && line.accels.length > 0) {
    throw new UserError('The -accel and "-machine accel=" options are incompatible')
  }
  const chosen = [...line.accels, ...line.machineAccels]
  const accels = chosen.length > 0 ? chosen : DEFAULT_ACCELERATORS
  if (line.kernelIrqchip === null) return accels
  const properties = { 'kernel-irqchip': line.kernelIrqchip }
  // Only KVM has the property; QEMU too lets the others pass it over.
  return accels.map((spec) =>
    spec.name === 'kvm' ? { ...spec, properties: { ...properties, ...spec.properties } } : spec,
  )
}

/**
 * The machine that the options ask for. Throws UserError where they contradict each other.
 * @param serialsWithout where the serial ports go when no option says so
 */
export function machineConfigOf(line: CommandLine, serialsWithout = defaultSerials): MachineConfig {
  if (line.kernel === null && line.initrd !== null)
    throw new UserError('-initrd only allowed with -kernel option')
  if (line.kernel === null && line.append !== null && line.bios !== null)
    throw new UserError('-append only allowed with -kernel option')
  return {
    ...(line.machineType === null ? {} : { type: line.machineType }),
    properties: line.machineProperties,
    accelerators: acceleratorsOf(line),
    ...(line.cpu === null ? {} : { cpu: line.cpu }),
    ...(line.smp === null ? {} : { smp: line.smp }),
    ...(line.memory === null ? {} : { memory: line.memory }),
    ...(line.kernel === null ? {} : { kernel: line.kernel }),
    ...(line.initrd === null ? {} : { initrd: line.initrd }),
    ...(line.append === null ? {} : { append: line.append }),
    ...(line.bios === null ? {} : { bios: line.bios }),
    ...(line.boot === null ? {} : { boot: line.boot }),
    dataDirs: line.dataDirs,
    fwCfg: line.fwCfg,
    ...(line.rtc === null ? {} : { rtc: line.rtc }),
    ...(line.icount === null ? {} : { icount: line.icount }),
    ...(line.seed === null ? {} : { seed: line.seed }),
    chardevs: line.chardevs,
    serials: line.serials.length > 0 ? line.serials : serialsWithout(line),
    debugcons: line.debugcons,
    devices: line.devices,
    objects: line.objects,
    ...(line.memoryBackend === null ? {} : { memoryBackend: line.memoryBackend }),
    globals: line.globals,
    actions: line.actions,
  }
}
