// SPDX-License-Identifier: GPL-2.0-or-later
//
// What instructions ask of the machine around the CPU. 64-bit values pass through `ENV_IO_DATA`.

/** Answers CPUID for EAX and ECX in the registers. */
@external("env", "cpuid")
export declare function cpuid(env: u32): void
@external("env", "portRead")
export declare function portRead(env: u32, port: u32, size: u32): u32
@external("env", "portWrite")
export declare function portWrite(env: u32, port: u32, size: u32, value: u32): void
/** Reads an MSR that is not in the CPU's block; false: there is none such. */
@external("env", "msrRead")
export declare function msrRead(env: u32, index: u32): bool
/** Writes one; false: none such, or the value is refused. */
@external("env", "msrWrite")
export declare function msrWrite(env: u32, index: u32): bool
/** The time stamp counter. */
@external("env", "tscRead")
export declare function tscRead(env: u32): void
/** 64 random bits. */
@external("env", "randomRead")
export declare function randomRead(env: u32): void
/** CR8. */
@external("env", "tprRead")
export declare function tprRead(env: u32): u32
@external("env", "tprWrite")
export declare function tprWrite(env: u32, value: u32): void
