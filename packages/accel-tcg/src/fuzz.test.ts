// SPDX-License-Identifier: GPL-2.0-or-later
//
// Random bytes as code, in every mode: whatever the guest does, a slice ends, and nothing outside its RAM changes.

import '@dromaius/target-i386/tcg'
import {
  accelExitMachine,
  configureAccelerators,
  cpuRemoveSync,
  cpuSynchronizeAllPostInit,
  EXCP_HALTED,
  EXCP_HLT,
  EXCP_INTERRUPT,
  qemuSystemReset,
  SystemState,
} from '@dromaius/cpus'
import { MemoryRegion, memoryRegionAddSubregion, memoryRegionInitRam } from '@dromaius/memory'
import { qdevRealize, qdevUnrealize } from '@dromaius/qom'
import { type X86CPU, x86CpuCreate } from '@dromaius/target-i386'
import { setReportSink } from '@dromaius/util'
import { expect, it } from 'vitest'
import { cpuExec } from './cpu-exec.js'
import { TYPE_TCG_ACCEL } from './index.js'

const RAM_SIZE = 0x4_0000
const SLICES = 20
const SLICE = 5_000
const MACHINES = 6
const SEED = Number(process.env.DROMAIUS_SEED ?? Date.now() % 2 ** 32)
const CODE = 0x9b
const DATA = 0x93
const LEVEL_3 = 0x60

/** Puts the CPU into a mode: flat segments with the given attributes, levels and control registers. */
function enter(cpu: X86CPU, mode: string): void {
  const { env } = cpu
  env.eip = 0x8000n
  env.regs.fill(0x1_0000n)
  if (mode === 'real') {
    env.segs[1]!.selector = 0
    env.segs[1]!.base = 0n
    return
  }
  const user = mode.endsWith('user')
  const long = mode.startsWith('long')
  const level = user ? 3 : 0
  env.cr[0]! |= 1n
  env.segs.forEach((segment, n) => {
    segment.selector = 8 * (n + 1) + level
    segment.base = 0n
    segment.limit = 0xffff_ffff
    const size = n === 1 && long ? 1 << 21 : 1 << 22
    segment.flags = ((n === 1 ? CODE : DATA) | (user ? LEVEL_3 : 0)) * 256 + (1 << 23) + size
  })
  env.gdt.limit = 0xffff
  env.idt.limit = 0xfff
  env.idt.base = 0x2000n
  if (!long) return
  env.cr[4]! |= 0x20n
  env.efer = 0x500n
  env.cr[0]! |= 0x8000_0000n
  env.cr[3] = 0x1000n
}

/** Page tables that map the first gigabyte one to one by pages of 2 MiB, for the user too. */
function writeTables(ram: Uint8Array): void {
  const view = new DataView(ram.buffer, ram.byteOffset)
  ram.fill(0, 0x1000, 0x4000)
  view.setUint32(0x1000, 0x2007, true)
  view.setUint32(0x2000, 0x3007, true)
  for (let i = 0; i < 512; i++) view.setUint32(0x3000 + i * 8, i * 0x20_0000 + 0x87, true)
}

it.each(['real', 'protected', 'protected user', 'long', 'long user'])(
  `%s mode, seed ${SEED}`,
  async (mode) => {
    let state = SEED >>> 0
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24
    const restore = setReportSink(() => {})
    try {
      for (let i = 0; i < MACHINES; i++) {
        const system = new SystemState()
        configureAccelerators(system, [{ name: 'tcg' }])
        const { engine } = TYPE_TCG_ACCEL.cast(system.accel!)
        const region = new MemoryRegion()
        memoryRegionInitRam(region, null, 'ram', RAM_SIZE, system.accel!.ramAllocator!)
        memoryRegionAddSubregion(system.systemMemory, 0, region)
        // Memory that belongs to no CPU's address space, right behind the guest's.
        const strangers = system.accel!.ramAllocator!('strangers', 0x1_0000).window(0, 0x1_0000).fill(0x5a)
        const ram = region.ramBlock!.bytesAt(0, RAM_SIZE)
        for (let at = 0; at < RAM_SIZE; at++) ram[at] = random()
        if (mode.startsWith('long')) writeTables(ram)
        const cpu = x86CpuCreate(system, 'max-x86_64-cpu', {
          props: [],
          plusFeatures: [],
          minusFeatures: ['apic'],
        })
        cpu.checkCpuid = false
        cpu.apicId = 0
        qdevRealize(cpu, null, system.root)
        qemuSystemReset(system, 'none')
        enter(cpu, mode)
        cpuSynchronizeAllPostInit(system)
        const vcpu = engine!.vcpuOf(cpu)
        for (let slice = 0; slice < SLICES && !cpu.stop; slice++) {
          expect([EXCP_INTERRUPT, EXCP_HLT, EXCP_HALTED]).toContain(cpuExec(vcpu, SLICE))
          cpu.halted = false
        }
        expect(strangers.every((byte) => byte === 0x5a)).toBe(true)
        await cpuRemoveSync(cpu)
        qdevUnrealize(cpu)
        accelExitMachine(system)
        system.clocks.destroy()
      }
    } finally {
      setReportSink(restore)
    }
  },
  120_000,
)
