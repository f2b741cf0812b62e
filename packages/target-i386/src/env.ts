// SPDX-License-Identifier: GPL-2.0-or-later
import { FEATURE_WORD_COUNT } from './feature-words.js'

/** Number of general registers in 64-bit mode. */
export const CPU_NB_REGS = 16
/** Index into `CPUX86State.regs`, in the encoding order of the ModRM byte (SDM volume 2, table 2-2). */
export const R_EAX = 0
export const R_ECX = 1
export const R_EDX = 2
export const R_EBX = 3
export const R_ESP = 4
export const R_EBP = 5
export const R_ESI = 6
export const R_EDI = 7

/** Index into `CPUX86State.segs`. */
export const R_ES = 0
export const R_CS = 1
export const R_SS = 2
export const R_DS = 3
export const R_FS = 4
export const R_GS = 5

export const NB_MTRR_FIXED = 11
export const MSR_MTRRcap_VCNT = 8
export const MCE_BANKS_DEF = 10
export const MAX_GP_COUNTERS = 18
export const MAX_FIXED_COUNTERS = 3
export const MAX_RTIT_ADDRS = 8
export const ARCH_LBR_NR_ENTRIES = 32
export const HV_CRASH_PARAMS = 5
export const HV_SINT_COUNT = 16
export const HV_STIMER_COUNT = 4

/** Segment descriptor attribute bits, as they stand in a descriptor's second word (SDM volume 3, 3.4.5). */
export const DESC_G_MASK = 1 << 23
export const DESC_B_SHIFT = 22
export const DESC_B_MASK = 1 << 22
export const DESC_L_SHIFT = 21
export const DESC_L_MASK = 1 << 21
export const DESC_AVL_SHIFT = 20
export const DESC_AVL_MASK = 1 << 20
export const DESC_P_MASK = 1 << 15
export const DESC_DPL_SHIFT = 13
export const DESC_S_SHIFT = 12
export const DESC_S_MASK = 1 << 12
export const DESC_TYPE_SHIFT = 8
export const DESC_A_MASK = 1 << 8
export const DESC_R_MASK = 1 << 9
export const DESC_W_MASK = 1 << 9
export const DESC_C_MASK = 1 << 10
export const DESC_CS_MASK = 1 << 11

/** `env.hflags`: hidden flags, what the translator and the state dump need to know of the mode at a glance. */
export const HF_CPL_MASK = 3
export const HF_INHIBIT_IRQ_MASK = 1 << 3
export const HF_CS32_MASK = 1 << 4
export const HF_SS32_MASK = 1 << 5
export const HF_ADDSEG_MASK = 1 << 6
export const HF_PE_MASK = 1 << 7
export const HF_TF_MASK = 1 << 8
export const HF_MP_MASK = 1 << 9
export const HF_EM_MASK = 1 << 10
export const HF_TS_MASK = 1 << 11
export const HF_IOPL_MASK = 3 << 12
export const HF_LMA_MASK = 1 << 14
export const HF_CS64_MASK = 1 << 15
export const HF_RF_MASK = 1 << 16
export const HF_VM_MASK = 1 << 17
export const HF_AC_MASK = 1 << 18
export const HF_SMM_MASK = 1 << 19
export const HF_OSFXSR_MASK = 1 << 22
export const HF_GUEST_MASK = 1 << 21

/** `env.hflags2`. */
export const HF2_GIF_MASK = 1 << 0
export const HF2_NMI_MASK = 1 << 2
export const HF2_SMM_INSIDE_NMI_MASK = 1 << 4

/** The `mp_state` of a vCPU: KVM's numbers, used by every accelerator. */
export const MP_STATE_RUNNABLE = 0
export const MP_STATE_UNINITIALIZED = 1
export const MP_STATE_INIT_RECEIVED = 2
export const MP_STATE_HALTED = 3
export const MP_STATE_SIPI_RECEIVED = 4

/**
 * A segment register with its hidden part.
 * @qemu target/i386/cpu.h SegmentCache
 */
export class SegmentCache {
  /** Visible selector, 16 bits. */
  selector = 0
  /** Linear base address, 64 bits. */
  base = 0n
  /** Limit in bytes, already scaled by the granularity bit, 32 bits. */
  limit = 0
  /** The second word of the descriptor (`DESC_*` bits), 32 bits. */
  flags = 0
}

/** One variable-range MTRR pair (SDM volume 3, 12.11.2.3). */
export interface MTRRVar {
  base: bigint
  mask: bigint
}

/** One last branch record. */
export interface LBREntry {
  from: bigint
  to: bigint
  info: bigint
}

/** One bound register of MPX. */
export interface BNDReg {
  lb: bigint
  ub: bigint
}

const zeros = (count: number): bigint[] => new Array<bigint>(count).fill(0n)

