// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// Where QEMU's translator does not do what the manuals say, and ours does: cases of guests/system whose lines differ.

/** A case that ends differently. Its lines stand without the name that they begin with. */
export interface SystemDifference {
  readonly image: string
  readonly name: string
  readonly ours: readonly string[]
  readonly qemu: readonly string[]
  /** What says that ours is right. */
  readonly manual: string
}

export const systemDifferences: readonly SystemDifference[] = [
  {
    image: 'segments',
    name: 'ltr 0',
    ours: ['vector d error 0 +6 cs=8 fl=2 ax=0'],
    qemu: ['ok fl=2 ax=0 dx=0'],
    manual: 'SDM volume 2, LTR: #GP(0) if the source operand contains a null segment selector',
  },
  {
    image: 'segments',
    name: 'ltr 3',
    ours: ['vector d error 0 +6 cs=8 fl=2 ax=3'],
    qemu: ['ok fl=2 ax=3 dx=3'],
    manual: 'SDM volume 2, LTR: #GP(0) if the source operand contains a null segment selector',
  },
]
