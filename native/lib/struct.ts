// SPDX-License-Identifier: GPL-2.0-or-later

/** A field of a kernel structure: an integer, a nested structure, or an array of either. */
export type FieldType = IntType | StructType<Fields> | ArrayType<IntType | StructType<Fields>>
/** The fields of a structure, in the kernel's order. */
export type Fields = Record<string, FieldType>

/** A little-endian integer; 64-bit ones are bigints in JavaScript. */
export interface IntType {
  readonly kind: 'u8' | 'u16' | 'u32' | 'u64' | 's32' | 's64'
  /** Width in bytes. */
  readonly size: number
}
/** Elements of one type, one after the other. */
export interface ArrayType<E extends IntType | StructType<Fields>> {
  readonly kind: 'array'
  readonly element: E
  readonly length: number
}

/** The JavaScript type of a field. Byte arrays are `Uint8Array`s over the structure's memory. */
export type ValueOf<T> = T extends { kind: 'u64' | 's64' }
  ? bigint
  : T extends IntType
    ? number
    : T extends ArrayType<infer E>
      ? E extends { kind: 'u8' }
        ? Uint8Array
        : ValueOf<E>[]
      : T extends StructType<infer F>
        ? StructView<F>
        : never

/** A structure in memory: its fields under the kernel's names, and its bytes. */
export type StructView<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> } & { readonly bytes: Uint8Array }

export const u8 = { kind: 'u8', size: 1 } as const
export const u16 = { kind: 'u16', size: 2 } as const
export const u32 = { kind: 'u32', size: 4 } as const
export const u64 = { kind: 'u64', size: 8 } as const
export const s32 = { kind: 's32', size: 4 } as const
export const s64 = { kind: 's64', size: 8 } as const

/** `length` elements one after the other. */
export function array<E extends IntType | StructType<Fields>>(element: E, length: number): ArrayType<E> {
  return { kind: 'array', element, length }
}

function sizeOf(type: FieldType): number {
  return type.kind === 'array' ? type.element.size * type.length : type.size
}

function alignOf(type: FieldType): number {
  if (type.kind === 'array') return alignOf(type.element)
  return type.kind === 'struct' ? type.align : type.size
}

/** Layout of a kernel structure by the x86-64 ABI's rules for alignment. */
export class StructType<F extends Fields> {
  readonly kind = 'struct'
  readonly size: number
  readonly align: number
  readonly offsets: Readonly<Record<keyof F & string, number>>
  #viewClass: (new (bytes: Uint8Array) => View) | null = null

  /**
   * @param name  the kernel's name, without `struct`
   * @param fields  in the kernel's order, under the kernel's names
   */
  constructor(
    readonly name: string,
    readonly fields: F,
  ) {
    const offsets: Record<string, number> = {}
    let end = 0
    let align = 1
    for (const [field, type] of Object.entries(fields)) {
      const alignment = alignOf(type)
      align = Math.max(align, alignment)
      offsets[field] = Math.ceil(end / alignment) * alignment
      end = offsets[field] + sizeOf(type)
    }
    this.offsets = offsets as Record<keyof F & string, number>
    this.align = align
    this.size = Math.ceil(end / align) * align
  }

  /** A zeroed structure. */
  alloc(): StructView<F> {
    return this.view(new Uint8Array(this.size))
  }

  /** The structure at `offset` bytes into `memory`. Throws a RangeError if it does not fit. */
  view(memory: Uint8Array, offset = 0): StructView<F> {
    const bytes = memory.subarray(offset, offset + this.size)
    if (bytes.length < this.size) throw new RangeError(`struct ${this.name} does not fit`)
    this.#viewClass ??= makeViewClass(this)
    // The class has an accessor for each field.
    return new this.#viewClass(bytes) as unknown as StructView<F>
  }
}

/** A structure with a trailing array whose length stands in one of its fields. */
export class ListType<H extends Fields, E extends Fields> {
  /**
   * @param header  the structure without its trailing array
   * @param count  the field that holds the number of entries
   */
  constructor(
    readonly header: StructType<H>,
    readonly count: keyof H & string,
    readonly entry: StructType<E>,
  ) {}

