// SPDX-License-Identifier: GPL-2.0-or-later
//
// A hypervisor's state inside the guest, which has the kernel's layout: struct kvm_nested_state (KVM API 4.114).

import { VMStateError, type VMStateField } from '@dromaius/util'
import type { CPUX86State } from './env.js'

/** Offsets in the head, bytes. */
const FORMAT = 2
const SIZE = 4
const VMX_VMXON_PA = 8
const HEAD_SIZE = 128

const FORMAT_VMX = 0
const FORMAT_SVM = 1
/** Not in VMX operation. */
const NO_ADDRESS = 0xffff_ffff_ffff_ffffn

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * Whether the guest runs a hypervisor, or is about to.
 * @qemu target/i386/machine.c nested_state_needed
 */
export function nestedStateNeeded({ nestedState }: CPUX86State): boolean {
  if (nestedState === null) return false
  const view = viewOf(nestedState)
  if (view.getUint16(FORMAT, true) === FORMAT_VMX) return view.getBigUint64(VMX_VMXON_PA, true) !== NO_ADDRESS
  return view.getUint32(SIZE, true) > HEAD_SIZE
}

/** The bytes that are state; behind them is room. */
function stateOf({ nestedState }: CPUX86State): Uint8Array {
  if (nestedState === null) return new Uint8Array(0)
  return nestedState.subarray(0, Math.min(viewOf(nestedState).getUint32(SIZE, true), nestedState.length))
}

/** Throws VMStateError unless `bytes` are a state that fits into `room` bytes. @qemu target/i386/machine.c nested_state_post_load */
function check(bytes: Uint8Array, room: number, path: string): void {
  if (bytes.length < HEAD_SIZE)
    throw new VMStateError(path, `${bytes.length} bytes, expected at least ${HEAD_SIZE}`)
  if (bytes.length > room)
    throw new VMStateError(path, `${bytes.length} bytes, this host has room for ${room}`)
  const view = viewOf(bytes)
  const format = view.getUint16(FORMAT, true)
  if (format !== FORMAT_VMX && format !== FORMAT_SVM) throw new VMStateError(path, `unknown format ${format}`)
  if (view.getUint32(SIZE, true) !== bytes.length)
    throw new VMStateError(path, 'its size is not the number of its bytes')
}

/**
 * The field: as many bytes as the state says of itself, in base64.
 * @qemu target/i386/machine.c vmstate_kvm_nested_state
 * @differs all bytes in one piece; QEMU takes the head apart
 */
export const nestedStateField: VMStateField<CPUX86State> = {
  name: 'nestedState',
  since: 0,
  save: (env) => Buffer.from(stateOf(env)).toString('base64'),
  parse(env, value, path) {
    if (typeof value !== 'string') throw new VMStateError(path, 'not bytes in base64')
    if (env.nestedState === null) throw new VMStateError(path, 'this host, or this CPU, has no place for it')
    const bytes = Buffer.from(value, 'base64')
    check(bytes, env.nestedState.length, path)
    return () => {
      env.nestedState!.fill(0)
      env.nestedState!.set(bytes)
    }
  },
  capture(env) {
    const before = env.nestedState?.slice() ?? null
    return () => {
      if (before) env.nestedState?.set(before)
    }
  },
}
