// SPDX-License-Identifier: GPL-2.0-or-later
import type { X86CPU } from './cpu.js'
import * as e from './env.js'

const hex = (value: number | bigint, digits: number): string => value.toString(16).padStart(digits, '0')
const hex32 = (value: number | bigint): string => hex(BigInt.asUintN(32, BigInt(value)), 8)
const hex64 = (value: bigint): string => hex(BigInt.asUintN(64, value), 16)

/** What the type field of a system segment says, in legacy and in long mode (SDM volume 3, table 3-2). */
const SYSTEM_TYPES = [
  'Reserved',
  'TSS16-avl',
  'LDT',
  'TSS16-busy',
  'CallGate16',
  'TaskGate',
  'IntGate16',
  'TrapGate16',
  'Reserved',
  'TSS32-avl',
  'Reserved',
  'TSS32-busy',
  'CallGate32',
  'Reserved',
  'IntGate32',
  'TrapGate32',
] as const
const SYSTEM_TYPES_64 = [
  '<hiword>',
  'Reserved',
  'LDT',
  'Reserved',
  'Reserved',
  'Reserved',
  'Reserved',
  'Reserved',
  'Reserved',
  'TSS64-avl',
  'Reserved',
  'TSS64-busy',
  'CallGate64',
  'Reserved',
  'IntGate64',
  'TrapGate64',
] as const

function segmentKind(env: e.CPUX86State, flags: number): string {
  const letter = (mask: number, on: string): string => (flags & mask ? on : '-')
  const accessed = letter(e.DESC_A_MASK, 'A')
  if (!(flags & e.DESC_S_MASK)) {
    const type = (flags >>> e.DESC_TYPE_SHIFT) & 15
    return `DPL=${(flags >>> e.DESC_DPL_SHIFT) & 3} ${(env.hflags & e.HF_LMA_MASK ? SYSTEM_TYPES_64 : SYSTEM_TYPES)[type]}`
  }
  const dpl = `DPL=${(flags >>> e.DESC_DPL_SHIFT) & 3}`
  if (flags & e.DESC_CS_MASK) {
    const size = flags & e.DESC_L_MASK ? 'CS64' : flags & e.DESC_B_MASK ? 'CS32' : 'CS16'
    return `${dpl} ${size} [${letter(e.DESC_C_MASK, 'C')}${letter(e.DESC_R_MASK, 'R')}${accessed}]`
  }
  const wide = flags & e.DESC_B_MASK || env.hflags & e.HF_LMA_MASK
  return `${dpl} ${wide ? 'DS  ' : 'DS16'} [${letter(e.DESC_C_MASK, 'E')}${letter(e.DESC_W_MASK, 'W')}${accessed}]`
}

/** @qemu target/i386/cpu-dump.c cpu_x86_dump_seg_cache */
function dumpSegment(env: e.CPUX86State, name: string, seg: e.SegmentCache): string {
  const base = env.hflags & e.HF_CS64_MASK ? hex64(seg.base) : hex32(seg.base)
  const line = `${name.padEnd(3)}=${hex(seg.selector, 4)} ${base} ${hex32(seg.limit)} ${hex32(seg.flags & 0xffff00)}`
  if (!(env.hflags & e.HF_PE_MASK) || !(seg.flags & e.DESC_P_MASK)) return line
  return `${line} ${segmentKind(env, seg.flags)}`
}

function dumpGeneral(cpu: X86CPU): string[] {
  const { env } = cpu
  const flags = Number(env.eflags & 0xffff_ffffn)
  const letters: readonly (readonly [number, string])[] = [
    [0x400, 'D'],
    [0x800, 'O'],
    [0x80, 'S'],
    [0x40, 'Z'],
    [0x10, 'A'],
    [4, 'P'],
    [1, 'C'],
  ]
  const shown = letters.map(([mask, letter]) => (flags & mask ? letter : '-')).join('')
  const state = `[${shown}] CPL=${env.hflags & e.HF_CPL_MASK} II=${env.hflags & e.HF_INHIBIT_IRQ_MASK ? 1 : 0} A20=${
    (env.a20Mask >>> 20) & 1
  } SMM=${env.hflags & e.HF_SMM_MASK ? 1 : 0} HLT=${cpu.halted ? 1 : 0}`

  const long = (env.hflags & e.HF_CS64_MASK) !== 0
  const order = ['AX', 'BX', 'CX', 'DX', 'SI', 'DI', 'BP', 'SP']
  const indices = [e.R_EAX, e.R_EBX, e.R_ECX, e.R_EDX, e.R_ESI, e.R_EDI, e.R_EBP, e.R_ESP]
  const row = (names: readonly string[], numbers: readonly number[]): string =>
    names
      .map((name, i) => `${name}=${long ? hex64(env.regs[numbers[i]!]!) : hex32(env.regs[numbers[i]!]!)}`)
      .join(' ')
  const names = order.map((name) => (long ? `R${name}` : `E${name}`))
  const lines = [row(names.slice(0, 4), indices.slice(0, 4)), row(names.slice(4), indices.slice(4))]
  if (!long) return [...lines, `EIP=${hex32(env.eip)} EFL=${hex32(env.eflags)} ${state}`]
  for (const first of [8, 12]) {
    const numbers = [first, first + 1, first + 2, first + 3]
    lines.push(
      row(
        numbers.map((n) => `R${n}`.padEnd(3)),
        numbers,
      ),
    )
  }
  return [...lines, `RIP=${hex64(env.eip)} RFL=${hex32(env.eflags)} ${state}`]
}