/**
 * The architectural state of one x86 processor, the same whatever accelerator runs it. General registers,
 * control registers and MSRs are `bigint` of 64 bits.
 * @qemu target/i386/cpu.h CPUArchState
 * @differs MSRs are all 64 bits wide here; flags that QEMU keeps as bytes are booleans; the x87 registers are
 *   kept in stack order, as FXSAVE stores them
 */
export class CPUX86State {
  /** RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8..R15. */
  regs = zeros(CPU_NB_REGS)
  eip = 0n
  /** RFLAGS, whole: there are no lazily evaluated condition codes outside the translator. */
  eflags = 2n

  /** ES, CS, SS, DS, FS, GS. */
  segs = Array.from({ length: 6 }, () => new SegmentCache())
  ldt = new SegmentCache()
  tr = new SegmentCache()
  /** Only base and limit are used. */
  gdt = new SegmentCache()
  /** Only base and limit are used. */
  idt = new SegmentCache()
  /** CR0, unused, CR2, CR3, CR4. CR8 lives in the APIC. */
  cr = zeros(5)
  /** PDPTRs of PAE paging, valid when `pdptrsValid`. */
  pdptrs = zeros(4)
  pdptrsValid = false
  /** DR0..DR7. */
  dr = zeros(8)
  hflags = 0
  hflags2 = 0
  /** All ones, or all ones but bit 20 while the A20 gate is closed. */
  a20Mask = -1
  /** KVM's numbering, `MP_STATE_*`. */
  mpState = MP_STATE_RUNNABLE

  /** x87 top of stack, 0..7; not kept in `fpus`. */
  fpstt = 0
  /** x87 status word without the top of stack (bits 13:11). */
  fpus = 0
  /** x87 control word. */
  fpuc = 0x37f
  /** One byte per register of the x87 stack, physical order: 1 means empty. */
  fptags = new Uint8Array(8)
  fpop = 0
  fpip = 0n
  fpdp = 0n
  /** ST(0)..ST(7), 16 bytes each of which 10 are used, as in the FXSAVE image. */
  fpregs = new Uint8Array(8 * 16)
  mxcsr = 0x1f80
  /** ZMM0..ZMM31, 64 bytes each, little-endian; XMM and YMM are their low parts. */
  xmmRegs = new Uint8Array(32 * 64)
  /** AVX-512 mask registers. */
  opmaskRegs = zeros(8)
  bndRegs: BNDReg[] = Array.from({ length: 4 }, () => ({ lb: 0n, ub: 0n }))
  bndcsCfgu = 0n
  bndcsSts = 0n
  pkru = 0
  pkrs = 0
  xtilecfg = new Uint8Array(64)
  xtiledata = new Uint8Array(8192)
  /** XSTATE_BV: which of the components above are not in their initial state. */
  xstateBv = 0n
  xcr0 = 1n
  xss = 0n

  efer = 0n
  star = 0n
  lstar = 0n
  cstar = 0n
  fmask = 0n
  kernelgsbase = 0n
  sysenterCs = 0n
  sysenterEsp = 0n
  sysenterEip = 0n
  vmHsave = 0n

  tsc = 0n
  /** False until the TSC was read after the last stop; then `tsc` may be put back. */
  tscValid = false
  tscAdjust = 0n
  tscAux = 0n
  tscDeadline = 0n
  /** Frequency the guest sees, kHz; 0 when not known. */
  tscKhz = 0
  /** Frequency the user asked for (`tsc-frequency`), kHz; 0 when not given. */
  userTscKhz = 0
  /** LAPIC bus frequency in Hz, when it is known to the guest's CPUID. */
  apicBusFreq = 0

  pat = 0x0007040600070406n
  mtrrFixed = zeros(NB_MTRR_FIXED)
  mtrrDeftype = 0n
  mtrrVar: MTRRVar[] = Array.from({ length: MSR_MTRRcap_VCNT }, () => ({ base: 0n, mask: 0n }))

  mcgCap = 0n
  mcgStatus = 0n
  mcgCtl = 0n
  mcgExtCtl = 0n
  /** CTL, STATUS, ADDR, MISC of bank 0, then of bank 1, ... */
  mceBanks = zeros(MCE_BANKS_DEF * 4)

  systemTimeMsr = 0n
  wallClockMsr = 0n
  asyncPfEnMsr = 0n
  asyncPfIntMsr = 0n
  stealTimeMsr = 0n
  pvEoiEnMsr = 0n
  pollControlMsr = 0n

  smbase = 0x30000
  msrSmiCount = 0n
  /** `msrSmiCount` is part of what is saved (`x-migrate-smi-count`); the user's choice, no register. */
  migrateSmiCount = true
  msrIa32MiscEnable = 0n
  msrIa32FeatureControl = 0n
  specCtrl = 0n
  amdTscScaleMsr = 0n
  virtSsbd = 0n
  tsxCtrl = 0n
  umwait = 0n
  msrBndcfgs = 0n
  msrXfd = 0n
  msrXfdErr = 0n

