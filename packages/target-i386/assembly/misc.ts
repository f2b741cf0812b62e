// SPDX-License-Identifier: GPL-2.0-or-later
//
// System registers and the world outside (QEMU's target/i386/tcg/sysemu/misc_helper.c).

import { probeWrite, tlbFlush, tlbFlushPage } from '@dromaius/tcg/assembly/softmmu'
import { ENV_IO_DATA, ENV_MMU_IDX } from '@dromaius/tcg/src/layout'
import * as x from '../src/tcg/x86-layout'
import { checkPort } from './debug'
import { cpuid, msrRead, msrWrite, portRead, portWrite, randomRead, tprRead, tprWrite, tscRead } from './imports'
import {
  cpl, cr, eflagsRaw, faulted, hflags, iopl, isCanonical, ldk, lma, raise, raiseErr, reg, seg, segBase, segFlags, segLimit, setEflagsRaw, setHflags, setReg, stop, updateMmuIndex, vm86,
} from './env'
import { loadPdptrs } from './mmu'
import { updateSegmentFlags } from './seg'

const RAX = 0, RCX = 1, RDX = 2;

/** @qemu target/i386/helper.c cpu_x86_update_cr0 */
function updateCr0(env: u32, value: u64): void {
  let old = cr(env, 0);
  if ((old ^ value) & (<u64>x.CR0_PG | x.CR0_WP | x.CR0_PE)) tlbFlush(env);
  let efer = load<u64>(env, x.X_EFER);
  let h = hflags(env);
  if (!(old & <u64>x.CR0_PG) && (value & <u64>x.CR0_PG) && (efer & x.EFER_LME)) {
    efer |= x.EFER_LMA;
    h |= x.HF_LMA;
  } else if ((old & <u64>x.CR0_PG) && !(value & <u64>x.CR0_PG) && (efer & x.EFER_LMA)) {
    efer &= ~<u64>x.EFER_LMA;
    h &= ~(x.HF_LMA | x.HF_CS64);
    store<u64>(env, load<u64>(env, x.X_EIP) & 0xffffffff, x.X_EIP);
  }
  store<u64>(env, efer, x.X_EFER);
  store<u64>(env, (value & 0xffffffff) | x.CR0_ET, x.X_CR);
  h &= ~(x.HF_PE | x.HF_MP | x.HF_EM | x.HF_TS | x.HF_AM);
  if (value & x.CR0_PE) h |= x.HF_PE;
  if (value & x.CR0_AM) h |= x.HF_AM;
  h |= (<u32>value << 8) & (x.HF_MP | x.HF_EM | x.HF_TS);
  setHflags(env, h);
  updateSegmentFlags(env);
}

/** Whether CR0 can be loaded so (SDM volume 3, 2.5 and 4.1). */
function cr0IsBad(env: u32, value: u64): bool {
  if (value >> 32) return true;
  if ((value & <u64>x.CR0_PG) && !(value & x.CR0_PE)) return true;
  if ((value & x.CR0_NW) && !(value & x.CR0_CD)) return true;
  if (!(value & <u64>x.CR0_PG) && (cr(env, 4) & x.CR4_PCIDE) != 0) return true;
  if ((value & <u64>x.CR0_PG) && !(cr(env, 0) & <u64>x.CR0_PG) && (load<u64>(env, x.X_EFER) & x.EFER_LME)) {
    return !(cr(env, 4) & x.CR4_PAE) || (segFlags(seg(env, x.R_CS)) & x.DESC_L) != 0;
  }
  return !(value & <u64>x.CR0_PG) && lma(env) && (hflags(env) & x.HF_CS64) != 0;
}

/** Whether the PDPTRs have to be loaded, and are bad. */
function pdptrsAreBad(env: u32, cr0: u64, cr3: u64, cr4: u64): bool {
  if (!(cr0 & <u64>x.CR0_PG) || !(cr4 & x.CR4_PAE) || (load<u64>(env, x.X_EFER) & x.EFER_LME)) return false;
  return !loadPdptrs(env, cr3);
}

