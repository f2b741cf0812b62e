// SPDX-License-Identifier: GPL-2.0-or-later
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))

/** x87, MMX, SSE, int3, cmpxchg16b, xsave: not every KVM can emulate them in a guest's kernel mode. */
const forbidden = /\t(f[a-z]+|int3|cmpxchg16b|xrstor\w*|xsave\w*)\b|%(xmm|ymm|mm|st)/

describe('the guests', () => {
  beforeAll(() => {
    execFileSync('make', ['-s'], { cwd: here })
  })

  it('make a second time rebuilds nothing', () => {
    expect(spawnSync('make', ['-q'], { cwd: here }).status).toBe(0)
  })

  it('hello is a small ELF with a PVH entry note', () => {
    const elf = readFileSync(`${here}build/hello.elf`)
    const note = Buffer.from([4, 0, 0, 0, 8, 0, 0, 0, 18, 0, 0, 0, 0x58, 0x65, 0x6e, 0])

    expect(elf.subarray(0, 4).toString('latin1')).toBe('\x7fELF')
    expect(elf.length).toBeLessThan(64 * 1024)
    // The descriptor is the entry point, which the ELF header names as well.
    expect(elf.readBigUInt64LE(elf.indexOf(note) + note.length)).toBe(elf.readBigUInt64LE(24))
  })

  it('hello holds no instruction beyond the integer ones', () => {
    const text = execFileSync(
      'objdump',
      ['-d', '--no-show-raw-insn', '-j', '.text', `${here}build/hello.elf`],
      { encoding: 'utf8' },
    )

    expect(text.split('\n').filter((line) => forbidden.test(line))).toEqual([])
  })

  it('the devices guest is a small 32-bit ELF with a multiboot header, and holds none of them either', () => {
    const elf = readFileSync(`${here}build/devices.elf`)
    const text = execFileSync(
      'objdump',
      ['-d', '--no-show-raw-insn', '-j', '.text', `${here}build/devices.elf`],
      {
        encoding: 'utf8',
      },
    )

    expect([...elf.subarray(0, 5)]).toEqual([0x7f, 0x45, 0x4c, 0x46, 1])
    const header = elf.indexOf(Buffer.from([0x02, 0xb0, 0xad, 0x1b]))
    expect(header).toBeLessThan(8192 - 48)
    expect(
      (elf.readUInt32LE(header) + elf.readUInt32LE(header + 4) + elf.readUInt32LE(header + 8)) % 2 ** 32,
    ).toBe(0)
    expect(text.split('\n').filter((line) => forbidden.test(line))).toEqual([])
  })

  it('the controllers guest holds none of them either', () => {
    const text = execFileSync(
      'objdump',
      ['-d', '--no-show-raw-insn', '-j', '.text', `${here}build/controllers.elf`],
      { encoding: 'utf8' },
    )

    expect(text).toContain('<start>')
    expect(text.split('\n').filter((line) => forbidden.test(line))).toEqual([])
  })

  it('the ROM is one segment that ends with the jump at the reset vector', () => {
    const rom = readFileSync(`${here}build/rom.bin`)

    expect(rom).toHaveLength(0x10000)
    expect([0xe9, 0xeb]).toContain(rom[0xfff0])
  })

  it('every compliance source has its flat binary below one page', () => {
    const sources = readdirSync(`${here}compliance`).filter((name) => name.endsWith('.S'))

    expect(sources.length).toBeGreaterThan(0)
    for (const name of sources) {
      const binary = readFileSync(`${here}build/compliance/${name.replace(/\.S$/, '.bin')}`)
      expect(binary.length, name).toBeLessThan(4096)
    }
  })

  it('debug.json holds the addresses of the labels in debug.bin', () => {
    const labels = JSON.parse(readFileSync(`${here}build/compliance/debug.json`, 'utf8')) as Record<
      string,
      number
    >
    const binary = readFileSync(`${here}build/compliance/debug.bin`)

    expect(labels).toMatchObject({ start: 0x1000, watched: 0x900 })
    for (const [name, value] of [
      ['first', 1],
      ['second', 2],
      ['third', 3],
    ] as const) {
      // mov $value, %ax
      expect([...binary.subarray(labels[name]! - 0x1000).subarray(0, 3)], name).toEqual([0xb8, value, 0])
    }
  })
})