  get name(): string {
    return this.header.name
  }

  /** A zeroed structure with `n` entries, its count set to `n`. */
  allocWith(n: number): StructView<H> & { readonly entries: StructView<E>[] } {
    const bytes = new Uint8Array(this.header.size + n * this.entry.size)
    const header = this.header.view(bytes)
    const entries = Array.from({ length: n }, (_, i) =>
      this.entry.view(bytes, this.header.size + i * this.entry.size),
    )
    ;(header as Record<string, unknown>)[this.count] = n
    Object.defineProperty(header, 'bytes', { value: bytes })
    return Object.assign(header, { entries })
  }
}

/** What the views of all structures have in common. */
class View {
  readonly #data: DataView

  constructor(readonly bytes: Uint8Array) {
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  static data(view: View): DataView {
    return view.#data
  }
}

/** A class with an accessor for each field: one per structure, since views are made by the hundred. */
function makeViewClass(struct: StructType<Fields>): new (bytes: Uint8Array) => View {
  const viewClass = class extends View {}
  for (const [field, type] of Object.entries(struct.fields)) {
    const offset = struct.offsets[field]
    const accessor =
      type.kind === 'struct' || type.kind === 'array' ? nested(field, type, offset) : integer(type, offset)
    Object.defineProperty(viewClass.prototype, field, { ...accessor, enumerable: true, configurable: true })
  }
  return viewClass
}

/** A getter and, for integers, a setter, called on a view. */
type Accessor = PropertyDescriptor & ThisType<View>

/** A structure or an array inside another one, made when it is first asked for. */
function nested(
  field: string,
  type: StructType<Fields> | ArrayType<IntType | StructType<Fields>>,
  offset: number,
): Accessor {
  return {
    get() {
      const value = type.kind === 'struct' ? type.view(this.bytes, offset) : elements(type, this, offset)
      Object.defineProperty(this, field, { value, enumerable: true })
      return value
    },
  }
}

function elements(type: ArrayType<IntType | StructType<Fields>>, view: View, offset: number): unknown {
  const { element, length } = type
  if (element.kind === 'u8') return view.bytes.subarray(offset, offset + length)
  const list: unknown[] = []
  for (let i = 0; i < length; i++) {
    const at = offset + i * element.size
    if (element.kind === 'struct') {
      list.push(element.view(view.bytes, at))
    } else {
      const { get, set } = integer(element, at)
      Object.defineProperty(list, i, {
        get: () => get?.call(view) as unknown,
        set: (value: unknown) => set?.call(view, value),
        enumerable: true,
      })
    }
  }
  return list
}

function integer(type: IntType, offset: number): Accessor {
  switch (type.kind) {
    case 'u8':
      return {
        get() {
          return View.data(this).getUint8(offset)
        },
        set(value: number) {
          View.data(this).setUint8(offset, value)
        },
      }
    case 'u16':
      return {
        get() {
          return View.data(this).getUint16(offset, true)
        },
        set(value: number) {
          View.data(this).setUint16(offset, value, true)
        },
      }
    case 'u32':
      return {
        get() {
          return View.data(this).getUint32(offset, true)
        },
        set(value: number) {
          View.data(this).setUint32(offset, value, true)
        },
      }
    case 's32':
      return {
        get() {
          return View.data(this).getInt32(offset, true)
        },
        set(value: number) {
          View.data(this).setInt32(offset, value, true)
        },
      }
    case 'u64':
      return {
        get() {
          return View.data(this).getBigUint64(offset, true)
        },
        set(value: bigint) {
          View.data(this).setBigUint64(offset, value, true)
        },
      }
    case 's64':
      return {
        get() {
          return View.data(this).getBigInt64(offset, true)
        },
        set(value: bigint) {
          View.data(this).setBigInt64(offset, value, true)
        },
      }
  }
}
