// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What every layer needs: clocks and timers, bottom halves, irq lines, state descriptions, errors, log and
 * trace events.
 * @packageDocumentation
 */
export { QEMUBH } from './bh.js'
export { QEMUClock, type QEMUClockType } from './clock.js'
export { Clocks, NANOSECONDS_PER_SECOND, type VirtualTime, vmstateClocks } from './clocks.js'
export { parseSize, parseUint, parseUint64, sizeToStr } from './cutils.js'
export type { ParseSizeOptions, ParseUintOptions } from './cutils.js'
export { AddonError, errnoName, HostError, UserError } from './errors.js'
export {
  errorPrintf,
  errorReport,
  infoReport,
  setReportPrefix,
  setReportSink,
  warnReport,
} from './error-report.js'
export type { ReportKind, ReportPrefix, ReportSink } from './error-report.js'
export {
  IRQState,
  qemuAllocateIrq,
  qemuAllocateIrqs,
  qemuIrqInvert,
  qemuIrqLower,
  qemuIrqPulse,
  qemuIrqRaise,
  qemuIrqSplit,
  qemuSetIrq,
} from './irq.js'
export type { IRQHandler, qemu_irq } from './irq.js'
export { keyvalParse, keyvalText, knownValues, splitAtCommas } from './keyval.js'
export type { KeyvalOptions, KeyValues } from './keyval.js'
export {
  LOG_CPU_RESET,
  LOG_GUEST_ERROR,
  LOG_JIT,
  LOG_TRACE,
  qemuLog,
  qemuLogEnable,
  qemuLogHelp,
  qemuLogItems,
  qemuLoglevelMask,
  qemuLogMask,
  qemuSetLog,
  qemuStrToLogMask,
} from './log.js'
export type { QEMULogItem } from './log.js'
export { QEMUTimer } from './qemu-timer.js'
export { strerror } from './strerror.js'
export { nodeTimeSource, type TimeSource } from './time-source.js'
export { defineTraceEvent, traceEnable, traceEvents, type TraceEvent } from './trace.js'
export { VMStateError, vmstateLoad, vmstateSave } from './vmstate.js'
export type { VMStateDescription, VMStateField, VMStateSubsection, VMStateValue } from './vmstate.js'
export {
  vmBool,
  vmBytes,
  vmI32,
  vmI64,
  vmString,
  vmStruct,
  vmStructArray,
  vmTimer,
  vmU16,
  vmU16Array,
  vmU32,
  vmU32Array,
  vmU64,
  vmU64Array,
  vmU8,
} from './vmstate-fields.js'
export type { KeyOf, VMStateFieldOptions, VMStateIntegerOptions } from './vmstate-fields.js'
