// SPDX-License-Identifier: GPL-2.0-or-later
//
// Guest memory behind the TLB: what QEMU's accel/tcg/cputlb.c does out of line.

import { ioRead, ioWrite, notdirtyWrite } from './imports'
import * as l from '../src/layout'

const PAGE_MASK: u64 = ~0xfff;
const TLB_INDEX_MASK: u32 = ((1 << l.TLB_BITS) - 1) << l.TLB_ENTRY_BITS;

/** Table index of the target's function that fills a TLB entry: (env, address, kind of access, mode) => filled. */
let tlbFillFunction: u32 = 0;
/** Table index of the target's function that writes `ENV_TB_*`. */
let tbStateFunction: u32 = 0;
/** Table index of the target's function for an access that has to be aligned and is not: (env) => nothing, an exception is pending. */
let unalignedFunction: u32 = 0;

/** Tells of the target's functions, by their places in the table. */
export function setTarget(tlbFill: u32, tbState: u32, unaligned: u32): void {
  tlbFillFunction = tlbFill;
  tbStateFunction = tbState;
  unalignedFunction = unaligned;
}

/** Leaves the interpreter for what is pending. */
export function leave(env: u32, ip: u32): i32 {
  let pending = load<i32>(env, l.ENV_PENDING);
  store<i32>(env, 0, l.ENV_PENDING);
  store<u32>(env, ip, l.ENV_EXIT_IP);
  return pending;
}

/** Upper half of the 128-bit product of unsigned numbers. */
export function mulUnsignedHigh(a: u64, b: u64): u64 {
  let al = a & 0xffffffff, ah = a >> 32, bl = b & 0xffffffff, bh = b >> 32;
  let low = al * bl;
  let middle = ah * bl + (low >> 32);
  let other = al * bh + (middle & 0xffffffff);
  return ah * bh + (middle >> 32) + (other >> 32);
}

/** Upper half of the 128-bit product of signed numbers. */
export function mulSignedHigh(a: u64, b: u64): u64 {
  let high = mulUnsignedHigh(a, b);
  if (<i64>a < 0) high -= b;
  if (<i64>b < 0) high -= a;
  return high;
}

/** The TLB entry that an address has in a mode. @qemu accel/tcg/cputlb.c tlb_entry */
@inline
export function tlbEntry(env: u32, addr: u64, mode: u32): u32 {
  return env + l.ENV_TLBS + mode * l.TLB_SIZE + (<u32>(addr >> (12 - l.TLB_ENTRY_BITS)) & TLB_INDEX_MASK);
}

/**
 * The address of this memory where RAM at a guest-physical address stands, 0 where the page is not RAM as a whole.
 * `physFlags` then has its PHYS_FLAG_*.
 */
export let physFlags: u32 = 0;
export function physToHost(physical: u64): u32 {
  let low: i32 = 0;
  let high: i32 = load<i32>(l.PHYS_COUNT) - 1;
  let page = physical & PAGE_MASK;
  while (low <= high) {
    let middle = (low + high) >> 1;
    let range = l.PHYS_RANGES + middle * l.PHYS_RANGE_SIZE;
    if (page < load<u64>(range, l.PHYS_RANGE_START)) high = middle - 1;
    else if (page >= load<u64>(range, l.PHYS_RANGE_END)) low = middle + 1;
    else {
      if (page + 0x1000 > load<u64>(range, l.PHYS_RANGE_END)) return 0;
      physFlags = load<u32>(range, l.PHYS_RANGE_FLAGS);
      return load<u32>(range, l.PHYS_RANGE_HOST) + <u32>(physical - load<u64>(range, l.PHYS_RANGE_START));
    }
  }
  return 0;
}

/** Whether one of `count` watchpoints at `table` is on the page. */
function pageIsWatched(table: u32, count: u32, page: u64): bool {
  for (let i: u32 = 0; i < count; i++) {
    let watch = table + i * l.ENV_WATCH_SIZE;
    let first = load<u64>(watch) & PAGE_MASK;
    let last = (load<u64>(watch) + <u64>load<u8>(watch, 8) - 1) & PAGE_MASK;
    if (page == first || page == last) return true;
  }
  return false;
}

/** Whether accesses of the page go the long way, for the debugger's or the guest's sake. */
function isWatched(env: u32, page: u64): bool {
  let count = load<u32>(env, l.ENV_WATCH_COUNT), own = load<u32>(env, l.ENV_DEBUG_COUNT);
  return (count | own) != 0 && (pageIsWatched(env + l.ENV_WATCHES, count, page) || pageIsWatched(env + l.ENV_DEBUGS, own, page));
}

