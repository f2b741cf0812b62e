// SPDX-License-Identifier: GPL-2.0-or-later
import {
  deviceClassSetProps,
  objectClassPropertyAdd,
  type PropertyType,
  propBool,
  propInt32,
  propUint32,
  propUint64,
  propUint8,
} from '@dromaius/qom'
import { UserError } from '@dromaius/util'
import { PERF_CAP_LBR_FMT } from './cpuid-bits.js'
import { UNASSIGNED_APIC_ID, type X86CPU, type X86CPUClass, x86CpuVendorWords2str } from './cpu.js'
import { featureBitsByName, x86CpuListFeatureNames } from './feature-names.js'
import { featureAliases, featureWordInfo } from './feature-words.js'
import { addHypervFeatureProperties, hypervProperties } from './hyperv.js'

/** Length of a brand string, bytes. */
const MODEL_ID_LENGTH = 48
const VENDOR_LENGTH = 12

/** Identity and features are read by realize; later changes would be lies. */
function refuseAfterRealize(cpu: X86CPU, name: string): void {
  if (!cpu.realized) return
  const which = cpu.id === null ? 'anonymous device' : `device '${cpu.id}'`
  const type = cpu.qomClass.typeName
  throw new UserError(`Attempt to set property '${name}' on ${which} (type '${type}') after it was realized`)
}

function checkRange(name: string, value: bigint, max: bigint): number {
  if (value < 0n || value > max) {
    throw new UserError(`Property .${name} doesn't take value ${value} (minimum: 0, maximum: ${max})`)
  }
  return Number(value)
}

/** A number that is packed into leaf 1 EAX. */
function addVersionProperty(
  klass: X86CPUClass,
  name: string,
  max: bigint,
  unpack: (version: number) => number,
  pack: (version: number, value: number) => number,
): void {
  objectClassPropertyAdd<X86CPU, 'int64'>(klass, {
    name,
    type: 'int64',
    get: (cpu) => BigInt(unpack(cpu.env.cpuidVersion)),
    set(cpu, value) {
      refuseAfterRealize(cpu, name)
      cpu.env.cpuidVersion = pack(cpu.env.cpuidVersion, checkRange(name, value, max)) >>> 0
    },
  })
}

/** `family`, `model` and `stepping`, as CPUID packs them (SDM volume 2, CPUID, figure 3-6). */
function addVersionProperties(klass: X86CPUClass): void {
  addVersionProperty(
    klass,
    'family',
    0xffn + 0xfn,
    (version) => ((version >>> 8) & 0xf) + (((version >>> 8) & 0xf) === 0xf ? (version >>> 20) & 0xff : 0),
    (version, family) =>
      (version & ~0xff00f00) | (family > 0xf ? 0xf00 | ((family - 0xf) << 20) : family << 8),
  )
  addVersionProperty(
    klass,
    'model',
    0xffn,
    (version) => ((version >>> 4) & 0xf) | (((version >>> 16) & 0xf) << 4),
    (version, model) => (version & ~0xf00f0) | ((model & 0xf) << 4) | ((model >>> 4) << 16),
  )
  addVersionProperty(
    klass,
    'stepping',
    0xfn,
    (version) => version & 0xf,
    (version, stepping) => (version & ~0xf) | stepping,
  )
}

/** The four bytes of `text` from `at` on, as the little-endian word that CPUID gives. */
function wordOf(text: string, at: number): number {
  let word = 0
  for (let i = 3; i >= 0; i--) word = (word << 8) | ((text.charCodeAt(at + i) || 0) & 0xff)
  return word >>> 0
}

function modelIdOf(words: readonly number[]): string {
  const text = words.flatMap((word) => [word, word >>> 8, word >>> 16, word >>> 24])
  return String.fromCharCode(...text.map((byte) => byte & 0xff)).split('\0')[0]!
}

function addStringProperties(klass: X86CPUClass): void {
  objectClassPropertyAdd<X86CPU, 'string'>(klass, {
    name: 'vendor',
    type: 'string',
    get: ({ env }) => x86CpuVendorWords2str(env.cpuidVendor1, env.cpuidVendor2, env.cpuidVendor3),
    set(cpu, value) {
      refuseAfterRealize(cpu, 'vendor')
      if (value.length !== VENDOR_LENGTH) {
        throw new UserError(`Property '.vendor' doesn't take value '${value}'`)
      }
      cpu.env.cpuidVendor1 = wordOf(value, 0)
      cpu.env.cpuidVendor2 = wordOf(value, 4)
      cpu.env.cpuidVendor3 = wordOf(value, 8)
    },
  })
  objectClassPropertyAdd<X86CPU, 'string'>(klass, {
    name: 'model-id',
    type: 'string',
    get: ({ env }) => modelIdOf(env.cpuidModel),
    set(cpu, value) {
      refuseAfterRealize(cpu, 'model-id')
      const text = value.slice(0, MODEL_ID_LENGTH)
      cpu.env.cpuidModel = Array.from({ length: MODEL_ID_LENGTH / 4 }, (_, i) => wordOf(text, i * 4))
    },
  })
}

