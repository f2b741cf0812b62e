// SPDX-License-Identifier: GPL-2.0-or-later
import { cpuSingleStep, cpuSynchronizeState, SSTEP_ENABLE, vmStart, vmStop } from '@dromaius/cpus'
import { addressSpaceRead, addressSpaceWrite } from '@dromaius/memory'
import type { X86CPU } from '@dromaius/target-i386'
import { HOT_COUNT } from '@dromaius/tcg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BareMachine } from '../fixtures/bare-machine.js'
import { cpuExec } from './cpu-exec.js'

let machine: BareMachine
let cpu: X86CPU

/** Executes `code` at 0:1000 in real mode until HLT with interrupts off. */
async function run(
  code: readonly number[],
  more: Readonly<Record<number, readonly number[]>> = {},
): Promise<void> {
  const { system } = machine
  for (const [at, bytes] of Object.entries({ [0x1000]: code, ...more })) {
    addressSpaceWrite(system.addressSpaceMemory, Number(at), Uint8Array.from(bytes))
  }
  machine.reset(({ env }) => {
    env.segs[1]!.selector = 0
    env.segs[1]!.base = 0n
    env.eip = 0x1000n
    env.regs[4] = 0x8000n
  })
  vmStart(system)
  while (!cpu.halted) await new Promise(setImmediate)
  await vmStop(system, 'paused')
  cpuSynchronizeState(cpu)
}

const HLT = 0xf4

