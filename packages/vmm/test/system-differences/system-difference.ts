// SPDX-License-Identifier: GPL-2.0-or-later

/** What a case writes, a line for each of its events, without the name that lines begin with. */
export type CaseLines = string | readonly string[]

/** Cases that end differently for one reason. */
export interface SystemDifference {
  /** What says that ours is right. */
  readonly manual: string
  /** By the case's name. */
  readonly cases: Readonly<Record<string, readonly [ours: CaseLines, qemu: CaseLines]>>
}

/** Those of one image. */
export type SystemDifferences = readonly SystemDifference[]

/** What several images show. */
export const RESERVED_IS_PRESENT =
  'SDM volume 3, 4.7: bit 3 of the error code can be set only if bit 0 is set too'
