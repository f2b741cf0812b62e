// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs'
import { smpConfigurationParse } from '@dromaius/hw-core'
import { x86CpuList } from '@dromaius/target-i386'
import { parseSize, qemuLogHelp, qemuStrToLogMask, strerror, traceEvents, UserError } from '@dromaius/util'
import { parseBoot, parseFwCfg } from './board-fw-cfg.js'
import type { CommandLine } from './command-line.js'
import { dataDirs } from './data-dirs.js'
import { deviceHelp, deviceList } from './device-help.js'
import { accelHelp, accelPropertyHelp, machineHelp, machinePropertyHelp } from './machine-help.js'
import { type KeyValues, keyvalParse, knownValues } from './keyval.js'
import { versionText } from './version.js'

/** One option: what `-h` prints of it, and what it does. */
export interface OptionRow {
  /** Without dashes. */
  readonly names: readonly string[]
  /** Syntax of its argument, null where it takes none. */
  readonly argument: string | null
  readonly help: readonly string[]
  /** Throws UserError, to which the caller adds the option. */
  apply(line: CommandLine, value: string): void
}

/** `-m` rounds up to this, bytes. */
const RAM_GRANULE = 8192

const asksForHelp = (value: string): boolean => value === 'help' || value === '?'
const hasHelp = (pairs: KeyValues): boolean => pairs.some(([key]) => key === 'help' || key === '?')

/** Options whose values are texts that a later step looks at. */
type TextField = 'kernel' | 'initrd' | 'append' | 'logFile'
type FlagField = 'nodefaults' | 'nographic' | 'noReboot' | 'noShutdown'

const text = (name: string, argument: string, field: TextField, help: string): OptionRow => ({
  names: [name],
  argument,
  help: [help],
  apply(line, value) {
    line[field] = value
  },
})

const flag = (name: string, field: FlagField, ...help: string[]): OptionRow => ({
  names: [name],
  argument: null,
  help,
  apply(line) {
    line[field] = true
  },
})

function applyMachine(line: CommandLine, value: string): void {
  if (asksForHelp(value)) {
    line.help = machineHelp()
    return
  }
  const pairs = keyvalParse(value, { implied: 'type', bareFlags: true })
  for (const [key, given] of pairs) {
    if (key === 'type') line.machineType = given
    else if (key === 'accel') line.machineAccels = machineAccelNames(given).map((name) => ({ name }))
    else if (key === 'kernel-irqchip') line.kernelIrqchip = given
    else if (key !== 'help') line.machineProperties.push([key, given])
  }
  if (hasHelp(pairs)) line.help = machinePropertyHelp(line.machineType ?? 'microvm')
}

/** Names of accelerators with `:` between. @qemu softmmu/vl.c configure_accelerators */
function machineAccelNames(given: string): string[] {
  const names = given.split(':')
  if (names.includes('')) {
    throw new UserError(
      "Parameter 'accel' expects an accelerator, or several with ':' between (-accel help lists them)",
    )
  }
  return names
}

function applyAccel(line: CommandLine, value: string): void {
  if (asksForHelp(value)) {
    line.help = accelHelp()
    return
  }
  const [first, ...rest] = keyvalParse(value, { implied: 'accel', bareFlags: true })
  if (!first || first[0] !== 'accel' || first[1] === '') throw new UserError("Parameter 'accel' is missing")
  if (hasHelp(rest)) line.help = accelPropertyHelp(first[1])
  else line.accels.push({ name: first[1], properties: Object.fromEntries(rest) })
}

/** Keys of several `-smp` add up, and the last value of each counts. @qemu softmmu/vl.c machine_merge_property */
function applySmp(line: CommandLine, value: string): void {
  smpConfigurationParse(value) // refuses what is wrong, naming this option
  const firstIsCpus = !value.split(',', 1)[0]!.includes('=')
  line.smp = line.smp === null ? value : `${line.smp},${firstIsCpus ? 'cpus=' : ''}${value}`
}

function applyMemory(line: CommandLine, value: string): void {
  const { size } = knownValues(keyvalParse(value, { implied: 'size' }), ['size'])
  if (size === undefined) throw new UserError("Parameter 'size' is missing")
  const bytes = parseSize(size, { default: 'M' })
  if (bytes === null) {
    throw new UserError(
      "Parameter 'size' expects a non-negative number below 2^53, with an optional suffix k, M, G, T",
    )
  }
  if (bytes === 0) throw new UserError("Parameter 'size' must be more than 0")
  line.memory = Math.ceil(bytes / RAM_GRANULE) * RAM_GRANULE
}

