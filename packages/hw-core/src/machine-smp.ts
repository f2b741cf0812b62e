// SPDX-License-Identifier: GPL-2.0-or-later
import { parseUint64, UserError } from '@dromaius/util'
import { TYPE_MACHINE, type MachineState } from './machine.js'

/** The keys of `-smp`, in the order of QEMU's documentation. */
export const SMP_KEYS = ['cpus', 'sockets', 'dies', 'clusters', 'cores', 'threads', 'maxcpus'] as const

/**
 * What the user said about the number of CPUs; what is absent is worked out.
 * @qemu qapi/machine.json SMPConfiguration
 */
export type SMPConfiguration = Partial<Record<(typeof SMP_KEYS)[number], number>>

/**
 * Reads the argument of `-smp`: `4`, or `cpus=4,sockets=2,...`, or the first with the others behind.
 * @throws UserError if a key is unknown or a value is no unsigned integer of 53 bits
 * @qemu softmmu/vl.c machine_parse_property_opt
 */
export function smpConfigurationParse(text: string): SMPConfiguration {
  const config: SMPConfiguration = {}
  for (const [index, part] of text.split(',').entries()) {
    const equals = part.indexOf('=')
    const name = equals >= 0 ? part.slice(0, equals) : index === 0 ? 'cpus' : part
    const value = equals >= 0 ? part.slice(equals + 1) : index === 0 ? part : 'on'
    const key = SMP_KEYS.find((candidate) => candidate === name)
    if (!key) throw new UserError(`Parameter 'smp.${name}' is unexpected`)
    const number = parseUint64(value)
    if (number === null || number > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new UserError(`Parameter 'smp.${name}' expects integer`)
    }
    config[key] = Number(number)
  }
  return config
}

/** @qemu hw/core/machine-smp.c cpu_hierarchy_to_string */
function cpuHierarchyToString(ms: MachineState): string {
  const { smpProps } = TYPE_MACHINE.getClass(ms)
  const { sockets, dies, cores, threads } = ms.smp
  const diesPart = smpProps.diesSupported ? ` * dies (${dies})` : ''
  return `sockets (${sockets})${diesPart} * cores (${cores}) * threads (${threads})`
}

/**
 * Works out a machine's CPU topology from what the user gave, and puts it into `ms.smp`. Omitted cores, then sockets, then
 * threads are computed (sockets first with `preferSockets`); omitted dies are 1; of cpus and maxcpus, one stands for the other.
 * @throws UserError if a number is 0, not supported by the machine type, or they do not multiply
 * @qemu hw/core/machine-smp.c machine_parse_smp_config
 * @differs a 0 is refused, as QEMU does since 9.0; 7.2 only warns. no machine type has clusters
 */
export function machineParseSmpConfig(ms: MachineState, config: SMPConfiguration): void {
  const mc = TYPE_MACHINE.getClass(ms)
  let { cpus = 0, sockets = 0, cores = 0, threads = 0, maxcpus = 0 } = config
  if (SMP_KEYS.some((key) => config[key] === 0)) {
    throw new UserError('Invalid CPU topology: CPU topology parameters must be greater than zero')
  }
  if (!mc.smpProps.diesSupported && (config.dies ?? 1) > 1) {
    throw new UserError("dies not supported by this machine's CPU topology")
  }
  if ((config.clusters ?? 1) > 1) {
    throw new UserError("clusters not supported by this machine's CPU topology")
  }
  const dies = config.dies ?? 1
  const divide = (total: number, ...parts: number[]): number =>
    Math.floor(total / parts.reduce((product, part) => product * part, dies))

  if (cpus === 0 && maxcpus === 0) {
    sockets ||= 1
    cores ||= 1
    threads ||= 1
  } else {
    maxcpus ||= cpus
    if (mc.smpProps.preferSockets) {
      if (sockets === 0) {
        cores ||= 1
        threads ||= 1
        sockets = divide(maxcpus, cores, threads)
      } else if (cores === 0) {
        threads ||= 1
        cores = divide(maxcpus, sockets, threads)
      }
    } else if (cores === 0) {
      sockets ||= 1
      threads ||= 1
      cores = divide(maxcpus, sockets, threads)
    } else if (sockets === 0) {
      threads ||= 1
      sockets = divide(maxcpus, cores, threads)
    }
    threads ||= divide(maxcpus, sockets, cores)
  }
  const totalCpus = sockets * dies * cores * threads
  maxcpus ||= totalCpus
  cpus ||= maxcpus
  ms.smp = { cpus, sockets, dies, cores, threads, maxCpus: maxcpus }

  if (totalCpus !== maxcpus) {
    throw new UserError(
      'Invalid CPU topology: product of the hierarchy must match maxcpus: ' +
        `${cpuHierarchyToString(ms)} != maxcpus (${maxcpus})`,
    )
  }
  if (maxcpus < cpus) {
    throw new UserError(
      'Invalid CPU topology: maxcpus must be equal to or greater than smp: ' +
        `${cpuHierarchyToString(ms)} == maxcpus (${maxcpus}) < smp_cpus (${cpus})`,
    )
  }
  if (cpus < mc.minCpus) {
    throw new UserError(
      `Invalid SMP CPUs ${cpus}. The min CPUs supported by machine '${mc.name}' is ${mc.minCpus}`,
    )
  }
  if (maxcpus > mc.maxCpus) {
    throw new UserError(
      `Invalid SMP CPUs ${maxcpus}. The max CPUs supported by machine '${mc.name}' is ${mc.maxCpus}`,
    )
  }
}
