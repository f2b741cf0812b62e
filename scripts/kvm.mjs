// SPDX-License-Identifier: GPL-2.0-or-later
import { accessSync, constants } from 'node:fs'

/** Why no KVM guest can run here, or undefined where one can. */
export function kvmMissing() {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return undefined
  } catch {
    return 'this host has no /dev/kvm that we may open'
  }
}
