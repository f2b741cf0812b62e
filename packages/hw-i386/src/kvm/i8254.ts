// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuAddVmChangeStateHandler } from '@dromaius/cpus'
import { systemOf } from '@dromaius/hw-core'
import {
  type PITCommonClass,
  pitCommonRealize,
  PITCommonState,
  pitGetNextTransitionTime,
  pitResetCommon,
  TYPE_PIT_COMMON,
} from '@dromaius/hw-timer'
import { memoryRegionDelSubregion, memoryRegionInitIo } from '@dromaius/memory'
import {
  HostError,
  KVM_CAP_REINJECT_CONTROL,
  KVM_PIT_FLAGS_HPET_LEGACY,
  kvm_pit_config,
  kvm_pit_state2,
  kvm_reinject_control,
  kvmCreatePit2,
  kvmGetPit2,
  kvmReinjectControl,
  kvmSetPit2,
} from '@dromaius/native'
import { deviceClassSetProps, propEnum, qdevInitGpioIn, typeRegister } from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { kvmIrqchipOfDevice } from './kvm-state-of-device.js'

/** Readings of both clocks, of which the closest pair counts. */
const CALIBRATION_ROUNDS = 3

/** Our field for each of the kernel's. */
const KVM_PIT_FIELDS = [
  ['count', 'count'],
  ['latched_count', 'latchedCount'],
  ['count_latched', 'countLatched'],
  ['status_latched', 'statusLatched'],
  ['status', 'status'],
  ['read_state', 'readState'],
  ['write_state', 'writeState'],
  ['write_latch', 'writeLatch'],
  ['rw_mode', 'rwMode'],
  ['mode', 'mode'],
  ['bcd', 'bcd'],
  ['gate', 'gate'],
] as const

/**
 * An 8254 in the kernel.
 * @qemu hw/i386/kvm/i8254.c KVMPITState
 */
export class KVMPITState extends PITCommonState {
  /** What happens with interrupts that the guest was too slow for: given later, or lost. */
  lostTickPolicy: 'delay' | 'discard' = 'delay'
  /** The kernel's registers have been read when the machine stopped; until it goes on, ours count. */
  vmStopped = true
  /** Virtual time less the host's monotonic time, in `ns`. */
  kernelClockOffset = 0n
  /** Ends our watch over starts and stops. */
  removeHandler: (() => void) | null = null
}

/** @qemu hw/i386/kvm/i8254.c kvm_pit_update_clock_offset */
function kvmPitUpdateClockOffset(s: KVMPITState): void {
  const clock = systemOf(s).clocks.virtual
  const abs = (value: bigint): bigint => (value < 0n ? -value : value)
  let best: bigint | null = null
  for (let i = 0; i < CALIBRATION_ROUNDS; i++) {
    // The kernel counts in CLOCK_MONOTONIC, which is what hrtime reads.
    const offset = clock.getNs() - process.hrtime.bigint()
    if (best === null || abs(offset) < abs(best)) best = offset
  }
  s.kernelClockOffset = best!
}

/**
 * Reads the kernel's registers into the device, unless the machine is stopped. Throws HostError.
 * @qemu hw/i386/kvm/i8254.c kvm_pit_get
 */
export function kvmPitGet(pit: PITCommonState): void {
  const s = TYPE_KVM_I8254.cast(pit)
  if (s.vmStopped) return
  const kpit = kvm_pit_state2.alloc()
  kvmGetPit2(kvmIrqchipOfDevice(s).vmfd, kpit)
  s.irqDisabled = (kpit.flags & KVM_PIT_FLAGS_HPET_LEGACY) !== 0
  s.channels.forEach((sc, i) => {
    const kchan = kpit.channels[i]!
    for (const [theirs, ours] of KVM_PIT_FIELDS) sc[ours] = kchan[theirs]
    sc.countLoadTime = kchan.count_load_time + s.kernelClockOffset
  })
  const [sc] = s.channels
  sc.nextTransitionTime = pitGetNextTransitionTime(sc, sc.countLoadTime)
}

