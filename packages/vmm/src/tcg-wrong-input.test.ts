// SPDX-License-Identifier: GPL-2.0-or-later
/** What `-accel tcg` says of CPUs that it cannot give, beside QEMU's translator. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { dromaius } from '../test/command.js'

const QEMU = 'qemu-system-x86_64'
const found = spawnSync(QEMU, ['--version'])
const why = found.status === 0 ? '' : ' (skipped: no QEMU to compare with)'

/** Lines of QEMU without its name in front. */
function linesOfQemu(args: readonly string[]): string[] {
  const { stderr } = spawnSync(QEMU, ['-M', 'microvm', '-accel', 'tcg', '-display', 'none', ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  return stderr.split('\n').map((line) => line.replace(`${QEMU}: `, ''))
}

/** Ours, without the option that is wrong, which QEMU does not name. */
function linesOfOurs(args: readonly string[]): string[] {
  const { stderr, status } = dromaius(['-accel', 'tcg', ...args])
  expect(status).toBe(1)
  return stderr.split('\n').map((line) => line.replace('dromaius: ', '').replace(/^-cpu \S+: /, ''))
}

describe(`-accel tcg says what QEMU says${why}`, () => {
  it
    .skipIf(why !== '')
    .each([
      'host',
      'host,+avx512f',
      'max,+nope',
      'max,+avx512f,enforce',
      'max,avx512f=on,check=off,enforce=on',
      'max,+avx512f,+avx512dq,+hle,enforce',
      'qemu64,+vmx,+ds,enforce',
    ])('to -cpu %s', (cpu) => {
    expect(linesOfOurs(['-cpu', cpu])).toEqual(linesOfQemu(['-cpu', cpu]))
  })
})

describe('a feature that the translator lacks', () => {
  const LINE = "dromaius: warning: TCG doesn't support requested feature: CPUID.07H:EBX.avx512f [bit 16]\n"

  it('is warned of, once, and the guest runs', () => {
    const { stdout, stderr, status } = dromaius(['-accel', 'tcg', '-cpu', 'max,+avx512f'])

    expect(stderr.startsWith(LINE)).toBe(true)
    expect(stderr.split('warning:')).toHaveLength(2)
    expect(stdout).toContain('Goodbye')
    expect(stdout).not.toContain('avx512f')
    expect(status).toBe(0)
  })

  it('is not spoken of with check=off', () => {
    const { stderr, status } = dromaius(['-accel', 'tcg', '-cpu', 'max,+avx512f,check=off'])

    expect(stderr).not.toContain('warning')
    expect(status).toBe(0)
  })
})

it('the most RAM that -accel tcg gives is given', () => {
  const { stdout, status } = dromaius(['-accel', 'tcg', '-m', '4029M'])

  expect(stdout).toContain('Goodbye')
  expect(status).toBe(0)
})
