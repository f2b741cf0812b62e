// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'

/**
 * How a term is wrapped when it is appended to another.
 * @qemu include/hw/acpi/aml-build.h AmlBlockFlags
 */
export type AmlBlock = 'bytes' | 'opcode' | 'package' | 'ext-package' | 'buffer'

/**
 * A term of ACPI's machine language that is being built.
 * @qemu include/hw/acpi/aml-build.h Aml
 */
export interface Aml {
  readonly buf: number[]
  readonly op: number
  readonly block: AmlBlock
}

const ZERO_OP = 0x00
const ONE_OP = 0x01
const NAME_OP = 0x08
const BYTE_PREFIX = 0x0a
const WORD_PREFIX = 0x0b
const DWORD_PREFIX = 0x0c
const STRING_PREFIX = 0x0d
const QWORD_PREFIX = 0x0e
const SCOPE_OP = 0x10
const BUFFER_OP = 0x11
const PACKAGE_OP = 0x12
const METHOD_OP = 0x14
const DUAL_NAME_PREFIX = 0x2e
const MULTI_NAME_PREFIX = 0x2f
const EXT_OP_PREFIX = 0x5b
const LOCAL0_OP = 0x60
const STORE_OP = 0x70
const AND_OP = 0x7b
const OP_REGION_OP = 0x80
const FIELD_OP = 0x81
const DEVICE_OP = 0x82
const NOTIFY_OP = 0x86
const LEQUAL_OP = 0x93
const IF_OP = 0xa0

const NAMESEG_LENGTH = 4

/** The `size` low bytes of a number, the lowest first. @qemu hw/acpi/aml-build.c build_append_int_noprefix */
export function littleEndian(value: number | bigint, size: number): number[] {
  return Array.from({ length: size }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 0xffn))
}

const amlBytes = (buf: number[]): Aml => ({ buf, op: 0, block: 'bytes' })
const amlBundle = (op: number, block: AmlBlock, buf: number[] = []): Aml => ({ buf, op, block })

/** @qemu hw/acpi/aml-build.c build_append_nameseg */
function nameSegment(segment: string): number[] {
  assert(segment.length <= NAMESEG_LENGTH, `'${segment}' is too long for a name in AML`)
  return [...Buffer.from(segment.padEnd(NAMESEG_LENGTH, '_'))]
}

/** ACPI 6.5, 20.2.2. @qemu hw/acpi/aml-build.c build_append_namestringv */
function nameString(path: string): number[] {
  const [, prefix, rest] = /^([\\^]*)(.*)$/.exec(path)!
  const root = [...Buffer.from(prefix!)]
  const segments = rest!.split('.')
  if (rest === '') return [...root, 0]
  const names = segments.flatMap(nameSegment)
  if (segments.length === 1) return [...root, ...names]
  if (segments.length === 2) return [...root, DUAL_NAME_PREFIX, ...names]
  return [...root, MULTI_NAME_PREFIX, segments.length, ...names]
}

/**
 * ACPI 6.5, 20.2.4. A field's length does not count its own encoding.
 * @qemu hw/acpi/aml-build.c build_prepend_package_length
 */
function packageLength(length: number, countsItself: boolean): number[] {
  const size = length + 1 < 1 << 6 ? 1 : length + 2 < 1 << 12 ? 2 : length + 3 < 1 << 20 ? 3 : 4
  const total = countsItself ? length + size : length
  if (size === 1) return [total]
  return [((size - 1) << 6) | (total & 0xf), ...littleEndian(total >> 4, size - 1)]
}

/** @qemu hw/acpi/aml-build.c build_append_int */
function integer(value: number | bigint): number[] {
  if (value <= 1) return [value === 0 || value === 0n ? ZERO_OP : ONE_OP]
  if (value <= 0xff) return [BYTE_PREFIX, ...littleEndian(value, 1)]
  if (value <= 0xffff) return [WORD_PREFIX, ...littleEndian(value, 2)]
  if (value <= 0xffff_ffff) return [DWORD_PREFIX, ...littleEndian(value, 4)]
  return [QWORD_PREFIX, ...littleEndian(value, 8)]
}

/** The bytes of a finished term. */
function encode({ buf, op, block }: Aml): number[] {
  switch (block) {
    case 'bytes':
      return buf
    case 'opcode':
      return [op, ...buf]
    case 'package':
      return [op, ...packageLength(buf.length, true), ...buf]
    case 'ext-package':
      return [EXT_OP_PREFIX, op, ...packageLength(buf.length, true), ...buf]
    case 'buffer': {
      // A checksum of 0 counts as right (ACPI 6.5, 6.4.2.9 "End Tag").
      const resources = [...buf, 0x79, 0]
      const sized = [...integer(resources.length), ...resources]
      return [op, ...packageLength(sized.length, true), ...sized]
    }
  }
}

