// SPDX-License-Identifier: GPL-2.0-or-later
import type { DisasContext } from './disas-context.js'

/** Generates code for the instruction in `s`. */
export type Generator = (s: DisasContext) => void
