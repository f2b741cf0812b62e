// SPDX-License-Identifier: GPL-2.0-or-later
//
// The page walk (SDM volume 3, chapter 4).

import { ioRead, notdirtyWrite } from '@dromaius/tcg/assembly/imports'
import { physToHost, tlbSetPage } from '@dromaius/tcg/assembly/softmmu'
import { ENV_IO_DATA, PAGE_FLAGS } from '@dromaius/tcg/src/layout'
import * as x from '../src/tcg/x86-layout'
import { cr, hflags, raiseErr } from './env'

const PG_P: u64 = 1;
const PG_RW: u64 = 2;
const PG_US: u64 = 4;
const PG_A: u64 = 0x20;
const PG_D: u64 = 0x40;
const PG_PS: u64 = 0x80;
const PG_NX: u64 = 1 << 63;
const PG_ADDRESS: u64 = 0x000ffffffffff000;

const ERROR_P: u32 = 1;
const ERROR_W: u32 = 2;
const ERROR_U: u32 = 4;
const ERROR_RSVD: u32 = 8;
const ERROR_I: u32 = 16;

/** Reads guest-physical memory: table entries. */
export function physLoad(env: u32, physical: u64, size: u32): u64 {
  let host = physToHost(physical);
  if (host != 0) return size == 4 ? <u64>load<u32>(host) : load<u64>(host);
  store<u64>(env, 0, ENV_IO_DATA);
  ioRead(env, <f64>physical, size);
  return load<u64>(env, ENV_IO_DATA);
}

/** Sets accessed and dirty bits of a table entry. */
function setBits(env: u32, physical: u64, bits: u64): void {
  let host = physToHost(physical);
  if (host == 0) return;
  if (load<u8>(PAGE_FLAGS + (host >> 12)) != 0) notdirtyWrite(env, host, 4);
  store<u32>(host, load<u32>(host) | <u32>bits);
}

/** Raises the page fault. @qemu target/i386/tcg/sysemu/excp_helper.c x86_cpu_tlb_fill */
function pageFault(env: u32, addr: u64, access: u32, mode: u32, error: u32): bool {
  if (access == 1) error |= ERROR_W;
  if (mode == x.MMU_USER) error |= ERROR_U;
  if (access == 2) {
    let nx = (load<u64>(env, x.X_EFER) & x.EFER_NXE) != 0 && (cr(env, 4) & x.CR4_PAE) != 0;
    if (nx || (cr(env, 4) & x.CR4_SMEP) != 0) error |= ERROR_I;
  }
  store<u64>(env, addr, x.X_CR2_PENDING);
  raiseErr(env, x.EXCP0E_PAGE, error);
  store<u64>(env, 1, x.X_WALK_FAULT);
  return false;
}

/**
 * Finds the translation of a linear address and puts it into the TLB; false when the access faults, which is pending then.
 * @param access  0 read, 1 write, 2 execute
 * @qemu target/i386/tcg/sysemu/excp_helper.c mmu_translate
 */
