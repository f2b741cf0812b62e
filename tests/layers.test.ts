// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../scripts/setup.mjs'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dromaius-layers-'))
  for (const file of ['tsconfig.base.json', 'tsconfig.test.json'])
    copyFileSync(join(root, file), join(folder, file))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function layers(): { status: number | null; output: string } {
  const result = spawnSync(process.execPath, [join(root, 'scripts/layers.mjs'), folder], { encoding: 'utf8' })
  return { status: result.status, output: result.stdout + result.stderr }
}

describe('layer check', () => {
  it('import from a lower layer passes', () => {
    write('packages/qom/src/index.ts', 'export const a = 1\n')
    write('packages/cpus/src/index.ts', "import { a } from '@dromaius/qom'\nexport const b = a\n")

    const { status, output } = layers()

    expect(output).toContain('2 modules, 1 imports between packages, 0 violations')
    expect(status).toBe(0)
  })

  it.each([
    [
      'type import from a higher layer',
      'qom',
      "import type { A } from '@dromaius/cpus'\nexport type B = A\n",
    ],
    ['import of a subpath from a higher layer', 'cpus', "export * from '@dromaius/target-i386/kvm'\n"],
    ['re-export of a device from the accelerator', 'accel-kvm', "export * from '@dromaius/hw-char'\n"],
  ])('%s is reported', (_title, name, text) => {
    write('packages/cpus/src/index.ts', 'export interface A { a: number }\n')
    write('packages/target-i386/src/kvm/index.ts', 'export const a = 1\n')
    write('packages/hw-char/src/index.ts', 'export const a = 1\n')
    write(`packages/${name}/src/index.ts`, text)

    const { status, output } = layers()

    expect(output).toContain(
      `${name.replace('-kvm', '-*')} imports upward: packages/${name}/src/index.ts -> packages/`,
    )
    expect(status).toBe(1)
  })

  it('import between two devices of one layer is reported', () => {
    write('packages/hw-core/src/index.ts', 'export const a = 1\n')
    write('packages/hw-rtc/src/index.ts', 'export const a = 1\n')
    write('packages/hw-char/src/a.ts', "export * from '@dromaius/hw-core'\n")
    write('packages/hw-char/src/index.ts', "export * from './a.js'\nexport * from '@dromaius/hw-rtc'\n")

    const { status, output } = layers()

    expect(output).toContain(
      'one layer import each other: packages/hw-char/src/index.ts -> packages/hw-rtc/src/index.ts',
    )
    expect(output).toContain('1 violations')
    expect(status).toBe(1)
  })

  it('relative import across packages is reported even downward', () => {
    write('packages/qom/src/index.ts', 'export const a = 1\n')
    write('packages/cpus/src/index.ts', "export * from '../../qom/src/index.js'\n")

    const { status, output } = layers()

    expect(output).toContain('a relative import leaves its package: packages/cpus/src/index.ts')
    expect(status).toBe(1)
  })

  it('cycle of values is reported and cycle of types is not', () => {
    write('packages/qom/src/index.ts', 'export const a = 1\n')
    write('packages/cpus/src/index.ts', "export * from '@dromaius/qom'\n")
    write('packages/cpus/src/a.ts', "import { b } from './b.js'\nexport const a = () => b\n")
    write('packages/cpus/src/b.ts', "import { a } from './a.js'\nexport const b = () => a\n")
    write('packages/qom/src/c.ts', "import type { D } from './d.js'\nexport interface C { d: D }\n")
    write('packages/qom/src/d.ts', "import type { C } from './c.js'\nexport interface D { c: C }\n")

    const { status, output } = layers()

    expect(output).toContain('a cycle inside a package: packages/cpus/src/a.ts -> packages/cpus/src/b.ts')
    expect(output).not.toContain('packages/qom/src/c.ts')
    expect(status).toBe(1)
  })

  it('no module at all is a failure', () => {
    write('packages/qom/README.md', 'no source at all\n')
    write('tests/other.ts', 'export {}\n')

    const { status, output } = layers()

    expect(output).toContain('no module was found')
    expect(status).toBe(1)
  })
})
