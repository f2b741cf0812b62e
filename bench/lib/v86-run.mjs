// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Runs a firmware image in v86 for ever and copies what it writes to COM1 to stdout.
 *
 *   node bench/lib/v86-run.mjs IMAGE
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { V86 } from 'v86'

const { buffer, byteOffset, byteLength } = readFileSync(process.argv[2])
const emulator = new V86({
  wasm_path: join(dirname(createRequire(import.meta.url).resolve('v86')), 'v86.wasm'),
  bios: { buffer: buffer.slice(byteOffset, byteOffset + byteLength) },
  memory_size: 16 * 2 ** 20,
  vga_memory_size: 2 ** 20,
  autostart: true,
  disable_keyboard: true,
  disable_mouse: true,
  disable_speaker: true,
})
emulator.add_listener('serial0-output-byte', (byte) => process.stdout.write(String.fromCharCode(byte)))
