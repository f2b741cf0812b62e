// SPDX-License-Identifier: GPL-2.0-or-later
import { cpuSynchronizeState, runOnCpu } from '@dromaius/cpus'
import {
  R_CS,
  R_DS,
  R_EAX,
  R_EBP,
  R_EBX,
  R_ECX,
  R_EDI,
  R_EDX,
  R_ES,
  R_ESI,
  R_ESP,
  R_FS,
  R_GS,
  R_SS,
  type SegmentCache,
  type X86CPU,
  x86CpuDumpState,
} from '@dromaius/target-i386'

/** A segment register with its hidden part (SDM volume 3, 3.4.3). */
export interface SegmentRegister {
  /** 16 bits. */
  readonly selector: number
  /** Linear address, 64 bits. */
  readonly base: bigint
  /** Last offset in bytes, 32 bits. */
  readonly limit: number
  /** The descriptor's second word without its base and limit, 32 bits: type from bit 8 on, G is bit 23. */
  readonly attributes: number
}

/** Where a descriptor table is. */
export interface TableRegister {
  /** Linear address, 64 bits. */
  readonly base: bigint
  /** Last offset in bytes, 16 bits. */
  readonly limit: number
}

/** Names of the registers that hold 64 bits. */
export type WideRegister =
  | `r${'ax' | 'bx' | 'cx' | 'dx' | 'si' | 'di' | 'bp' | 'sp' | '8' | '9' | '10' | '11' | '12' | '13' | '14' | '15'}`
  | 'rip'
  | 'rflags'
  | `cr${0 | 2 | 3 | 4}`
  | `dr${0 | 1 | 2 | 3 | 6 | 7}`
  | 'efer'

/** A CPU's registers at one moment; in modes of fewer bits the upper bits are 0. */
export type CpuRegisters = Readonly<Record<WideRegister, bigint>> &
  Readonly<Record<'es' | 'cs' | 'ss' | 'ds' | 'fs' | 'gs' | 'ldtr' | 'tr', SegmentRegister>> &
  Readonly<Record<'gdtr' | 'idtr', TableRegister>>

/** What a descriptor's second word holds beside base and limit. */
const ATTRIBUTES = 0x00f0_ff00

const segment = ({ selector, base, limit, flags }: SegmentCache): SegmentRegister => ({
  selector,
  base: BigInt.asUintN(64, base),
  limit,
  attributes: (flags & ATTRIBUTES) >>> 0,
})

const table = ({ base, limit }: SegmentCache): TableRegister => ({ base: BigInt.asUintN(64, base), limit })

function registersOf({ env }: X86CPU): CpuRegisters {
  const general = (index: number): bigint => BigInt.asUintN(64, env.regs[index]!)
  const wide = (value: bigint): bigint => BigInt.asUintN(64, value)
  return {
    rax: general(R_EAX),
    rbx: general(R_EBX),
    rcx: general(R_ECX),
    rdx: general(R_EDX),
    rsi: general(R_ESI),
    rdi: general(R_EDI),
    rbp: general(R_EBP),
    rsp: general(R_ESP),
    r8: general(8),
    r9: general(9),
    r10: general(10),
    r11: general(11),
    r12: general(12),
    r13: general(13),
    r14: general(14),
    r15: general(15),
    rip: wide(env.eip),
    rflags: wide(env.eflags),
    es: segment(env.segs[R_ES]!),
    cs: segment(env.segs[R_CS]!),
    ss: segment(env.segs[R_SS]!),
    ds: segment(env.segs[R_DS]!),
    fs: segment(env.segs[R_FS]!),
    gs: segment(env.segs[R_GS]!),
    ldtr: segment(env.ldt),
    tr: segment(env.tr),
    gdtr: table(env.gdt),
    idtr: table(env.idt),
    cr0: wide(env.cr[0]!),
    cr2: wide(env.cr[2]!),
    cr3: wide(env.cr[3]!),
    cr4: wide(env.cr[4]!),
    dr0: wide(env.dr[0]!),
    dr1: wide(env.dr[1]!),
    dr2: wide(env.dr[2]!),
    dr3: wide(env.dr[3]!),
    dr6: wide(env.dr[6]!),
    dr7: wide(env.dr[7]!),
    efer: wide(env.efer),
  }
}

/** One CPU of a machine, from outside. */
export class MachineCpu {
  readonly #cpu: X86CPU

  /** @internal */
  constructor(cpu: X86CPU) {
    this.#cpu = cpu
    this.index = cpu.cpuIndex
  }

  /** Position among the machine's possible CPUs, from 0. */
  readonly index: number

  /** Local APIC id, 32 bits. */
  get apicId(): number {
    return this.#cpu.apicId
  }

  /**
   * The registers. A CPU that runs is called out of guest code for a moment.
   * @throws Error if the CPU is gone
   */
  registers(): Promise<CpuRegisters> {
    return this.#look(registersOf)
  }

  /**
   * All registers as text, floating point and vectors too, as QEMU's `info registers` shows them.
   * @throws Error if the CPU is gone
   */
  dump(): Promise<string> {
    return this.#look(x86CpuDumpState)
  }

  async #look<T>(what: (cpu: X86CPU) => T): Promise<T> {
    const cpu = this.#cpu
    if (!cpu.created || cpu.unplug) throw new Error(`CPU ${this.index} is gone`)
    let seen: { value: T } | null = null
    await runOnCpu(cpu, () => {
      cpuSynchronizeState(cpu)
      seen = { value: what(cpu) }
    })
    return seen!.value
  }
}