/**
 * Writes the device's registers into the kernel. Throws HostError.
 * @qemu hw/i386/kvm/i8254.c kvm_pit_put
 */
function kvmPitPut(pit: PITCommonState): void {
  const s = TYPE_KVM_I8254.cast(pit)
  // The offset changes as long as the machine is stopped.
  if (s.vmStopped) kvmPitUpdateClockOffset(s)
  const kpit = kvm_pit_state2.alloc()
  kpit.flags = s.irqDisabled ? KVM_PIT_FLAGS_HPET_LEGACY : 0
  s.channels.forEach((sc, i) => {
    const kchan = kpit.channels[i]!
    for (const [theirs, ours] of KVM_PIT_FIELDS) kchan[theirs] = sc[ours]
    kchan.count_load_time = sc.countLoadTime - s.kernelClockOffset
  })
  kvmSetPit2(kvmIrqchipOfDevice(s).vmfd, kpit)
}

/** @qemu hw/i386/kvm/i8254.c kvm_pit_vm_state_change */
function kvmPitVmStateChange(s: KVMPITState, running: boolean): void {
  kvmPitUpdateClockOffset(s)
  if (running) {
    kvmPitPut(s)
    s.vmStopped = false
  } else {
    kvmPitGet(s)
    s.vmStopped = true
  }
}

/** @qemu hw/i386/kvm/i8254.c kvm_pit_irq_control */
function kvmPitIrqControl(s: KVMPITState, enable: number): void {
  kvmPitGet(s)
  s.irqDisabled = enable === 0
  kvmPitPut(s)
}

/** @qemu hw/i386/kvm/i8254.c kvm_pit_realizefn */
function kvmPitRealizefn(pit: PITCommonState): void {
  const s = TYPE_KVM_I8254.cast(pit)
  const kvm = kvmIrqchipOfDevice(s)
  try {
    kvmCreatePit2(kvm.vmfd, kvm_pit_config.alloc())
    if (s.lostTickPolicy === 'discard' && kvm.checkExtension(KVM_CAP_REINJECT_CONTROL) > 0) {
      kvmReinjectControl(kvm.vmfd, kvm_reinject_control.alloc())
    }
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    throw new UserError(`Create kernel PIT failed: ${error.message}`, { cause: error })
  }
  // The kernel answers the ports; the region only shows that they are taken.
  memoryRegionInitIo(s.ioports, s, null, 'kvm-pit', 4)
  pitCommonRealize(s)
  qdevInitGpioIn(s, (_n, level) => kvmPitIrqControl(s, level), 1)
  s.removeHandler = qemuAddVmChangeStateHandler(systemOf(s), (running) => kvmPitVmStateChange(s, running))
}

/** Lets go of the machine; the kernel's timer goes with the VM. */
function kvmPitUnrealizefn(pit: PITCommonState): void {
  const s = TYPE_KVM_I8254.cast(pit)
  s.removeHandler?.()
  s.removeHandler = null
  memoryRegionDelSubregion(systemOf(s).systemIo, s.ioports)
}

/** An 8254 in the kernel. */
export const TYPE_KVM_I8254 = typeRegister<KVMPITState, PITCommonClass>({
  name: 'kvm-pit',
  parent: TYPE_PIT_COMMON,
  instance: KVMPITState,
  classInit(dc) {
    dc.realize = kvmPitRealizefn
    dc.unrealize = kvmPitUnrealizefn
    dc.phases.enter = pitResetCommon
    dc.phases.hold = kvmPitPut
    dc.preSave = kvmPitGet
    dc.postLoad = kvmPitPut
    deviceClassSetProps<KVMPITState>(dc, [
      propEnum('lost_tick_policy', 'lostTickPolicy', 'LostTickPolicy', ['delay', 'discard'], 'delay'),
    ])
  },
})
