// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { CpuidReg } from './cpuid-regs.js'

/*
 * A feature word is one register of one CPUID leaf, or one feature MSR, whose bits can be switched by name
 * ("-cpu qemu64,+avx"). The order is QEMU's FeatureWord enum.
 */
export const FEAT_1_EDX = 0
export const FEAT_1_ECX = 1
export const FEAT_7_0_EBX = 2
export const FEAT_7_0_ECX = 3
export const FEAT_7_0_EDX = 4
export const FEAT_7_1_EAX = 5
export const FEAT_8000_0001_EDX = 6
export const FEAT_8000_0001_ECX = 7
export const FEAT_8000_0007_EDX = 8
export const FEAT_8000_0008_EBX = 9
export const FEAT_C000_0001_EDX = 10
export const FEAT_KVM = 11
export const FEAT_KVM_HINTS = 12
export const FEAT_SVM = 13
export const FEAT_XSAVE = 14
export const FEAT_6_EAX = 15
export const FEAT_XSAVE_XCR0_LO = 16
export const FEAT_XSAVE_XCR0_HI = 17
export const FEAT_ARCH_CAPABILITIES = 18
export const FEAT_CORE_CAPABILITY = 19
export const FEAT_PERF_CAPABILITIES = 20
export const FEAT_VMX_PROCBASED_CTLS = 21
export const FEAT_VMX_SECONDARY_CTLS = 22
export const FEAT_VMX_PINBASED_CTLS = 23
export const FEAT_VMX_EXIT_CTLS = 24
export const FEAT_VMX_ENTRY_CTLS = 25
export const FEAT_VMX_MISC = 26
export const FEAT_VMX_EPT_VPID_CAPS = 27
export const FEAT_VMX_BASIC = 28
export const FEAT_VMX_VMFUNC = 29
export const FEAT_14_0_ECX = 30
export const FEAT_SGX_12_0_EAX = 31
export const FEAT_SGX_12_0_EBX = 32
export const FEAT_SGX_12_1_EAX = 33
export const FEAT_XSAVE_XSS_LO = 34
export const FEAT_XSAVE_XSS_HI = 35
export const FEATURE_WORD_COUNT = 36

/** Index of a feature word, `FEAT_*`. */
export type FeatureWord = number

/** Where one feature word is found and what its bits are called. */
export interface FeatureWordInfo {
  /** The leaf and register, for a CPUID word. */
  readonly cpuid: { readonly eax: number; readonly ecx: number | null; readonly reg: CpuidReg } | null
  /** The MSR's index, for an MSR word. */
  readonly msr: number | null
  /** Property name of each bit, null for a bit that cannot be named; as long as the highest named bit. */
  readonly names: readonly (string | null)[]
  /** Named bits that must not be given to a guest that can be migrated. */
  readonly unmigratable: bigint
  /** Bits without a name that may nevertheless be migrated. */
  readonly migratable: bigint
  /** Bits that `-cpu host` and `-cpu max` do not switch on by themselves. */
  readonly noAutoenable: bigint
}

interface WordOptions {
  unmigratable?: bigint
  migratable?: bigint
  noAutoenable?: bigint
}

/** `names`: bit 0 first, "." for a bit without a name; "@n" jumps to bit n. */
function parseNames(names: string): (string | null)[] {
  const list: (string | null)[] = []
  for (const token of names.split(/\s+/).filter((word) => word !== '')) {
    if (token.startsWith('@')) {
      while (list.length < Number(token.slice(1))) list.push(null)
    } else {
      list.push(token === '.' ? null : token)
    }
  }
  return list
}

function word(
  source: Pick<FeatureWordInfo, 'cpuid' | 'msr'>,
  names: string,
  options: WordOptions = {},
): FeatureWordInfo {
  return {
    ...source,
    names: parseNames(names),
    unmigratable: options.unmigratable ?? 0n,
    migratable: options.migratable ?? 0n,
    noAutoenable: options.noAutoenable ?? 0n,
  }
}

