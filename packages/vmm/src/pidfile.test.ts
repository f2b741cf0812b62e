// SPDX-License-Identifier: GPL-2.0-or-later
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { qemuWritePidfile } from './pidfile.js'

const folder = mkdtempSync(join(tmpdir(), 'dromaius-pidfile-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a pid file', () => {
  it('holds the process id while it is wanted, for the owner only', () => {
    const path = join(folder, 'a.pid')
    const remove = qemuWritePidfile(path)
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    remove()
    expect(existsSync(path)).toBe(false)
  })

  it('of a process that is gone is taken over', () => {
    const path = join(folder, 'stale.pid')
    writeFileSync(path, '4194304000\nand more')
    const remove = qemuWritePidfile(path)
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
    remove()
  })

  it('that another has locked is left as it is', () => {
    const path = join(folder, 'locked.pid')
    const remove = qemuWritePidfile(path)
    expect(() => qemuWritePidfile(path)).toThrow(
      `-pidfile ${path}: cannot lock pid file: another process has it`,
    )
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
    remove()
  })

  it('in no folder, or that is a folder, is one line', () => {
    expect(() => qemuWritePidfile('/nonexistent/a.pid')).toThrow(
      '-pidfile /nonexistent/a.pid: cannot create PID file: No such file or directory',
    )
    expect(() => qemuWritePidfile(folder)).toThrow('cannot create PID file: Is a directory')
  })
})