/**
 * Puts a translation into the TLB: the page of linear address `addr` is that of `physical`. The columns read, write and
 * code become valid as `access` (bits 0, 1, 2) says.
 * @qemu accel/tcg/cputlb.c tlb_set_page_with_attrs
 */
export function tlbSetPage(env: u32, addr: u64, physical: u64, access: u32, mode: u32): void {
  let entry = tlbEntry(env, addr, mode);
  let page = addr & PAGE_MASK;
  let host = physToHost(physical & PAGE_MASK);
  let read: u64 = page, write: u64 = page, code: u64 = page;
  if (host == 0) {
    read |= l.TLB_FLAG_MMIO;
    write |= l.TLB_FLAG_MMIO;
    code |= l.TLB_FLAG_MMIO;
  } else {
    if (physFlags & l.PHYS_FLAG_ROM) write |= l.TLB_FLAG_ROM;
    else if (load<u8>(l.PAGE_FLAGS + (host >> 12)) != 0) write |= l.TLB_FLAG_NOTDIRTY;
  }
  if (isWatched(env, page)) {
    read |= l.TLB_FLAG_WATCH;
    write |= l.TLB_FLAG_WATCH;
  }
  store<u64>(entry, access & 1 ? read : -1, l.TLB_READ);
  store<u64>(entry, access & 2 ? write : -1, l.TLB_WRITE);
  store<u64>(entry, access & 4 ? code : -1, l.TLB_CODE);
  store<u32>(entry, host - <u32>page, l.TLB_ADDEND);
  store<u32>(entry, <u32>(physical >> 12), l.TLB_PFN);
}

/** Empties the CPU's TLBs and its cache of blocks. @qemu accel/tcg/cputlb.c tlb_flush */
export function tlbFlush(env: u32): void {
  memory.fill(env + l.ENV_TLBS, 0xff, l.MMU_MODES * l.TLB_SIZE);
  tbJmpCacheClear(env);
}

/** Drops one page from the CPU's TLBs. @qemu accel/tcg/cputlb.c tlb_flush_page */
export function tlbFlushPage(env: u32, addr: u64): void {
  for (let mode: u32 = 0; mode < <u32>l.MMU_MODES; mode++) {
    let entry = tlbEntry(env, addr, mode);
    memory.fill(entry, 0xff, 24);
  }
  tbJmpCacheClear(env);
}

/** Forgets which blocks come next. @qemu accel/tcg/translate-all.c tcg_flush_jmp_cache */
export function tbJmpCacheClear(env: u32): void {
  memory.fill(env + l.ENV_JMP_CACHE, 0, l.JMP_CACHE_ENTRY << l.JMP_CACHE_BITS);
}

/** Has the CPU's writes to the page of RAM at address `host` come out of line. @qemu accel/tcg/cputlb.c tlb_reset_dirty */
export function tlbResetDirty(env: u32, host: u32): void {
  let end = env + l.ENV_TLBS + l.MMU_MODES * l.TLB_SIZE;
  for (let entry = env + l.ENV_TLBS; entry < end; entry += 1 << l.TLB_ENTRY_BITS) {
    let write = load<u64>(entry, l.TLB_WRITE);
    if (write == -1 || <u32>write & (l.TLB_FLAG_MMIO | l.TLB_FLAG_ROM)) continue;
    if ((<u32>write & 0xfffff000) + load<u32>(entry, l.TLB_ADDEND) == (host & 0xfffff000)) {
      store<u64>(entry, write | l.TLB_FLAG_NOTDIRTY, l.TLB_WRITE);
    }
  }
}

/**
 * A valid entry for the access, 0 when the page cannot be accessed so; the exception is pending then.
 * @qemu accel/tcg/cputlb.c victim_tlb_hit
 */
function tlbValidEntry(env: u32, addr: u64, access: u32, mode: u32): u32 {
  let entry = tlbEntry(env, addr, mode);
  let compare = load<u64>(entry + access * 8);
  if ((compare & PAGE_MASK) == (addr & PAGE_MASK) && compare != -1) return entry;
  return call_indirect<bool>(tlbFillFunction, env, addr, access, mode) ? entry : 0;
}

/** Stops before an access of a device in the middle of a block. @qemu accel/tcg/translate-all.c cpu_io_recompile */
function cannotDoIo(env: u32): bool {
  if (load<u32>(env, l.ENV_CAN_DO_IO) != 0) return false;
  store<u32>(env, l.EXIT_IO, l.ENV_PENDING);
  return true;
}

