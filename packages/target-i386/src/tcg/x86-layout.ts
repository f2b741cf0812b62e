// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// The x86 part of a CPU's block in the accelerator's memory, as offsets from `ENV_ARCH` on. Each field is a slot of 64
// bits, so that translated code can name it. Read by TypeScript and by AssemblyScript: numbers only.

/** RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8..R15. */
export const X_REGS = 0x1000
export const X_EIP = 0x1080
/** The operands and the kind of the last operation that set condition codes, from which they are computed when needed. */
export const X_CC_DST = 0x1088
export const X_CC_SRC = 0x1090
export const X_CC_SRC2 = 0x1098
export const X_CC_OP = 0x10a0
/** 1, or -1 when string instructions go down. */
export const X_DF = 0x10a8
/** RFLAGS without condition codes and DF. */
export const X_EFLAGS = 0x10b0
/** HF_*, without the copies of RFLAGS bits. */
export const X_HFLAGS = 0x10b8
export const X_HFLAGS2 = 0x10c0
/** All ones, or all ones but bit 20. */
export const X_A20_MASK = 0x10c8

/** ES, CS, SS, DS, FS, GS, LDTR, TR, GDTR, IDTR: `X_SEG_SIZE` bytes each. */
export const X_SEGS = 0x1100
export const X_SEG_SIZE = 0x20
export const X_SEG_SELECTOR = 0x00
export const X_SEG_BASE = 0x08
export const X_SEG_LIMIT = 0x10
export const X_SEG_FLAGS = 0x18
export const X_LDT = 0x11c0
export const X_TR = 0x11e0
export const X_GDT = 0x1200
export const X_IDT = 0x1220

/** CR0, unused, CR2, CR3, CR4. */
export const X_CR = 0x1240
/** DR0..DR7. */
export const X_DR = 0x1280
export const X_EFER = 0x12c0
export const X_STAR = 0x12c8
export const X_LSTAR = 0x12d0
export const X_CSTAR = 0x12d8
export const X_FMASK = 0x12e0
export const X_KERNELGSBASE = 0x12e8
export const X_SYSENTER_CS = 0x12f0
export const X_SYSENTER_ESP = 0x12f8
export const X_SYSENTER_EIP = 0x1300
export const X_TSC_AUX = 0x1308
/** PDPTRs of PAE paging. */
export const X_PDPTRS = 0x1310
/** What the CPU can do: CPUID bits of leaf 1 EDX and ECX, 7 EBX, 0x80000001 EDX. */
export const X_FEAT_1_EDX = 0x1330
export const X_FEAT_1_ECX = 0x1338
export const X_FEAT_7_EBX = 0x1340
export const X_FEAT_EXT_EDX = 0x1348
/** Bits of a physical address that must be zero in page tables. */
export const X_RESERVED_ADDRESS = 0x1350
/** The address that MONITOR armed; all ones for none. */
export const X_MONITOR = 0x1358
/** Instruction count at which the last block began to touch the page tables: unused bits of a fault. */
export const X_CR2_PENDING = 0x1360

/** Not 0: the exception that is pending is a fault of the page walk, for the address in X_CR2_PENDING. */
export const X_WALK_FAULT = 0x13f0

/** XMM registers: 32 bytes each, of which the lower 16 are used. */
export const X_XMM = 0x1400
export const X_XMM_SIZE = 0x20
/** x87 registers by their place in the file: mantissa of 64 bits, which is the MMX register, then sign and exponent. */
export const X_FPREGS = 0x1600
/** Top of the stack; status word without it; control word; a byte per register, 1 for an empty one. */
export const X_FPSTT = 0x1680
export const X_FPUS = 0x1688
export const X_FPUC = 0x1690
export const X_FPTAGS = 0x1698
/** The last instruction's address, its memory operand's, its opcode (SDM volume 1, 8.1.8). */
export const X_FPIP = 0x16a0
export const X_FPDP = 0x16a8
export const X_FPOP = 0x16b0
export const X_MXCSR = 0x16c0
export const X_XCR0 = 0x16c8
/** Memory operands of SSE and MMX instructions, and room for two more. */
export const X_SSE_T0 = 0x1700
export const X_SSE_T1 = 0x1740

/* What is known of an instruction beside the kind in bits 7:0, for its faults. */
/** It reads its memory operand and writes it. */
export const INSN_RMW = 1 << 8
/** Its memory operand is in the stack segment; it uses the stack by itself. */
export const INSN_SS = 1 << 9
export const INSN_STACK = 1 << 10

/** Kinds of the last operation. Those with a width come in four: byte, word, dword, qword. @qemu target/i386/cpu.h CCOp */
export const CC_OP_DYNAMIC = 0
export const CC_OP_EFLAGS = 1
export const CC_OP_MULB = 2
export const CC_OP_ADDB = 6
export const CC_OP_ADCB = 10
export const CC_OP_SUBB = 14
export const CC_OP_SBBB = 18
export const CC_OP_LOGICB = 22
export const CC_OP_INCB = 26
export const CC_OP_DECB = 30
export const CC_OP_SHLB = 34
export const CC_OP_SARB = 38
export const CC_OP_CLR = 42

/* Condition codes in RFLAGS. */
export const CC_C = 0x0001
export const CC_P = 0x0004
export const CC_A = 0x0010
export const CC_Z = 0x0040
export const CC_S = 0x0080
export const CC_O = 0x0800
export const CC_ALL = 0x08d5

