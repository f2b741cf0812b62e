// SPDX-License-Identifier: GPL-2.0-or-later
import type { X86CPUDefinition } from './cpu-model-types.js'
import { amdX86Defs } from './cpu-models-amd.js'
import { genericX86Defs } from './cpu-models-generic.js'
import { intelX86Defs } from './cpu-models-intel.js'

/**
 * The models that come with a definition: QEMU 7.2's.
 * @qemu target/i386/cpu.c builtin_x86_defs
 */
export const builtinX86Defs: readonly X86CPUDefinition[] = [...genericX86Defs, ...intelX86Defs, ...amdX86Defs]
