// SPDX-License-Identifier: GPL-2.0-or-later
import { spawn, spawnSync } from 'node:child_process'
import { addressSpaceLoad, addressSpaceStore } from '@dromaius/memory'
import { beforeAll, describe, expect, it } from 'vitest'
import { whyNoKvm } from '../test/command.js'
import { Machine } from './machine.js'

const command = 'qemu-system-x86_64'
const found = spawnSync(command, ['--version'], { encoding: 'utf8' })
const why = whyNoKvm() || (found.status === 0 ? '' : ' (skipped: no QEMU to compare with)')

/** An item of fw_cfg: key and bytes to read. */
type Item = readonly [key: number, size: number]

const FILE_DIR: Item = [0x19, 4 + 64 * 32]

/** Reads items of QEMU's microvm by its protocol for tests; no CPU runs. */
async function itemsOfQemu(items: readonly Item[]): Promise<Buffer[]> {
  const qemu = spawn(command, [
    ...[
      '-M',
      'microvm,accel=kvm,kernel-irqchip=on,rtc=on,ioapic2=off',
      '-smp',
      '2,maxcpus=4',
      '-nodefaults',
      '-no-user-config',
    ],
    ...['-display', 'none', '-S', '-qtest', 'stdio', '-qtest-log', '/dev/null', '-serial', 'null'],
    ...['-fw_cfg', 'opt/greeting,string=hello'],
  ])
  const expected = items.reduce((count, [, size]) => count + 1 + size, 0)
  let stdout = ''
  let answers: string[]
  try {
    answers = await new Promise<string[]>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`QEMU answered ${stdout.length} bytes only`)), 20_000)
      qemu.on('error', reject)
      qemu.on('exit', () => reject(new Error(`QEMU ended:\n${stdout}`)))
      qemu.stdout.on('data', (bytes: Buffer) => {
        stdout += bytes.toString()
        const lines = stdout.split('\n').filter((line) => line.startsWith('OK'))
        if (lines.length < expected) return
        clearTimeout(timer)
        resolve(lines)
      })
      for (const [key, size] of items) {
        qemu.stdin.write(`outw 0x510 0x${key.toString(16)}\n${'inb 0x511\n'.repeat(size)}`)
      }
    })
  } finally {
    qemu.kill('SIGKILL')
  }
  let at = 0
  return items.map(([, size]) => {
    const bytes = answers.slice(at + 1, at + 1 + size).map((line) => parseInt(line.slice(3), 16))
    at += 1 + size
    return Buffer.from(bytes)
  })
}

/** The same of ours, which has firmware's memory map too since QEMU always has firmware. */
async function itemsOfOurs(items: readonly Item[]): Promise<Buffer[]> {
  const machine = await Machine.create({
    machine: { rtc: 'on', i8042: 'off' },
    cpus: '2,maxcpus=4',
    bios: '/usr/share/qemu/qboot.rom',
    serial: 'null',
    fwCfg: ['opt/greeting,string=hello'],
  })
  const io = machine.system.addressSpaceIo
  const bytes = items.map(([key, size]) => {
    addressSpaceStore(io, 0x510, key, 2)
    return Buffer.from(Array.from({ length: size }, () => addressSpaceLoad(io, 0x511, 1)))
  })
  await machine.stop()
  return bytes
}

interface DirectoryEntry {
  readonly name: string
  readonly size: number
  readonly key: number
}

function directoryOf(bytes: Buffer): DirectoryEntry[] {
  return Array.from({ length: bytes.readUInt32BE(0) }, (_, index) => {
    const at = 4 + 64 * index
    const name = bytes.toString('latin1', at + 8, at + 64).replace(/\0.*$/s, '')
    return { name, size: bytes.readUInt32BE(at), key: bytes.readUInt16BE(at + 4) }
  })
}

const sortedLines = (map: Buffer): string =>
  Array.from({ length: map.length / 20 }, (_, index) => map.toString('hex', index * 20, index * 20 + 20))
    .sort()
    .join('\n')

describe.skipIf(why !== '')(`fw_cfg beside QEMU’s${why}`, () => {
  let ours: DirectoryEntry[] = []
  let theirs: DirectoryEntry[] = []
  beforeAll(async () => {
    ours = directoryOf((await itemsOfOurs([FILE_DIR]))[0]!)
    theirs = directoryOf((await itemsOfQemu([FILE_DIR]))[0]!)
  })

  it('the directory has the same files but for the device tree, which QEMU added in 7.2', () => {
    const names = (files: DirectoryEntry[]): unknown[] => files.map(({ name, size }) => [name, size])

    expect(names(ours)).toEqual(names(theirs.filter(({ name }) => name !== 'etc/fdt')))
  })

  it('every file has the same bytes: memory map, ACPI tables, loader’s commands, what the user gave', async () => {
    const items = (files: DirectoryEntry[]): Item[] =>
      files.filter(({ name }) => name !== 'etc/fdt').map(({ key, size }) => [key, size])
    const [a, b] = [await itemsOfOurs(items(ours)), await itemsOfQemu(items(theirs))]

    ours.forEach(({ name }, index) => {
      // Our memory map is sorted, QEMU's is in the order of making.
      const text = name === 'etc/e820' ? sortedLines : (bytes: Buffer): string => bytes.toString('hex')
      expect(text(a[index]!), name).toBe(text(b[index]!))
    })
  })

  it('the numbered items are the same', async () => {
    // Signature, id, UUID, RAM, graphics, CPUs, CPUs at most, boot menu, IRQ 0 override.
    const items: Item[] = [
      ...([0, 1, 2, 3, 4, 5, 0xf, 0xe, 0x8002] as const).map((key): Item => [key, 16]),
      [0x8003, 324],
    ]
    const [a, b] = [await itemsOfOurs(items), await itemsOfQemu(items)]

    items.forEach(([key], index) =>
      expect(a[index]!.toString('hex'), `key ${key}`).toBe(b[index]!.toString('hex')),
    )
  })
})
