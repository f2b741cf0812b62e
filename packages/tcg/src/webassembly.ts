// SPDX-License-Identifier: GPL-2.0-or-later
//
// The part of the WebAssembly JavaScript interface that is used here. TypeScript has it among the types of the browser
// only, which do not belong in a program for Node.

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- it is one in the standard too
  namespace WebAssembly {
    type Imports = Record<string, Record<string, unknown>>
    class Memory {
      constructor(descriptor: { initial: number; maximum: number })
      readonly buffer: ArrayBuffer
      /** Adds pages of 64 KiB and detaches the buffer. */
      grow(pages: number): number
    }
    class Table {
      constructor(descriptor: { initial: number; element: 'anyfunc' })
      grow(count: number): number
      set(index: number, value: unknown): void
    }
    class Module {
      constructor(bytes: Uint8Array)
    }
    class Instance {
      constructor(module: Module, imports: Imports)
      readonly exports: Record<string, unknown>
    }
  }
}

export {}
