// SPDX-License-Identifier: GPL-2.0-or-later

/** A turn of the event loop and a little more: time for guest code to run. */
export function aWhile(ms = 20): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
