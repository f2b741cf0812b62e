// SPDX-License-Identifier: GPL-2.0-or-later
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { TYPE_CHARDEV_RINGBUF } from '@dromaius/chardev'
import { Machine } from '../src/machine.js'
import type { MachineOptions, OptionValues } from '../src/machine-options.js'

const guests = fileURLToPath(new URL('../../../guests/build/', import.meta.url))
/** Our guests that use every device: a multiboot kernel, and a firmware image. */
export const devicesElf = `${guests}devices.elf`
export const devicesRom = `${guests}rom.bin`

/** SeaBIOS as Debian builds it for microvm. */
export const seabios = '/usr/share/seabios/bios-microvm.bin'
export const whyNoSeabios = existsSync(seabios) ? '' : ' (skipped: SeaBIOS of package seabios is missing)'
/** The option ROMs with which firmware boots a kernel. */
export const whyNoOptionRoms = existsSync('/usr/share/qemu/linuxboot_dma.bin')
  ? ''
  : ' (skipped: the option ROMs of package qemu-system-data are missing)'

/** A `-device` by its words. */
export function device(driver: string, properties: OptionValues = {}): OptionValues {
  return { driver, ...properties }
}

/** Ends the machine with the exit code that the guest writes to port 0xf4. */
export const debugExit = device('isa-debug-exit', { iobase: '0xf4', iosize: '4' })

/** What came of {@link boot}. */
export interface BootRun {
  /** All that came out of the serial port, or of whatever has back end `serial0`. */
  readonly output: string
  /** Exit code; null if the machine was ended because the text had come. */
  readonly code: number | null
}

/**
 * Starts a machine and waits until it ends or, if `until` is given, until that text comes out of its first serial back end;
 * `onText` sees the output whenever there is more. Throws when neither happens within `timeout` milliseconds.
 */
export async function boot(
  config: MachineOptions,
  {
    until,
    timeout = 25_000,
    onText,
  }: { until?: RegExp; timeout?: number; onText?: (text: string, vm: Machine) => void } = {},
): Promise<BootRun> {
  const chr = TYPE_CHARDEV_RINGBUF.new()
  const machine = await Machine.create({ ...config, serial: chr })
  let output = ''
  let timer: NodeJS.Timeout | undefined
  const seen = new Promise<null>((resolve, reject) => {
    chr.onOutput((bytes) => {
      output += Buffer.from(bytes).toString('latin1')
      onText?.(output, machine)
      if (until?.test(output)) resolve(null)
    })
    timer = setTimeout(() => reject(new Error(`Nothing within ${timeout} ms; so far:\n${output}`)), timeout)
  })
  machine.start()
  try {
    const end = await Promise.race([machine.exited, seen])
    return { output, code: end?.code ?? null }
  } finally {
    clearTimeout(timer)
    await machine.stop()
  }
}
