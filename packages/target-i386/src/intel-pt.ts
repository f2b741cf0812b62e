// SPDX-License-Identifier: GPL-2.0-or-later
// data table

/*
 * The Processor Trace that is offered to guests, leaf 0x14 (SDM volume 2, CPUID): a fixed set, so that it can be
 * migrated between hosts that all have it.
 */
export const INTEL_PT_MAX_SUBLEAF = 0x1
/** CR3 filter, configurable PSB and cycle-accurate mode, IP filters, MTC packets. */
export const INTEL_PT_MINIMAL_EBX = 0xf
/** ToPA output, with tables of any length, and the single-range scheme. */
export const INTEL_PT_MINIMAL_ECX = 0x7
export const INTEL_PT_ADDR_RANGES_NUM = 0x2
export const INTEL_PT_ADDR_RANGES_NUM_MASK = 0x3
/** Encodings 0, 3, 6 and 9. */
export const INTEL_PT_MTC_BITMAP = 0x0249 << 16
/** 0 and 2^0 to 2^11. */
export const INTEL_PT_CYCLE_BITMAP = 0x1fff
/** 2K to 64K. */
export const INTEL_PT_PSB_BITMAP = 0x003f << 16
