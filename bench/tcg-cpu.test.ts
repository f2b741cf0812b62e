// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('tcg-cpu.mjs', import.meta.url))
const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
const noQemu = spawnSync('qemu-system-x86_64', ['--version']).error !== undefined

describe('bench/tcg-cpu.mjs', () => {
  it.skipIf(noQemu)('runs a guest on all engines, v86 where it can', { timeout: 300_000 }, () => {
    const { stdout, stderr } = run('--runs', '1', '--ms', '50', '--warm-up', '0', 'page-fault', 'syscall')

    expect(stderr).toBe('')
    const cells = stdout.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
    const figures = (name: string) => cells.find((row) => row[1] === name)?.slice(3, -1)
    const figure = expect.stringMatching(/^\d+(\.\d+)?$/) as string
    expect(figures('page-fault')).toEqual([figure, figure, figure, figure, figure, figure, figure])
    expect(figures('syscall')).toEqual([figure, figure, figure, '-', figure, figure, '-'])
  })

  it('names the guests when it does not know one', () => {
    const { status, stderr } = run('integers')

    expect(status).toBe(1)
    expect(stderr).toMatch(/^'integers' is none of integer, memory, .*\n$/)
  })
})