/** Whether the access is to be told to the debugger. @qemu softmmu/physmem.c cpu_check_watchpoint */
function hitsWatchpoint(env: u32, addr: u64, size: u32, access: u32): bool {
  let count = load<u32>(env, l.ENV_WATCH_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    let watch = env + l.ENV_WATCHES + i * l.ENV_WATCH_SIZE;
    let at = load<u64>(watch);
    if (!(load<u32>(watch, 12) & (1 << access))) continue;
    if (addr < at + <u64>load<u32>(watch, 8) && at < addr + size) {
      store<u32>(env, i + 1, l.ENV_WATCH_HIT);
      return true;
    }
  }
  return false;
}

/** The part of a load within one page. */
function loadPage(env: u32, addr: u64, size: u32, mode: u32): u64 {
  let entry = tlbValidEntry(env, addr, l.ACCESS_READ, mode);
  if (entry == 0) return 0;
  let flags = <u32>load<u64>(entry, l.TLB_READ) & 0xfff;
  if (flags & l.TLB_FLAG_MMIO) {
    if (cannotDoIo(env)) return 0;
    let physical = (<u64>load<u32>(entry, l.TLB_PFN) << 12) | (addr & 0xfff);
    store<u64>(env, 0, l.ENV_IO_DATA);
    ioRead(env, <f64>physical, size);
    return load<u64>(env, l.ENV_IO_DATA);
  }
  return loadHost(<u32>addr + load<u32>(entry, l.TLB_ADDEND), size);
}

function loadHost(host: u32, size: u32): u64 {
  if (size == 1) return <u64>load<u8>(host);
  if (size == 2) return <u64>load<u16>(host);
  if (size == 4) return <u64>load<u32>(host);
  if (size == 8) return load<u64>(host);
  let value: u64 = 0;
  for (let i: u32 = 0; i < size; i++) value |= <u64>load<u8>(host + i) << (8 * i);
  return value;
}

function storeHost(host: u32, size: u32, value: u64): void {
  if (size == 1) store<u8>(host, <u8>value);
  else if (size == 2) store<u16>(host, <u16>value);
  else if (size == 4) store<u32>(host, <u32>value);
  else if (size == 8) store<u64>(host, value);
  else for (let i: u32 = 0; i < size; i++) store<u8>(host + i, <u8>(value >> (8 * i)));
}

/** The part of a store within one page, whose entry is valid and which nobody will refuse. */
function storePage(env: u32, addr: u64, size: u32, value: u64, mode: u32): void {
  let entry = tlbEntry(env, addr, mode);
  let flags = <u32>load<u64>(entry, l.TLB_WRITE) & 0xfff;
  if (flags & l.TLB_FLAG_ROM) return;
  if (flags & l.TLB_FLAG_MMIO) {
    let physical = (<u64>load<u32>(entry, l.TLB_PFN) << 12) | (addr & 0xfff);
    store<u64>(env, value, l.ENV_IO_DATA);
    ioWrite(env, <f64>physical, size);
    return;
  }
  storeHost(<u32>addr + load<u32>(entry, l.TLB_ADDEND), size, value);
}

/** Whether the store within one page can be done now; what is pending says why not. */
function probeStore(env: u32, addr: u64, size: u32, mode: u32): bool {
  let entry = tlbValidEntry(env, addr, l.ACCESS_WRITE, mode);
  if (entry == 0) return false;
  let write = load<u64>(entry, l.TLB_WRITE);
  let flags = <u32>write & 0xfff;
  if (flags & l.TLB_FLAG_MMIO) return !cannotDoIo(env);
  if (flags & l.TLB_FLAG_NOTDIRTY) {
    let host = <u32>addr + load<u32>(entry, l.TLB_ADDEND);
    let page = l.PAGE_FLAGS + (host >> 12);
    if (load<u8>(page) != 0 && notdirtyWrite(env, host, size) && load<u32>(env, l.ENV_CAN_DO_IO) == 0) {
      store<u32>(env, l.EXIT_SMC, l.ENV_PENDING);
      return false;
    }
    if (load<u8>(page) == 0) store<u64>(entry, write & ~(<u64>l.TLB_FLAG_NOTDIRTY), l.TLB_WRITE);
  }
  return true;
}

