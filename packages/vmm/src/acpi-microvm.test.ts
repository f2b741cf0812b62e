// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ACPI_BUILD_RSDP_FILE,
  ACPI_BUILD_TABLE_FILE,
  biosLinkerLoaderRun,
  type LinkedFile,
} from '@dromaius/hw-acpi'
import { afterAll, describe, expect, it } from 'vitest'
import { ACPI_DIRECT_ADDR, acpiBuildMicrovm } from './acpi-microvm.js'
import type { MadtCpu } from './acpi-madt.js'
import { Machine } from './machine.js'
import { TYPE_MICROVM_MACHINE } from './microvm.js'

const folder = mkdtempSync(join(tmpdir(), 'dromaius-acpi-'))
afterAll(() => rmSync(folder, { recursive: true }))

const iasl = spawnSync('iasl', ['-v']).status === 0 ? '' : ' (skipped: iasl of acpica-tools is missing)'

/** Tables of a machine with all its optional devices, unless `timers` is `off`, and those CPUs. */
async function tablesOf(
  cpus: readonly MadtCpu[],
  timers: 'on' | 'off' = 'off',
): Promise<{ files: LinkedFile[]; tables: Map<string, Buffer> }> {
  const machine = await Machine.create({
    accel: 'qtest',
    machine: { rtc: 'on', hpet: timers, 'pm-timer': timers },
    serial: 'null',
  })
  const { isaBus, hpet, acpiPm } = TYPE_MICROVM_MACHINE.cast(machine.board)
  const linker = acpiBuildMicrovm({ cpus, isaDevices: isaBus.children, hpet, pm: acpiPm, sci: 10 })
  const files = biosLinkerLoaderRun(linker, ACPI_DIRECT_ADDR)
  await machine.stop()
  const blob = Buffer.from(files.find(({ name }) => name === ACPI_BUILD_TABLE_FILE)!.data)
  const tables = new Map<string, Buffer>()
  for (let at = 0; at < blob.length; at += blob.readUInt32LE(at + 4)) {
    tables.set(blob.toString('latin1', at, at + 4), blob.subarray(at, at + blob.readUInt32LE(at + 4)))
  }
  return { files, tables }
}

const cpus = (count: number): MadtCpu[] =>
  Array.from({ length: count }, (_, apicId) => ({ apicId, present: true }))
const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => (total + byte) & 0xff, 0)