const cpuid = (
  eax: number,
  reg: CpuidReg,
  ecx: number | null = null,
): Pick<FeatureWordInfo, 'cpuid' | 'msr'> => ({
  cpuid: { eax, ecx, reg },
  msr: null,
})
const msr = (index: number): Pick<FeatureWordInfo, 'cpuid' | 'msr'> => ({ cpuid: null, msr: index })

/**
 * Every feature word with the names of its bits, indexed by `FEAT_*`. Bits that the guest's system controls
 * (OSXSAVE, OSPKE) have no name; AMD's copies of leaf 1 EDX in leaf 0x80000001 EDX neither: they follow leaf 1.
 * @qemu target/i386/cpu.c feature_word_info
 * @differs no column of what TCG offers: each accelerator answers for itself
 */
export const featureWordInfo: readonly FeatureWordInfo[] = (() => {
  const table: FeatureWordInfo[] = []
  table[FEAT_1_EDX] = word(
    cpuid(1, 'edx'),
    `fpu vme de pse tsc msr pae mce cx8 apic . sep mtrr pge mca cmov pat pse36 pn clflush . ds acpi mmx
     fxsr sse sse2 ss ht tm ia64 pbe`,
  )
  table[FEAT_1_ECX] = word(
    cpuid(1, 'ecx'),
    `pni pclmulqdq dtes64 monitor ds-cpl vmx smx est tm2 ssse3 cid . fma cx16 xtpr pdcm . pcid dca sse4.1
     sse4.2 x2apic movbe popcnt tsc-deadline aes xsave . avx f16c rdrand hypervisor`,
  )
  table[FEAT_7_0_EBX] = word(
    cpuid(7, 'ebx', 0),
    `fsgsbase tsc-adjust sgx bmi1 hle avx2 . smep bmi2 erms invpcid rtm . . mpx . avx512f avx512dq rdseed adx
     smap avx512ifma pcommit clflushopt clwb intel-pt avx512pf avx512er avx512cd sha-ni avx512bw avx512vl`,
  )
  table[FEAT_7_0_ECX] = word(
    cpuid(7, 'ecx', 0),
    `. avx512vbmi umip pku . waitpkg avx512vbmi2 . gfni vaes vpclmulqdq avx512vnni avx512bitalg .
     avx512-vpopcntdq . la57 . . . . . rdpid . bus-lock-detect cldemote . movdiri movdir64b . sgxlc pks`,
  )
  table[FEAT_7_0_EDX] = word(
    cpuid(7, 'edx', 0),
    `. . avx512-4vnniw avx512-4fmaps fsrm . . . avx512-vp2intersect . md-clear . . . serialize . tsx-ldtrk . .
     arch-lbr . . amx-bf16 avx512-fp16 amx-tile amx-int8 spec-ctrl stibp . arch-capabilities core-capability ssbd`,
  )
  table[FEAT_7_1_EAX] = word(cpuid(7, 'eax', 1), '@4 avx-vnni avx512-bf16')
  table[FEAT_8000_0001_EDX] = word(
    cpuid(0x80000001, 'edx'),
    '@11 syscall @20 nx . mmxext . . fxsr-opt pdpe1gb rdtscp . lm 3dnowext 3dnow',
  )
  table[FEAT_8000_0001_ECX] = word(
    cpuid(0x80000001, 'ecx'),
    `lahf-lm cmp-legacy svm extapic cr8legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt . lwp
     fma4 tce . nodeid-msr . tbm topoext perfctr-core perfctr-nb`,
    // It needs consistent cache topology beside it, so a host model must not switch it on alone.
    { noAutoenable: 1n << 22n },
  )
  table[FEAT_8000_0007_EDX] = word(cpuid(0x80000007, 'edx'), '@8 invtsc', { unmigratable: 1n << 8n })
  table[FEAT_8000_0008_EBX] = word(
    cpuid(0x80000008, 'ebx'),
    'clzero . xsaveerptr @9 wbnoinvd . . ibpb . ibrs amd-stibp @24 amd-ssbd virt-ssbd amd-no-ssb',
  )
  table[FEAT_C000_0001_EDX] = word(
    cpuid(0xc0000001, 'edx'),
    '. . xstore xstore-en . . xcrypt xcrypt-en ace2 ace2-en phe phe-en pmm pmm-en',
  )
  table[FEAT_KVM] = word(
    cpuid(0x40000001, 'eax'),
    `kvmclock kvm-nopiodelay kvm-mmu kvmclock kvm-asyncpf kvm-steal-time kvm-pv-eoi kvm-pv-unhalt . kvm-pv-tlb-flush .
     kvm-pv-ipi kvm-poll-control kvm-pv-sched-yield kvm-asyncpf-int kvm-msi-ext-dest-id @24 kvmclock-stable-bit`,
  )
  // Hints are promises by the user, never something that a host model may conclude by itself.
  table[FEAT_KVM_HINTS] = word(cpuid(0x40000001, 'edx'), 'kvm-hint-dedicated', { noAutoenable: 0xffff_ffffn })
  table[FEAT_SVM] = word(
    cpuid(0x8000000a, 'edx'),
    `npt lbrv svm-lock nrip-save tsc-scale vmcb-clean flushbyasid decodeassists . . pause-filter . pfthreshold avic .
     v-vmsave-vmload vgif @28 svme-addr-chk`,
  )
  table[FEAT_XSAVE] = word(cpuid(0xd, 'eax', 1), 'xsaveopt xsavec xgetbv1 xsaves xfd')
  table[FEAT_6_EAX] = word(cpuid(6, 'eax'), '. . arat')
  // x87, SSE, AVX, the two of MPX, the three of AVX-512, PKRU
  table[FEAT_XSAVE_XCR0_LO] = word(cpuid(0xd, 'eax', 0), '', { migratable: 0x2ffn })
  table[FEAT_XSAVE_XCR0_HI] = word(cpuid(0xd, 'edx', 0), '')
  table[FEAT_ARCH_CAPABILITIES] = word(
    msr(0x10a),
    'rdctl-no ibrs-all rsba skip-l1dfl-vmentry ssb-no mds-no pschange-mc-no tsx-ctrl taa-no',
  )
  table[FEAT_CORE_CAPABILITY] = word(msr(0xcf), '@5 split-lock-detect')
  table[FEAT_PERF_CAPABILITIES] = word(msr(0x345), '@13 full-width-write')
  table[FEAT_VMX_PROCBASED_CTLS] = word(
    msr(0x48e),
    `. . vmx-vintr-pending vmx-tsc-offset . . . vmx-hlt-exit . vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit
     vmx-rdtsc-exit . . vmx-cr3-load-noexit vmx-cr3-store-noexit . . vmx-cr8-load-exit vmx-cr8-store-exit
     vmx-flexpriority vmx-vnmi-pending vmx-movdr-exit vmx-io-exit vmx-io-bitmap . vmx-mtf vmx-msr-bitmap
     vmx-monitor-exit vmx-pause-exit vmx-secondary-ctls`,
  )
  table[FEAT_VMX_SECONDARY_CTLS] = word(
    msr(0x48b),
    `vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
     vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-ple vmx-rdrand-exit vmx-invpcid-exit vmx-vmfunc
     vmx-shadow-vmcs vmx-encls-exit vmx-rdseed-exit vmx-pml . . vmx-xsaves . . . . vmx-tsc-scaling`,
  )
  table[FEAT_VMX_PINBASED_CTLS] = word(
    msr(0x48d),
    'vmx-intr-exit . . vmx-nmi-exit . vmx-vnmi vmx-preemption-timer vmx-posted-intr',
  )
  // Bit 9, the host's address space size, follows the guest's long mode bit.
  table[FEAT_VMX_EXIT_CTLS] = word(
    msr(0x48f),
    `@2 vmx-exit-nosave-debugctl @12 vmx-exit-load-perf-global-ctrl . . vmx-exit-ack-intr . . vmx-exit-save-pat
     vmx-exit-load-pat vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer vmx-exit-clear-bndcfgs .
     vmx-exit-clear-rtit-ctl . . . vmx-exit-load-pkrs`,
  )
  table[FEAT_VMX_ENTRY_CTLS] = word(
    msr(0x490),
    `@2 vmx-entry-noload-debugctl @9 vmx-entry-ia32e-mode @13 vmx-entry-load-perf-global-ctrl vmx-entry-load-pat
     vmx-entry-load-efer vmx-entry-load-bndcfgs . vmx-entry-load-rtit-ctl @22 vmx-entry-load-pkrs`,
  )
  table[FEAT_VMX_MISC] = word(
    msr(0x485),
    `@5 vmx-store-lma vmx-activity-hlt vmx-activity-shutdown vmx-activity-wait-sipi @29 vmx-vmwrite-vmexit-fields
     vmx-zero-len-inject`,
  )
  table[FEAT_VMX_EPT_VPID_CAPS] = word(
    msr(0x48c),
    `vmx-ept-execonly @6 vmx-page-walk-4 vmx-page-walk-5 @16 vmx-ept-2mb vmx-ept-1gb . . vmx-invept vmx-eptad
     vmx-ept-advanced-exitinfo . . vmx-invept-single-context vmx-invept-all-context @32 vmx-invvpid
     @40 vmx-invvpid-single-addr vmx-invept-single-context vmx-invvpid-all-context vmx-invept-single-context-noglobals`,
  )
  table[FEAT_VMX_BASIC] = word(msr(0x480), '@54 vmx-ins-outs vmx-true-ctls', { noAutoenable: 1n << 49n })
  table[FEAT_VMX_VMFUNC] = word(msr(0x491), 'vmx-eptp-switching')
  table[FEAT_14_0_ECX] = word(cpuid(0x14, 'ecx', 0), '@31 intel-pt-lip')
  table[FEAT_SGX_12_0_EAX] = word(cpuid(0x12, 'eax', 0), 'sgx1 sgx2')
  table[FEAT_SGX_12_0_EBX] = word(cpuid(0x12, 'ebx', 0), 'sgx-exinfo')
  table[FEAT_SGX_12_1_EAX] = word(
    cpuid(0x12, 'eax', 1),
    '. sgx-debug sgx-mode64 . sgx-provisionkey sgx-tokenkey . sgx-kss',
  )
  table[FEAT_XSAVE_XSS_LO] = word(cpuid(0xd, 'ecx', 1), '')
  table[FEAT_XSAVE_XSS_HI] = word(cpuid(0xd, 'edx', 1), '')
  return table
})()

