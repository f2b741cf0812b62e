// SPDX-License-Identifier: GPL-2.0-or-later
import { UserError, setReportSink } from '@dromaius/util'
import { objectResolvePath, qdevUnrealize } from '@dromaius/qom'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { events, failCreation, realize, testAccel, testCpu, testMachine } from '../fixtures/machine.js'
import { cpuIsBsp, featureBitsByName, type X86CPU } from './index.js'

/** All bits of every word: a host that can do everything. */
const everything = (): number => 0xffff_ffff

/** An accelerator that notes when it is asked for its defaults and its reset, and what is there by then. */
testAccel('noting', {
  apicTypeName: 'test-apic',
  usesHostCpuid: true,
  supportedCpuid: everything,
  supportedMsrFeature: () => 0n,
  cpuRealize(cpu) {
    const expanded = cpu.env.cpuidLevel !== 0xffff_ffff
    events.push(
      `defaults: features ${expanded ? 'expanded' : 'raw'}, phys bits ${cpu.physBits}, ${place(cpu)}`,
    )
  },
  cpuReset(cpu) {
    events.push(`reset: starts ${cpuIsBsp(cpu)}, halted ${cpu.halted}, EDX ${cpu.env.regs[2]!.toString(16)}`)
  },
})

/** A host without SSE3. */
testAccel('poor', {
  apicTypeName: 'test-apic',
  usesHostCpuid: true,
  supportedCpuid: (_cs, leaf, _index, reg) => (leaf === 1 && reg === 'ecx' ? 0xffff_fffe : 0xffff_ffff),
})

testAccel('no-apic', { apicTypeName: 'missing-apic', usesHostCpuid: true, supportedCpuid: everything })
testAccel('emulator', { apicTypeName: 'test-apic', usesHostCpuid: false, supportedCpuid: everything })
testAccel('qtest', null)

const place = (cpu: X86CPU): string => (cpu.system.cpus.includes(cpu) ? 'in the list' : 'not in the list')

let warnings: string[] = []

beforeEach(() => {
  events.length = 0
  warnings = []
  failCreation.error = null
  setReportSink((_kind, text) => warnings.push(text))
})
afterEach(() => {
  setReportSink(null)
})

describe('x86CpuRealizefn', () => {
  it('takes the steps in their order', () => {
    const cpu = testCpu(testMachine('noting'), 'qemu64')

    realize(cpu)

    expect(events).toEqual([
      'defaults: features expanded, phys bits 0, not in the list',
      'create 0',
      'apic realized, vCPU created',
      'reset: starts true, halted false, EDX 60fb1',
    ])
  })

  it('leaves a CPU with everything in its place', () => {
    const system = testMachine('noting', { cpus: 2 })
    const cpu = realize(testCpu(system, 'qemu64'))

    expect(system.cpus).toEqual([cpu])
    expect(cpu.physBits).toBe(40)
    expect(cpu.ucodeRev).toBe(0x01000065n)
    expect(cpu.mwait.ecx).toBe(3)
    expect(cpu.env.mcgCap).toBe((1n << 8n) | (1n << 24n) | 10n)
    expect(objectResolvePath(cpu, 'lapic')).toBe(cpu.apicState)
    expect([cpu.apicState!.cpu, cpu.apicState!.initialApicId]).toEqual([cpu, 0])
    expect(cpu.system.resetContainer.members).toContain(cpu)
  })

  it('a second CPU waits for the first to start it', () => {
    const system = testMachine('noting', { cpus: 2, cores: 2 })
    realize(testCpu(system, 'qemu64', 0))

    const second = realize(testCpu(system, 'qemu64', 1))

    expect([second.cpuIndex, second.nrCores, cpuIsBsp(second), second.halted]).toEqual([1, 2, false, true])
  })

  it('copies leaf 1 into 0x80000001 on AMD only', () => {
    const amd = realize(testCpu(testMachine('noting'), 'qemu64'))
    const intel = realize(testCpu(testMachine('noting'), 'kvm64'))

    expect(amd.env.features[6]! & 0x0183f3ffn).toBe(amd.env.features[0]! & 0x0183f3ffn)
    expect(intel.env.features[6]! & 0x0183f3ffn).toBe(0n)
  })

  it('check warns of each missing feature and goes on', () => {
    const cpu = realize(testCpu(testMachine('poor'), 'qemu64'))

    expect(warnings).toEqual(["host doesn't support requested feature: CPUID.01H:ECX.pni [bit 0]"])
    expect(cpu.env.features[1]! & 1n).toBe(0n)
    expect(cpu.realized).toBe(true)
  })

  it('check=off says nothing', () => {
    const cpu = testCpu(testMachine('poor'), 'qemu64')
    cpu.checkCpuid = false

    realize(cpu)

    expect(warnings).toEqual([])
  })

  it('the hyperthreading warning comes for AMD models without topoext', () => {
    realize(testCpu(testMachine('noting', { cpus: 2, threads: 2 }), 'qemu64'))

    expect(warnings).toEqual([
      "This family of AMD CPU doesn't support hyperthreading(2)",
      'Please configure -smp options properly or try enabling topoext feature.',
    ])
  })

  it('a dummy accelerator takes every feature', () => {
    const cpu = testCpu(testMachine('qtest'), 'qemu64')
    cpu.plusFeatures = ['avx512f']
    cpu.minusFeatures = ['apic']

    realize(cpu)

    expect(cpu.env.features[2]! & (1n << 16n)).not.toBe(0n)
    expect(cpu.filteredFeatures.every((mask) => mask === 0n)).toBe(true)
  })

  it('32-bit models get 36 bits of physical addresses with PSE36 and 32 without', () => {
    const width = (minus: string[]): number => {
      const cpu = testCpu(testMachine('noting'), 'qemu64')
      cpu.minusFeatures = ['lm', ...minus]
      return realize(cpu).physBits
    }

    expect([width([]), width(['pse36'])]).toEqual([36, 32])
  })

  const refusals: readonly (readonly [string, string, string, (cpu: X86CPU) => void, RegExp])[] = [
    [
      'no APIC id',
      'noting',
      'qemu64',
      (cpu) => (cpu.apicId = 0xffff_ffff),
      /^apic-id property was not initialized/,
    ],
    [
      'enforce',
      'poor',
      'qemu64',
      (cpu) => (cpu.enforceCpuid = true),
      /^Host doesn't support requested features$/,
    ],
    [
      'phys-bits too wide',
      'noting',
      'qemu64',
      (cpu) => (cpu.physBits = 53),
      /^phys-bits should be between 32 and 52 {2}\(but is 53\)$/,
    ],
    ['phys-bits too narrow', 'noting', 'qemu64', (cpu) => (cpu.physBits = 31), /\(but is 31\)$/],
    [
      'legacy-cache=off',
      'noting',
      'kvm64',
      (cpu) => (cpu.legacyCache = false),
      /^CPU model 'kvm64' doesn't support/,
    ],
    [
      'unknown +feature',
      'noting',
      'kvm64',
      (cpu) => (cpu.plusFeatures = ['foo']),
      /kvm64-x86_64-cpu.foo' not found$/,
    ],
    ['host without host CPU', 'emulator', 'host', () => undefined, /^CPU model 'host' requires KVM or HVF$/],
    ['no APIC type', 'no-apic', 'qemu64', () => undefined, /local APIC 'missing-apic' is not available/],
    [
      'phys-bits in 32 bit',
      'noting',
      'qemu64',
      (cpu) => ((cpu.physBits = 36), (cpu.minusFeatures = ['lm'])),
      /32 bit$/,
    ],
  ]
  for (const [title, accel, model, prepare, message] of refusals) {
    it(`${title} is refused in one line, and nothing stays behind`, () => {
      const system = testMachine(accel)
      const cpu = testCpu(system, model)
      prepare(cpu)

      let error: unknown
      try {
        realize(cpu)
      } catch (thrown) {
        error = thrown
      }

      expect(error).toBeInstanceOf(UserError)
      expect((error as UserError).message).toMatch(message)
      expect([system.cpus, system.resetContainer.members, cpu.apicState, cpu.realized]).toEqual([
        [],
        [],
        null,
        false,
      ])
    })
  }

  it('a vCPU that cannot be created leaves nothing behind', () => {
    const system = testMachine('noting')
    const cpu = testCpu(system, 'qemu64')
    failCreation.error = new Error('KVM_CREATE_VCPU: EMFILE')

    expect(() => realize(cpu)).toThrow('KVM_CREATE_VCPU: EMFILE')

    expect([system.cpus, system.resetContainer.members, cpu.apicState]).toEqual([[], [], null])
  })
})

