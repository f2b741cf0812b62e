// SPDX-License-Identifier: GPL-2.0-or-later
import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'
import { root } from '../scripts/setup.mjs'

/** Our own rules only, which need no types: quick. */
const own = new ESLint({
  cwd: root,
  overrideConfig: { languageOptions: { parserOptions: { project: null } } },
  ruleFilter: ({ ruleId }) => ruleId.startsWith('dromaius/'),
})

async function rulesBroken(filePath: string, text: string): Promise<(string | null)[]> {
  const results = await own.lintText(text, { filePath })
  return [...new Set(results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId)))]
}

describe('lint rule', () => {
  it.each([
    ['async function', 'export async function a() {}'],
    ['async method', 'export class A { async a() {} }'],
    ['async arrow', 'export const a = async () => {}'],
    ['await at top level', 'await a()'],
    ['new Promise', 'export const a = () => new Promise(() => {})'],
    ['Promise.resolve', 'export const a = () => Promise.resolve()'],
    ['Promise as a type', 'export function a(b: Promise<void>) { return b }'],
  ])('no-async %s in realize, memory, device and CPU code is reported', async (_title, text) => {
    for (const name of ['qom', 'memory', 'hw-core', 'hw-char', 'target-i386'])
      expect(await rulesBroken(`packages/${name}/src/a.ts`, text)).toContain('dromaius/no-async')
  })

  it('no-async tests are free to wait', async () => {
    expect(
      await rulesBroken('packages/qom/src/a.test.ts', 'export const a = async () => { await b() }'),
    ).toEqual([])
  })

  it('no-await await outside the listed files of cpus and accelerators is reported', async () => {
    const text = 'export async function a() { await b() }'

    expect(await rulesBroken('packages/cpus/src/cpu-state.ts', text)).toEqual(['dromaius/no-await'])
    expect(await rulesBroken('packages/accel-kvm/src/kvm-all.ts', text)).toEqual(['dromaius/no-await'])
    expect(await rulesBroken('packages/cpus/src/cpus.ts', text)).toEqual([])
    expect(await rulesBroken('packages/accel-kvm/src/kvm-accel-ops.ts', text)).toEqual([])
    expect(await rulesBroken('packages/vmm/src/main.ts', text)).toEqual([])
  })

  it.each([
    ['no-host-timers', 'packages/hw-rtc/src/a.ts', 'export const a = () => setTimeout(b, 1)'],
    ['no-host-timers', 'packages/memory/src/a.ts', 'export const a = () => process.nextTick(b)'],
    ['no-module-let', 'packages/util/src/a.ts', 'let a = 1; export const b = () => a++'],
    ['no-module-let', 'packages/vmm/src/a.ts', 'export let a = 1'],
    ['no-default-export', 'packages/util/src/a.ts', 'export default 1'],
    [
      'disable-with-reason',
      'packages/util/src/a.ts',
      '// eslint-disable-next-line no-console\nexport const a = 1',
    ],
  ])('%s in %s is reported', async (rule, file, text) => {
    expect(await rulesBroken(file, text)).toContain(`dromaius/${rule}`)
  })

  it('no-module-let a reason allows one variable', async () => {
    const text =
      '// eslint-disable-next-line dromaius/no-module-let -- counts isolates, not machines\nlet a = 1\nexport const b = () => a++'

    expect(await rulesBroken('packages/util/src/a.ts', text)).toEqual([])
  })

  it('no-floating-promises a forgotten await is reported', { timeout: 120_000 }, async () => {
    // Under CI the parser takes the text from the disk and not from us, unless told otherwise.
    const parserOptions = { disallowAutomaticSingleRunInference: true }
    const full = new ESLint({ cwd: root, overrideConfig: { languageOptions: { parserOptions } } })
    const text = 'async function a() {}\nexport function b() { a() }\n'

    const results = await full.lintText(text, { filePath: 'packages/vmm/src/index.ts' })

    expect(results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId))).toContain(
      '@typescript-eslint/no-floating-promises',
    )
  })
})