/** Puts a finished term behind what `parent` has. @qemu hw/acpi/aml-build.c aml_append */
export function amlAppend(parent: Aml, child: Aml): void {
  parent.buf.push(...encode(child))
}

const opcode = (op: number, ...parts: Aml[]): Aml => amlBundle(op, 'opcode', parts.flatMap(encode))

/** The definition block itself, to which scopes are appended. @qemu hw/acpi/aml-build.c init_aml_allocator */
export const amlBlock = (): Aml => amlBytes([])

/** @qemu hw/acpi/aml-build.c aml_scope */
export const amlScope = (name: string): Aml => amlBundle(SCOPE_OP, 'package', nameString(name))

/** @qemu hw/acpi/aml-build.c aml_device */
export const amlDevice = (name: string): Aml => amlBundle(DEVICE_OP, 'ext-package', nameString(name))

/** @qemu hw/acpi/aml-build.c aml_int */
export const amlInt = (value: number | bigint): Aml => amlBytes(integer(value))

/** @qemu hw/acpi/aml-build.c aml_string */
export const amlString = (text: string): Aml => amlBytes([STRING_PREFIX, ...Buffer.from(`${text}\0`)])

/** @qemu hw/acpi/aml-build.c aml_name */
export const amlName = (name: string): Aml => amlBytes(nameString(name))

/** @qemu hw/acpi/aml-build.c aml_name_decl */
export const amlNameDecl = (name: string, value: Aml): Aml =>
  amlBundle(NAME_OP, 'opcode', [...nameString(name), ...encode(value)])

/** The compressed form of an id such as `PNP0501`. @qemu hw/acpi/aml-build.c aml_eisaid */
export function amlEisaid(id: string): Aml {
  assert(/^[A-Z]{3}[0-9A-F]{4}$/.test(id), `'${id}' is no EISA id`)
  const [a, b, c] = [...Buffer.from(id)].map((letter) => letter - 0x40)
  const value = ((a! << 26) | (b! << 21) | (c! << 16) | parseInt(id.slice(3), 16)) >>> 0
  return amlBytes([DWORD_PREFIX, ...littleEndian(value, 4).reverse()])
}

/** A package of that many elements, which are appended. @qemu hw/acpi/aml-build.c aml_package */
export const amlPackage = (elements: number): Aml => amlBundle(PACKAGE_OP, 'package', [elements])

/** A buffer of resource descriptors, which are appended. @qemu hw/acpi/aml-build.c aml_resource_template */
export const amlResourceTemplate = (): Aml => amlBundle(BUFFER_OP, 'buffer')

/** A method whose calls run one after the other. @qemu hw/acpi/aml-build.c aml_method */
export const amlMethodSerialized = (name: string, args: number): Aml =>
  amlBundle(METHOD_OP, 'package', [...nameString(name), args | (1 << 3)])

/** @qemu hw/acpi/aml-build.c aml_local */
export const amlLocal = (index: number): Aml => amlBytes([LOCAL0_OP + index])

/** @qemu hw/acpi/aml-build.c aml_store */
export const amlStore = (value: Aml, target: Aml): Aml => opcode(STORE_OP, value, target)

/** Without a target for the result. @qemu hw/acpi/aml-build.c aml_and */
export const amlAnd = (a: Aml, b: Aml): Aml => opcode(AND_OP, a, b, amlBytes([0]))

/** @qemu hw/acpi/aml-build.c aml_equal */
export const amlEqual = (a: Aml, b: Aml): Aml => opcode(LEQUAL_OP, a, b)

/** @qemu hw/acpi/aml-build.c aml_notify */
export const amlNotify = (device: Aml, value: Aml): Aml => opcode(NOTIFY_OP, device, value)

/** What is appended runs if the predicate holds. @qemu hw/acpi/aml-build.c aml_if */
export const amlIf = (predicate: Aml): Aml => amlBundle(IF_OP, 'package', encode(predicate))

/** An operation region in system memory. @qemu hw/acpi/aml-build.c aml_operation_region */
export const amlOperationRegionMemory = (name: string, offset: number, length: number): Aml =>
  amlBytes([EXT_OP_PREFIX, OP_REGION_OP, ...nameString(name), 0, ...integer(offset), ...integer(length)])

/** Fields of an operation region, accessed by 32 bits, without the lock, other bits written as zeros. @qemu hw/acpi/aml-build.c aml_field */
export const amlFieldDword = (region: string): Aml =>
  amlBundle(FIELD_OP, 'ext-package', [...nameString(region), (2 << 5) | 3])

/** A field of that many bits. @qemu hw/acpi/aml-build.c aml_named_field */
export const amlNamedField = (name: string, bits: number): Aml =>
  amlBytes([...nameSegment(name), ...packageLength(bits, false)])