/* The other flags. */
export const TF_MASK = 0x0000_0100
export const IF_MASK = 0x0000_0200
export const DF_MASK = 0x0000_0400
export const IOPL_MASK = 0x0000_3000
export const NT_MASK = 0x0000_4000
export const RF_MASK = 0x0001_0000
export const VM_MASK = 0x0002_0000
export const AC_MASK = 0x0004_0000
export const VIF_MASK = 0x0008_0000
export const VIP_MASK = 0x0010_0000
export const ID_MASK = 0x0020_0000

/* Hidden flags. */
export const HF_CPL = 3
export const HF_INHIBIT_IRQ = 1 << 3
export const HF_CS32 = 1 << 4
export const HF_SS32 = 1 << 5
export const HF_ADDSEG = 1 << 6
export const HF_PE = 1 << 7
export const HF_MP = 1 << 9
export const HF_EM = 1 << 10
export const HF_TS = 1 << 11
export const HF_LMA = 1 << 14
export const HF_CS64 = 1 << 15
export const HF_OSFXSR = 1 << 22
export const HF_SMAP = 1 << 23
/** A breakpoint of the guest's is enabled in DR7. */
export const HF_BREAK = 1 << 24
export const HF_OSXSAVE = 1 << 25
/** The code segment is smaller than EIP may become: branches and fetches are checked against its limit. */
export const HF_CS_LIMIT = 1 << 26
/** Not all of 4 GiB, or in real mode of 64 KiB, can be read and written by DS, ES and SS; by FS and GS. */
export const HF_SEG_LIMIT = 1 << 27
export const HF_FS_LIMIT = 1 << 28
/** CR0.AM: programs that set AC get unaligned accesses refused. */
export const HF_AM = 1 << 29
/** Of the second word: NMIs wait for an IRET. */
export const HF2_NMI = 1 << 2
/** Bits of RFLAGS that tell blocks apart. */
export const TB_EFLAGS = 0x0007_3100

/* Exceptions. */
export const EXCP00_DIVZ = 0
export const EXCP01_DB = 1
export const EXCP03_INT3 = 3
export const EXCP04_INTO = 4
export const EXCP05_BOUND = 5
export const EXCP06_ILLOP = 6
export const EXCP07_PREX = 7
export const EXCP08_DBLE = 8
export const EXCP0A_TSS = 10
export const EXCP0B_NOSEG = 11
export const EXCP0C_STACK = 12
export const EXCP0D_GPF = 13
export const EXCP0E_PAGE = 14
export const EXCP10_COPR = 16
export const EXCP11_ALGN = 17
export const EXCP13_XM = 19
/** HLT, seen by the loop. */
export const EXCP_HLT = 0x10001
export const EXCP_DEBUG = 0x10002
/** No more than a way back to the loop. */
export const EXCP_INTERRUPT = 0x10000
/** MWAIT: as HLT, or as PAUSE when others could write to what it waits for. */
export const EXCP_MWAIT = 0x10006
/** A triple fault. */
export const EXCP_TRIPLE = 0x10010

/* Modes of the MMU. */
export const MMU_KERNEL = 0
export const MMU_USER = 1
export const MMU_KERNEL_SMAP = 2

/* Control register bits. */
export const CR0_PE = 1 << 0
export const CR0_MP = 1 << 1
export const CR0_EM = 1 << 2
export const CR0_TS = 1 << 3
export const CR0_ET = 1 << 4
export const CR0_NE = 1 << 5
export const CR0_WP = 1 << 16
export const CR0_AM = 1 << 18
export const CR0_NW = 1 << 29
export const CR0_CD = 1 << 30
export const CR0_PG = 0x8000_0000
export const CR4_VME = 1 << 0
export const CR4_PVI = 1 << 1
export const CR4_TSD = 1 << 2
export const CR4_DE = 1 << 3
export const CR4_PSE = 1 << 4
export const CR4_PAE = 1 << 5
export const CR4_MCE = 1 << 6
export const CR4_PGE = 1 << 7
export const CR4_PCE = 1 << 8
export const CR4_OSFXSR = 1 << 9
export const CR4_OSXMMEXCPT = 1 << 10
export const CR4_UMIP = 1 << 11
export const CR4_FSGSBASE = 1 << 16
export const CR4_PCIDE = 1 << 17
export const CR4_OSXSAVE = 1 << 18
export const CR4_SMEP = 1 << 20
export const CR4_SMAP = 1 << 21
export const EFER_SCE = 1 << 0
export const EFER_LME = 1 << 8
export const EFER_LMA = 1 << 10
export const EFER_NXE = 1 << 11

/* Debug register bits. */
export const DR6_BD = 1 << 13
export const DR6_BS = 1 << 14
export const DR6_BT = 1 << 15
export const DR7_GD = 1 << 13

/* Descriptor bits, second word. */
export const DESC_G = 1 << 23
export const DESC_B = 1 << 22
export const DESC_L = 1 << 21
export const DESC_P = 1 << 15
export const DESC_DPL_SHIFT = 13
export const DESC_S = 1 << 12
export const DESC_TYPE_SHIFT = 8
export const DESC_A = 1 << 8
export const DESC_R = 1 << 9
export const DESC_W = 1 << 9
export const DESC_C = 1 << 10
export const DESC_E = 1 << 10
export const DESC_CS = 1 << 11
export const DESC_TSS_BUSY = 1 << 9

/** Registers of segments, by number. */
export const R_ES = 0
export const R_CS = 1
export const R_SS = 2
export const R_DS = 3
export const R_FS = 4
export const R_GS = 5
