// SPDX-License-Identifier: GPL-2.0-or-later
import { cpuSynchronizeState, qemuAddVmChangeStateHandler, type KVMState } from '@dromaius/cpus'
import { SysBusDevice, sysbusRealize, systemOf, TYPE_SYS_BUS_DEVICE, type SystemBus } from '@dromaius/hw-core'
import { addressSpaceRead } from '@dromaius/memory'
import {
  HostError,
  KVM_CAP_ADJUST_CLOCK,
  KVM_CAP_KVMCLOCK_CTRL,
  KVM_CLOCK_TSC_STABLE,
  kvm_clock_data,
  kvmGetClock,
  kvmKvmclockCtrl,
  kvmSetClock,
} from '@dromaius/native'
import { type DeviceClass, typeRegister } from '@dromaius/qom'
import { featureBitsByName, TYPE_X86_CPU } from '@dromaius/target-i386'
import { vmBool, vmU64, warnReport, type VMStateDescription } from '@dromaius/util'
import { kvmStateOfDevice } from './kvm-state-of-device.js'

/** Bytes of the structure that the kernel keeps in guest memory. */
const PVCLOCK_VCPU_TIME_INFO_SIZE = 32

/**
 * KVM's paravirtual clock: saved when the machine stops, set when it goes on, so that the guest's time stands still in
 * between.
 * @qemu hw/i386/kvm/clock.c KVMClockState
 */
export class KVMClockState extends SysBusDevice {
  /** Guest's clock in `ns` when the machine stopped. */
  clock = 0n
  /** `clock` is of the present stop. */
  clockValid = false
  /** `clock` came from a kernel whose KVM_GET_CLOCK agrees with what the guest reckons from the TSC. */
  clockIsReliable = false
  /** Ends our watch over starts and stops. */
  removeHandler: (() => void) | null = null
}

/**
 * The clock in `ns` as the guest reckons it from the kernel's structure in its memory, 0 if it does not use it.
 * @qemu hw/i386/kvm/clock.c kvmclock_current_nsec
 */
function kvmclockCurrentNsec(s: KVMClockState): bigint {
  const { cpus, addressSpaceMemory } = systemOf(s)
  const [first] = cpus
  if (!TYPE_X86_CPU.is(first)) return 0n
  cpuSynchronizeState(first)
  const { env } = first
  if (!(env.systemTimeMsr & 1n)) return 0n
  const bytes = new Uint8Array(PVCLOCK_VCPU_TIME_INFO_SIZE)
  addressSpaceRead(addressSpaceMemory, Number(env.systemTimeMsr & ~1n), bytes)
  const time = new DataView(bytes.buffer)
  const tscTimestamp = time.getBigUint64(8, true)
  const tscShift = time.getInt8(28)
  // The guest may have written anything there.
  if (env.tsc < tscTimestamp) return 0n
  let delta = env.tsc - tscTimestamp
  delta = tscShift < 0 ? delta >> BigInt(-tscShift) : BigInt.asUintN(64, delta << BigInt(tscShift))
  const elapsed = (delta * BigInt(time.getUint32(24, true))) >> 32n
  return BigInt.asUintN(64, elapsed + time.getBigUint64(16, true))
}

/** @qemu hw/i386/kvm/clock.c kvm_update_clock */
function kvmUpdateClock(s: KVMClockState): void {
  const kvm = kvmStateOfDevice(s)
  const data = kvm_clock_data.alloc()
  kvmGetClock(kvm.vmfd, data)
  s.clock = data.clock
  s.clockIsReliable = (kvm.checkExtension(KVM_CAP_ADJUST_CLOCK) & KVM_CLOCK_TSC_STABLE) !== 0
}

/** Tells the guest's watchdogs that it was stopped. @qemu hw/i386/kvm/clock.c do_kvmclock_ctrl */
function doKvmclockCtrl(s: KVMClockState, kvm: KVMState): void {
  if (kvm.checkExtension(KVM_CAP_KVMCLOCK_CTRL) === 0) return
  for (const cpu of systemOf(s).cpus) {
    if (!cpu.kvmVcpu) continue
    try {
      kvmKvmclockCtrl(cpu.kvmVcpu)
    } catch (error) {
      // EINVAL: this guest does not use the clock.
      if (!(error instanceof HostError)) throw error
      if (error.code !== 'EINVAL') warnReport(error.message)
    }
  }
}

/** @qemu hw/i386/kvm/clock.c kvmclock_vm_state_change */
function kvmclockVmStateChange(s: KVMClockState, running: boolean): void {
  const kvm = kvmStateOfDevice(s)
  if (!running) {
    if (s.clockValid) return
    kvmUpdateClock(s)
    s.clockValid = true
    return
  }
  if (!s.clockIsReliable) s.clock = kvmclockCurrentNsec(s) || s.clock
  s.clockValid = false
  const data = kvm_clock_data.alloc()
  data.clock = s.clock
  kvmSetClock(kvm.vmfd, data)
  doKvmclockCtrl(s, kvm)
}

/** @qemu hw/i386/kvm/clock.c kvmclock_realize */
function kvmclockRealize(s: KVMClockState): void {
  kvmUpdateClock(s)
  s.removeHandler = qemuAddVmChangeStateHandler(systemOf(s), (running) => kvmclockVmStateChange(s, running))
}

/**
 * Makes the clock if the first CPU shows it to the guest, or always. Call it after the CPUs are there.
 * @qemu hw/i386/kvm/clock.c kvmclock_create
 */
export function kvmclockCreate(bus: SystemBus, createAlways: boolean): KVMClockState | null {
  const [first] = bus.system.cpus
  // Both of leaf 0x40000001's bits: the clock by the old and by the new MSRs.
  const { word, mask } = featureBitsByName.get('kvmclock')!
  const offered = TYPE_X86_CPU.is(first) && (first.env.features[word]! & mask) !== 0n
  if (!createAlways && !offered) return null
  const s = TYPE_KVM_CLOCK.new()
  sysbusRealize(s, bus)
  return s
}

/** @qemu hw/i386/kvm/clock.c kvmclock_vmsd */
const kvmclockVmsd: VMStateDescription<KVMClockState> = {
  name: 'kvmclock',
  version: 1,
  minimumVersion: 1,
  preLoad(s) {
    s.clockIsReliable = false
  },
  preSave(s) {
    // Of a running machine the clock is read as late as can be.
    if (!s.clockValid) kvmUpdateClock(s)
  },
  fields: [vmU64('clock'), vmBool('clockIsReliable')],
}

export const TYPE_KVM_CLOCK = typeRegister<KVMClockState, DeviceClass<KVMClockState>>({
  name: 'kvmclock',
  parent: TYPE_SYS_BUS_DEVICE,
  instance: KVMClockState,
  classInit(dc) {
    dc.realize = kvmclockRealize
    dc.unrealize = (s) => s.removeHandler?.()
    dc.vmsd = kvmclockVmsd
  },
})
