// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuSystemKilled } from '@dromaius/cpus'
import {
  AddonError,
  errorReport,
  HostError,
  infoReport,
  qemuSetLog,
  qemuStrToLogMask,
  setReportPrefix,
  traceEnable,
  UserError,
  warnReport,
} from '@dromaius/util'
import { type CommandLine, machineConfigOf, parseCommandLine } from './command-line.js'
import type { MachineConfig } from './machine-config.js'
import { Machine } from './machine.js'
import { qemuWritePidfile } from './pidfile.js'
import { summaryLines } from './summary.js'

/** Signals that end the machine in good order. @qemu os-posix.c os_setup_signal_handling */
const terminationSignals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const
type TerminationSignal = keyof typeof terminationSignals
const signalNames = Object.keys(terminationSignals) as TerminationSignal[]

/**
 * The `dromaius` command: reads the options, runs the machine to its end, and returns the process's exit code. What users
 * or the host cause is one line on stderr and code 1.
 * @qemu softmmu/main.c main
 */
export async function main(argv: readonly string[]): Promise<number> {
  const startNs = process.hrtime.bigint()
  try {
    const line = parseCommandLine(argv)
    if (line.help !== null) {
      process.stdout.write(line.help)
      return 0
    }
    applyProcessOptions(line)
    const removePidfile = line.pidfile === null ? null : qemuWritePidfile(line.pidfile)
    try {
      return await run(configOf(line), line.autostart, startNs)
    } finally {
      removePidfile?.()
    }
  } catch (error) {
    if (!(error instanceof UserError || error instanceof HostError || error instanceof AddonError))
      throw error
    errorReport(error.message)
    return 1
  }
}

/** What the options change about this process rather than about the machine. */
function applyProcessOptions(line: CommandLine): void {
  setReportPrefix({
    timestamp: line.msg.timestamp,
    ...(line.msg.guestName && line.name !== null ? { guestName: line.name } : {}),
  })
  const masks = line.logItems.reduce((mask, item) => mask | qemuStrToLogMask(item), 0)
  qemuSetLog(masks, line.logFile ?? undefined)
  for (const pattern of line.tracePatterns) {
    const found = traceEnable(pattern)
    if (found === 0 && !/[*?]/.test(pattern)) {
      warnReport(`trace event '${pattern.replace(/^-/, '')}' does not exist`)
    }
  }
  if (line.processName !== null) process.title = line.processName
  else if (line.name !== null) process.title = `dromaius ${line.name}`
}

/** With the bundled guest and a user at a terminal, the guest talks to the user. */
function configOf(line: CommandLine): MachineConfig {
  const config = machineConfigOf(line)
  const talks = config.serials?.some((serial) => typeof serial === 'string' && serial.endsWith('stdio'))
  const interactive =
    line.kernel === null && line.bios === null && line.append === null && talks && process.stdin.isTTY
  return interactive ? { ...config, append: 'interactive' } : config
}

/** @param startNs when the command began its work, on the clock of `process.hrtime` */
async function run(config: MachineConfig, autostart: boolean, startNs: bigint): Promise<number> {
  const building = new AbortController()
  let machine: Machine | null = null
  let begins = autostart
  let killed = false
  // Without a monitor nobody else could say that the guest may begin.
  const onContinue = (): void => {
    // timeout(1) sends SIGCONT behind the signal that ends the machine, and they may arrive the other way round.
    setImmediate(() => {
      if (begins || killed) return
      begins = true
      machine?.start()
    })
  }
  const onSignal = (signal: TerminationSignal): void => {
    const text = `terminating on signal ${terminationSignals[signal]}`
    killed = true
    if (machine) {
      errorReport(text)
      qemuSystemKilled(machine.system)
    } else {
      // While a back end waits for its client: whoever began with a terminal gives it back.
      building.abort(new UserError(text))
    }
  }
  for (const signal of signalNames) process.on(signal, onSignal)
  process.on('SIGCONT', onContinue)
  // The command lasts as long as its machine, even if that has no thread or terminal that keeps the process alive.
  const alive = setInterval(() => undefined, 2 ** 30)
  try {
    const made = await Machine.fromConfig(config, building.signal)
    machine = made
    if (begins) made.start()
    const { code, figures } = await made.exited
    for (const text of summaryLines({ ...figures, startNs })) infoReport(text)
    return code
  } finally {
    clearInterval(alive)
    for (const signal of signalNames) process.off(signal, onSignal)
    process.off('SIGCONT', onContinue)
  }
}
