// SPDX-License-Identifier: GPL-2.0-or-later
import { accessSync, constants } from 'node:fs'

/** An accelerator that the battery runs on. */
export interface Accelerator {
  /** As in `-accel`. */
  name: string
  /** Whether it executes guest code: the dummy does not. */
  runsGuests: boolean
  /** Whether it can be told of breakpoints. */
  debugs: boolean
  /** Why it cannot be used on this host, or null. */
  unavailable: string | null
}

function whyNoKvm(): string | null {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return null
  } catch (error) {
    return `/dev/kvm: ${(error as NodeJS.ErrnoException).code}`
  }
}

/** Every accelerator there is. */
export const accelerators: readonly Accelerator[] = [
  { name: 'kvm', runsGuests: true, debugs: true, unavailable: whyNoKvm() },
  { name: 'qtest', runsGuests: false, debugs: false, unavailable: null },
]

/** For test titles: the accelerator's name and, when it is skipped, why. */
export function titleOf({ name, unavailable }: Accelerator): string {
  return unavailable === null ? name : `${name} (skipped: ${unavailable})`
}
