// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { AllowedCpuidDifference } from './cpuid-tables.js'

/** What sets our CPUID tables apart from QEMU 7.2's, and why that is meant to be. */
export const allowedCpuidDifferences: readonly AllowedCpuidDifference[] = [
  {
    by: 'QEMU',
    line: 'd.3f 1 0 0 0 0',
    reason: 'left behind at the end of its loop over the subleaves; QEMU has mended that since',
  },
]
