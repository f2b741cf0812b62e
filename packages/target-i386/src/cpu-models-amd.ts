// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import { epycCacheInfo, epycMilanCacheInfo, epycRomeCacheInfo } from './cpu-model-caches.js'
import { propValues, type X86CPUDefinition } from './cpu-model-types.js'
import { CPUID_VENDOR_AMD, CPUID_VENDOR_HYGON } from './cpuid-bits.js'

/**
 * AMD's processors and their kin. AMD's copies of leaf 1 in leaf 0x80000001 are made at realize, when the vendor is
 * known.
 * @qemu target/i386/cpu.c builtin_x86_defs
 */
export const amdX86Defs: readonly X86CPUDefinition[] = [
  {
    name: 'phenom',
    level: 5,
    xlevel: 0x8000001a,
    vendor: CPUID_VENDOR_AMD,
    family: 16,
    model: 2,
    stepping: 3,
    modelId: 'AMD Phenom(tm) 9550 Quad-Core Processor',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni monitor cx16 popcnt
      syscall nx mmxext fxsr-opt pdpe1gb rdtscp lm 3dnowext 3dnow
      lahf-lm svm abm sse4a
      npt`,
  },
  {
    name: 'athlon',
    level: 2,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_AMD,
    family: 6,
    model: 2,
    stepping: 3,
    modelId: 'QEMU Virtual CPU version 2.5+',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 mmx fxsr sse sse2
      mmxext 3dnowext 3dnow`,
  },
  {
    name: 'Opteron_G1',
    level: 5,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_AMD,
    family: 15,
    model: 6,
    stepping: 1,
    modelId: 'AMD Opteron 240 (Gen 1 Class Opteron)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni
      syscall nx lm`,
  },
  {
    name: 'Opteron_G2',
    level: 5,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_AMD,
    family: 15,
    model: 6,
    stepping: 1,
    modelId: 'AMD Opteron 22xx (Gen 2 Class Opteron)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni cx16
      syscall nx lm
      lahf-lm svm`,
  },
  {
    name: 'Opteron_G3',
    level: 5,
    xlevel: 0x80000008,
    vendor: CPUID_VENDOR_AMD,
    family: 16,
    model: 2,
    stepping: 3,
    modelId: 'AMD Opteron 23xx (Gen 3 Class Opteron)',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni monitor cx16 popcnt
      syscall nx rdtscp lm
      lahf-lm svm abm sse4a misalignsse`,
  },
  {
    name: 'Opteron_G4',
    level: 0xd,
    xlevel: 0x8000001a,
    vendor: CPUID_VENDOR_AMD,
    family: 21,
    model: 1,
    stepping: 2,
    modelId: 'AMD Opteron 62xx class CPU',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 cx16 sse4.1 sse4.2 popcnt aes xsave avx
      syscall nx pdpe1gb rdtscp lm
      lahf-lm svm abm sse4a misalignsse 3dnowprefetch xop fma4
      npt nrip-save`,
  },
  {
    name: 'Opteron_G5',
    level: 0xd,
    xlevel: 0x8000001a,
    vendor: CPUID_VENDOR_AMD,
    family: 21,
    model: 2,
    stepping: 0,
    modelId: 'AMD Opteron 63xx class CPU',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq ssse3 fma cx16 sse4.1 sse4.2 popcnt aes xsave avx f16c
      syscall nx pdpe1gb rdtscp lm
      lahf-lm svm abm sse4a misalignsse 3dnowprefetch xop fma4 tbm
      npt nrip-save`,
  },
  {
    name: 'EPYC',
    level: 0xd,
    xlevel: 0x8000001e,
    vendor: CPUID_VENDOR_AMD,
    family: 23,
    model: 1,
    stepping: 2,
    modelId: 'AMD EPYC Processor',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq monitor ssse3 fma cx16 sse4.1 sse4.2 movbe popcnt aes xsave avx f16c rdrand
      fsgsbase bmi1 avx2 smep bmi2 rdseed adx smap clflushopt sha-ni
      syscall nx mmxext fxsr-opt pdpe1gb rdtscp lm
      lahf-lm svm cr8legacy abm sse4a misalignsse 3dnowprefetch osvw topoext
      npt nrip-save
      xsaveopt xsavec xgetbv1
      arat`,
    cacheInfo: epycCacheInfo,
    versions: [
      { version: 1 },
      { version: 2, alias: 'EPYC-IBPB', props: propValues('ibpb=on', 'AMD EPYC Processor (with IBPB)') },
      {
        version: 3,
        props: propValues('perfctr-core=on clzero=on xsaveerptr=on xsaves=on', 'AMD EPYC Processor'),
      },
    ],
  },
  {
    name: 'Dhyana',
    level: 0xd,
    xlevel: 0x8000001e,
    vendor: CPUID_VENDOR_HYGON,
    family: 24,
    model: 0,
    stepping: 1,
    modelId: 'Hygon Dhyana Processor',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni monitor ssse3 fma cx16 sse4.1 sse4.2 movbe popcnt xsave avx f16c rdrand
      fsgsbase bmi1 avx2 smep bmi2 rdseed adx smap clflushopt
      syscall nx mmxext fxsr-opt pdpe1gb rdtscp lm
      lahf-lm svm cr8legacy abm sse4a misalignsse 3dnowprefetch osvw topoext
      ibpb
      npt nrip-save
      xsaveopt xsavec xgetbv1
      arat`,
    cacheInfo: epycCacheInfo,
    versions: [{ version: 1 }, { version: 2, note: 'XSAVES', props: propValues('xsaves=on') }],
  },
  {
    name: 'EPYC-Rome',
    level: 0xd,
    xlevel: 0x8000001e,
    vendor: CPUID_VENDOR_AMD,
    family: 23,
    model: 49,
    stepping: 0,
    modelId: 'AMD EPYC-Rome Processor',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq monitor ssse3 fma cx16 sse4.1 sse4.2 movbe popcnt aes xsave avx f16c rdrand
      fsgsbase bmi1 avx2 smep bmi2 rdseed adx smap clflushopt clwb sha-ni
      umip rdpid
      syscall nx mmxext fxsr-opt pdpe1gb rdtscp lm
      lahf-lm svm cr8legacy abm sse4a misalignsse 3dnowprefetch osvw topoext perfctr-core
      clzero xsaveerptr wbnoinvd ibpb amd-stibp
      npt nrip-save
      xsaveopt xsavec xgetbv1 xsaves
      arat`,
    cacheInfo: epycRomeCacheInfo,
    versions: [{ version: 1 }, { version: 2, props: propValues('ibrs=on amd-ssbd=on') }],
  },
  {
    name: 'EPYC-Milan',
    level: 0xd,
    xlevel: 0x8000001e,
    vendor: CPUID_VENDOR_AMD,
    family: 25,
    model: 1,
    stepping: 1,
    modelId: 'AMD EPYC-Milan Processor',
    features: `fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2
      pni pclmulqdq monitor ssse3 fma cx16 pcid sse4.1 sse4.2 movbe popcnt aes xsave avx f16c rdrand
      fsgsbase bmi1 avx2 smep bmi2 erms invpcid rdseed adx smap clflushopt clwb sha-ni
      umip pku rdpid
      fsrm
      syscall nx mmxext fxsr-opt pdpe1gb rdtscp lm
      lahf-lm svm cr8legacy abm sse4a misalignsse 3dnowprefetch osvw topoext perfctr-core
      clzero xsaveerptr wbnoinvd ibpb ibrs amd-stibp amd-ssbd
      npt nrip-save svme-addr-chk
      xsaveopt xsavec xgetbv1 xsaves
      arat`,
    cacheInfo: epycMilanCacheInfo,
  },
]
