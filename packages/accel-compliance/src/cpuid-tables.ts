// SPDX-License-Identifier: GPL-2.0-or-later
//
// The CPUID tables of a machine's vCPUs, as they go to KVM_SET_CPUID2: QEMU's seen through strace.

import { straceRun, requestOf, type TracedCall } from './strace.js'

/** One entry in hexadecimal: `leaf.subleaf flags eax ebx ecx edx`. */
export type CpuidLine = string

/** Bits of an entry's flags, as strace names them. */
const FLAGS: Record<string, number> = {
  KVM_CPUID_FLAG_SIGNIFCANT_INDEX: 1,
  KVM_CPUID_FLAG_STATEFUL_FUNC: 2,
  KVM_CPUID_FLAG_STATE_READ_NEXT: 4,
}

/** The fields of an entry, 32 bits each. */
interface CpuidFields {
  function: number
  index: number
  flags: number
  eax: number
  ebx: number
  ecx: number
  edx: number
}

const hex = (value: number): string => value.toString(16)

/** An entry as a line that can be compared and read. */
function lineOf(entry: CpuidFields): CpuidLine {
  const { flags, eax, ebx, ecx, edx } = entry
  return `${hex(entry.function)}.${hex(entry.index)} ${[flags, eax, ebx, ecx, edx].map(hex).join(' ')}`
}

/** The entries of a `struct kvm_cpuid2`. KVM API 4.20 */
export function cpuidLines(bytes: Uint8Array): CpuidLine[] {
  const words = new Uint32Array(bytes.slice().buffer)
  return Array.from({ length: words[0]! }, (_, i) => {
    // Behind the count and its padding: ten words each, of which three are padding.
    const [leaf, index, flags, eax, ebx, ecx, edx] = words.subarray(2 + i * 10) as unknown as number[]
    return lineOf({
      function: leaf!,
      index: index!,
      flags: flags!,
      eax: eax!,
      ebx: ebx!,
      ecx: ecx!,
      edx: edx!,
    })
  })
}

function flagsOf(text: string): number {
  return text.split('|').reduce((flags, name) => flags | (FLAGS[name] ?? Number(name)), 0)
}

/** The entries of one KVM_SET_CPUID2 as `strace -v` shows them. */
function linesOf({ args }: TracedCall): CpuidLine[] {
  return [...args.matchAll(/\{(function=[^}]*)\}/g)].map(([, entry]) => {
    const fields = Object.fromEntries(entry!.split(', ').map((field) => field.split('='))) as Record<
      keyof CpuidFields,
      string
    >
    const number = (name: keyof CpuidFields): number => Number(fields[name])
    return lineOf({
      function: number('function'),
      index: number('index'),
      flags: flagsOf(fields.flags),
      eax: number('eax'),
      ebx: number('ebx'),
      ecx: number('ecx'),
      edx: number('edx'),
    })
  })
}

/** The tables of all vCPUs in a trace, in the order in which they were handed over. */
export function tracedCpuidTables(calls: readonly TracedCall[]): CpuidLine[][] {
  return calls.filter((call) => requestOf(call) === 'KVM_SET_CPUID2').map(linesOf)
}

/** What came of a machine. */
export interface CpuidTables {
  /** One table per vCPU, in the order in which they were made. */
  tables: CpuidLine[][]
  /** Whether the program got to its end; if not, vCPUs may be missing. */
  complete: boolean
  /** What it reported on the way, without its name in front. */
  messages: string[]
}

/** A machine, in QEMU's words. */
export interface QemuMachine {
  /** Name of the board, such as `microvm`. */
  machine: string
  /** As behind `-cpu`. */
  cpu: string
  /** As behind `-smp`. */
  smp: string
}

/** Starts QEMU with its CPUs stopped, ends it at once, and gives what it handed to KVM. */
export async function qemuCpuidTables(qemu: QemuMachine): Promise<CpuidTables> {
  const { machine, cpu, smp } = qemu
  const options = `-M ${machine} -accel kvm,kernel-irqchip=on -m 16M -nodefaults -display none -S -monitor stdio`
  const command = ['qemu-system-x86_64', ...options.split(' '), '-cpu', cpu, '-smp', smp]
  const { calls, code, stderr } = await straceRun(['--seccomp-bpf', '-v', '-e', 'trace=ioctl'], command, {
    input: 'quit\n',
    limitMs: 60_000,
  })
  const messages = stderr.split('\n').flatMap((line) => /^qemu-system-x86_64: (.*)/.exec(line)?.[1] ?? [])
  return { tables: tracedCpuidTables(calls), complete: code === 0, messages }
}

/** A difference that is meant to be. */
export interface AllowedCpuidDifference {
  /** Who has the line. */
  by: 'QEMU' | 'Dromaius'
  /** The beginning of the line, as `lineOf` writes it. */
  line: string
  /** The CPU models that it is allowed for; all when absent. */
  cpu?: RegExp
  reason: string
}

/**
 * Compares the tables of one vCPU: what one has and the other has not, but for what is allowed, and lines out of
 * order. Entries of `allowed` that were of use are added to `used`.
 */
export function cpuidDifferences(
  cpu: string,
  qemu: readonly CpuidLine[],
  ours: readonly CpuidLine[],
  allowed: readonly AllowedCpuidDifference[],
  used: Set<AllowedCpuidDifference>,
): string[] {
  const mayDiffer = (by: AllowedCpuidDifference['by'], line: CpuidLine): boolean => {
    const entry = allowed.find(
      (one) => one.by === by && line.startsWith(one.line) && (one.cpu?.test(cpu) ?? true),
    )
    if (entry) used.add(entry)
    return entry !== undefined
  }
  const theirs = qemu.filter((line) => ours.includes(line) || !mayDiffer('QEMU', line))
  const own = ours.filter((line) => qemu.includes(line) || !mayDiffer('Dromaius', line))
  const differences = [
    ...theirs.filter((line) => !own.includes(line)).map((line) => `QEMU      ${line}`),
    ...own.filter((line) => !theirs.includes(line)).map((line) => `Dromaius  ${line}`),
  ]
  if (differences.length === 0 && theirs.join() !== own.join()) return ['the same lines in another order']
  return differences.sort((a, b) => (a.slice(10) < b.slice(10) ? -1 : 1))
}