describe('the ACPI tables', () => {
  it('the RSDP leads to the XSDT, that to FADT and MADT, the FADT to the DSDT, and all add up to 0', async () => {
    const { files, tables } = await tablesOf(cpus(2))
    const rsdp = files.find(({ name }) => name === ACPI_BUILD_RSDP_FILE)!
    const base = files.find(({ name }) => name === ACPI_BUILD_TABLE_FILE)!.addr
    const addressOf = (name: string): number =>
      base + tables.get(name)!.byteOffset - tables.get('DSDT')!.byteOffset
    const root = Buffer.from(rsdp.data)

    expect(rsdp.addr).toBe(0xe0000)
    expect(root.toString('latin1', 0, 8)).toBe('RSD PTR ')
    expect([sum(root.subarray(0, 20)), sum(root)]).toEqual([0, 0])
    expect(Number(root.readBigUInt64LE(24))).toBe(addressOf('XSDT'))
    expect(Number(tables.get('XSDT')!.readBigUInt64LE(36))).toBe(addressOf('FACP'))
    expect(Number(tables.get('XSDT')!.readBigUInt64LE(44))).toBe(addressOf('APIC'))
    expect(tables.get('FACP')!.readUInt32LE(40)).toBe(addressOf('DSDT'))
    expect(Number(tables.get('FACP')!.readBigUInt64LE(140))).toBe(addressOf('DSDT'))
    for (const table of tables.values()) expect(sum(table)).toBe(0)
  })

  it('the FADT is of a hardware-reduced machine with sleep, status and reset registers', async () => {
    const fadt = (await tablesOf(cpus(1))).tables.get('FACP')!
    const register = (at: number): number[] => [
      fadt[at]!,
      fadt[at + 1]!,
      Number(fadt.readBigUInt64LE(at + 4)),
    ]

    expect(fadt.length).toBe(268)
    expect(fadt.readUInt32LE(112)).toBe((1 << 20) | (1 << 10))
    expect(register(116)).toEqual([0, 8, 0xfea00202])
    expect(fadt[128]).toBe(0x42)
    expect(register(244)).toEqual([0, 8, 0xfea00200])
    expect(register(256)).toEqual([0, 8, 0xfea00201])
  })

  it('the MADT lists CPUs to come as disabled, and those from id 255 on as x2APICs', async () => {
    const { tables } = await tablesOf([
      { apicId: 0, present: true },
      { apicId: 1, present: false },
      { apicId: 255, present: true },
    ])
    const madt = tables.get('APIC')!

    expect([...madt.subarray(44, 52)]).toEqual([0, 8, 0, 0, 1, 0, 0, 0])
    expect([...madt.subarray(52, 60)]).toEqual([0, 8, 1, 1, 0, 0, 0, 0])
    expect([...madt.subarray(60, 76)]).toEqual([9, 16, 0, 0, 255, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0])
  })

  it('with fixed hardware the FADT tells of its registers, and there is a FACS', async () => {
    const { tables, files } = await tablesOf(cpus(1), 'on')
    const base = files.find(({ name }) => name === ACPI_BUILD_TABLE_FILE)!.addr
    const fadt = tables.get('FACP')!
    const register = (at: number): number[] => [
      fadt[at]!,
      fadt[at + 1]!,
      Number(fadt.readBigUInt64LE(at + 4)),
    ]

    expect(fadt.length).toBe(268)
    // WBINVD, buttons are devices, the clock wakes nobody up, a reset register; neither reduced nor a wide timer.
    expect(fadt.readUInt32LE(112)).toBe(0x471)
    expect([fadt.readUInt32LE(36), Number(fadt.readBigUInt64LE(132))]).toEqual([base, base])
    expect(fadt.readUInt16LE(46)).toBe(10)
    expect([56, 64, 76].map((at) => fadt.readUInt32LE(at))).toEqual([0x600, 0x604, 0x608])
    expect([88, 89, 91].map((at) => fadt[at])).toEqual([4, 2, 4])
    expect([148, 172, 208].map(register)).toEqual([
      [1, 32, 0x600],
      [1, 16, 0x604],
      [1, 32, 0x608],
    ])
    expect([244, 256].map(register)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
    expect(base % 64).toBe(0)
    expect(tables.get('FACS')!.length).toBe(64)
  })

  it('the HPET table tells what the registers say and where they are, and IRQ 0 and the SCI are overridden', async () => {
    const { tables } = await tablesOf(cpus(1), 'on')
    const hpet = tables.get('HPET')!
    const overrides = tables.get('APIC')!.subarray(44 + 8 + 12, 44 + 8 + 12 + 20)

    expect(hpet.readUInt32LE(36)).toBe(0x8086a201)
    expect([hpet[40], Number(hpet.readBigUInt64LE(44))]).toEqual([0, 0xfed00000])
    expect([...overrides]).toEqual([2, 10, 0, 0, 2, 0, 0, 0, 0, 0, 2, 10, 0, 10, 10, 0, 0, 0, 0xd, 0])
  })

  it.skipIf(iasl !== '').each(['off', 'on'] as const)(
    `iasl takes all of them apart and together again without a warning, extra timers %s${iasl}`,
    async (timers) => {
      const { tables } = await tablesOf(cpus(4), timers)
      for (const [name, bytes] of tables) {
        const aml = join(folder, `${name}.aml`)
        writeFileSync(aml, bytes)
        const apart = spawnSync('iasl', ['-d', aml], { encoding: 'utf8' })
        expect(apart.status, apart.stderr).toBe(0)
        expect(`${apart.stdout}${apart.stderr}`).not.toMatch(/warning|error(?!s)/i)
        const together = spawnSync('iasl', ['-we', join(folder, `${name}.dsl`)], { encoding: 'utf8' })
        expect(together.stdout, together.stdout).toMatch(
          /Compilation (?:successful|complete)\. 0 Errors, 0 Warnings/,
        )
      }
    },
  )
})