  msrFixedCtrCtrl = 0n
  msrGlobalCtrl = 0n
  msrGlobalStatus = 0n
  msrGlobalOvfCtrl = 0n
  msrFixedCounters = zeros(MAX_FIXED_COUNTERS)
  msrGpCounters = zeros(MAX_GP_COUNTERS)
  msrGpEvtsel = zeros(MAX_GP_COUNTERS)

  /** Processor Trace: IA32_RTIT_CTL, STATUS, OUTPUT_BASE, OUTPUT_MASK, CR3_MATCH, and ADDR0_A, ADDR0_B, ADDR1_A, ... */
  msrRtitCtrl = 0n
  msrRtitStatus = 0n
  msrRtitOutputBase = 0n
  msrRtitOutputMask = 0n
  msrRtitCr3Match = 0n
  msrRtitAddrs = zeros(MAX_RTIT_ADDRS)
  /** IA32_SGXLEPUBKEYHASH0 to 3. */
  msrIa32Sgxlepubkeyhash = zeros(4)
  /** Last branch records of the architectural kind. */
  msrLbrCtl = 0n
  msrLbrDepth = 0n
  lbrRecords: LBREntry[] = Array.from({ length: ARCH_LBR_NR_ENTRIES }, () => ({ from: 0n, to: 0n, info: 0n }))

  /** Microsoft's synthetic MSRs. */
  msrHvGuestOsId = 0n
  msrHvHypercall = 0n
  msrHvTsc = 0n
  msrHvVapic = 0n
  msrHvCrashParams = zeros(HV_CRASH_PARAMS)
  msrHvRuntime = 0n
  msrHvSynicControl = 0n
  msrHvSynicEvtPage = 0n
  msrHvSynicMsgPage = 0n
  msrHvSynicSint = zeros(HV_SINT_COUNT)
  msrHvStimerConfig = zeros(HV_STIMER_COUNT)
  msrHvStimerCount = zeros(HV_STIMER_COUNT)
  msrHvReenlightenmentControl = 0n
  msrHvTscEmulationControl = 0n
  msrHvTscEmulationStatus = 0n
  msrHvSyndbgControl = 0n
  msrHvSyndbgSendPage = 0n
  msrHvSyndbgRecvPage = 0n
  msrHvSyndbgPendingPage = 0n

  /**
   * The state of a hypervisor that the guest runs, in the kernel's own layout (struct kvm_nested_state); null for a CPU that
   * cannot run one, or where the accelerator keeps it elsewhere.
   */
  nestedState: Uint8Array | null = null

  /** Vector of the exception that is pending or injected, -1 for none. */
  exceptionNr = -1
  exceptionPending = false
  exceptionInjected = false
  hasErrorCode = false
  errorCode = 0
  exceptionHasPayload = false
  exceptionPayload = 0n
  tripleFaultPending = false
  /** Vector of the interrupt being injected, -1 for none. */
  interruptInjected = -1
  /** Whether `interruptInjected` comes from an INT n instruction. */
  softInterrupt = false
  nmiInjected = false
  nmiPending = false
  sipiVector = 0
  /** Length of the instruction being injected for, bytes. */
  insLen = 0

  /** CPUID, MSR and paravirtual feature bits the guest sees, by `FeatureWord`. */
  features = zeros(FEATURE_WORD_COUNT)
  /** Bits that were named by the user; those are not changed behind his back. */
  userFeatures = zeros(FEATURE_WORD_COUNT)

  /** Maximum basic leaf; `LEVEL_AUTO` until features are expanded, unless given. */
  cpuidLevel = LEVEL_AUTO
  cpuidXlevel = LEVEL_AUTO
  cpuidXlevel2 = LEVEL_AUTO
  /** Maximum subleaf of leaf 7. */
  cpuidLevelFunc7 = LEVEL_AUTO
  cpuidMinLevel = 0
  cpuidMinXlevel = 0
  cpuidMinXlevel2 = 0
  cpuidMinLevelFunc7 = 0
  /** The vendor string in CPUID order: EBX, EDX, ECX of leaf 0. */
  cpuidVendor1 = 0
  cpuidVendor2 = 0
  cpuidVendor3 = 0
  /** EAX of leaf 1: family, model and stepping. */
  cpuidVersion = 0
  /** The brand string, 12 words, leaves 0x80000002..4. */
  cpuidModel: number[] = new Array<number>(12).fill(0)

  /** Dies per package, modules are always one per die in this release. */
  nrDies = 1
}

/** A level that is still to be computed from the features (QEMU's UINT32_MAX). */
export const LEVEL_AUTO = 0xffff_ffff