describe('x86CpuUnrealizefn', () => {
  it('takes the CPU, its APIC and its reset out of the machine', () => {
    const system = testMachine('noting')
    const cpu = realize(testCpu(system, 'qemu64'))

    qdevUnrealize(cpu)

    expect([system.cpus, system.resetContainer.members, cpu.apicState, cpu.realized]).toEqual([
      [],
      [],
      null,
      false,
    ])
  })

  it('a CPU can come back', () => {
    const system = testMachine('noting')
    qdevUnrealize(realize(testCpu(system, 'qemu64')))

    const again = realize(testCpu(system, 'qemu64'))

    expect([system.cpus, again.cpuIndex]).toEqual([[again], 0])
  })
})

describe('expansion of features', () => {
  it('max takes all that the accelerator has, but for what is not to be switched on by itself', () => {
    const cpu = realize(testCpu(testMachine('emulator'), 'max'))
    const on = (name: string): boolean => {
      const { word, mask } = featureBitsByName.get(name)!
      return (cpu.env.features[word]! & mask) === mask
    }

    expect(['avx512f', 'sse4.2', 'topoext', 'invtsc', 'kvm-hint-dedicated', 'kvmclock'].map(on)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })

  it('a feature without its prerequisite goes, with a warning if it was asked for', () => {
    const cpu = testCpu(testMachine('emulator'), 'qemu64')
    cpu.plusFeatures = ['npt']
    cpu.minusFeatures = ['svm']

    realize(cpu)

    expect(cpu.env.features[13]).toBe(0n)
    expect(warnings).toEqual([
      'This feature depends on other features that were not requested: CPUID.8000000AH:EDX.npt [bit 0]',
    ])
  })

  it('levels rise as far as features need', () => {
    const cpu = testCpu(testMachine('emulator'), 'qemu64')
    cpu.plusFeatures = ['avx512-bf16', 'wbnoinvd', 'xstore']

    realize(cpu)

    const { cpuidLevel, cpuidLevelFunc7, cpuidXlevel, cpuidXlevel2 } = cpu.env
    expect([cpuidLevel, cpuidLevelFunc7, cpuidXlevel, cpuidXlevel2]).toEqual([0xd, 1, 0x8000000a, 0xc0000001])
  })

  it('a level that the user gave stays', () => {
    const cpu = testCpu(testMachine('emulator'), 'qemu64')
    cpu.env.cpuidLevel = 4

    realize(cpu)

    expect(cpu.env.cpuidLevel).toBe(4)
  })
})