/** CR4 bits that this CPU has. */
function cr4Valid(env: u32): u64 {
  let edx = load<u64>(env, x.X_FEAT_1_EDX), ebx = load<u64>(env, x.X_FEAT_7_EBX);
  let valid: u64 = x.CR4_PCE;
  if (edx & (1 << 1)) valid |= x.CR4_VME | x.CR4_PVI;
  if (edx & (1 << 2)) valid |= x.CR4_DE;
  if (edx & (1 << 3)) valid |= x.CR4_PSE;
  if (edx & (1 << 4)) valid |= x.CR4_TSD;
  if (edx & (1 << 6)) valid |= x.CR4_PAE;
  if (edx & (1 << 7)) valid |= x.CR4_MCE;
  if (edx & (1 << 13)) valid |= x.CR4_PGE;
  if (edx & (1 << 24)) valid |= x.CR4_OSFXSR;
  if (edx & (1 << 25)) valid |= x.CR4_OSXMMEXCPT;
  if (load<u64>(env, x.X_FEAT_1_ECX) & (1 << 26)) valid |= x.CR4_OSXSAVE;
  if (load<u64>(env, x.X_FEAT_1_ECX) & (1 << 17)) valid |= x.CR4_PCIDE;
  if (ebx & 1) valid |= x.CR4_FSGSBASE;
  if (ebx & (1 << 7)) valid |= x.CR4_SMEP;
  if (ebx & (1 << 20)) valid |= x.CR4_SMAP;
  return valid;
}

/** @qemu target/i386/tcg/sysemu/misc_helper.c helper_read_crN */
export function helper_read_crN(env: u32, n: u64, b: u64, c: u64): u64 {
  return n == 8 ? tprRead(env) : cr(env, <u32>n);
}

/** @qemu target/i386/tcg/sysemu/misc_helper.c helper_write_crN */
export function helper_write_crN(env: u32, n: u64, value: u64, c: u64): u64 {
  switch (<u32>n) {
    case 0:
      if (cr0IsBad(env, value) || (value & ~cr(env, 0) & <u64>x.CR0_PG && pdptrsAreBad(env, value, cr(env, 3), cr(env, 4)))) {
        return raiseErr(env, x.EXCP0D_GPF, 0);
      }
      updateCr0(env, value);
      break;
    case 2:
      store<u64>(env, value, x.X_CR + 16);
      break;
    case 3:
      // Bit 63 would leave translations of the new context; to drop them is allowed (SDM volume 3, 4.10.4.1).
      if (cr(env, 4) & x.CR4_PCIDE) value &= ~(<u64>1 << 63);
      if (lma(env) && (value & (load<u64>(env, x.X_RESERVED_ADDRESS) | 0xfff0000000000000)) != 0) return raiseErr(env, x.EXCP0D_GPF, 0);
      if (!lma(env) && pdptrsAreBad(env, cr(env, 0), value, cr(env, 4))) return raiseErr(env, x.EXCP0D_GPF, 0);
      store<u64>(env, value, x.X_CR + 24);
      if (cr(env, 0) & <u64>x.CR0_PG) tlbFlush(env);
      break;
    case 4: {
      let old = cr(env, 4);
      if (value & ~cr4Valid(env)) return raiseErr(env, x.EXCP0D_GPF, 0);
      if (lma(env) && !(value & x.CR4_PAE)) return raiseErr(env, x.EXCP0D_GPF, 0);
      if ((value & ~old & x.CR4_PCIDE) && (!lma(env) || (cr(env, 3) & 0xfff) != 0)) return raiseErr(env, x.EXCP0D_GPF, 0);
      let paging: u64 = x.CR4_PGE | x.CR4_PCIDE | x.CR4_PAE | x.CR4_PSE | x.CR4_SMEP | x.CR4_SMAP;
      if (((old ^ value) & paging) && !lma(env) && pdptrsAreBad(env, cr(env, 0), cr(env, 3), value)) {
        return raiseErr(env, x.EXCP0D_GPF, 0);
      }
      if ((old ^ value) & paging) tlbFlush(env);
      store<u64>(env, value, x.X_CR + 32);
      let h = hflags(env) & ~(x.HF_OSFXSR | x.HF_SMAP | x.HF_OSXSAVE);
      if (value & x.CR4_OSXSAVE) h |= x.HF_OSXSAVE;
      if (value & x.CR4_OSFXSR) h |= x.HF_OSFXSR;
      if (value & x.CR4_SMAP) h |= x.HF_SMAP;
      setHflags(env, h);
      break;
    }
    case 8:
      if (value >> 4) return raiseErr(env, x.EXCP0D_GPF, 0);
      tprWrite(env, <u32>value);
      break;
  }
  return 0;
}

/** @qemu target/i386/tcg/sysemu/misc_helper.c helper_write_crN */
export function helper_lmsw(env: u32, value: u64, b: u64, c: u64): u64 {
  // PE can be set so, never cleared.
  updateCr0(env, (cr(env, 0) & ~<u64>0xe) | (value & 0xf));
  return 0;
}

/** @qemu target/i386/tcg/cc_helper.c helper_clts */
export function helper_clts(env: u32, a: u64, b: u64, c: u64): u64 {
  updateCr0(env, cr(env, 0) & ~<u64>x.CR0_TS);
  return 0;
}

