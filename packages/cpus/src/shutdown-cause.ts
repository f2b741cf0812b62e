// SPDX-License-Identifier: GPL-2.0-or-later

/** Why a machine is to end or to start over. @qemu qapi/run-state.json ShutdownCause */
export type ShutdownCause =
  | 'none'
  | 'host-error'
  | 'host-qmp-quit'
  | 'host-qmp-system-reset'
  | 'host-signal'
  | 'host-ui'
  | 'guest-shutdown'
  | 'guest-reset'
  | 'guest-panic'
  | 'subsystem-reset'
  | 'snapshot-load'

/** Whether the guest itself asked for it. @qemu include/sysemu/runstate.h shutdown_caused_by_guest */
export function shutdownCausedByGuest(cause: ShutdownCause): boolean {
  return cause === 'guest-shutdown' || cause === 'guest-reset' || cause === 'guest-panic'
}
