// SPDX-License-Identifier: GPL-2.0-or-later
import { type CPUState, kvmStateOf } from '@dromaius/cpus'
import {
  HostError,
  KVM_CAP_GET_TSC_KHZ,
  KVM_CAP_TSC_CONTROL,
  kvmGetTscKhz,
  kvmSetTscKhz,
} from '@dromaius/native'
import { UserError, warnReport } from '@dromaius/util'
import { X86_CPU } from '../cpu.js'
import type { CPUX86State } from '../env.js'
import { FEAT_8000_0007_EDX } from '../feature-words.js'

/** How far the guest's TSC may be from the host's for NTP to correct it: parts per million. */
const NTP_TOLERANCE_PPM = 250

/**
 * Whether `targetFreq` is so near to `freq` (both kHz) that NTP in the guest can make up for it.
 * @qemu target/i386/kvm/kvm.c freq_within_bounds
 */
export function freqWithinBounds(freq: number, targetFreq: number): boolean {
  const tolerance = Math.trunc((freq * NTP_TOLERANCE_PPM) / 1_000_000)
  return targetFreq >= freq - tolerance && targetFreq <= freq + tolerance
}

/** The vCPU's present TSC frequency in kHz, or null when the host does not tell. */
function currentTscKhz(cs: CPUState): number | null {
  if (kvmStateOf(cs).checkExtension(KVM_CAP_GET_TSC_KHZ) === 0) return null
  try {
    return kvmGetTscKhz(cs.kvmVcpu!)
  } catch (error) {
    if (error instanceof HostError) return null
    throw error
  }
}

/** Sets the frequency; false when the host refuses. */
function trySetTscKhz(cs: CPUState, khz: number): boolean {
  try {
    kvmSetTscKhz(cs.kvmVcpu!, khz)
    return true
  } catch (error) {
    if (error instanceof HostError) return false
    throw error
  }
}

/**
 * Gives the vCPU the TSC frequency that its CPU model asks for, if it asks for one. Returns false, after a warning,
 * when the host runs at another frequency and cannot scale.
 * @qemu target/i386/kvm/kvm.c kvm_arch_set_tsc_khz
 */
export function kvmArchSetTscKhz(cs: CPUState): boolean {
  const env = X86_CPU(cs).env
  if (env.tscKhz === 0) return true

  const current = currentTscKhz(cs)
  const mayBeSet =
    kvmStateOf(cs).checkExtension(KVM_CAP_TSC_CONTROL) !== 0 ||
    (current !== null && freqWithinBounds(current, env.tscKhz))
  if (mayBeSet && trySetTscKhz(cs, env.tscKhz)) return true

  // Not being able to set it matters only when it is not what was asked for.
  const now = currentTscKhz(cs)
  if (now === env.tscKhz) return true
  warnReport(
    `TSC frequency mismatch between VM (${env.tscKhz} kHz) and host (${now ?? 'unknown'} kHz), and TSC scaling unavailable`,
  )
  return false
}

/**
 * The first step of a vCPU's init: the frequency asked for, or else the host's own is noted in `env.tscKhz`. Throws
 * UserError when the user named a frequency that the host cannot give.
 */
export function kvmInitTscKhz(cs: CPUState): void {
  const env = X86_CPU(cs).env
  if (!kvmArchSetTscKhz(cs)) {
    throw new UserError(
      `TSC frequency of ${env.tscKhz} kHz: this host cannot scale the TSC; leave tsc-frequency out or give the host's`,
    )
  }
  if (env.tscKhz === 0) env.tscKhz = currentTscKhz(cs) ?? 0
}

/** CPUID leaf 0x80000007, EDX: the TSC runs at one rate in all states. */
const CPUID_APM_INVTSC = 1n << 8n

/**
 * Whether a guest may rely on the frequency that it is told.
 * @qemu target/i386/kvm/kvm.c tsc_is_stable_and_known
 */
export function tscIsStableAndKnown(env: CPUX86State): boolean {
  if (env.tscKhz === 0) return false
  return (env.features[FEAT_8000_0007_EDX] & CPUID_APM_INVTSC) !== 0n || env.userTscKhz !== 0
}