/** Where an MSR stands in the CPU's block, 0 for one that does not. */
function msrPlace(index: u32): u32 {
  switch (index) {
    case 0x174: return x.X_SYSENTER_CS;
    case 0x175: return x.X_SYSENTER_ESP;
    case 0x176: return x.X_SYSENTER_EIP;
    case 0xc0000081: return x.X_STAR;
    case 0xc0000082: return x.X_LSTAR;
    case 0xc0000083: return x.X_CSTAR;
    case 0xc0000084: return x.X_FMASK;
    case 0xc0000100: return x.X_SEGS + x.R_FS * x.X_SEG_SIZE + x.X_SEG_BASE;
    case 0xc0000101: return x.X_SEGS + x.R_GS * x.X_SEG_SIZE + x.X_SEG_BASE;
    case 0xc0000102: return x.X_KERNELGSBASE;
    case 0xc0000103: return x.X_TSC_AUX;
    default: return 0;
  }
}

/** Whether the CPU has the MSR at all: long mode's and SYSENTER's go with their features. */
function msrExists(env: u32, index: u32): bool {
  let ext = load<u64>(env, x.X_FEAT_EXT_EDX);
  if (index == 0xc0000103) return (ext & (1 << 27)) != 0;
  if (index >= 0xc0000082) return (ext & (1 << 29)) != 0;
  if (index == 0xc0000081) return (ext & (1 << 11)) != 0;
  return (load<u64>(env, x.X_FEAT_1_EDX) & (1 << 11)) != 0;
}

/** @qemu target/i386/tcg/sysemu/misc_helper.c helper_rdmsr */
export function helper_rdmsr(env: u32, a: u64, b: u64, c: u64): u64 {
  let index = <u32>reg(env, RCX);
  let place = msrPlace(index);
  let value: u64;
  if (place != 0) {
    if (!msrExists(env, index)) return raiseErr(env, x.EXCP0D_GPF, 0);
    value = load<u64>(env + place);
  } else if (index == 0xc0000080) value = load<u64>(env, x.X_EFER);
  else {
    if (!msrRead(env, index)) return raiseErr(env, x.EXCP0D_GPF, 0);
    value = load<u64>(env, ENV_IO_DATA);
  }
  setReg(env, RAX, value & 0xffffffff);
  setReg(env, RDX, value >> 32);
  return 0;
}

/** @qemu target/i386/tcg/sysemu/misc_helper.c helper_wrmsr */
export function helper_wrmsr(env: u32, a: u64, b: u64, c: u64): u64 {
  let index = <u32>reg(env, RCX);
  let value = (reg(env, RAX) & 0xffffffff) | (reg(env, RDX) << 32);
  if (index == 0xc0000080) return writeEfer(env, value);
  let place = msrPlace(index);
  if (place != 0) {
    if (!msrExists(env, index)) return raiseErr(env, x.EXCP0D_GPF, 0);
    let address = index != 0x174 && index != 0xc0000081 && index != 0xc0000084 && index != 0xc0000103;
    if (address && !isCanonical(value)) return raiseErr(env, x.EXCP0D_GPF, 0);
    if ((index == 0xc0000084 || index == 0xc0000103) && value >> 32) return raiseErr(env, x.EXCP0D_GPF, 0);
    // SYSENTER_CS is a selector (SDM volume 4, table 2-2).
    store<u64>(env + place, index == 0x174 ? value & 0xffff : value);
    return 0;
  }
  store<u64>(env, value, ENV_IO_DATA);
  if (!msrWrite(env, index)) return raiseErr(env, x.EXCP0D_GPF, 0);
  return 0;
}

function writeEfer(env: u32, value: u64): u64 {
  let ext = load<u64>(env, x.X_FEAT_EXT_EDX);
  let valid: u64 = x.EFER_LMA;
  if (ext & (1 << 11)) valid |= x.EFER_SCE;
  if (ext & (1 << 29)) valid |= x.EFER_LME;
  if (ext & (1 << 20)) valid |= x.EFER_NXE;
  let old = load<u64>(env, x.X_EFER);
  if (value & ~valid) return raiseErr(env, x.EXCP0D_GPF, 0);
  // Long mode cannot be switched while paging is on.
  if (((old ^ value) & x.EFER_LME) && (cr(env, 0) & <u64>x.CR0_PG)) return raiseErr(env, x.EXCP0D_GPF, 0);
  if ((old ^ value) & x.EFER_NXE) tlbFlush(env);
  store<u64>(env, (value & ~<u64>x.EFER_LMA) | (old & x.EFER_LMA), x.X_EFER);
  return 0;
}