export function x86TlbFill(env: u32, addr: u64, access: u32, mode: u32): bool {
  let a20 = load<u64>(env, x.X_A20_MASK);
  let cr0 = cr(env, 0);
  if ((cr0 & <u64>x.CR0_PG) == 0) {
    tlbSetPage(env, addr, addr & 0xffffffff & a20, 7, mode);
    return true;
  }
  let cr4 = cr(env, 4);
  let efer = load<u64>(env, x.X_EFER);
  let user = mode == x.MMU_USER;
  let reserved = load<u64>(env, x.X_RESERVED_ADDRESS);
  if (!(efer & x.EFER_NXE)) reserved |= PG_NX;
  let table: u64, entry: u64, at: u64 = 0, shift: u64;
  /** Rights that every level gives; NX is turned round, so that it can be ANDed too. */
  let rights: u64 = PG_RW | PG_US | PG_NX;
  let large = false;

  if (cr4 & x.CR4_PAE) {
    if (hflags(env) & x.HF_LMA) {
      if (<u64>((<i64>addr << 16) >> 16) != addr) {
        store<u64>(env, addr, x.X_CR2_PENDING);
        raiseErr(env, x.EXCP0D_GPF, 0);
        store<u64>(env, 1, x.X_WALK_FAULT);
        return false;
      }
      table = cr(env, 3) & PG_ADDRESS;
      shift = 39;
    } else {
      entry = load<u64>(env + x.X_PDPTRS + (<u32>(addr >> 30) & 3) * 8);
      if (!(entry & PG_P)) return pageFault(env, addr, access, mode, 0);
      table = entry & PG_ADDRESS;
      shift = 21;
      reserved |= 0x7ff0000000000000;
    }
    for (;; shift -= 9) {
      at = (table + (((addr >> shift) & 0x1ff) << 3)) & a20;
      entry = physLoad(env, at, 8);
      if (!(entry & PG_P)) return pageFault(env, addr, access, mode, 0);
      large = shift != 12 && (entry & PG_PS) != 0;
      let bad = entry & reserved;
      if (large) {
        if (shift == 39 || (shift == 30 && !(load<u64>(env, x.X_FEAT_EXT_EDX) & (1 << 26)))) bad |= PG_PS;
        else bad |= entry & ((1 << shift) - 1) & 0x000fffffffffe000;
      }
      if (bad) return pageFault(env, addr, access, mode, ERROR_P | ERROR_RSVD);
      rights &= entry ^ PG_NX;
      if (large || shift == 12) break;
      if (!(entry & PG_A)) setBits(env, at, PG_A);
      table = entry & PG_ADDRESS;
    }
    table = entry & PG_ADDRESS & ~((1 << shift) - 1);
  } else {
    at = ((cr(env, 3) & 0xfffff000) + ((addr >> 20) & 0xffc)) & a20;
    entry = physLoad(env, at, 4);
    if (!(entry & PG_P)) return pageFault(env, addr, access, mode, 0);
    rights &= entry | PG_NX;
    shift = 22;
    if ((entry & PG_PS) != 0 && (cr4 & x.CR4_PSE) != 0) {
      // PSE-36: bits 20:13 are bits 39:32 of the address; bit 21 must be zero.
      if (entry & 0x200000) return pageFault(env, addr, access, mode, ERROR_P | ERROR_RSVD);
      table = (entry & 0xffc00000) | ((entry & 0x1fe000) << 19);
    } else {
      if (!(entry & PG_A)) setBits(env, at, PG_A);
      at = ((entry & 0xfffff000) + ((addr >> 10) & 0xffc)) & a20;
      entry = physLoad(env, at, 4);
      if (!(entry & PG_P)) return pageFault(env, addr, access, mode, 0);
      rights &= entry | PG_NX;
      shift = 12;
      table = entry & 0xfffff000;
    }
  }

  let allowed: u32 = 0;
  let userPage = (rights & PG_US) != 0;
  if (userPage ? mode != x.MMU_KERNEL_SMAP : !user) {
    allowed |= 1;
    if ((rights & PG_RW) != 0 || (!user && !(cr0 & x.CR0_WP))) allowed |= 2;
  }
  if ((rights & PG_NX) != 0 && (user ? userPage : !(userPage && (cr4 & x.CR4_SMEP) != 0))) allowed |= 4;
  if (!(allowed & (1 << access))) return pageFault(env, addr, access, mode, ERROR_P);

  let dirty: u64 = PG_A;
  if (access == 1) dirty |= PG_D;
  if ((entry & dirty) != dirty) setBits(env, at, dirty);
  // The first write to a clean page has to come here again.
  if (!((entry | dirty) & PG_D)) allowed &= ~2;
  let offset = addr & ((1 << shift) - 1) & ~0xfff;
  tlbSetPage(env, addr, (table | offset) & a20, allowed, mode);
  return true;
}

/** Loads the PDPTRs of PAE paging; false when one has reserved bits set (SDM volume 3, 4.4.1). */
export function loadPdptrs(env: u32, cr3: u64): bool {
  let reserved: u64 = load<u64>(env, x.X_RESERVED_ADDRESS) | 0x7ff00000000001e6 | PG_NX;
  for (let i: u32 = 0; i < 4; i++) {
    let entry = physLoad(env, (cr3 & 0xffffffe0) + i * 8, 8);
    if ((entry & PG_P) != 0 && (entry & reserved) != 0) return false;
  }
  for (let i: u32 = 0; i < 4; i++) {
    store<u64>(env + i * 8, physLoad(env, (cr3 & 0xffffffe0) + i * 8, 8), x.X_PDPTRS);
  }
  return true;
}
