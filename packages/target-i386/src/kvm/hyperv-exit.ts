// SPDX-License-Identifier: GPL-2.0-or-later
import { addressSpaceRead, MEMTX_OK } from '@dromaius/memory'
import {
  KVM_EXIT_HYPERV_HCALL,
  KVM_EXIT_HYPERV_SYNDBG,
  KVM_EXIT_HYPERV_SYNIC,
  type KvmRun,
} from '@dromaius/native'
import { errorReport } from '@dromaius/util'
import type { X86CPU } from '../cpu.js'
import { HYPERV_FEAT_SYNDBG, HYPERV_FEAT_SYNIC, hypervFeatEnabled } from '../hyperv.js'
import * as hv from './hyperv-proto.js'
import { hypervX86SynicUpdate } from './hyperv-synic.js'

/** Places in `run.hyperv.u`, 64 bits each (struct kvm_hyperv_exit). */
const U_MSR = 0
const U_SYNIC_CONTROL = 1
const U_SYNIC_EVT_PAGE = 2
const U_SYNIC_MSG_PAGE = 3
const U_HCALL_INPUT = 0
const U_HCALL_RESULT = 1
const U_HCALL_PARAM0 = 2
const U_SYNDBG_CONTROL = 1
const U_SYNDBG_STATUS = 2
const U_SYNDBG_SEND_PAGE = 3
const U_SYNDBG_RECV_PAGE = 4
const U_SYNDBG_PENDING_PAGE = 5

type HypervWords = KvmRun['hyperv']['u']

/** The low 32 bits, where the kernel has a field of that width. */
const low = (word: bigint): number => Number(word & 0xffff_ffffn)

/** Bytes of a message's payload at most. */
const HV_MESSAGE_PAYLOAD_SIZE = 240
/** Bytes of struct hyperv_post_message_input; the payload's size stands at 12. */
const POST_MESSAGE_SIZE = 16 + HV_MESSAGE_PAYLOAD_SIZE
const POST_MESSAGE_PAYLOAD_SIZE = 12
const HV_CONNECTION_ID_MASK = 0xff_ffffn

/** Guest memory at `address`, or null where there is none. */
function readGuest(cpu: X86CPU, address: bigint, length: number): DataView | null {
  if (address > BigInt(Number.MAX_SAFE_INTEGER - length)) return null
  const bytes = new Uint8Array(length)
  const result = addressSpaceRead(cpu.system.addressSpaceMemory, Number(address), bytes)
  return result === MEMTX_OK ? new DataView(bytes.buffer) : null
}

/**
 * A message from the guest to a device outside of the kernel (TLFS, HvCallPostMessage).
 * @qemu hw/hyperv/hyperv.c hyperv_hcall_post_message
 * @differs nobody listens on any connection
 */
function hypervHcallPostMessage(cpu: X86CPU, param: bigint, fast: boolean): bigint {
  if (fast) return hv.HV_STATUS_INVALID_HYPERCALL_CODE
  if (param & 7n) return hv.HV_STATUS_INVALID_ALIGNMENT
  const message = readGuest(cpu, param, POST_MESSAGE_SIZE)
  if (!message) return hv.HV_STATUS_INSUFFICIENT_MEMORY
  if (message.getUint32(POST_MESSAGE_PAYLOAD_SIZE, true) > HV_MESSAGE_PAYLOAD_SIZE) {
    return hv.HV_STATUS_INVALID_HYPERCALL_INPUT
  }
  return hv.HV_STATUS_INVALID_CONNECTION_ID
}

/**
 * An event for a device outside of the kernel (TLFS, HvCallSignalEvent).
 * @qemu hw/hyperv/hyperv.c hyperv_hcall_signal_event
 * @differs nobody listens on any connection
 */
function hypervHcallSignalEvent(cpu: X86CPU, param: bigint, fast: boolean): bigint {
  let event = param
  if (!fast) {
    if (param & 7n) return hv.HV_STATUS_INVALID_ALIGNMENT
    const input = readGuest(cpu, param, 8)
    if (!input) return hv.HV_STATUS_INSUFFICIENT_MEMORY
    event = input.getBigUint64(0, true)
  }
  if (event & 0xffff_0000_0000n) return hv.HV_STATUS_INVALID_PORT_ID
  if (event & ~HV_CONNECTION_ID_MASK) return hv.HV_STATUS_INVALID_HYPERCALL_INPUT
  return hv.HV_STATUS_INVALID_CONNECTION_ID
}

