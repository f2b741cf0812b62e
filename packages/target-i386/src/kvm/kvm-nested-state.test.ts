// SPDX-License-Identifier: GPL-2.0-or-later
import { type KVMState, SystemState } from '@dromaius/cpus'
import { vmstateLoad, vmstateSave, type VMStateValue } from '@dromaius/util'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { X86CPU, X86CPUClass } from '../cpu.js'
import { HF2_GIF_MASK, HF_GUEST_MASK } from '../env.js'
import { FEAT_1_ECX, FEAT_8000_0001_ECX } from '../feature-words.js'
import { vmstateX86Cpu } from '../vmstate.js'
import {
  kvmAllocNestedState,
  kvmGetNestedState,
  kvmInitNestedState,
  kvmPutNestedState,
} from './kvm-nested-state.js'

/** What the kernel keeps of a vCPU. */
const kernel = vi.hoisted(() => ({ state: new Uint8Array(0), calls: [] as string[] }))

vi.mock('@dromaius/native', async (importActual) => ({
  ...(await importActual<Record<string, unknown>>()),
  kvmGetNestedState: (_vcpu: unknown, bytes: Uint8Array) => {
    kernel.calls.push('get')
    bytes.set(kernel.state)
  },
  kvmSetNestedState: (_vcpu: unknown, bytes: Uint8Array) => {
    kernel.calls.push('set')
    kernel.state = bytes.slice(0, new DataView(bytes.buffer).getUint32(4, true))
  },
}))

const VMX = 1n << 5n
const SVM = 1n << 2n
const NOWHERE = 0xffff_ffff_ffff_ffffn
/** A head, VMCS and shadow VMCS. */
const VMX_SIZE = 128 + 2 * 4096

