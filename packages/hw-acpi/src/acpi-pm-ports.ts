// SPDX-License-Identifier: GPL-2.0-or-later

/** Ports of the blocks of ACPI's fixed hardware from its first one on, in bytes; where the PC's chip sets have them. */
export const PM_PORTS = {
  /** PM1a events: status and enable, 16 bits each. */
  evt: { offset: 0, length: 4 },
  /** PM1a control. */
  cnt: { offset: 4, length: 2 },
  /** Power-management timer. */
  tmr: { offset: 8, length: 4 },
} as const
