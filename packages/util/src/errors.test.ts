// SPDX-License-Identifier: GPL-2.0-or-later
import { afterEach, describe, expect, it } from 'vitest'
import {
  errorPrintf,
  errorReport,
  infoReport,
  setReportPrefix,
  setReportSink,
  warnReport,
  type ReportKind,
} from './error-report.js'
import { errnoName, HostError, UserError } from './errors.js'

afterEach(() => void setReportSink(null))

describe('errors', () => {
  it('of a user have a stable name and code, and keep their cause', () => {
    const cause = new Error('why')
    const error = new UserError('-m: 12Q is not a size', { cause })
    expect(UserError.name).toBe('UserError')
    expect(error.name).toBe('UserError')
    expect(error.code).toBe('ERR_DROMAIUS_USER')
    expect(error.cause).toBe(cause)
  })

  it('of the host come from the native layer', () => {
    expect(HostError.name).toBe('HostError')
  })

  it.each([
    [11, 'EAGAIN'],
    [-4, 'EINTR'],
    [95, 'EOPNOTSUPP'],
    [4242, 'errno 4242'],
  ])('errno %d is %s', (errno, name) => {
    expect(errnoName(errno)).toBe(name)
  })
})

describe('reports', () => {
  it('go to the sink that was set', () => {
    const seen: [ReportKind, string][] = []
    setReportSink((kind, text) => seen.push([kind, text]))
    errorReport('a')
    warnReport('b')
    infoReport('c')
    expect(seen).toEqual([
      ['error', 'a'],
      ['warning', 'b'],
      ['info', 'c'],
    ])
  })

  it('without a sink are lines on stderr', () => {
    const written: string[] = []
    const { write } = process.stderr
    process.stderr.write = ((text: string) => written.push(text) > 0) as typeof write
    try {
      errorReport('one')
      warnReport('two')
      errorPrintf('three')
    } finally {
      process.stderr.write = write
    }
    expect(written).toEqual(['dromaius: one\n', 'dromaius: warning: two\n', 'three\n'])
  })

  it('with a prefix have the time and the guest’s name in front', () => {
    const written: string[] = []
    const { write } = process.stderr
    process.stderr.write = ((text: string) => written.push(text) > 0) as typeof write
    setReportPrefix({ timestamp: true, guestName: 'vm1' })
    try {
      errorReport('one')
    } finally {
      process.stderr.write = write
      setReportPrefix({})
    }
    expect(written.join('')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z vm1 dromaius: one\n$/)
  })
})