function newCpu(feature: 'vmx' | 'svm' | 'none', room: number): X86CPU {
  const cpu = new X86CPU(new X86CPUClass())
  cpu.system = new SystemState()
  cpu.system.accel = {
    name: 'kvm',
    checkExtension: (cap: number) => (cap === 157 ? room : 0),
  } as unknown as KVMState
  if (feature === 'vmx') cpu.env.features[FEAT_1_ECX] = VMX
  if (feature === 'svm') cpu.env.features[FEAT_8000_0001_ECX] = SVM
  kvmAllocNestedState(cpu)
  return cpu
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** A state of VMX operation: VMXON region at 0x1000, VMCS at 0x2000, in the inner guest. */
function vmxState(): Uint8Array {
  const bytes = new Uint8Array(VMX_SIZE)
  const view = viewOf(bytes)
  view.setUint16(0, 1, true)
  view.setUint32(4, bytes.length, true)
  view.setBigUint64(8, 0x1000n, true)
  view.setBigUint64(16, 0x2000n, true)
  bytes.fill(0x5a, 128)
  return bytes
}

beforeEach(() => {
  kernel.calls.length = 0
  kernel.state = new Uint8Array(0)
})

describe('nested state', () => {
  it('is kept for a CPU that can run a hypervisor, on a host that has it', () => {
    expect(newCpu('vmx', VMX_SIZE).env.nestedState).toHaveLength(VMX_SIZE)
    expect(newCpu('svm', 128 + 4096).env.nestedState).toHaveLength(128 + 4096)
    expect(newCpu('none', VMX_SIZE).env.nestedState).toBeNull()
    expect(newCpu('vmx', 0).env.nestedState).toBeNull()
    const none = newCpu('none', 0)
    kvmGetNestedState(none)
    kvmPutNestedState(none)
    expect(kernel.calls).toEqual([])
  })

  it('starts outside of VMX operation, format 0, or of SVM, format 1', () => {
    const vmx = viewOf(newCpu('vmx', VMX_SIZE).env.nestedState!)
    expect([vmx.getUint16(2, true), vmx.getUint32(4, true)]).toEqual([0, VMX_SIZE])
    expect([vmx.getBigUint64(8, true), vmx.getBigUint64(16, true)]).toEqual([NOWHERE, NOWHERE])
    expect(viewOf(newCpu('svm', 4224).env.nestedState!).getUint16(2, true)).toBe(1)
  })

  it('what is put is got again, with the flags that a reset changes taken from the hidden ones', () => {
    const cpu = newCpu('vmx', VMX_SIZE)
    cpu.env.nestedState!.set(vmxState())
    cpu.env.hflags = HF_GUEST_MASK
    cpu.env.hflags2 = HF2_GIF_MASK
    kvmPutNestedState(cpu)
    // VMX has no global interrupt flag.
    expect(viewOf(kernel.state).getUint16(0, true)).toBe(1)

    const other = newCpu('vmx', VMX_SIZE)
    kvmGetNestedState(other)
    expect(other.env.nestedState).toEqual(cpu.env.nestedState)
    expect(other.env.hflags & HF_GUEST_MASK).toBe(HF_GUEST_MASK)

    kvmInitNestedState(other.env)
    other.env.hflags = 0
    kvmPutNestedState(other)
    expect(viewOf(kernel.state).getUint16(0, true)).toBe(0)
  })

  it('of SVM has the global interrupt flag', () => {
    const cpu = newCpu('svm', 4224)
    cpu.env.hflags2 = HF2_GIF_MASK
    kvmPutNestedState(cpu)
    expect(viewOf(kernel.state).getUint16(0, true)).toBe(0x100)
    cpu.env.hflags2 = 0
    kvmGetNestedState(cpu)
    expect(cpu.env.hflags2).toBe(HF2_GIF_MASK)
  })
})

describe('saved nested state', () => {
  const save = (cpu: X86CPU): VMStateValue =>
    JSON.parse(JSON.stringify(vmstateSave(vmstateX86Cpu, cpu))) as VMStateValue
  /** The bytes of the field as they were saved. */
  const saved = (state: VMStateValue): Record<string, unknown> | undefined =>
    (state as { fields: { env: { subsections?: Record<string, { fields: Record<string, unknown> }> } } })
      .fields.env.subsections?.['cpu/nested_state']?.fields

  it('comes back, and is not there while no hypervisor runs', () => {
    const cpu = newCpu('vmx', VMX_SIZE)
    expect(saved(save(cpu))).toBeUndefined()
    cpu.env.nestedState!.set(vmxState())
    const other = newCpu('vmx', VMX_SIZE + 4096)
    vmstateLoad(vmstateX86Cpu, other, save(cpu))
    expect(other.env.nestedState!.slice(0, VMX_SIZE)).toEqual(vmxState())
  })

  it.each([
    ['too long for this host', (bytes: Uint8Array) => bytes, VMX_SIZE - 1, /room for/],
    ['shorter than its head', (bytes: Uint8Array) => bytes.slice(0, 127), VMX_SIZE, /at least 128/],
    ['of another length than it says', (bytes: Uint8Array) => bytes.slice(0, 200), VMX_SIZE, /its size/],
    [
      'of an unknown format',
      (bytes: Uint8Array) => {
        bytes[2] = 2
        return bytes
      },
      VMX_SIZE,
      /unknown format 2/,
    ],
  ])('%s is refused', (_what, spoil, room, message) => {
    const cpu = newCpu('vmx', VMX_SIZE)
    cpu.env.nestedState!.set(vmxState())
    const state = save(cpu)
    saved(state)!['nestedState'] = Buffer.from(spoil(vmxState())).toString('base64')
    expect(() => vmstateLoad(vmstateX86Cpu, newCpu('vmx', room), state)).toThrow(message)
  })

  it('is refused by a CPU that has no place for it', () => {
    const cpu = newCpu('vmx', VMX_SIZE)
    cpu.env.nestedState!.set(vmxState())
    expect(() => vmstateLoad(vmstateX86Cpu, newCpu('none', VMX_SIZE), save(cpu))).toThrow(/no place/)
  })
})
