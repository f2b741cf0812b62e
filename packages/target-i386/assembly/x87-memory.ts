// SPDX-License-Identifier: GPL-2.0-or-later
//
// Operands of the x87 in memory: loads, stores, arithmetic with them (SDM volume 1, 8.3.3 and 8.3.4; QEMU's
// target/i386/tcg/fpu_helper.c).

import {
  A, B, CLS_QNAN, CLS_SNAN, CLS_UNSUPPORTED, FLAG_DENORMAL, FLAG_INEXACT, FLAG_INVALID, FLAG_OVERFLOW, FLAG_UNDERFLOW, flags,
  fromInt, invalid, pack32, pack64, Parts, raiseFlag, ROUND_ZERO, setFlags, setRoundedUp, setRounding, toInt, unpack32,
  unpack64,
} from './softfloat'
import { probeWrite } from '@dromaius/tcg/assembly/softmmu'
import { ENV_MMU_IDX } from '@dromaius/tcg/src/layout'
import { faulted, ldu, linear, stu } from './env'
import { operate } from './x87-arith'
import { high, isQuick, mantissa, narrow64, narrowInexact, narrowUp, quickArith, widen32, widen64, widenInt } from './x87-fast'
import {
  fault, fpFinish, fpStart, fpuc, fpus, isEmpty, isFull, pop, pushQuickly, pushSt, readSt, setFpus, stackFault, stAddress,
  stopped,
} from './x87-stack'

const MEM_F32: u32 = 0, MEM_F64: u32 = 1, MEM_I16: u32 = 2, MEM_I32: u32 = 3, MEM_I64: u32 = 4;

function unpackMemory(p: Parts, type: u32, value: u64): void {
  switch (type) {
    case MEM_F32: unpack32(p, <u32>value); break;
    case MEM_F64: unpack64(p, value); break;
    case MEM_I16: fromInt(p, <i64><i16>value); break;
    case MEM_I32: fromInt(p, <i64><i32>value); break;
    default: fromInt(p, <i64>value); break;
  }
}

/** What is in memory, into x87-fast.ts's `mantissa` and `high`; false if it is neither normal nor zero. */
function widen(type: u32, value: u64): bool {
  switch (type) {
    case MEM_F32: return widen32(<u32>value);
    case MEM_F64: return widen64(value);
    case MEM_I16: widenInt(<i64><i16>value); return true;
    case MEM_I32: widenInt(<i64><i32>value); return true;
    default: widenInt(<i64>value); return true;
  }
}

/** FADD m32fp and the like. `c`: the operation, and the operand's type from bit 8. */
export function helper_x87_arith_mem(env: u32, value: u64, c: u64, _: u64): u64 {
  if (isQuick(env) && !isEmpty(env, 0) && widen(<u32>c >> 8, value)) {
    let at = stAddress(env, 0);
    if (quickArith(env, <u32>c & 7, at, load<u64>(at), <u32>load<u64>(at, 8), mantissa, high)) return 0;
  }
  fpStart(env);
  readSt(env, 0, A);
  unpackMemory(B, <u32>c >> 8, value);
  if (stackFault) fromInt(B, 0);
  operate(env, <u32>c & 7, 0);
  return 0;
}

/** FLD and FILD. */
export function helper_x87_load(env: u32, value: u64, type: u64, _: u64): u64 {
  if (!isFull(env) && widen(<u32>type, value)) {
    pushQuickly(env, mantissa, high);
    return 0;
  }
  fpStart(env);
  unpackMemory(A, <u32>type, value);
  if (!isFull(env)) {
    if (A.cls == CLS_SNAN) {
      raiseFlag(FLAG_INVALID);
      A.cls = CLS_QNAN;
    }
    if (A.denormal) raiseFlag(FLAG_DENORMAL);
  }
  pushSt(env, A);
  fpFinish(env);
  return 0;
}

/** The value of FST, FIST and FISTTP by its type; what it raises stands in the flags. */
function storedValue(env: u32, type: u32): u64 {
  if (type == MEM_F64 && isQuick(env) && !isEmpty(env, 0)) {
    let at = stAddress(env, 0), value = narrow64(load<u64>(at), <u32>load<u64>(at, 8));
    if (value != 0) {
      if (narrowInexact) raiseFlag(FLAG_INEXACT);
      setRoundedUp(narrowUp);
      return value;
    }
  }
  readSt(env, 0, A);
  switch (type) {
    case MEM_F32:
    case MEM_F64: {
      if (A.cls == CLS_UNSUPPORTED) invalid(A);
      if (A.cls == CLS_SNAN) raiseFlag(FLAG_INVALID);
      // A denormal of 80 bits is no denormal operand here (SDM volume 2, FST).
      return type == MEM_F32 ? <u64>pack32(A) : pack64(A);
    }
    case MEM_I16: return <u64>toInt(A, 16);
    case MEM_I32: return <u64>toInt(A, 32);
    default: return <u64>toInt(A, 64);
  }
}

/** Whether all of an operand can be written; if not, the fault is pending. */
export function canWrite(env: u32, address: u64, size: u32): bool {
  return probeWrite(env, linear(env, address), size, load<u32>(env, ENV_MMU_IDX));
}

/**
 * FST, FIST and FISTTP. `c`: the type; bit 8 for truncation, bit 9 to pop. An exception that is not masked keeps the value
 * from being stored, overflow and underflow too (SDM volume 1, 8.5.4 and 8.5.5); a fault of memory leaves all as it was.
 */
export function helper_x87_fst(env: u32, address: u64, c: u64, _: u64): u64 {
  let status = fpus(env), type = <u32>c & 0xff;
  let size: u32 = type == MEM_I16 ? 2 : type == MEM_F32 || type == MEM_I32 ? 4 : 8;
  fpStart(env);
  if (c & 0x100) setRounding(ROUND_ZERO);
  let value = storedValue(env, type);
  let late = (flags & (FLAG_OVERFLOW | FLAG_UNDERFLOW) & ~fpuc(env)) != 0;
  let held = stopped(env) || late;
  if (held) canWrite(env, address, size);
  else stu(env, address, size, value);
  if (faulted(env)) {
    setFpus(env, status);
    return 0;
  }
  if (late) {
    setFlags(flags & ~FLAG_INEXACT);
    setRoundedUp(false);
  }
  fpFinish(env);
  if (c & 0x200 && !held) pop(env);
  return 0;
}

/** FLD m80fp: nothing is converted. */
export function helper_x87_load80(env: u32, address: u64, _: u64, __: u64): u64 {
  let mantissa = ldu(env, address, 8);
  if (faulted(env)) return 0;
  let high = ldu(env, address + 8, 2);
  if (faulted(env)) return 0;
  if (!isFull(env)) {
    pushQuickly(env, mantissa, high);
    return 0;
  }
  fpStart(env);
  pushSt(env, A);
  fpFinish(env);
  return 0;
}

/** FSTP m80fp. */
export function helper_x87_store80(env: u32, address: u64, _: u64, __: u64): u64 {
  if (!canWrite(env, address, 10)) return 0;
  fpStart(env);
  let mantissa: u64 = 0xc000000000000000, high: u64 = 0xffff;
  if (isEmpty(env, 0)) fault(env, false);
  else {
    mantissa = load<u64>(stAddress(env, 0));
    high = load<u16>(stAddress(env, 0), 8);
  }
  if (stopped(env)) {
    fpFinish(env);
    return 0;
  }
  stu(env, address, 8, mantissa);
  if (faulted(env)) return 0;
  stu(env, address + 8, 2, high);
  if (faulted(env)) return 0;
  fpFinish(env);
  pop(env);
  return 0;
}