describe.each([
  ['interpreted', false],
  ['compiled when they are executed first', true],
])('blocks that are %s', (_name, compile) => {
  beforeEach(() => {
    machine = new BareMachine({ compile })
    machine.engine.hot.background = false
    machine.engine.hot.executions = 1
    cpu = machine.cpu
  })
  afterEach(() => machine.end())

  it('code that changes the instruction right behind it sees the change', async () => {
    // movb $2, %cs:0x1007; movb $1, %al; hlt
    await run([0x2e, 0xc6, 0x06, 0x07, 0x10, 0x02, 0xb0, 0x01, HLT])
    expect(cpu.env.regs[0]! & 0xffn).toBe(2n)
  })

  it('code that was executed before is translated again when it has changed', async () => {
    // movw $2, %cx; 1: movb $1, %al (at 1003); addb %al, %bl; movb $5, %cs:0x1004; loop 1b; hlt
    await run([0xb9, 2, 0, 0xb0, 1, 0x00, 0xc3, 0x2e, 0xc6, 0x06, 0x04, 0x10, 0x05, 0xe2, 0xf4, HLT])
    expect(cpu.env.regs[3]! & 0xffn).toBe(6n)
    expect(machine.engine.tbs.counts.invalidated).toBeGreaterThan(0)
  })

  it('a loop that changes itself each time round sees each change', async () => {
    // movw $5, %cx; 1: movb %cl, %cs:0x1009; movb $0, %al; addb %al, %bl; loop 1b; hlt
    await run([0xb9, 5, 0, 0x2e, 0x88, 0x0e, 0x09, 0x10, 0xb0, 0, 0x00, 0xc3, 0xe2, 0xf5, HLT])
    expect(cpu.env.regs[3]! & 0xffn).toBe(15n)
  })

  it.each([
    ['the block itself', []],
    ['another', [0xeb, 0]],
  ])(
    'a block that was chained often, with %s entered last, and then changes itself sees the change',
    async (_, jump) => {
      // movw $5, %cx; movw $0x3000, %si; 1: movw (%si), %di; addw $2, %si; jmp 2f; 2: movb %cl, (%di); movb $0, %al (at 100f);
      // addb %al, %bl; loop 1b; hlt. With a jump before 1 the chain is closed there, and entered there in the last rounds.
      await run(
        [
          ...[0xb9, 5, 0, 0xbe, 0, 0x30, ...jump, 0x8b, 0x3c, 0x83, 0xc6, 2, 0xeb, 0],
          ...[0x88, 0x0d, 0xb0, 0, 0x00, 0xc3, 0xe2, 0xf1, HLT],
        ],
        { 0x3000: [0, 0x40, 0, 0x40, 0, 0x40, 0x10 + jump.length, 0x10, 0, 0x40] },
      )
      expect(cpu.env.regs[3]! & 0xffn).toBe(4n)
    },
  )

  it.each([
    // sti; monitor; mwait; incw %bx; cli; hlt. It sleeps at the MWAIT, or at the HLT.
    ['behind a MONITOR sleeps', [0xfb, 0x0f, 0x01, 0xc8, 0x0f, 0x01, 0xc9], 0x1007n],
    ['without a MONITOR goes on', [0xfb, 0x0f, 0x01, 0xc9], 0x1007n],
    ['with interrupts closed goes on', [0x0f, 0x01, 0xc8, 0x0f, 0x01, 0xc9], 0x1009n],
    // An interrupt in between, whose handler is at 0:2000.
    ['behind an interrupt goes on', [0xfb, 0x0f, 0x01, 0xc8, 0xcd, 0x20, 0x0f, 0x01, 0xc9], 0x100cn],
  ])('MWAIT %s', async (_what, code, end) => {
    await machine.end()
    machine = new BareMachine({ compile, cpuType: 'max-x86_64-cpu' })
    cpu = machine.cpu
    // %cx, the extensions, is 0 at reset; %ax too.
    await run([...code, 0x43, 0xfa, HLT], { 0x80: [0, 0x20, 0, 0], 0x2000: [0xcf] })
    expect(cpu.env.eip).toBe(end)
  })

  it('an instruction over the end of a page is executed', async () => {
    // jmp 0x1ffe; there: movw $0x1234, %ax; hlt
    await run([0xe9, 0xfb, 0x0f], { 0x1ffe: [0xb8, 0x34, 0x12, HLT] })
    expect(cpu.env.regs[0]! & 0xffffn).toBe(0x1234n)
  })

  it('an exception finds the registers of its instruction, in the middle of a block', async () => {
    // #DE to 0:2000. movw $7, %ax; movw $8, %bx; xorw %cx, %cx; divw %cx; movw $9, %bx. At 2000: popw %dx; hlt
    await run([0xb8, 7, 0, 0xbb, 8, 0, 0x31, 0xc9, 0xf7, 0xf1, 0xbb, 9, 0], {
      0: [0x00, 0x20, 0, 0],
      0x2000: [0x5a, HLT],
    })
    expect(cpu.env.regs[3]! & 0xffffn).toBe(8n)
    expect(cpu.env.regs[2]! & 0xffffn).toBe(0x1008n)
  })

  it("KVM's clock is what a guest reckons it to be out of its counter", async () => {
    // movl $0x4b564d01, %ecx; movl $0x3001, %eax; xorl %edx, %edx; wrmsr; rdtsc; movl %eax, %ebx; hlt
    await run([
      ...[0x66, 0xb9, 0x01, 0x4d, 0x56, 0x4b, 0x66, 0xb8, 0x01, 0x30, 0, 0, 0x66, 0x31, 0xd2, 0x0f, 0x30],
      ...[0x0f, 0x31, 0x66, 0x89, 0xc3, HLT],
    ])
    const bytes = new Uint8Array(32)
    addressSpaceRead(machine.system.addressSpaceMemory, 0x3000, bytes)
    const info = new DataView(bytes.buffer)
    expect(info.getUint32(0, true) & 1).toBe(0)
    expect(info.getUint8(29)).toBe(1)
    const counted = BigInt(Number(cpu.env.regs[3]! & 0xffff_ffffn)) - info.getBigUint64(8, true)
    const scaled = ((counted << BigInt(info.getInt8(28))) * BigInt(info.getUint32(24, true))) >> 32n
    expect(counted).toBeGreaterThan(0n)
    expect(scaled).toBe(counted)
    expect(info.getBigUint64(16, true) + scaled).toBeLessThanOrEqual(machine.system.clocks.virtual.getNs())
  })

  it('a single step is one instruction, however often it has been stepped over', async () => {
    await run([HLT])
    // 1: incw %ax; jmp 1b
    addressSpaceWrite(machine.system.addressSpaceMemory, 0x1100, Uint8Array.from([0x40, 0xeb, 0xfd]))
    cpu.env.eip = 0x1100n
    cpu.env.regs[0] = 0n
    cpu.halted = false
    cpuSingleStep(cpu, SSTEP_ENABLE)
    const { vcpu } = machine
    const rounds = HOT_COUNT + 2
    for (let step = 0; step < 2 * rounds; step++) cpuExec(vcpu, 1000)
    cpuSynchronizeState(cpu)
    expect(cpu.env.regs[0] & 0xffffn).toBe(BigInt(rounds))
  })

  it('a long loop leaves the event loop its turns', async () => {
    let turns = 0
    const count = setInterval(() => turns++, 1)
    try {
      // movl $30000000, %ecx; 1: decl %ecx; jnz 1b; hlt
      await run([0x66, 0xb9, 0x80, 0xc3, 0xc9, 0x01, 0x66, 0x49, 0x75, 0xfc, HLT])
    } finally {
      clearInterval(count)
    }
    expect(turns).toBeGreaterThan(10)
  })

  it('more RAM than WebAssembly has is refused with the limit', () => {
    expect(() => machine.system.accel!.ramAllocator!('ram', 5 * 2 ** 30)).toThrow(
      /'ram' of 5 GiB does not fit.*at most/,
    )
  })
})
