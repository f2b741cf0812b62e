// SPDX-License-Identifier: GPL-2.0-or-later
import { randomFillSync } from 'node:crypto'
import { parseUint64, UserError } from '@dromaius/util'
import type { SystemState } from './system-state.js'

/** SplitMix64's increment and multipliers (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
const GAMMA = 0x9e37_79b9_7f4a_7c15n
const MIX_1 = 0xbf58_476d_1ce4_e5b9n
const MIX_2 = 0x94d0_49bb_1331_11ebn
const u64 = (value: bigint): bigint => BigInt.asUintN(64, value)

/**
 * Numbers that look random and are the same for the same seed.
 * @qemu util/guest-random.c glib_random_bytes
 * @differs SplitMix64, not GLib's Mersenne Twister; one sequence for all CPUs, since they take turns
 */
export class GuestRandom {
  #state: bigint

  /** @param seed  64 bits */
  constructor(seed: bigint) {
    this.#state = seed
  }

  /** Fills the buffer, whose tail below 8 bytes takes the lowest of the last number's. */
  fill(bytes: Uint8Array): void {
    const number = new Uint8Array(8)
    for (let at = 0; at < bytes.length; at += 8) {
      new DataView(number.buffer).setBigUint64(0, this.#next(), true)
      bytes.set(number.subarray(0, Math.min(8, bytes.length - at)), at)
    }
  }

  #next(): bigint {
    this.#state = u64(this.#state + GAMMA)
    let z = this.#state
    z = u64((z ^ (z >> 30n)) * MIX_1)
    z = u64((z ^ (z >> 27n)) * MIX_2)
    return z ^ (z >> 31n)
  }
}

/**
 * Reads the argument of `-seed`: 64 bits, decimal or, with 0x, hexadecimal.
 * @qemu util/guest-random.c qemu_guest_random_seed_main
 */
export function guestRandomSeed(text: string): bigint {
  const seed = parseUint64(text)
  if (seed === null) throw new UserError(`Invalid seed number: ${text}`)
  return seed
}

/**
 * Fills a buffer with random bytes for the guest.
 * @qemu util/guest-random.c qemu_guest_getrandom
 */
export function qemuGuestGetrandom({ guestRandom }: SystemState, bytes: Uint8Array): void {
  if (guestRandom) guestRandom.fill(bytes)
  else randomFillSync(bytes)
}