function applyDevice(line: CommandLine, value: string): void {
  if (asksForHelp(value)) {
    line.help = deviceList()
    return
  }
  const [first, ...properties] = keyvalParse(value, { implied: 'driver', bareFlags: true })
  if (!first || first[0] !== 'driver') throw new UserError("Parameter 'driver' is missing")
  if (hasHelp(properties)) line.help = deviceHelp(first[1])
  else line.devices.push({ driver: first[1], properties, text: value })
}

function applyName(line: CommandLine, value: string): void {
  const { guest, process } = knownValues(keyvalParse(value, { implied: 'guest' }), ['guest', 'process'])
  if (guest !== undefined) line.name = guest
  if (process !== undefined) line.processName = process
}

function applyLog(line: CommandLine, value: string): void {
  if (asksForHelp(value)) {
    line.help = `${qemuLogHelp().join('\n')}\n`
    return
  }
  if (value === 'trace:help') {
    line.help = traceList()
    return
  }
  for (const item of value.split(',')) {
    if (item.startsWith('trace:')) line.tracePatterns.push(item.slice('trace:'.length))
    else {
      qemuStrToLogMask(item) // refuses what is unknown
      line.logItems.push(item)
    }
  }
}

function applyTrace(line: CommandLine, value: string): void {
  if (asksForHelp(value)) {
    line.help = traceList()
    return
  }
  const { enable, events } = knownValues(keyvalParse(value, { implied: 'enable' }), ['enable', 'events'])
  if (enable !== undefined) line.tracePatterns.push(enable)
  if (events !== undefined) line.tracePatterns.push(...readEventsFile(events))
}

