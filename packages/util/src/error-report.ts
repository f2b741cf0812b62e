// SPDX-License-Identifier: GPL-2.0-or-later

/** How bad a report is. */
export type ReportKind = 'error' | 'warning' | 'info' | 'advice'

/** Takes one report; `text` has no prefix and no line end. */
export type ReportSink = (kind: ReportKind, text: string) => void

/** Prefix of every line on stderr, as QEMU prints its program's name. */
const PROGRAM = 'dromaius'

function writeToStderr(kind: ReportKind, text: string): void {
  if (kind === 'advice') {
    process.stderr.write(`${text}\n`)
    return
  }
  const label = kind === 'error' ? '' : `${kind}: `
  process.stderr.write(`${output.prefix()}${PROGRAM}: ${label}${text}\n`)
}

/** Process-wide, as stderr is. */
const output: { sink: ReportSink; prefix: () => string } = { sink: writeToStderr, prefix: () => '' }

/** What stands in front of the program's name in the lines on stderr. */
export interface ReportPrefix {
  /** The time, in UTC to the millisecond, as ISO 8601 writes it. */
  readonly timestamp?: boolean
  /** Name of the guest. */
  readonly guestName?: string
}

/**
 * Sets what stands in front of each line on stderr, as `-msg` asks.
 * @qemu util/error-report.c error_vreport
 */
export function setReportPrefix({ timestamp = false, guestName }: ReportPrefix): void {
  output.prefix = () =>
    `${timestamp ? `${new Date().toISOString()} ` : ''}${guestName ? `${guestName} ` : ''}`
}

/**
 * Sends reports elsewhere than to stderr (an embedder's log, a test); `null` brings stderr back. Returns the
 * sink before.
 */
export function setReportSink(next: ReportSink | null): ReportSink {
  const previous = output.sink
  output.sink = next ?? writeToStderr
  return previous
}

/**
 * Reports an error that does not end the call in which it happened: `dromaius: <message>`.
 * @qemu util/error-report.c error_report
 */
export function errorReport(message: string): void {
  output.sink('error', message)
}

/**
 * Reports something odd that goes on working: `dromaius: warning: <message>`.
 * @qemu util/error-report.c warn_report
 */
export function warnReport(message: string): void {
  output.sink('warning', message)
}

/**
 * Reports something good to know: `dromaius: info: <message>`.
 * @qemu util/error-report.c info_report
 */
export function infoReport(message: string): void {
  output.sink('info', message)
}

/**
 * Tells what can be done about the report before it: the message alone.
 * @qemu util/error-report.c error_printf
 */
export function errorPrintf(message: string): void {
  output.sink('advice', message)
}
