// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from './errors.js'
import * as log from './log.js'
import { defineTraceEvent, traceEnable, traceEvents } from './trace.js'

let dir = ''
let file = ''

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'dromaius-log-'))
  file = join(dir, 'log')
})

afterEach(() => {
  log.qemuSetLog(0)
  rmSync(dir, { recursive: true })
})

describe('log', () => {
  it('writes items that are on and leaves out the others', () => {
    log.qemuSetLog(log.LOG_CPU_RESET, file)
    log.qemuLogMask(log.LOG_CPU_RESET, 'register 3\n')
    log.qemuLogMask(log.LOG_CPU_RESET, () => 'register 4')
    log.qemuLogMask(log.LOG_CPU_RESET, 'register %d of %s', 5, 'dev')
    log.qemuLogMask(log.LOG_GUEST_ERROR, () => {
      throw new Error('must not be called')
    })
    expect(readFileSync(file, 'utf8')).toBe('register 3\nregister 4\nregister 5 of dev\n')
  })

  it('file name has %d for the process id', () => {
    log.qemuSetLog(log.LOG_GUEST_ERROR, join(dir, 'log-%d'))
    log.qemuLog('x')
    expect(readFileSync(join(dir, `log-${process.pid}`), 'utf8')).toBe('x\n')
  })

  it('file that cannot be opened is an error of the user', () => {
    expect(() => log.qemuSetLog(0, join(dir, 'no/such'))).toThrow(UserError)
    expect(() => log.qemuSetLog(0, '/x-%d-%d')).toThrow(/one %d at most/)
    expect(() => log.qemuSetLog(0, join(dir, 'no/such'))).toThrow(/: No such file or directory$/)
  })

  it('masks are read by name', () => {
    expect(log.qemuStrToLogMask('guest_errors,cpu_reset')).toBe(log.LOG_GUEST_ERROR | log.LOG_CPU_RESET)
    expect(log.qemuStrToLogMask('all') & log.LOG_CPU_RESET).not.toBe(0)
    expect(() => log.qemuStrToLogMask('cpu_reset,typo')).toThrow(/unknown log item 'typo'/)
  })

  it('help lists every item', () => {
    const help = log.qemuLogHelp().join('\n')
    for (const item of log.qemuLogItems) expect(help).toContain(item.name)
    expect(log.qemuLogItems.map(({ name }) => name)).toEqual(['cpu_reset', 'guest_errors', 'jit'])
  })
})

describe('trace event', () => {
  it('that is off does not build its text', () => {
    const trace = defineTraceEvent('test_off', () => {
      throw new Error('must not be called')
    })
    expect(() => trace()).not.toThrow()
  })

  it('that is on writes its name and arguments', () => {
    const trace = defineTraceEvent(
      'test_exit',
      (cpu: number, reason: number) => `cpu ${cpu}, reason ${reason}`,
    )
    log.qemuSetLog(0, file)
    expect(traceEnable('test_ex*')).toBe(1)
    trace(0, 2)
    traceEnable('-test_exit')
    trace(0, 3)
    expect(readFileSync(file, 'utf8')).toBe('test_exit cpu 0, reason 2\n')
  })

  it('that is declared after its pattern was switched on is on', () => {
    traceEnable('test_late_*')
    defineTraceEvent('test_late_one', () => '')
    expect(traceEvents().find((event) => event.name === 'test_late_one')?.enabled).toBe(true)
  })

  it('pattern takes no regular expressions', () => {
    defineTraceEvent('test_dot', () => '')
    expect(traceEnable('test.dot')).toBe(0)
    expect(traceEnable('test?dot')).toBe(1)
  })

  it('cannot be declared twice', () => {
    defineTraceEvent('test_twice', () => '')
    expect(() => defineTraceEvent('test_twice', () => '')).toThrow(/defined twice/)
  })
})