/** One pattern a line, `#` begins a comment. @qemu trace/control.c trace_init_events */
function readEventsFile(path: string): string[] {
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`Could not read '${path}': ${strerror(error)}`, { cause: error })
  }
  return content
    .split('\n')
    .map((row) => row.replace(/#.*/, '').trim())
    .filter((row) => row !== '')
}

function traceList(): string {
  return traceEvents()
    .map(({ name }) => `${name}\n`)
    .join('')
}

/**
 * All options, in the order of `-h`.
 * @qemu softmmu/vl.c qemu_options
 */
export const optionTable: readonly OptionRow[] = [
  {
    names: ['h', 'help'],
    argument: null,
    help: ['display this help and exit'],
    apply(line) {
      line.help = usage()
    },
  },
  {
    names: ['version'],
    argument: null,
    help: ['display version information and exit'],
    apply(line) {
      line.help = `${versionText()}\n`
    },
  },
  {
    names: ['machine', 'M'],
    argument: '[type=]name[,prop[=value][,...]]',
    help: [
      "selects emulated machine ('-machine help' for list, default: microvm)",
      'property accel=accel1[:accel2[:...]] selects accelerator',
      "'-machine name,help' lists the other properties",
    ],
    apply: applyMachine,
  },
  {
    names: ['cpu'],
    argument: 'cpu[,+feature][,-feature][,prop=value]',
    help: ["select CPU ('-cpu help' for list, default: qemu64)"],
    apply(line, value) {
      if (asksForHelp(value)) line.help = x86CpuList()
      else if (value === '') throw new UserError('-cpu option cannot be empty')
      else line.cpu = value
    },
  },
  {
    names: ['accel'],
    argument: '[accel=]accelerator[,prop[=value][,...]]',
    help: [
      "select accelerator ('-accel help' for list, default: kvm); several are tried in order",
      "'-accel name,help' lists its properties",
      'kernel-irqchip=on|split|off controls in-kernel interrupt controllers (default: on)',
    ],
    apply: applyAccel,
  },
  {
    names: ['enable-kvm'],
    argument: null,
    help: ['the same as -accel kvm'],
    apply(line) {
      line.accels.push({ name: 'kvm' })
    },
  },
  {
    names: ['smp'],
    argument: '[[cpus=]n][,maxcpus=n][,sockets=n][,dies=n][,cores=n][,threads=n]',
    help: ['set the number of CPUs and their topology (default: 1)'],
    apply: applySmp,
  },
  {
    names: ['m'],
    argument: '[size=]megs',
    help: ['configure guest RAM, with a suffix k, M, G or T, otherwise in MiB (default: 128)'],
    apply: applyMemory,
  },
  {
    names: ['name'],
    argument: '[guest=]name[,process=name]',
    help: ["set the guest's name, and the name of this process"],
    apply: applyName,
  },
  {
    names: ['device'],
    argument: 'driver[,prop[=value][,...]]',
    help: ["add a device ('-device help' for list, '-device driver,help' for properties)"],
    apply: applyDevice,
  },
  {
    names: ['bios'],
    argument: 'file',
    help: ['firmware, by path or by its name in the directories of -L; it gets the kernel by fw_cfg'],
    apply(line, value) {
      if (value === '') throw new UserError('expected the name of a file')
      line.bios = value
    },
  },
  {
    names: ['L'],
    argument: 'path',
    help: ["look for firmware and option ROMs here first ('-L help' lists the directories)"],
    apply(line, value) {
      if (asksForHelp(value)) line.help = `${dataDirs(line.dataDirs).join('\n')}\n`
      else line.dataDirs.push(value)
    },
  },
  {
    names: ['boot'],
    argument: '[menu=on|off][,splash-time=ms][,reboot-timeout=ms][,strict=on|off]',
    help: ['what firmware shall do: offer a menu, try again, boot nothing else'],
    apply(line, value) {
      parseBoot(value) // refuses what is wrong, naming this option
      line.boot = value
    },
  },
  {
    names: ['fw_cfg'],
    argument: '[name=]name,file=path|string=text',
    help: ['add a file to what the guest finds in fw_cfg; names begin with opt/'],
    apply(line, value) {
      parseFwCfg(value) // refuses what is wrong, naming this option
      line.fwCfg.push(value)
    },
  },
  text(
    'kernel',
    'file',
    'kernel',
    'boot this Linux bzImage, PVH ELF or multiboot kernel (default: the guest that comes with the package)',
  ),
  text('append', 'cmdline', 'append', "the kernel's command line"),
  text(
    'initrd',
    'file',
    'initrd',
    "use this file as initial RAM disk; for multiboot: 'file args,file2 args'",
  ),
  {
    names: ['serial'],
    argument: 'stdio|mon:stdio|file:path|null|none',
    help: [
      'redirect the serial port; mon:stdio takes commands after Ctrl-A (Ctrl-A h lists them)',
      '(default: mon:stdio)',
    ],
    apply(line, value) {
      line.serials.push(value)
    },
  },
  {
    names: ['debugcon'],
    argument: 'stdio|mon:stdio|file:path|null|none',
    help: ['redirect the debug console, which is at port 0xe9'],
    apply(line, value) {
      line.debugcons.push(value)
    },
  },
  flag('nographic', 'nographic', 'serial port on the terminal, whatever -display says'),
  {
    names: ['display'],
    argument: 'none',
    help: ['no display; without -serial the output of the serial port is lost'],
    apply(line, value) {
      if (asksForHelp(value)) line.help = 'Available display backend types:\nnone\n'
      else if (value === 'none') line.display = value
      else throw new UserError(`Parameter 'type' does not accept value '${value}'`)
    },
  },
  flag('nodefaults', 'nodefaults', "don't create default devices"),
  flag('no-reboot', 'noReboot', 'exit instead of rebooting'),
  flag('no-shutdown', 'noShutdown', 'stop before shutdown'),
  {
    names: ['d'],
    argument: 'item1,...',
    help: ["enable logging of specified items ('-d help' for list)"],
    apply: applyLog,
  },
  text('D', 'logfile', 'logFile', 'output log to logfile (default stderr)'),
  {
    names: ['trace'],
    argument: '[[enable=]pattern][,events=file]',
    help: ["enable trace events ('-trace help' for list)"],
    apply: applyTrace,
  },
]

function usage(): string {
  const rows = optionTable.map(({ names, argument, help }) => {
    const head = names.map((name) => `-${name}`).join(' or ') + (argument === null ? '' : ` ${argument}`)
    const [first, ...rest] = help
    const lines = head.length < 16 ? [head.padEnd(16) + first] : [head, `${' '.repeat(16)}${first}`]
    return [...lines, ...rest.map((more) => `${' '.repeat(16)}${more}`)].map((row) => `${row}\n`).join('')
  })
  return `${versionText()}\nusage: dromaius [options]\n\n${rows.join('')}\nOptions may begin with one dash or two.\n`
}
