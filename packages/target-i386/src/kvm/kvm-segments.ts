// SPDX-License-Identifier: GPL-2.0-or-later
import type { kvm_segment } from '@dromaius/native'
import {
  DESC_AVL_MASK,
  DESC_B_SHIFT,
  DESC_DPL_SHIFT,
  DESC_G_MASK,
  DESC_L_SHIFT,
  DESC_P_MASK,
  DESC_S_MASK,
  DESC_TYPE_SHIFT,
  type SegmentCache,
} from '../env.js'

/** The kernel's `struct kvm_segment`. */
type KvmSegment = ReturnType<typeof kvm_segment.alloc>

/** Type of a data segment: read, write, accessed. */
const SEGMENT_TYPE_DATA_RWA = 3

/**
 * Fills in a segment of virtual-8086 mode, whose attributes are fixed (SDM volume 3, 22.2).
 * @qemu target/i386/kvm/kvm.c set_v8086_seg
 */
export function setV8086Seg(lhs: KvmSegment, rhs: SegmentCache): void {
  lhs.selector = rhs.selector
  lhs.base = rhs.base
  lhs.limit = rhs.limit
  lhs.type = SEGMENT_TYPE_DATA_RWA
  lhs.present = 1
  lhs.dpl = 3
  lhs.db = 0
  lhs.s = 1
  lhs.l = 0
  lhs.g = 0
  lhs.avl = 0
  lhs.unusable = 0
}

/**
 * Splits a segment's descriptor word into KVM's fields.
 * @qemu target/i386/kvm/kvm.c set_seg
 */
export function setSeg(lhs: KvmSegment, rhs: SegmentCache): void {
  const { flags } = rhs
  lhs.selector = rhs.selector
  lhs.base = rhs.base
  lhs.limit = rhs.limit
  lhs.type = (flags >>> DESC_TYPE_SHIFT) & 15
  lhs.present = flags & DESC_P_MASK ? 1 : 0
  lhs.dpl = (flags >>> DESC_DPL_SHIFT) & 3
  lhs.db = (flags >>> DESC_B_SHIFT) & 1
  lhs.s = flags & DESC_S_MASK ? 1 : 0
  lhs.l = (flags >>> DESC_L_SHIFT) & 1
  lhs.g = flags & DESC_G_MASK ? 1 : 0
  lhs.avl = flags & DESC_AVL_MASK ? 1 : 0
  lhs.unusable = lhs.present === 0 ? 1 : 0
}

/**
 * Puts KVM's fields together into a descriptor word.
 * @qemu target/i386/kvm/kvm.c get_seg
 */
export function getSeg(lhs: SegmentCache, rhs: KvmSegment): void {
  lhs.selector = rhs.selector
  lhs.base = rhs.base
  lhs.limit = rhs.limit
  lhs.flags =
    ((rhs.type << DESC_TYPE_SHIFT) |
      (rhs.present && !rhs.unusable ? DESC_P_MASK : 0) |
      (rhs.dpl << DESC_DPL_SHIFT) |
      (rhs.db << DESC_B_SHIFT) |
      (rhs.s ? DESC_S_MASK : 0) |
      (rhs.l << DESC_L_SHIFT) |
      (rhs.g ? DESC_G_MASK : 0) |
      (rhs.avl ? DESC_AVL_MASK : 0)) >>>
    0
}
