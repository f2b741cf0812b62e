// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs'
import { type CPUState, cpuSynchronizeState } from '@dromaius/cpus'
import { KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES, type KvmRun } from '@dromaius/native'
import { X86_CPU } from '../cpu.js'
import { CR0_PE_MASK } from '../cpuid-bits.js'
import { HF_CS64_MASK, R_CS } from '../env.js'
import { cpuMemoryRwDebug } from './cpu-memory-debug.js'

/** Longest x86 instruction, bytes. */
const MAX_INSTRUCTION = 15

/** Instructions that software emulation is known to lack. The patterns match hexadecimal bytes after prefixes. */
const KNOWN_GAPS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['int3', /^cc/],
  ['cmpxchg16b', /^4[89a-f]0fc7(?:0[89a-f]|4[89a-f]|8[89a-f])/],
  ['xrstor', /^(?:4.)?0fae(?:[26a][89a-f])/],
  ['fwait', /^9b/],
  ['an x87 instruction', /^d[89a-f]/],
  ['an SSE instruction', /^(?:4.)?0f(?:1[0-7]|2[89a-f]|[56].|7[0-7c-f]|c[2456]|[def].)/],
]

/** The way out that does not depend on the host: a translator knows all instructions. */
const TCG = '-accel tcg'

/** Legacy prefixes: lock, repeat, segment and size overrides. */
const PREFIXES = /^(?:f0|f2|f3|2e|36|3e|26|64|65|66|67)*/

/** The name of the instruction that `hex` starts with, if it is one that emulators are known to lack. */
export function knownEmulationGap(hex: string): string | null {
  const opcode = hex.replace(PREFIXES, '')
  return KNOWN_GAPS.find(([, pattern]) => pattern.test(opcode))?.[0] ?? null
}

/** Whether the host's CPU shows hardware virtualization. */
function hostHasVirtualization(): boolean {
  try {
    return /^flags\s*:.*\b(?:vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))
  } catch {
    return true
  }
}

/** The instruction's bytes: KVM's own copy when it gives one, else what guest memory has at CS:RIP. */
function instructionBytes(cs: CPUState, run: KvmRun): Uint8Array | null {
  const { emulation_failure: failure } = run
  const given =
    failure.ndata >= 3 && (failure.flags & BigInt(KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES)) !== 0n
  if (given && failure.insn_size > 0) return failure.insn_bytes.slice(0, failure.insn_size)
  const { env } = X86_CPU(cs)
  const base = env.hflags & HF_CS64_MASK ? 0n : env.segs[R_CS].base
  const bytes = new Uint8Array(MAX_INSTRUCTION)
  return cpuMemoryRwDebug(cs, base + env.eip, bytes, false) ? bytes : null
}

/**
 * One line for the user about an instruction that the host's KVM could not run: where, which bytes, why most likely,
 * and what to do. Synchronises the CPU's state.
 * @qemu accel/kvm/kvm-all.c kvm_handle_internal_error
 * @differs QEMU prints "KVM internal error. Suberror: 1" and the registers; a reason and a way out are of our own
 */
export function kvmArchDescribeEmulationFailure(cs: CPUState, run: KvmRun): string {
  cpuSynchronizeState(cs)
  const { env } = X86_CPU(cs)
  const bytes = instructionBytes(cs, run)
  const hex = bytes === null ? null : Buffer.from(bytes).toString('hex')
  const csBase = env.hflags & HF_CS64_MASK ? 0n : env.segs[R_CS].base
  const rip = `RIP 0x${env.eip.toString(16)}${csBase === 0n ? '' : `, CS base 0x${csBase.toString(16)}`}`
  const where =
    hex === null ? `${rip} (no memory there)` : `${rip}, instruction bytes ${hex.replace(/..(?=.)/g, '$& ')}`
  const gap = hex === null ? null : knownEmulationGap(hex)
  const what = gap === null ? 'this instruction' : gap
  if (hostHasVirtualization()) {
    return (
      `KVM could not emulate ${what} at ${where}: the guest used it where KVM has to emulate, such as on device ` +
      `memory; try ${TCG}`
    )
  }
  return (
    `KVM could not emulate ${what} at ${where}: this host's KVM runs guest kernels in software (its CPU shows no ` +
    'vmx or svm) and does not know it; use a host with VT-x or SVM, or ' +
    TCG
  )
}

/**
 * Whether an instruction that KVM could not emulate must stop the machine: in real mode and in the guest's kernel.
 * In user mode the guest gets an exception for it. Synchronises the CPU's state.
 * @qemu target/i386/kvm/kvm.c kvm_arch_stop_on_emulation_error
 */
export function kvmArchStopOnEmulationError(cs: CPUState): boolean {
  cpuSynchronizeState(cs)
  const { env } = X86_CPU(cs)
  return (env.cr[0] & CR0_PE_MASK) === 0n || (env.segs[R_CS].selector & 3) !== 3
}
