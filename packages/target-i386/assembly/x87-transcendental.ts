// SPDX-License-Identifier: GPL-2.0-or-later
//
// Sines, logarithms and the like (SDM volume 2), to 64 bits: results are the nearest numbers by the rounding mode, but for one
// in many millions that is the next to it (SDM volume 1, 8.3.10, allows one unit of the last place).

import { A, B, FLAG_DENORMAL, FLAG_DIVBYZERO, FLAG_INVALID, flags, setFlags, setIndefinite } from './softfloat'
import { fpatan } from './x87-arctangent'
import { f2xm1, fyl2x, fyl2xp1 } from './x87-logarithmic'
import { trigonometric } from './x87-trigonometric'
import { fpFinish, fpStart, pop, readSt, stackFault, stopped, writeSt } from './x87-stack'

const F2XM1: u32 = 0x30, FYL2X: u32 = 0x31, FPATAN: u32 = 0x33, FYL2XP1: u32 = 0x39;

/** Writes A. What stops an instruction before it starts leaves no exceptions of its result. */
function write(env: u32, i: u32): void {
  if (stopped(env)) setFlags(flags & (FLAG_INVALID | FLAG_DENORMAL | FLAG_DIVBYZERO));
  writeSt(env, i, A, 64);
}

/** F2XM1, FYL2X, FPTAN, FPATAN, FYL2XP1, FSINCOS, FSIN, FCOS: D9 F0 to FF. @param code  ModRM less 0xc0 */
export function helper_x87_transcendental(env: u32, code: u64, _: u64, __: u64): u64 {
  fpStart(env);
  switch (<u32>code) {
    case F2XM1:
      readSt(env, 0, A);
      if (stackFault) setIndefinite(A);
      else f2xm1();
      write(env, 0);
      break;
    case FYL2X:
    case FPATAN:
    case FYL2XP1: {
      readSt(env, 0, A);
      readSt(env, 1, B);
      if (stackFault) setIndefinite(A);
      else if (<u32>code == FYL2X) fyl2x();
      else if (<u32>code == FPATAN) fpatan();
      else fyl2xp1();
      write(env, 1);
      let halted = stopped(env);
      fpFinish(env);
      if (!halted) pop(env);
      return 0;
    }
    default: trigonometric(env, <u32>code); break;
  }
  fpFinish(env);
  return 0;
}
