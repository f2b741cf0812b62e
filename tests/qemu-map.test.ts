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

/**
 * Every function that the article names, under the article's name. What is not QEMU's is left out: the C library's
 * mmap, snprintf, strerror and exit, GLib's g_malloc0, and the macro DPRINTF.
 */
const articleNames = [
  ['device_class_set_parent_realize', 'device_class_set_parent_unrealize', 'x86_cpu_common_class_init'],
  ['x86_cpu_realizefn', 'x86_cpu_unrealizefn', 'x86_cpu_expand_features', 'x86_cpu_filter_features'],
  ['cpu_exec_realizefn', 'mce_init', 'qemu_init_vcpu', 'x86_cpu_apic_realize', 'cpu_reset', 'parent_realize'],
  ['cpu_address_space_init', 'kvm_enabled', 'hax_enabled', 'hvf_enabled', 'tcg_enabled', 'whpx_enabled'],
  ['qemu_kvm_start_vcpu', 'qemu_hax_start_vcpu', 'qemu_hvf_start_vcpu', 'qemu_tcg_init_vcpu'],
  ['qemu_whpx_start_vcpu', 'qemu_dummy_start_vcpu', 'qemu_cond_init', 'qemu_cond_wait', 'qemu_cond_signal'],
  ['qemu_thread_create', 'qemu_thread_get_self', 'qemu_get_thread_id', 'qemu_kvm_cpu_thread_fn'],
  ['rcu_register_thread', 'rcu_unregister_thread', 'qemu_mutex_lock_iothread', 'qemu_mutex_unlock_iothread'],
  ['kvm_init_vcpu', 'error_report', 'kvm_init_cpu_signals', 'cpu_can_run', 'kvm_cpu_exec'],
  ['cpu_handle_guest_debug', 'qemu_wait_io_event', 'qemu_kvm_destroy_vcpu', 'kvm_get_vcpu'],
  ['kvm_arch_vcpu_id', 'kvm_ioctl', 'kvm_vcpu_ioctl', 'kvm_arch_init_vcpu', 'kvm_arch_set_tsc_khz'],
  ['hyperv_enabled'],
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

  it.each(articleNames)("name a twin of the article's %s, or say why there is none", (name) => {
    const rows = entries.filter(
      ({ qemu, was, differs }) =>
        [...qemu.map((twin) => twin.name), ...was].includes(name) ||
        differs.some((reason) => new RegExp(`\\b${name}\\b`).test(reason)),
    )

    expect(rows.map((entry) => entry.name)).not.toEqual([])
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
