// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options that say what the machine is: type, accelerator, CPUs, RAM.

import { guestRandomSeed, icountConfigParse } from '@dromaius/cpus'
import { smpConfigurationParse } from '@dromaius/hw-core'
import { x86CpuList } from '@dromaius/target-i386'
import { keyvalParse, knownValues, parseSize, UserError } from '@dromaius/util'
import type { CommandLine } from '../command-line.js'
import { accelHelp, accelPropertyHelp, machineHelp, machinePropertyHelp } from '../machine-help.js'
import { asksForHelp, hasHelp, type OptionRow } from './option-row.js'

/** `-m` rounds up to this, bytes. */
const RAM_GRANULE = 8192

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
    else if (key === 'memory-backend') line.memoryBackend = given
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
  const pairs = keyvalParse(value, { implied: 'accel', bareFlags: true })
  const name = pairs.findLast(([key]) => key === 'accel')?.[1] ?? ''
  if (name === '') throw new UserError("Parameter 'accel' is missing")
  const rest = pairs.filter(([key]) => key !== 'accel')
  if (hasHelp(rest)) line.help = accelPropertyHelp(name)
  else line.accels.push({ name, properties: Object.fromEntries(rest) })
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

export const machineRows: readonly OptionRow[] = [
  {
    names: ['machine', 'M'],
    field: 'machine',
    argument: '[type=]name[,prop[=value][,...]]',
    help: [
      "selects emulated machine ('-machine help' for list, default: microvm)",
      'property accel=accel1[:accel2[:...]] selects accelerator',
      'property memory-backend=id makes an -object the RAM',
      "'-machine name,help' lists the other properties",
    ],
    differs: 'The default is `microvm`. Properties of parts that are not there yet are refused.',
    apply: applyMachine,
  },
  {
    names: ['cpu'],
    field: 'cpu',
    argument: 'cpu[,+feature][,-feature][,prop=value]',
    help: ["select CPU ('-cpu help' for list, default: qemu64)"],
    differs: null,
    apply(line, value) {
      if (asksForHelp(value)) line.help = x86CpuList()
      else if (value === '') throw new UserError('-cpu option cannot be empty')
      else line.cpu = value
    },
  },
  {
    names: ['accel'],
    field: 'accel',
    argument: '[accel=]accelerator[,prop[=value][,...]]',
    help: [
      "select accelerator ('-accel help' for list, default: kvm, then tcg); several are tried in order",
      "'-accel name,help' lists its properties",
      'kernel-irqchip=on|split|off controls in-kernel interrupt controllers (default: on)',
      'one-insn-per-tb=on|off (tcg, default: off), tb-size=n (tcg, MiB of translated code), thread=single (tcg)',
    ],
    differs:
      'The default is `kvm` and, where that cannot be used, `tcg`. All CPUs of `tcg` take turns in one thread: no `thread=multi`.',
    apply: applyAccel,
  },
  {
    names: ['enable-kvm'],
    argument: null,
    help: ['the same as -accel kvm'],
    differs: null,
    apply(line) {
      line.accels.push({ name: 'kvm' })
    },
  },
  {
    names: ['icount'],
    field: 'icount',
    argument: '[shift=]N|auto[,align=off][,sleep=on|off]',
    help: [
      'guest time goes by instructions executed (tcg): one takes 2^N ns, N from 0 to 10,',
      'or about as long as it takes here (auto)',
      'sleep=off lets the clock of an idle guest jump to its next timer (default: on)',
    ],
    differs:
      'No `align=on`, `rr`, `rrfile` and `rrsnapshot`. `shift` has to be given. A power-off ends the guest at the instruction that asked for it.',
    apply(line, value) {
      icountConfigParse(value) // refuses what is wrong, naming this option
      line.icount = value
    },
  },
  {
    names: ['seed'],
    field: 'seed',
    argument: 'number',
    help: ['the random numbers that the guest gets from here are the same for the same number'],
    differs:
      'It is about the seed that Linux gets on direct boot and, under `tcg`, RDRAND and RDSEED; the numbers are not those that QEMU gives.',
    apply(line, value) {
      guestRandomSeed(value) // refuses what is wrong, naming this option
      line.seed = value
    },
  },
  {
    names: ['smp'],
    field: 'cpus',
    argument: '[[cpus=]n][,maxcpus=n][,sockets=n][,dies=n][,cores=n][,threads=n]',
    help: ['set the number of CPUs and their topology (default: 1)'],
    differs: 'No `clusters`, as x86 machines of QEMU.',
    apply: applySmp,
  },
  {
    names: ['m'],
    field: 'memory',
    argument: '[size=]megs',
    help: ['configure guest RAM, with a suffix k, M, G or T, otherwise in MiB (default: 128)'],
    differs: 'No `slots` and `maxmem`: memory cannot be plugged in.',
    apply: applyMemory,
  },
]
