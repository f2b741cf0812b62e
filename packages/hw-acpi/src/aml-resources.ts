// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import { type Aml, littleEndian } from './aml-build.js'

const resource = (bytes: number[]): Aml => ({ buf: bytes, op: 0, block: 'bytes' })

/**
 * Ports that a device decodes with all 16 address bits (ACPI 6.5, 6.4.2.5).
 * @qemu hw/acpi/aml-build.c aml_io
 */
export const amlIo = (base: number, alignment: number, length: number): Aml =>
  resource([0x47, 1, ...littleEndian(base, 2), ...littleEndian(base, 2), alignment, length])

/**
 * An ISA interrupt, edge triggered and active high (ACPI 6.5, 6.4.2.1).
 * @qemu hw/acpi/aml-build.c aml_irq_no_flags
 */
export function amlIrqNoFlags(irq: number): Aml {
  assert(irq < 16, 'ISA has 16 interrupt lines')
  return resource([0x22, ...littleEndian(1 << irq, 2)])
}

/**
 * A global system interrupt of a consumer, edge triggered, active high, exclusive (ACPI 6.5, 6.4.3.6).
 * @qemu hw/acpi/aml-build.c aml_interrupt
 */
export const amlInterruptEdge = (gsi: number): Aml =>
  resource([0x89, ...littleEndian(6, 2), 0b0011, 1, ...littleEndian(gsi, 4)])

/**
 * Memory at a fixed address below 4 GiB, which is only read from or not (ACPI 6.5, 6.4.3.4).
 * @qemu hw/acpi/aml-build.c aml_memory32_fixed
 */
export const amlMemory32Fixed = (base: number, length: number, writable: boolean): Aml =>
  resource([
    0x86,
    ...littleEndian(9, 2),
    Number(writable),
    ...littleEndian(base, 4),
    ...littleEndian(length, 4),
  ])