/** The guest has written an MSR of its synthetic interrupt controller. */
function handleSynic(cpu: X86CPU, u: HypervWords): number {
  if (!hypervFeatEnabled(cpu, HYPERV_FEAT_SYNIC)) return -1
  const { env } = cpu
  switch (low(u[U_MSR])) {
    case hv.HV_X64_MSR_SCONTROL:
      env.msrHvSynicControl = u[U_SYNIC_CONTROL]
      break
    case hv.HV_X64_MSR_SIMP:
      env.msrHvSynicMsgPage = u[U_SYNIC_MSG_PAGE]
      break
    case hv.HV_X64_MSR_SIEFP:
      env.msrHvSynicEvtPage = u[U_SYNIC_EVT_PAGE]
      break
    default:
      return -1
  }
  hypervX86SynicUpdate(cpu)
  return 0
}

/** A hypercall that is for user space. */
function handleHcall(cpu: X86CPU, u: HypervWords): number {
  const input = u[U_HCALL_INPUT]
  const fast = (input & hv.HV_HYPERCALL_FAST) !== 0n
  switch (Number(input & 0xffffn)) {
    case hv.HV_POST_MESSAGE:
      u[U_HCALL_RESULT] = hypervHcallPostMessage(cpu, u[U_HCALL_PARAM0], fast)
      break
    case hv.HV_SIGNAL_EVENT:
      u[U_HCALL_RESULT] = hypervHcallSignalEvent(cpu, u[U_HCALL_PARAM0], fast)
      break
    // Among others the debugger's: there is none.
    default:
      u[U_HCALL_RESULT] = hv.HV_STATUS_INVALID_HYPERCALL_CODE
  }
  return 0
}

/** The guest has written an MSR of its synthetic debugger; nobody is at the other end. */
function handleSyndbg(cpu: X86CPU, u: HypervWords): number {
  if (!hypervFeatEnabled(cpu, HYPERV_FEAT_SYNDBG)) return -1
  const { env } = cpu
  switch (low(u[U_MSR])) {
    case hv.HV_X64_MSR_SYNDBG_CONTROL: {
      const control = u[U_SYNDBG_CONTROL]
      env.msrHvSyndbgControl = control
      env.msrHvSyndbgSendPage = u[U_SYNDBG_SEND_PAGE]
      env.msrHvSyndbgRecvPage = u[U_SYNDBG_RECV_PAGE]
      const packet = control & (hv.HV_SYNDBG_CONTROL_SEND | hv.HV_SYNDBG_CONTROL_RECV)
      u[U_SYNDBG_STATUS] = packet ? hv.HV_SYNDBG_STATUS_INVALID : hv.HV_STATUS_SUCCESS
      return 0
    }
    case hv.HV_X64_MSR_SYNDBG_PENDING_BUFFER:
      env.msrHvSyndbgPendingPage = u[U_SYNDBG_PENDING_PAGE]
      return 0
    default:
      return -1
  }
}

/**
 * Handles an exit of Microsoft's interface. Returns 0 to go on with the guest, -1 after one line for what makes no sense:
 * the machine stops.
 * @qemu target/i386/kvm/hyperv.c kvm_hv_handle_exit
 * @differs the pages move at once: code here holds the lock, and the memory listener takes care of running vCPUs
 */
export function kvmHvHandleExit(cpu: X86CPU, { hyperv }: KvmRun): number {
  const result = handleByType(cpu, hyperv)
  if (result < 0)
    errorReport(`KVM: exit for Hyper-V's interface that is not expected here (type ${hyperv.type})`)
  return result
}

function handleByType(cpu: X86CPU, { type, u }: KvmRun['hyperv']): number {
  switch (type) {
    case KVM_EXIT_HYPERV_SYNIC:
      return handleSynic(cpu, u)
    case KVM_EXIT_HYPERV_HCALL:
      return handleHcall(cpu, u)
    case KVM_EXIT_HYPERV_SYNDBG:
      return handleSyndbg(cpu, u)
    default:
      return -1
  }
}
