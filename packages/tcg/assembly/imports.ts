// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the interpreter asks of the accelerator. Physical addresses come as f64: exact up to 2^53.

/** Reads `size` bytes of a device at a guest-physical address into `ENV_IO_DATA`. */
@external("env", "ioRead")
export declare function ioRead(env: u32, physical: f64, size: u32): void
/** Writes `size` bytes of `ENV_IO_DATA` to a device. */
@external("env", "ioWrite")
export declare function ioWrite(env: u32, physical: f64, size: u32): void
/** RAM at address `host` that holds translated code, or whose writes are logged, is about to be written. True: the block at `ENV_EXIT_TB` is among what changes. */
@external("env", "notdirtyWrite")
export declare function notdirtyWrite(env: u32, host: u32, size: u32): bool