/** @qemu target/i386/tcg/misc_helper.c helper_cpuid */
export function helper_cpuid(env: u32, a: u64, b: u64, c: u64): u64 {
  cpuid(env);
  return 0;
}

/** RDTSC; with `aux` RDTSCP. @qemu target/i386/tcg/misc_helper.c helper_rdtsc */
export function helper_rdtsc(env: u32, aux: u64, b: u64, c: u64): u64 {
  if ((cr(env, 4) & x.CR4_TSD) && cpl(env) != 0) return raiseErr(env, x.EXCP0D_GPF, 0);
  tscRead(env);
  let value = load<u64>(env, ENV_IO_DATA);
  setReg(env, RAX, value & 0xffffffff);
  setReg(env, RDX, value >> 32);
  if (aux) setReg(env, RCX, load<u64>(env, x.X_TSC_AUX) & 0xffffffff);
  return 0;
}

/** Whether the port may be accessed by this program; raises #GP if not. @qemu target/i386/tcg/sysemu/seg_helper.c helper_check_io */
function checkIo(env: u32, port: u32, size: u32): bool {
  if (!(cr(env, 0) & x.CR0_PE)) return true;
  if (!vm86(env) && cpl(env) <= iopl(env)) return true;
  let tr = env + x.X_TR;
  let ok = (segFlags(tr) & x.DESC_P) != 0 && ((segFlags(tr) >> x.DESC_TYPE_SHIFT) & 0xd) == 9 && segLimit(tr) >= 103;
  if (ok) {
    let offset = <u32>ldk(env, segBase(tr) + 0x66, 2) + (port >> 3);
    if (faulted(env)) return false;
    ok = offset + 1 <= segLimit(tr);
    if (ok) {
      let bits = <u32>ldk(env, segBase(tr) + offset, 2) >> (port & 7);
      if (faulted(env)) return false;
      ok = (bits & ((1 << size) - 1)) == 0;
    }
  }
  if (!ok) raiseErr(env, x.EXCP0D_GPF, 0);
  return ok;
}

/** Checks only: string instructions do it before they touch memory. */
export function helper_check_io(env: u32, port: u64, size: u64, c: u64): u64 {
  checkIo(env, <u32>port & 0xffff, <u32>size);
  return 0;
}

/** @qemu target/i386/tcg/sysemu/misc_helper.c helper_inb */
export function helper_in(env: u32, port: u64, size: u64, c: u64): u64 {
  if (!checkIo(env, <u32>port & 0xffff, <u32>size)) return 0;
  checkPort(env, <u32>port & 0xffff, <u32>size);
  return portRead(env, <u32>port & 0xffff, <u32>size);
}

/** @qemu target/i386/tcg/sysemu/misc_helper.c helper_outb */
export function helper_out(env: u32, port: u64, size: u64, value: u64): u64 {
  if (!checkIo(env, <u32>port & 0xffff, <u32>size)) return 0;
  checkPort(env, <u32>port & 0xffff, <u32>size);
  portWrite(env, <u32>port & 0xffff, <u32>size, <u32>value);
  return 0;
}

/** LGDT and LIDT with a 64-bit base. @qemu target/i386/tcg/translate.c disas_insn */
export function helper_check_base(env: u32, base: u64, b: u64, c: u64): u64 {
  return isCanonical(base) ? 0 : raiseErr(env, x.EXCP0D_GPF, 0);
}

/** HLT; the loop sleeps. @qemu target/i386/tcg/sysemu/misc_helper.c helper_hlt */
export function helper_hlt(env: u32, next: u64, b: u64, c: u64): u64 {
  store<u64>(env, next, x.X_EIP);
  setHflags(env, hflags(env) & ~x.HF_INHIBIT_IRQ);
  return stop(env, x.EXCP_HLT);
}

/** ECX, or in 64-bit code RCX. */
@inline function extensions(env: u32): u64 { return hflags(env) & x.HF_CS64 ? reg(env, RCX) : reg(env, RCX) & 0xffffffff; }

/** MONITOR knows no extensions (SDM volume 2). @qemu target/i386/tcg/sysemu/misc_helper.c helper_monitor */
export function helper_monitor(env: u32, a: u64, b: u64, c: u64): u64 {
  return extensions(env) != 0 ? raiseErr(env, x.EXCP0D_GPF, 0) : 0;
}