/** Loads 1 to 8 bytes in a mode of the MMU. On a fault something is pending and the value means nothing. */
export function loadMode(env: u32, addr: u64, size: u32, mode: u32): u64 {
  store<u64>(env, addr, l.ENV_LOAD_ADDRESS);
  let first: u32 = 0x1000 - (<u32>addr & 0xfff);
  if (first >= size) return loadPage(env, addr, size, mode);
  let low = loadPage(env, addr, first, mode);
  if (load<u32>(env, l.ENV_PENDING) != 0) return 0;
  let high = loadPage(env, addr + first, size - first, mode);
  return low | (high << (8 * first));
}

/** Stores 1 to 8 bytes in a mode of the MMU, all or, on a fault, nothing. */
export function storeMode(env: u32, addr: u64, size: u32, value: u64, mode: u32): void {
  let first: u32 = 0x1000 - (<u32>addr & 0xfff);
  if (first >= size) {
    if (probeStore(env, addr, size, mode)) storePage(env, addr, size, value, mode);
    return;
  }
  if (!probeStore(env, addr, first, mode) || !probeStore(env, addr + first, size - first, mode)) return;
  storePage(env, addr, first, value, mode);
  storePage(env, addr + first, size - first, value >> (8 * first), mode);
}

/** Whether a store of `size` bytes (at most 4096) would be done; if not, the fault is pending. @qemu include/exec/exec-all.h probe_write */
export function probeWrite(env: u32, addr: u64, size: u32, mode: u32): bool {
  let first: u32 = 0x1000 - (<u32>addr & 0xfff);
  if (tlbValidEntry(env, addr, l.ACCESS_WRITE, mode) == 0) return false;
  return first >= size || tlbValidEntry(env, addr + first, l.ACCESS_WRITE, mode) != 0;
}

/** Notes which of the guest's own watchpoints an access hits. */
function noteDebugHits(env: u32, addr: u64, size: u32, access: u32): void {
  let count = load<u32>(env, l.ENV_DEBUG_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    let debug = env + l.ENV_DEBUGS + i * l.ENV_WATCH_SIZE;
    let at = load<u64>(debug);
    if (!(load<u32>(debug, 12) & (1 << access))) continue;
    if (addr < at + <u64>load<u8>(debug, 8) && at < addr + size) {
      store<u32>(env, load<u32>(env, l.ENV_DEBUG_HITS) | (1 << load<u8>(debug, 9)), l.ENV_DEBUG_HITS);
    }
  }
}

/** A load of the interpreter that missed the TLB. @qemu accel/tcg/cputlb.c load_helper */
export function loadSlow(env: u32, addr: u64, size: u32): u64 {
  if (load<u32>(env, l.ENV_WATCH_COUNT) != 0 && watch(env, addr, size, l.ACCESS_READ)) return 0;
  if (load<u32>(env, l.ENV_DEBUG_COUNT) != 0) noteDebugHits(env, addr, size, l.ACCESS_READ);
  return loadMode(env, addr, size, load<u32>(env, l.ENV_MMU_IDX));
}

/** A store of the interpreter that missed the TLB. @qemu accel/tcg/cputlb.c store_helper */
export function storeSlow(env: u32, addr: u64, size: u32, value: u64): void {
  if (load<u32>(env, l.ENV_WATCH_COUNT) != 0 && watch(env, addr, size, l.ACCESS_WRITE)) return;
  if (load<u32>(env, l.ENV_DEBUG_COUNT) != 0) noteDebugHits(env, addr, size, l.ACCESS_WRITE);
  storeMode(env, addr, size, value, load<u32>(env, l.ENV_MMU_IDX));
}

/** Whether an access of 16 bytes may be where it is; if not, an exception is pending. */
function mayBeThere(env: u32, addr: u64, aligned: u32): bool {
  if (!aligned || (addr & 15) == 0) return true;
  call_indirect<void>(unalignedFunction, env);
  return false;
}

/** A load of 16 bytes that missed the TLB, into ENV_VECTOR. */
export function loadSlow128(env: u32, addr: u64, aligned: u32): void {
  if (!mayBeThere(env, addr, aligned)) return;
  if (load<u32>(env, l.ENV_WATCH_COUNT) != 0 && watch(env, addr, 16, l.ACCESS_READ)) return;
  if (load<u32>(env, l.ENV_DEBUG_COUNT) != 0) noteDebugHits(env, addr, 16, l.ACCESS_READ);
  let mode = load<u32>(env, l.ENV_MMU_IDX);
  let low = loadMode(env, addr, 8, mode);
  if (load<u32>(env, l.ENV_PENDING) != 0) return;
  let high = loadMode(env, addr + 8, 8, mode);
  store<u64>(env, low, l.ENV_VECTOR);
  store<u64>(env, high, l.ENV_VECTOR + 8);
}

