// SPDX-License-Identifier: GPL-2.0-or-later
// data table

/** A CPU with options, on a board of a shape. */
export interface CpuidCombination {
  /** As behind `-cpu`. */
  cpu: string
  /** As behind `-smp`. */
  smp: string
  /** QEMU's board; ours is always the microvm. */
  machine?: 'microvm' | 'pc'
}

const THREADS = '6,cores=3,threads=2'
const DIES = { smp: '8,sockets=2,dies=2', machine: 'pc' } as const
const CORES_AND_DIES = { smp: '12,dies=2,cores=3,threads=2', machine: 'pc' } as const

/** Options that change what CPUID says, each at least once. */
export const cpuidCombinations: readonly CpuidCombination[] = [
  // The vendor decides which leaves there are; under KVM it is the host's unless it is given.
  { cpu: 'qemu64,vendor=GenuineIntel', smp: '1' },
  { cpu: 'Haswell-v1,vendor=GenuineIntel', smp: THREADS },
  { cpu: 'Haswell-v4,vendor=GenuineIntel', ...DIES },
  { cpu: 'Skylake-Server-v5,vendor=GenuineIntel,l3-cache=off', ...CORES_AND_DIES },
  { cpu: 'KnightsMill-v1,vendor=GenuineIntel,cpuid-0xb=off', smp: THREADS },
  { cpu: 'EPYC-v1,vendor=GenuineIntel', smp: THREADS },
  { cpu: 'EPYC-Milan-v1,vendor=CentaurHauls', ...CORES_AND_DIES },
  { cpu: 'EPYC-Rome-v1,vendor=AuthenticAMD', ...CORES_AND_DIES },
  { cpu: 'Dhyana-v2,vendor=HygonGenuine', smp: THREADS },
  { cpu: 'qemu64,vendor=AuthenticAMD,x-vendor-cpuid-only=off', ...DIES },
  { cpu: 'qemu64,vendor=GenuineIntel,legacy-cache=on', smp: '2,maxcpus=12,sockets=2,cores=3,threads=2' },
  // Identity.
  { cpu: 'qemu64,family=26,model=200,stepping=9', smp: '1' },
  { cpu: 'qemu64,family=6,model-id=A CPU of my own', smp: '1' },
  { cpu: 'core2duo,model-id=A name that is longer than the 48 characters of the leaves', smp: '1' },
  // Levels: fixed, raised, and without the automatic ones.
  { cpu: 'qemu64,level=4', smp: '1' },
  { cpu: 'qemu64,level=0x1f,xlevel=0x80000020', ...DIES },
  { cpu: 'qemu64,min-level=0x14,min-xlevel=0x8000001e', smp: THREADS },
  { cpu: 'EPYC,xlevel=0x80000008', smp: '1' },
  { cpu: '486,xlevel2=0xc0000004', smp: '1' },
  { cpu: '486,min-xlevel2=0xc0000001,+xstore,x-force-features=on', smp: '1' },
  { cpu: 'pentium,full-cpuid-auto-level=off,+nx,+arat,+avx2', smp: '1' },
  { cpu: 'pentium3,+lm,+nx,+lahf-lm,+arat', smp: '1' },
  { cpu: 'EPYC,level-func7=1', smp: '1' },
  // Features one by one, and those that bring or need others.
  { cpu: 'qemu64,+topoext', smp: THREADS },
  { cpu: 'EPYC,-topoext', smp: THREADS },
  { cpu: 'qemu64,+xsave,+avx,+avx2,+xsaves,+xsaveopt,x-force-features=on', smp: '1' },
  { cpu: 'qemu64,+xsave,+mpx,+avx512f,+pku,+la57,x-force-features=on', smp: '1' },
  { cpu: 'max,+xsave,-avx', smp: '1' },
  { cpu: 'qemu64,vmx-ept=on,vmx-vpid=on', smp: '1' },
  { cpu: 'qemu64,+vmx,vmx-ept=on,arch-capabilities=on,rdctl-no=on', smp: '1' },
  { cpu: 'qemu64,svm=on,npt=on,nrip-save=on', smp: '1' },
  { cpu: 'qemu64,npt=on', smp: '1' },
  { cpu: 'phenom,-svm', smp: '1' },
  { cpu: 'qemu64,+svm,+npt,+vgif,x-force-features=on', smp: '1' },
  { cpu: 'qemu64,+invtsc', smp: '1' },
  { cpu: 'host,invtsc=on', smp: '1' },
  { cpu: 'qemu64,+sse4_1,sse4.2=on,+lahf_lm,cmp_legacy=on', smp: '1' },
  { cpu: 'qemu64,-lm', smp: '1' },
  { cpu: 'qemu64,-apic', smp: '1' },
  { cpu: 'qemu64,-hypervisor', smp: '1' },
  { cpu: 'base,+fpu,+tsc,+msr,+apic', smp: '1' },
  { cpu: 'qemu64,x2apic=off,tsc-deadline=on,check=off', smp: '1' },
  { cpu: 'qemu64,pmu=on,+pdcm', smp: '1' },
  { cpu: 'host,pmu=off', smp: '1' },
  { cpu: 'host,migratable=off', smp: '1' },
  { cpu: 'max,migratable=off,pmu=off', smp: THREADS },
  { cpu: 'host,-sse4.2,avx=off', smp: '1' },
  { cpu: 'host,host-cache-info=on', smp: '1' },
  { cpu: 'host,host-cache-info=on', smp: THREADS },
  { cpu: 'host,host-cache-info=on,l3-cache=off', ...CORES_AND_DIES },
  // KVM's own leaves.
  { cpu: 'qemu64,kvm=off', smp: '1' },
  { cpu: 'host,kvm=off', smp: '1' },
  { cpu: 'qemu64,-kvmclock,-kvm-asyncpf,kvm_pv_eoi=off,-kvmclock-stable-bit', smp: '1' },
  { cpu: 'qemu64,+kvm-pv-unhalt,+kvm-pv-ipi,+kvm-pv-tlb-flush,+kvm-poll-control', smp: '1' },
  { cpu: 'qemu64,kvm-pv-sched-yield=on,kvm-asyncpf-int=on,kvm-msi-ext-dest-id=on', smp: '1' },
  { cpu: 'host,kvm-hint-dedicated=on', smp: '1' },
  { cpu: 'qemu64,kvm-pv-enforce-cpuid=on', smp: '1' },
  { cpu: 'qemu64,+invtsc,vmware-cpuid-freq=off', smp: '1' },
  // Physical addresses.
  { cpu: 'qemu64,host-phys-bits-limit=43', smp: '1' },
  { cpu: 'pentium2', smp: '1' },
  { cpu: '486,+pse36', smp: '1' },
]