/**
 * MWAIT. It sleeps, as HLT does, when MONITOR was executed before and no interrupt or exception came in between, and while
 * interrupts are open; the loop lets it sleep only if there is no other CPU that could write to the address. In all other cases it
 * goes on at once, as the SDM lets it (volume 2, MWAIT). `stepping`: no more than the checks.
 * @qemu target/i386/tcg/sysemu/misc_helper.c helper_mwait
 * @differs ECX bit 0, which leaf 5 of CPUID offers, is taken: interrupts that are closed end the wait too.
 */
export function helper_mwait(env: u32, next: u64, stepping: u64, c: u64): u64 {
  if (extensions(env) > 1) return raiseErr(env, x.EXCP0D_GPF, 0);
  let armed = load<u64>(env, x.X_MONITOR) != -1;
  store<u64>(env, -1, x.X_MONITOR);
  if (stepping) return 0;
  store<u64>(env, next, x.X_EIP);
  let flags = eflagsRaw(env);
  setEflagsRaw(env, flags & ~x.RF_MASK);
  setHflags(env, hflags(env) & ~x.HF_INHIBIT_IRQ);
  return stop(env, armed && (flags & x.IF_MASK) != 0 ? x.EXCP_MWAIT : x.EXCP_INTERRUPT);
}

/** @qemu target/i386/tcg/sysemu/misc_helper.c helper_flush_page */
export function helper_invlpg(env: u32, addr: u64, b: u64, c: u64): u64 {
  tlbFlushPage(env, addr);
  return 0;
}

/**
 * INVPCID by its type and descriptor. Translations do not tell contexts apart, so that all of them go (SDM volume 3, 4.10.4.1,
 * lets more be dropped than was asked for).
 */
export function helper_invpcid(env: u32, type: u64, low: u64, address: u64): u64 {
  let pcide = (cr(env, 4) & x.CR4_PCIDE) != 0;
  let bad = type > 3 || low >> 12 != 0 || (type == 0 && !isCanonical(address)) || (type < 2 && !pcide && low != 0);
  if (bad) return raiseErr(env, x.EXCP0D_GPF, 0);
  tlbFlush(env);
  return 0;
}

/** RDPMC: there are no counters. @qemu target/i386/tcg/misc_helper.c helper_rdpmc */
export function helper_rdpmc(env: u32, a: u64, b: u64, c: u64): u64 { return raiseErr(env, x.EXCP0D_GPF, 0); }

/** Raises what the translator found. */
export function helper_raise(env: u32, vector: u64, error: u64, c: u64): u64 { return raiseErr(env, <u32>vector, <u32>error); }

/** Sets and clears hidden flags. */
export function helper_hflags(env: u32, set: u64, clear: u64, c: u64): u64 {
  setHflags(env, (hflags(env) & ~<u32>clear) | <u32>set);
  return 0;
}

/** Sets and clears bits of RFLAGS other than condition codes. */
export function helper_eflags(env: u32, set: u64, clear: u64, c: u64): u64 {
  store<u64>(env, (eflagsRaw(env) & ~<u32>clear) | <u32>set, x.X_EFLAGS);
  updateMmuIndex(env);
  return 0;
}

/** Leaves for a moment. PAUSE: another CPU may have its turn. */
export function helper_pause(env: u32, next: u64, b: u64, c: u64): u64 {
  store<u64>(env, next, x.X_EIP);
  return stop(env, x.EXCP_INTERRUPT);
}

/** Whether a store would work, for INS. @qemu target/i386/tcg/translate.c gen_ins */
export function helper_probe_write(env: u32, addr: u64, size: u64, c: u64): u64 {
  probeWrite(env, addr, <u32>size, load<u32>(env, ENV_MMU_IDX));
  return 0;
}

/** RDRAND and RDSEED: 64 bits. @qemu target/i386/tcg/int_helper.c helper_rdrand */
export function helper_rdrand(env: u32, a: u64, b: u64, c: u64): u64 {
  randomRead(env);
  return load<u64>(env, ENV_IO_DATA);
}

/** RDFSBASE and its like are there when the system allows them. @qemu target/i386/tcg/int_helper.c helper_cr4_testbit */
export function helper_check_fsgsbase(env: u32, a: u64, b: u64, c: u64): u64 {
  return cr(env, 4) & x.CR4_FSGSBASE ? 0 : raise(env, x.EXCP06_ILLOP);
}

/** WRFSBASE and WRGSBASE: an address that is not canonical raises #GP. */
export function helper_write_seg_base(env: u32, segment: u64, base: u64, c: u64): u64 {
  if (!isCanonical(base)) return raiseErr(env, x.EXCP0D_GPF, 0);
  store<u64>(seg(env, <u32>segment), base, x.X_SEG_BASE);
  return 0;
}
