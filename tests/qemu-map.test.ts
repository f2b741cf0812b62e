// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collect, functionsOf, mappedFiles, render, tagsOf } from '../scripts/qemu-map.mjs'
import { root } from '../scripts/setup.mjs'

/** The functions of the article's path; each exists once and says what it mirrors. */
const path = [
  [
    'x86CpuCommonClassInit',
    'x86CpuRealizefn',
    'x86CpuExpandFeatures',
    'x86CpuFilterFeatures',
    'cpuExecRealizefn',
  ],
  ['mceInit', 'qemuInitVcpu', 'x86CpuApicRealize', 'cpuReset', 'kvmStartVcpuThread', 'qemuThreadCreate'],
  ['kvmVcpuThreadFn', 'kvmInitVcpu', 'kvmInitCpuSignals', 'cpuCanRun', 'kvmCpuExec', 'cpuHandleGuestDebug'],
  ['qemuWaitIoEvent', 'kvmDestroyVcpu', 'kvmGetVcpu', 'kvmArchInitVcpu', 'deviceClassSetParentRealize'],
  ['deviceClassSetParentUnrealize', 'kvmArchSetTscKhz', 'cpuAddressSpaceInit'],
].flat()

const last = (name: string): string | undefined => name.split('.').at(-1)

describe("the project's tags", () => {
  const { entries, problems } = collect()
  const functions = mappedFiles().flatMap((file) =>
    functionsOf(readFileSync(join(root, file), 'utf8')).map((name) => ({ name, file })),
  )

  it('are well formed', () => {
    expect(problems).toEqual([])
  })

  it.each(path)('function of the path %s exists once and is tagged', (name) => {
    const declared = functions.filter((one) => last(one.name) === name)
    const tagged = entries.filter((entry) => last(entry.name) === name)

    expect(declared.map(({ file }) => file)).toHaveLength(1)
    expect(tagged.map(({ file }) => file)).toContain(declared[0]?.file)
  })

  it('are in the committed map', () => {
    expect(readFileSync(join(root, 'docs/qemu-map.md'), 'utf8'), 'stale: run `pnpm map`').toBe(
      render(entries),
    )
  })
})

describe('tag collector', () => {
  it('tags of functions, methods, constants and table rows are found', () => {
    const { entries, problems } = tagsOf(
      'packages/a/src/a.ts',
      `
/** Does.
 * @qemu hw/a.c a_do
 * @was a_old
 * @differs for a reason
 *   that is long
 */
export function aDo(): void {}
export class A {
  /** @qemu hw/a.c a_read */
  read(): void {}
}
/** @qemu hw/a.h A_MAX */
export const aMax = 1
const ops = {
  /** @qemu hw/a.c a_kick */
  kick: () => {},
}
`,
    )

    expect(problems).toEqual([])
    expect(entries.map(({ name }) => name)).toEqual(['aDo', 'A.read', 'aMax', 'ops.kick'])
    expect(entries[0]).toMatchObject({ was: ['a_old'], differs: ['for a reason that is long'] })
  })

  it.each([
    ['@qemu without name', '/** @qemu hw/a.c */ export function a() {}', 'is not "@qemu <file> <name>"'],
    ['@qemu with a call', '/** @qemu hw/a.c a() */ export function a() {}', 'is not "@qemu <file> <name>"'],
    ['@was alone', '/** @was b */ export function a() {}', 'without @qemu'],
    [
      '@differs empty',
      '/** @qemu hw/a.c a\n * @differs\n */ export function a() {}',
      '@differs without a reason',
    ],
    ['@qemu in a comment before nothing', 'export {}\n/** @qemu hw/a.c a */\n', 'stand'],
  ])('%s is a problem', (_title, text, message) => {
    const { problems } = tagsOf('a.ts', text)

    expect(problems.join('\n')).toContain(message)
  })

  it('map shows both directions', () => {
    const twin = { file: 'hw/a.c', name: 'a_do' }
    const file = 'packages/a/src/a.ts'

    const text = render([{ name: 'aDo', file, qemu: [twin], was: ['old_do'], differs: ['x | y'] }])

    expect(text).toContain(
      '| `a_do` | `aDo` | [packages/a/src/a.ts](../packages/a/src/a.ts) | `old_do` | x \\| y |',
    )
    expect(text).toContain('### a\n\n| Dromaius | file | QEMU | file |\n| --- | --- | --- | --- |\n| `aDo` |')
  })
})