/** Old names of feature properties that still work. */
export const featureAliases: readonly (readonly [alias: string, name: string])[] = [
  ['sse3', 'pni'],
  ['pclmuldq', 'pclmulqdq'],
  ['sse4-1', 'sse4.1'],
  ['sse4-2', 'sse4.2'],
  ['xd', 'nx'],
  ['ffxsr', 'fxsr-opt'],
  ['i64', 'lm'],
  ['ds_cpl', 'ds-cpl'],
  ['tsc_adjust', 'tsc-adjust'],
  ['fxsr_opt', 'fxsr-opt'],
  ['lahf_lm', 'lahf-lm'],
  ['cmp_legacy', 'cmp-legacy'],
  ['nodeid_msr', 'nodeid-msr'],
  ['perfctr_core', 'perfctr-core'],
  ['perfctr_nb', 'perfctr-nb'],
  ['kvm_nopiodelay', 'kvm-nopiodelay'],
  ['kvm_mmu', 'kvm-mmu'],
  ['kvm_asyncpf', 'kvm-asyncpf'],
  ['kvm_asyncpf_int', 'kvm-asyncpf-int'],
  ['kvm_steal_time', 'kvm-steal-time'],
  ['kvm_pv_eoi', 'kvm-pv-eoi'],
  ['kvm_pv_unhalt', 'kvm-pv-unhalt'],
  ['kvm_poll_control', 'kvm-poll-control'],
  ['svm_lock', 'svm-lock'],
  ['nrip_save', 'nrip-save'],
  ['tsc_scale', 'tsc-scale'],
  ['vmcb_clean', 'vmcb-clean'],
  ['pause_filter', 'pause-filter'],
  ['sse4_1', 'sse4.1'],
  ['sse4_2', 'sse4.2'],
]
