// SPDX-License-Identifier: GPL-2.0-or-later
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { blocksOf } from '../scripts/markdown.mjs'
import { compare, details, notFunctions, parseFunctions, summary, unknownTags } from '../scripts/ported.mjs'
import { collect, type Entry } from '../scripts/qemu-map.mjs'
import { root } from '../scripts/setup.mjs'
import { trackedFiles } from '../scripts/tracked-files.mjs'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('code in documents', () => {
  const quotes = trackedFiles(/^([A-Z]+|docs\/.*)\.md$/).flatMap((document) =>
    blocksOf(read(document))
      .filter(({ language }) => language === 'ts')
      .map(({ info, text, line }) => ({ document, line, source: info, text })),
  )

  it('is there', () => {
    expect(quotes.map(({ document }) => document)).toContain('docs/contributing.md')
  })

  it.each(quotes)('$document, line $line is the code of $source', ({ source, text }) => {
    expect(read(source)).toContain(text)
  })
})

describe('links of the contributing page', () => {
  const links = [...read('docs/contributing.md').matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path)

  it.each(links)('%s leads to a file', (path) => {
    expect(existsSync(join(root, dirname('docs/contributing.md'), path ?? ''))).toBe(true)
  })
})

describe('ported', () => {
  const list = parseFunctions(read('docs/porting/functions.txt'))
  const { entries } = collect()
  const entry = (name: string, file: string, ...names: string[]): Entry => ({
    name,
    file: 'packages/a/src/a.ts',
    qemu: names.map((one) => ({ file, name: one })),
    was: [],
    differs: [],
  })

  it('list has the main files, each with its functions in order and once', () => {
    for (const [file, names] of list) {
      expect(file).toMatch(/^[\w/.-]+\.c$/)
      expect(names.length, file).toBeGreaterThan(0)
      expect(names, file).toEqual([...new Set(names)].sort())
      for (const name of names) expect(name).toMatch(/^[A-Za-z_]\w*$/)
    }
    expect([...list.keys()]).toEqual(
      expect.arrayContaining([
        'target/i386/cpu.c',
        'target/i386/kvm/kvm.c',
        'accel/kvm/kvm-all.c',
        'qom/object.c',
      ]),
    )
    expect(list.get('target/i386/cpu.c')).toContain('x86_cpu_realizefn')
  })

  it("functions of the article's path are ported", () => {
    const files = compare(list, entries)
    const twinsOf = (file: string, name: string) =>
      files.find((one) => one.file === file)?.functions.find((one) => one.name === name)?.twins

    expect(twinsOf('accel/kvm/kvm-accel-ops.c', 'kvm_vcpu_thread_fn')).toEqual(['kvmVcpuThreadFn'])
    expect(twinsOf('target/i386/cpu.c', 'x86_cpu_realizefn')).toContain('x86CpuRealizefn')
    expect(twinsOf('util/qemu-thread-win32.c', 'set_thread_description')).toBeDefined()
  })

  it('every tag names something of QEMU 7.2', () => {
    expect(
      unknownTags(entries),
      "run `pnpm ported --names <folder of QEMU's source>`, which looks it up",
    ).toEqual([])
  })

  it('a tag that is no function of its file has to be in the list of other names', () => {
    const files = parseFunctions('a.c\n  f\n')
    const two = [entry('f', 'a.c', 'f', 'S'), entry('g', 'a.h', 'g')]
    expect(notFunctions(files, two)).toEqual(['a.c S', 'a.h g'])
    expect(unknownTags([entry('x', 'qom/object.c', 'no_such_name')])).toEqual(['qom/object.c no_such_name'])
  })

  it('list of other names has none that is not used any more', () => {
    const used = new Set(notFunctions(list, entries))
    const names = [...parseFunctions(read('docs/porting/names.txt'))]
    expect(
      names.flatMap(([file, all]) => all.map((name) => `${file} ${name}`)).filter((one) => !used.has(one)),
    ).toEqual([])
  })

  it('a tag counts in its own file only, a macro for its _impl, anything else is told apart', () => {
    const files = compare(parseFunctions('a.c\n  f g_impl\n  h\nb.c\n  f\n'), [
      entry('f', 'a.c', 'f', 'S'),
      entry('g', 'a.c', 'g'),
    ])

    expect(files.flatMap(details)).toEqual([
      'a.c: 2 of 3 functions',
      '  f       f',
      '  g_impl  g',
      '  h       -',
      '  tagged besides: S',
      'b.c: 0 of 1 functions',
      '  f  -',
    ])
    expect(summary(files)).toEqual([
      '    2 of     3  a.c',
      '    0 of     1  b.c',
      '    2 of     4  in 2 files',
    ])
  })

  it('functions before any file are no list', () => {
    expect(() => parseFunctions('  f\n')).toThrow('before any file')
  })
})
