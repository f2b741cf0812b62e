// SPDX-License-Identifier: GPL-2.0-or-later
import assert from 'node:assert/strict'
import type { CPUX86State } from '../env.js'

/** Debug exception, page fault and machine check (SDM volume 3, table 6-1). */
export const EXCP01_DB = 1
const EXCP0E_PAGE = 14
export const EXCP12_MCHK = 18
/** Double fault: here a triple fault that is not yet delivered. */
export const EXCP08_DBLE = 8

/**
 * Queues an exception for the guest; its payload is DR6 of a debug exception or CR2 of a page fault, 64 bits. None
 * must be queued.
 * @qemu target/i386/kvm/kvm.c kvm_queue_exception
 * @param hasPayloads  whether the kernel takes payloads: then the registers change only at delivery
 */
export function kvmQueueException(
  env: CPUX86State,
  exceptionNr: number,
  payload: bigint | null,
  hasPayloads: boolean,
): void {
  assert(
    env.exceptionNr === -1 && !env.exceptionPending && !env.exceptionInjected && !env.exceptionHasPayload,
  )
  env.exceptionNr = exceptionNr
  if (hasPayloads) {
    env.exceptionPending = true
    env.exceptionHasPayload = payload !== null
    env.exceptionPayload = payload ?? 0n
    return
  }
  env.exceptionInjected = true
  if (exceptionNr === EXCP01_DB) env.dr[6] = payload ?? 0n
  else if (exceptionNr === EXCP0E_PAGE) env.cr[2] = payload ?? 0n
  else assert(payload === null)
}