function addTscFrequency(klass: X86CPUClass): void {
  objectClassPropertyAdd<X86CPU, 'int64'>(klass, {
    name: 'tsc-frequency',
    type: 'int64',
    description: 'Frequency of the time stamp counter, Hz',
    get: ({ env }) => BigInt(env.tscKhz) * 1000n,
    set(cpu, value) {
      refuseAfterRealize(cpu, 'tsc-frequency')
      const khz = checkRange('tsc-frequency', value, (1n << 63n) - 1n) / 1000
      cpu.env.tscKhz = cpu.env.userTscKhz = Math.floor(khz)
    },
  })
}

/** The format of last branch records; nothing but its six bits may be given. */
function addLbrFmt(klass: X86CPUClass): void {
  for (const name of ['lbr-fmt', 'lbr_fmt']) {
    objectClassPropertyAdd<X86CPU, 'uint64'>(klass, {
      name,
      type: 'uint64',
      get: (cpu) => cpu.lbrFmt,
      set(cpu, value) {
        refuseAfterRealize(cpu, 'lbr-fmt')
        if ((value & ~PERF_CAP_LBR_FMT) !== 0n) {
          throw new UserError("Property value for 'lbr-fmt' has bits outside mask '0x3f'")
        }
        cpu.lbrFmt = value
      },
    })
  }
}

/** Whether the count of system management interrupts is saved. */
function addMigrateSmiCount(klass: X86CPUClass): void {
  objectClassPropertyAdd<X86CPU, 'bool'>(klass, {
    name: 'x-migrate-smi-count',
    type: 'bool',
    get: ({ env }) => env.migrateSmiCount,
    set(cpu, value) {
      refuseAfterRealize(cpu, 'x-migrate-smi-count')
      cpu.env.migrateSmiCount = value
    },
  })
}

type LevelField =
  | 'cpuidLevel'
  | 'cpuidXlevel'
  | 'cpuidXlevel2'
  | 'cpuidLevelFunc7'
  | 'cpuidMinLevel'
  | 'cpuidMinXlevel'
  | 'cpuidMinXlevel2'

/** Maximum leaves: `level` and its like fix them, `min-level` and its like are raised by features. */
function addLevelProperties(klass: X86CPUClass): void {
  const fields: readonly (readonly [string, LevelField])[] = [
    ['level', 'cpuidLevel'],
    ['xlevel', 'cpuidXlevel'],
    ['xlevel2', 'cpuidXlevel2'],
    ['level-func7', 'cpuidLevelFunc7'],
    ['min-level', 'cpuidMinLevel'],
    ['min-xlevel', 'cpuidMinXlevel'],
    ['min-xlevel2', 'cpuidMinXlevel2'],
  ]
  for (const [name, field] of fields) {
    objectClassPropertyAdd<X86CPU, 'uint32'>(klass, {
      name,
      type: 'uint32',
      get: ({ env }) => env[field],
      set(cpu, value) {
        refuseAfterRealize(cpu, name)
        cpu.env[field] = value
      },
    })
  }
}

/**
 * A property for every feature that has a name, and for its old names. `kvmclock` stands for two bits and is on when
 * both are.
 * @qemu target/i386/cpu.c x86_cpu_register_bit_prop
 */
function addFeatureProperties(klass: X86CPUClass): void {
  const add = (name: string, target: string): void => {
    const { word, mask } = featureBitsByName.get(target)!
    objectClassPropertyAdd<X86CPU, 'bool'>(klass, {
      name,
      type: 'bool',
      get: ({ env }) => (env.features[word] & mask) === mask,
      set(cpu, value) {
        refuseAfterRealize(cpu, name)
        const { features, userFeatures } = cpu.env
        features[word] = value ? features[word] | mask : features[word] & ~mask
        userFeatures[word] |= mask
      },
    })
  }
  for (const name of featureBitsByName.keys()) add(name, name)
  for (const [alias, name] of featureAliases) add(alias, name)
}