function dumpSystem(env: e.CPUX86State): string[] {
  const long = (env.hflags & (e.HF_CS64_MASK | e.HF_LMA_MASK)) !== 0
  const address = (value: bigint): string => (long ? hex64(value) : hex32(value))
  const segments: readonly (readonly [string, number])[] = [
    ['ES', e.R_ES],
    ['CS', e.R_CS],
    ['SS', e.R_SS],
    ['DS', e.R_DS],
    ['FS', e.R_FS],
    ['GS', e.R_GS],
  ]
  return [
    ...segments.map(([name, n]) => dumpSegment(env, name, env.segs[n]!)),
    dumpSegment(env, 'LDT', env.ldt),
    dumpSegment(env, 'TR', env.tr),
    `GDT=     ${address(env.gdt.base)} ${hex32(env.gdt.limit)}`,
    `IDT=     ${address(env.idt.base)} ${hex32(env.idt.limit)}`,
    `CR0=${hex32(env.cr[0])} CR2=${address(env.cr[2])} CR3=${address(env.cr[3])} CR4=${hex32(env.cr[4])}`,
    `${[0, 1, 2, 3].map((n) => `DR${n}=${hex64(env.dr[n]!)}`).join(' ')} `,
    `DR6=${hex64(env.dr[6]!)} DR7=${hex64(env.dr[7]!)}`,
    `EFER=${hex64(env.efer)}`,
  ]
}

/** Two columns, as QEMU prints floating point and vector registers. */
function inPairs(cells: readonly string[]): string[] {
  const lines: string[] = []
  for (let i = 0; i < cells.length; i += 2) lines.push(cells.slice(i, i + 2).join(' '))
  return lines
}

function dumpFpu(env: e.CPUX86State): string[] {
  const fpregs = new DataView(env.fpregs.buffer, env.fpregs.byteOffset)
  const xmm = new DataView(env.xmmRegs.buffer, env.xmmRegs.byteOffset)
  const tag = env.fptags.reduce((bits, empty, i) => bits | (empty ? 0 : 1 << i), 0)
  const status = (env.fpus & ~0x3800) | (env.fpstt << 11)
  const floats = Array.from({ length: 8 }, (_, i) => {
    const mantissa = hex64(fpregs.getBigUint64(i * 16, true))
    return `FPR${i}=${mantissa} ${hex(fpregs.getUint16(i * 16 + 8, true), 4)}`
  })
  const vectors = Array.from({ length: env.hflags & e.HF_CS64_MASK ? 16 : 8 }, (_, i) => {
    const quad = (n: number): string => hex64(xmm.getBigUint64(i * 64 + n * 8, true))
    return `XMM${String(i).padStart(2, '0')}=${quad(1)} ${quad(0)}`
  })
  return [
    `FCW=${hex(env.fpuc, 4)} FSW=${hex(status, 4)} [ST=${env.fpstt}] FTW=${hex(tag, 2)} MXCSR=${hex32(env.mxcsr)}`,
    ...inPairs(floats),
    ...inPairs(vectors),
  ]
}

/**
 * The registers as text, as `info registers` shows them.
 * @qemu target/i386/cpu-dump.c x86_cpu_dump_state
 * @differs of vector registers the 128 low bits; no lazy condition codes to tell
 */
export function x86CpuDumpState(cpu: X86CPU): string {
  return [...dumpGeneral(cpu), ...dumpSystem(cpu.env), ...dumpFpu(cpu.env), ''].join('\n')
}