/** A store of the 16 bytes in ENV_VECTOR that missed the TLB: all or, on a fault, nothing. */
export function storeSlow128(env: u32, addr: u64, aligned: u32): void {
  if (!mayBeThere(env, addr, aligned)) return;
  if (load<u32>(env, l.ENV_WATCH_COUNT) != 0 && watch(env, addr, 16, l.ACCESS_WRITE)) return;
  if (load<u32>(env, l.ENV_DEBUG_COUNT) != 0) noteDebugHits(env, addr, 16, l.ACCESS_WRITE);
  let mode = load<u32>(env, l.ENV_MMU_IDX), first: u32 = 0x1000 - (<u32>addr & 0xfff);
  if (!probeStore(env, addr, min<u32>(first, 16), mode)) return;
  if (first < 16 && !probeStore(env, addr + first, 16 - first, mode)) return;
  storeMode(env, addr, 8, load<u64>(env, l.ENV_VECTOR), mode);
  storeMode(env, addr + 8, 8, load<u64>(env, l.ENV_VECTOR + 8), mode);
}

/** Notes that a watchpoint is hit: the CPU stops behind the instruction, which has to be in a block of its own. True: not yet. */
function watch(env: u32, addr: u64, size: u32, access: u32): bool {
  if (!hitsWatchpoint(env, addr, size, access)) return false;
  if (load<u32>(env, l.ENV_CAN_DO_IO) != 0) return false;
  store<u32>(env, 0, l.ENV_WATCH_HIT);
  store<u32>(env, l.EXIT_IO, l.ENV_PENDING);
  return true;
}

/**
 * Host address of guest code at a linear address: 0 when nothing can be fetched there (the fault is pending), 1 when it
 * has to come from a device.
 * @qemu accel/tcg/cputlb.c get_page_addr_code_hostp
 */
export function codeHost(env: u32, addr: u64): u32 {
  let entry = tlbValidEntry(env, addr, l.ACCESS_CODE, load<u32>(env, l.ENV_MMU_IDX));
  if (entry == 0) return 0;
  if (<u32>load<u64>(entry, l.TLB_CODE) & l.TLB_FLAG_MMIO) return 1;
  return <u32>addr + load<u32>(entry, l.TLB_ADDEND);
}

/** Guest-physical page number behind an entry that codeHost has just found. */
export function codePfn(env: u32, addr: u64): u32 {
  return load<u32>(tlbEntry(env, addr, load<u32>(env, l.ENV_MMU_IDX)), l.TLB_PFN);
}

/** Brings `ENV_TB_*` up to date. */
export function tbState(env: u32): void {
  call_indirect<void>(tbStateFunction, env);
}

/** The entry of the cache of blocks for what `ENV_TB_*` says. */
@inline
function jmpCacheEntry(env: u32): u32 {
  let pc = load<u64>(env, l.ENV_TB_PC);
  let hash = <u32>(pc ^ (pc >> l.JMP_CACHE_BITS)) & ((1 << l.JMP_CACHE_BITS) - 1);
  return env + l.ENV_JMP_CACHE + hash * l.JMP_CACHE_ENTRY;
}

/** Bytecode address of the block that the CPU would execute next, 0 when it is not in the cache. @qemu accel/tcg/cpu-exec.c helper_lookup_tb_ptr */
export function lookupTbPtr(env: u32): u32 {
  tbState(env);
  let entry = jmpCacheEntry(env);
  if (
    load<u64>(entry, l.JMP_CACHE_PC) == load<u64>(env, l.ENV_TB_PC) &&
    load<u64>(entry, l.JMP_CACHE_CS_BASE) == load<u64>(env, l.ENV_TB_CS_BASE) &&
    load<u32>(entry, l.JMP_CACHE_FLAGS) == load<u32>(env, l.ENV_TB_FLAGS)
  ) return load<u32>(entry, l.JMP_CACHE_IP);
  return 0;
}

/** Puts a block into the cache, under what `ENV_TB_*` says. */
export function jmpCachePut(env: u32, ip: u32): void {
  let entry = jmpCacheEntry(env);
  store<u64>(entry, load<u64>(env, l.ENV_TB_PC), l.JMP_CACHE_PC);
  store<u64>(entry, load<u64>(env, l.ENV_TB_CS_BASE), l.JMP_CACHE_CS_BASE);
  store<u32>(entry, load<u32>(env, l.ENV_TB_FLAGS), l.JMP_CACHE_FLAGS);
  store<u32>(entry, ip, l.JMP_CACHE_IP);
}
