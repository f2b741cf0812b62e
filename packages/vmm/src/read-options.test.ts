// SPDX-License-Identifier: GPL-2.0-or-later
import { PassThrough } from 'node:stream'
import { TYPE_CHARDEV_RINGBUF } from '@dromaius/chardev'
import { UserError } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamChardev } from './char-stream.js'
import { machineConfigOf, parseCommandLine } from './command-line.js'
import './machine.js'
import type { MachineOptions } from './machine-options.js'
import { optionTable } from './option-table.js'
import { inFieldsWords, readMachineOptions } from './read-options.js'

const ofCommand = (...argv: string[]) => machineConfigOf(parseCommandLine(argv))

/** The message with which options are refused. */
function refusal(options: object): string {
  try {
    readMachineOptions(options)
  } catch (error) {
    return (inFieldsWords(error) as Error).message
  }
  throw new Error('they were taken')
}

describe('options of a program', () => {
  it('mean what the command’s arguments mean', () => {
    const options: MachineOptions = {
      machine: { type: 'microvm', rtc: true, pit: 'off' },
      accel: ['tcg', { accel: 'kvm', 'kernel-irqchip': 'on' }],
      cpu: 'qemu64,+avx2',
      cpus: { cpus: 2, maxcpus: 4 },
      memory: '512M',
      kernel: 'vmlinux',
      initrd: 'initrd.img',
      cmdline: 'console=ttyS0, quiet',
      serial: ['null', 'file:a,b'],
      debugcon: 'null',
      device: [{ driver: 'isa-debug-exit', iobase: 0xf4, id: 'a,b' }],
      noReboot: true,
      noShutdown: false,
    }
    const argv = [
      ['-machine', 'type=microvm,rtc=on,pit=off', '-accel', 'tcg', '-accel', 'accel=kvm,kernel-irqchip=on'],
      ['-cpu', 'qemu64,+avx2', '-smp', 'cpus=2,maxcpus=4', '-m', '512M', '-kernel', 'vmlinux'],
      ['-initrd', 'initrd.img', '-append', 'console=ttyS0, quiet', '-serial', 'null', '-serial', 'file:a,b'],
      ['-debugcon', 'null', '-device', 'driver=isa-debug-exit,iobase=244,id=a,,b', '-no-reboot'],
    ].flat()

    expect(readMachineOptions(options)).toEqual(ofCommand(...argv))
  })

  it('memory as a number is bytes, as a text without unit MiB', () => {
    expect(readMachineOptions({ memory: 512 * 2 ** 20 }).memory).toBe(512 * 2 ** 20)
    expect(readMachineOptions({ memory: '512' }).memory).toBe(512 * 2 ** 20)
  })

  it('without serial there is a port that ends in this program', () => {
    expect(readMachineOptions({}).serials).toEqual([expect.any(StreamChardev)])
    expect(readMachineOptions({ serial: [] }).serials).toEqual([])
    expect(readMachineOptions({ serial: 'none' }).serials).toEqual(['none'])
  })

  it('serial may be a back end, or a stream that gets the output', async () => {
    const ringbuf = TYPE_CHARDEV_RINGBUF.new()
    expect(readMachineOptions({ serial: ringbuf }).serials).toEqual([ringbuf])

    const stream = new PassThrough()
    const [chr] = readMachineOptions({ serial: stream }).serials as StreamChardev[]
    chr!.chrWrite(Buffer.from('hello'))
    expect(String(await new Promise((resolve) => stream.once('data', resolve)))).toBe('hello')
  })

  it.each([
    [{ smp: 2 }, /^smp: no such option \(there are accel, /],
    [{ toString: 1 }, /^toString: no such option/],
    [{ cpus: 1.5 }, /^cpus 1\.5: Parameter 'smp\.cpus' expects integer$/],
    [{ cpus: 'x' }, /^cpus x: Parameter 'smp\.cpus' expects integer$/],
    [{ cpus: null }, /^cpus: expected a text or an object of key: value, got null$/],
    [{ memory: 'abc' }, /^memory abc: Parameter 'size' expects/],
    [{ memory: -1 }, /^memory -1: must be a whole number of bytes/],
    [{ memory: NaN }, /^memory NaN: must be a whole number of bytes/],
    [{ kernel: 5 }, /^kernel: expected a text or an object of key: value, got number$/],
    [{ kernel: 'a\0b' }, /^kernel: contains a NUL character$/],
    [{ initrd: 'x' }, /^initrd only allowed with -kernel option$/],
    [{ cpu: '' }, /^cpu option cannot be empty$/],
    [{ cpu: 'help' }, /^cpu: lists are printed by the command only$/],
    [{ machine: { 'a,b': 1 } }, /^machine: Invalid parameter 'a,b'$/],
    [{ device: { iobase: 1 } }, /^device iobase=1: Parameter 'driver' is missing$/],
    [{ device: { driver: 'x', a: {} } }, /^device: Parameter 'a' expects a text, a number or true or false$/],
    [{ noReboot: 'yes' }, /^noReboot: expected true or false, got string$/],
    [{ serial: new Map() }, /^serial: expected a text or an object of key: value, got object$/],
  ])('%j is refused in one line', (options, message) => {
    expect(refusal(options)).toMatch(message)
    expect(refusal(options)).not.toContain('\n')
  })

  it('of any shape give a configuration or one line', () => {
    const field = fc.oneof(fc.constantFrom(...optionTable.flatMap((row) => row.field ?? [])), fc.string())
    const scalar = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constantFrom(null, undefined, 1n))
    const value = fc.oneof(scalar, fc.dictionary(fc.string(), scalar), fc.array(scalar), fc.object())
    fc.assert(
      fc.property(fc.dictionary(field, value), (options) => {
        try {
          readMachineOptions(options as MachineOptions)
        } catch (error) {
          if (!(error instanceof UserError)) throw error
        }
      }),
      { numRuns: 1000 },
    )
  })
})