/** A property type of values that are only ever read, whole, by programs. */
function readOnlyType<V>(name: string): PropertyType<V> {
  const refuse = (): never => {
    throw new UserError(`A ${name} cannot be set`)
  }
  return { name, fromValue: (value) => value as V, parse: refuse, print: (value) => JSON.stringify(value) }
}

/** One entry of `feature-words`, in QMP's names. */
export interface X86CPUFeatureWordInfo {
  'cpuid-input-eax': number
  'cpuid-input-ecx'?: number
  'cpuid-register': string
  features: number
}

const featureWordListType = readOnlyType<X86CPUFeatureWordInfo[]>('X86CPUFeatureWordInfo')
const stringListType = readOnlyType<string[]>('strList')

/** The CPUID words of an array, as QMP shows them; feature MSRs have no place in it. */
function featureWordList(words: readonly bigint[]): X86CPUFeatureWordInfo[] {
  return featureWordInfo.flatMap(({ cpuid }, word) => {
    if (!cpuid) return []
    const info: X86CPUFeatureWordInfo = {
      'cpuid-input-eax': cpuid.eax,
      'cpuid-register': cpuid.reg.toUpperCase(),
      features: Number(words[word] & 0xffff_ffffn),
    }
    if (cpuid.ecx !== null) info['cpuid-input-ecx'] = cpuid.ecx
    return [info]
  })
}

function addReadOnlyProperties(klass: X86CPUClass): void {
  objectClassPropertyAdd<X86CPU, typeof featureWordListType>(klass, {
    name: 'feature-words',
    type: featureWordListType,
    get: (cpu) => featureWordList(cpu.env.features),
  })
  objectClassPropertyAdd<X86CPU, typeof featureWordListType>(klass, {
    name: 'filtered-features',
    type: featureWordListType,
    get: (cpu) => featureWordList(cpu.filteredFeatures),
  })
  objectClassPropertyAdd<X86CPU, typeof stringListType>(klass, {
    name: 'unavailable-features',
    type: stringListType,
    get: (cpu) => x86CpuListFeatureNames(cpu.filteredFeatures),
  })
}

/**
 * Every option of an x86 CPU but those of single models.
 * @qemu target/i386/cpu.c x86_cpu_properties
 */
export function addX86CpuProperties(klass: X86CPUClass): void {
  deviceClassSetProps<X86CPU>(klass, [
    propUint32('apic-id', 'apicId', UNASSIGNED_APIC_ID),
    propInt32('thread-id', 'smtId', -1),
    propInt32('core-id', 'coreId', -1),
    propInt32('die-id', 'dieId', -1),
    propInt32('socket-id', 'socketId', -1),
    propInt32('node-id', 'nodeId', -1),
    propBool('pmu', 'enablePmu', false),
    propBool('check', 'checkCpuid', true),
    propBool('enforce', 'enforceCpuid', false),
    propBool('x-force-features', 'forceFeatures', false),
    propBool('kvm', 'exposeKvm', true),
    propBool('kvm-pv-enforce-cpuid', 'kvmPvEnforceCpuid', false),
    ...hypervProperties,
    propUint32('phys-bits', 'physBits', 0),
    propBool('host-phys-bits', 'hostPhysBits', false),
    propUint8('host-phys-bits-limit', 'hostPhysBitsLimit', 0),
    propBool('fill-mtrr-mask', 'fillMtrrMask', true),
    propUint64('ucode-rev', 'ucodeRev', 0n),
    propBool('full-cpuid-auto-level', 'fullCpuidAutoLevel', true),
    propBool('cpuid-0xb', 'enableCpuid0xb', true),
    propBool('x-vendor-cpuid-only', 'vendorCpuidOnly', true),
    propBool('lmce', 'enableLmce', false),
    propBool('l3-cache', 'enableL3Cache', true),
    propBool('legacy-cache', 'legacyCache', true),
    propBool('kvm-no-smi-migration', 'kvmNoSmiMigration', false),
    propBool('tcg-cpuid', 'exposeTcg', true),
    propBool('vmware-cpuid-freq', 'vmwareCpuidFreq', true),
    propBool('x-intel-pt-auto-level', 'intelPtAutoLevel', true),
  ])
  addVersionProperties(klass)
  addStringProperties(klass)
  addTscFrequency(klass)
  addLbrFmt(klass)
  addMigrateSmiCount(klass)
  addLevelProperties(klass)
  addFeatureProperties(klass)
  addHypervFeatureProperties(klass)
  addReadOnlyProperties(klass)
}
