// SPDX-License-Identifier: GPL-2.0-or-later
//
// The part of the WebAssembly JavaScript interface that is used here. TypeScript has it among the types of the browser
// only, which do not belong in a program for Node; and a global of our own would clash with them in a program that has both.

/** What a module gets from outside, by module and name. */
export type WasmImports = Record<string, Record<string, unknown>>

/** A linear memory. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
  /** Adds pages of 64 KiB and detaches the buffer. Returns the number of pages before. */
  grow(pages: number): number
}

/** A table of functions. */
export interface WasmTable {
  grow(count: number): number
  get(index: number): unknown
  set(index: number, value: unknown): void
}

/** A module that runs. */
export interface WasmInstance {
  readonly exports: Record<string, unknown>
}

/** A compiled module, of which nothing is asked. */
export type WasmModule = object

/** The constructors. */
export interface WasmApi {
  readonly Memory: new (descriptor: { initial: number; maximum: number }) => WasmMemory
  readonly Table: new (descriptor: { initial: number; element: 'anyfunc' }) => WasmTable
  readonly Module: new (bytes: Uint8Array) => WasmModule
  /** Compiles beside what the isolate does. */
  readonly compile: (bytes: Uint8Array) => Promise<WasmModule>
  readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance
}

/** Node's WebAssembly. */
export const wasm: WasmApi = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly
