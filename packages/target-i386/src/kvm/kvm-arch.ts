// SPDX-License-Identifier: GPL-2.0-or-later
import { type KvmArchOps, registerKvmArchOps } from '@dromaius/cpus'
import { X86_CPU } from '../cpu.js'
import {
  kvmArchInit,
  kvmArchInitIrqRouting,
  kvmArchIrqchipCreate,
  kvmArchRequiredCapabilities,
} from './kvm-arch-init.js'
import {
  kvmArchInsertHwBreakpoint,
  kvmArchInsertSwBreakpoint,
  kvmArchRemoveAllHwBreakpoints,
  kvmArchRemoveHwBreakpoint,
  kvmArchRemoveSwBreakpoint,
  kvmArchUpdateGuestDebug,
} from './kvm-debug.js'
import { kvmArchDescribeEmulationFailure, kvmArchStopOnEmulationError } from './kvm-emulation-failure.js'
import { kvmArchGetRegisters } from './kvm-get-registers.js'
import { kvmArchHandleExit } from './kvm-handle-exit.js'
import { kvmArchDestroyVcpu, kvmArchInitVcpu, kvmArchVcpuId } from './kvm-init-vcpu.js'
import { kvmArchPutRegisters } from './kvm-put-registers.js'
import { kvmArchResetVcpu } from './kvm-reset.js'
import { kvmArchPostRun, kvmArchPreRun, kvmArchProcessAsyncEvents } from './kvm-run.js'

/** What the accelerator needs of x86: the functions that QEMU's kvm-all.c finds in target/i386/kvm/kvm.c. */
export const x86KvmArchOps: KvmArchOps = {
  kvmArchRequiredCapabilities,
  kvmArchInit,
  kvmArchIrqchipCreate,
  kvmArchInitIrqRouting,
  kvmArchVcpuId,
  kvmArchInitVcpu,
  kvmArchDestroyVcpu,
  kvmArchResetVcpu: (cs) => kvmArchResetVcpu(X86_CPU(cs)),
  kvmArchPutRegisters,
  kvmArchGetRegisters,
  kvmArchPreRun,
  kvmArchPostRun,
  kvmArchProcessAsyncEvents,
  kvmArchHandleExit,
  kvmArchStopOnEmulationError,
  kvmArchDescribeEmulationFailure,
  kvmArchUpdateGuestDebug,
  kvmArchInsertSwBreakpoint,
  kvmArchRemoveSwBreakpoint,
  kvmArchInsertHwBreakpoint,
  kvmArchRemoveHwBreakpoint,
  kvmArchRemoveAllHwBreakpoints,
}

registerKvmArchOps(x86KvmArchOps)
