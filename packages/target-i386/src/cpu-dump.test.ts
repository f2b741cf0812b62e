// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { realize, testAccel, testCpu, testMachine } from '../fixtures/machine.js'
import { x86CpuDumpState, x86UpdateHflags } from './index.js'

testAccel('idle', { apicTypeName: 'test-apic', usesHostCpuid: false, supportedCpuid: () => 0xffff_ffff })

/** `info registers` of QEMU 7.2: qemu-system-x86_64 -M microvm -accel kvm -cpu qemu64 -S -nodefaults -monitor stdio */
const AFTER_RESET = `EAX=00000000 EBX=00000000 ECX=00000000 EDX=00060fb1
ESI=00000000 EDI=00000000 EBP=00000000 ESP=00000000
EIP=0000fff0 EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0
ES =0000 00000000 0000ffff 00009300
CS =f000 ffff0000 0000ffff 00009b00
SS =0000 00000000 0000ffff 00009300
DS =0000 00000000 0000ffff 00009300
FS =0000 00000000 0000ffff 00009300
GS =0000 00000000 0000ffff 00009300
LDT=0000 00000000 0000ffff 00008200
TR =0000 00000000 0000ffff 00008b00
GDT=     00000000 0000ffff
IDT=     00000000 0000ffff
CR0=60000010 CR2=00000000 CR3=00000000 CR4=00000000
DR0=0000000000000000 DR1=0000000000000000 DR2=0000000000000000 DR3=0000000000000000 
DR6=00000000ffff0ff0 DR7=0000000000000400
EFER=0000000000000000
FCW=037f FSW=0000 [ST=0] FTW=00 MXCSR=00001f80
`

describe('x86CpuDumpState', () => {
  it('after reset is what QEMU prints', () => {
    const cpu = realize(testCpu(testMachine('idle'), 'qemu64'))

    expect(x86CpuDumpState(cpu).slice(0, AFTER_RESET.length)).toBe(AFTER_RESET)
  })

  it('64-bit mode shows wide registers and what segments are', () => {
    const cpu = realize(testCpu(testMachine('idle'), 'qemu64'))
    const { env } = cpu
    env.cr[0] = 0x80000011n
    env.efer = 0xd00n
    env.regs[9] = 0x123456789abcdef0n
    Object.assign(env.segs[1]!, { selector: 0x10, base: 0n, limit: 0xffffffff, flags: 0xaf9b00 })
    Object.assign(env.tr, { selector: 0x40, base: 0x1000n, limit: 0x67, flags: 0x8b00 })
    x86UpdateHflags(env)

    const lines = x86CpuDumpState(cpu).split('\n')

    expect(lines).toContain(
      'R8 =0000000000000000 R9 =123456789abcdef0 R10=0000000000000000 R11=0000000000000000',
    )
    expect(lines).toContain('CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]')
    expect(lines).toContain('TR =0040 0000000000001000 00000067 00008b00 DPL=0 TSS64-busy')
  })
})
