// SPDX-License-Identifier: GPL-2.0-or-later
import { type MC146818RtcState, rtcSetMemory } from '@dromaius/hw-rtc'

const KiB = 1024
const MiB = 1024 * KiB

/**
 * Writes the sizes of RAM into the CMOS memory, where a PC's firmware would look for them.
 * @qemu hw/i386/microvm.c microvm_set_rtc
 */
export function microvmSetRtc(rtc: MC146818RtcState, below4gMemSize: number, above4gMemSize: number): void {
  const set = (bytes: readonly number[], value: number): void =>
    bytes.forEach((at, index) => rtcSetMemory(rtc, at, Math.floor(value / 256 ** index) & 0xff))
  const units = (from: number, unit: number): number =>
    Math.min(0xffff, Math.floor(Math.max(0, below4gMemSize - from) / unit))

  set([0x15, 0x16], Math.min(640, Math.floor(below4gMemSize / KiB)))
  // From 1 MiB on in KiB, twice, up to 64 MiB.
  set([0x17, 0x18], units(MiB, KiB))
  set([0x30, 0x31], units(MiB, KiB))
  // From 16 MiB on in 64 KiB.
  set([0x34, 0x35], units(16 * MiB, 64 * KiB))
  set([0x5b, 0x5c, 0x5d], above4gMemSize / (64 * KiB))
}
