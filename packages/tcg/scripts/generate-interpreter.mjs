// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Writes the interpreter's dispatch loop from the table of operations: one case per operation and form. The bytecode is
 * made of 64-bit words `op:16 d:16 a:16 b:16`; d, a and b are offsets of slots in the CPU's block unless said otherwise.
 */
import { OP_IMMEDIATE, opDefs } from '../dist/opcodes.js'

const d = '<u32>(w >> 16) & 0xffff'
const a = '<u32>(w >> 32) & 0xffff'
const b = '<u32>(w >> 48)'
const slot = (/** @type {string} */ at) => `load<u64>(env + (${at}))`
/** A signed 16-bit number of words from the operation's own word. */
const target = '(<i32>(<i16>(w >> 16)) << 3)'

/** @typedef {import('../dist/opcodes.js').OpDef} OpDef */

/** @param {number} number @param {string} body */
const arm = (number, body) => `      case ${number}: {\n${body.replace(/^/gm, '        ')}\n      }\n`

/** A computing operation, its last operand in a slot or in the next word. @param {OpDef} op @param {boolean} imm */
function computing({ kind, expr }, imm) {
  const words = imm ? 16 : 8
  const last = imm ? 'load<u64>(ip, 8)' : kind === 'unary' ? '' : slot(b)
  const operands = kind === 'unary' ? `let a = ${slot(a)};` : `let a = ${slot(a)};\nlet b = ${last};`
  if (kind === 'brcond') {
    return `${operands}\nif (${expr}) ip += ${target};\nelse ip += ${words};\ncontinue;`
  }
  const value = kind === 'setcond' ? `<u64>(${expr})` : expr
  return `${operands}\nstore<u64>(env + (${d}), ${value});\nip += ${words};\ncontinue;`
}

/** An operation on vectors; its last operand may be a slot of 64 bits, or in the next word. @param {OpDef} op @param {boolean} imm */
function vector({ name, expr, operands = 'vvv' }, imm) {
  if (name === 'vshuffle') {
    // What is no byte of one of the two is beyond the bytes there are, and gives zero.
    return `let order = v128.load(ip + 8);
let x = i8x16.swizzle(v128.load(env + (${a})), order);
let y = i8x16.swizzle(v128.load(env + (${b})), i8x16.sub(order, i8x16.splat(16)));
v128.store(env + (${d}), v128.or(x, y));
ip += 24;
continue;`
  }
  const read = (/** @type {string | undefined} */ kind, /** @type {string} */ at) =>
    kind === 'v' ? `v128.load(env + (${at}))` : slot(at)
  const last = imm
    ? 'let b = load<u64>(ip, 8);\n'
    : operands.length > 2
      ? `let b = ${read(operands[2], b)};\n`
      : ''
  const put = operands[0] === 'v' ? 'v128.store' : 'store<u64>'
  return `let a = ${read(operands[1], a)};
${last}${put}(env + (${d}), ${expr});
ip += ${imm ? 16 : 8};
continue;`
}

/** A vector in guest memory; what has to be aligned never leaves its page. @param {OpDef} op */
function vectorAccess({ kind, expr, aligned }) {
  const store = kind === 'store'
  const page = aligned ? 'addr & (PAGE_MASK | 15)' : '(addr + 15) & PAGE_MASK'
  const value = `v128.load(env + (${d}))`
  return `let addr = ${slot(a)} + <u64><i64><i16>(w >> 48);
let entry = tlb + (<u32>(addr >> 7) & TLB_INDEX_MASK);
if ((${page}) == load<u64>(entry, ${store ? 'TLB_WRITE' : 'TLB_READ'})) {
  let host = <u32>addr + load<u32>(entry, TLB_ADDEND);
  ${store ? expr.replace('value', value) : `v128.store(env + (${d}), ${expr})`};
} else {
  ${store ? `store<u32>(env, ip, ENV_EXIT_IP);\n  v128.store(env + ENV_VECTOR, ${value});` : ''}
  ${kind}Slow128(env, addr, ${aligned ? 1 : 0});
  if (load<u32>(env, ENV_PENDING) != 0) return leave(env, ip);
  ${store ? '' : `v128.store(env + (${d}), v128.load(env + ENV_VECTOR));`}
}
ip += 8;
continue;`
}

const signed = { ld8s: '<u64><i64><i8>', ld16s: '<u64><i64><i16>', ld32s: '<u64><i64><i32>' }

/** @param {OpDef} op */
function memory({ name, kind, expr, size }) {
  const store = kind === 'store'
  const compare = `load<u64>(entry, ${store ? 'TLB_WRITE' : 'TLB_READ'})`
  const extend = signed[/** @type {keyof typeof signed} */ (name)] ?? ''
  // A store may change the block that it is in: which one that is, is told by the address.
  const slow = store
    ? `store<u32>(env, ip, ENV_EXIT_IP);\n  storeSlow(env, addr, ${size}, value);`
    : `let result = loadSlow(env, addr, ${size});`
  const put = `store<u64>(env + (${d}), `
  return `let addr = ${slot(a)} + <u64><i64><i16>(w >> 48);
${store ? `let value = ${slot(d)};\n` : ''}let entry = tlb + (<u32>(addr >> ${'7'}) & TLB_INDEX_MASK);
if (${size === 1 ? 'addr' : `(addr + ${size - 1})`} & PAGE_MASK == ${compare}) {
  let host = <u32>addr + load<u32>(entry, TLB_ADDEND);
  ${store ? `${expr};` : `${put}${expr});`}
} else {
  ${slow}
  if (load<u32>(env, ENV_PENDING) != 0) return leave(env, ip);
  ${store ? '' : `${put}${extend}result);`}
}
ip += 8;
continue;`.replace(/\((addr( \+ \d+)?)\) & PAGE_MASK|addr & PAGE_MASK/, (m) => `(${m})`)
}

/** @type {Record<string, string>} */
const control = {
  movi: `store<u64>(env + (${d}), load<u64>(ip, 8));\nip += 16;\ncontinue;`,
  movcond: `let then = ${slot(b)};
let other = load<u64>(env + load<u32>(ip, 8));
store<u64>(env + (${d}), ${slot(a)} != 0 ? then : other);
ip += 16;
continue;`,
  call: `store<u32>(env, ip, ENV_EXIT_IP);
let result = call_indirect<u64>(${a}, env, load<u64>(env + <u32>load<u16>(ip, 8)), load<u64>(env + <u32>load<u16>(ip, 10)), load<u64>(env + <u32>load<u16>(ip, 12)));
if (load<u32>(env, ENV_PENDING) != 0) return leave(env, ip);
store<u64>(env + (${d}), result);
tlb = load<u32>(env, ENV_TLB);
ip += 16;
continue;`,
  callPure: `store<u64>(env + (${d}), call_indirect<u64>(${a}, env, load<u64>(env + <u32>load<u16>(ip, 8)), load<u64>(env + <u32>load<u16>(ip, 10)), load<u64>(env + <u32>load<u16>(ip, 12))));
ip += 16;
continue;`,
  br: `ip += ${target};\ncontinue;`,
  tbStart: `let count = load<u32>(ip, TB_COUNT) + 1;
store<u32>(ip, count, TB_COUNT);
if (count == <u32>HOT_COUNT) {
  store<u32>(env, <u32>(w >> 32), ENV_EXIT_TB);
  return EXIT_HOT;
}
let left = load<i32>(env, ENV_ICOUNT_DECR);
let insns = <i32>(<u32>(w >> 16) & 0xffff);
if (left < insns) {
  store<u32>(env, <u32>(w >> 32), ENV_EXIT_TB);
  return EXIT_REQUEST;
}
store<i32>(env, left - insns, ENV_ICOUNT_DECR);
tlb = load<u32>(env, ENV_TLB);
ip += 16;
continue;`,
  enterTb: `ip = call_indirect<u32>(entry, env, load<u32>(ip, TB_FUNCTION));
if (ip < <u32>EXIT_END) return <i32>ip;
continue;`,
  gotoPtr: `ip = lookupTbPtr(env);
if (ip == 0) return EXIT_LOOKUP;
continue;`,
  exitTb: `return <i32>(<u32>(w >> 16) & 0xffff);`,
}
for (const way of [0, 1]) {
  control[`gotoTb${way}`] = `let next = load<u32>(ip, 8);
if (next == 0) {
  store<u32>(env, <u32>(w >> 32), ENV_EXIT_TB);
  return EXIT_CHAIN${way};
}
ip = next;
continue;`
}

let cases = ''
opDefs.forEach((op, number) => {
  if (op.size === 16) cases += arm(number, vectorAccess(op))
  else if (op.kind === 'load' || op.kind === 'store') cases += arm(number, memory(op))
  else if (op.kind === 'vector')
    cases += arm(op.operands === 'vvs' ? number + OP_IMMEDIATE : number, vector(op, op.operands === 'vvs'))
  else if (op.kind === 'control') {
    const body = control[op.name]
    if (body) cases += arm(number, body)
  } else {
    cases += arm(number, computing(op, false))
    if (op.kind !== 'unary') cases += arm(number + OP_IMMEDIATE, computing(op, true))
  }
})

/** The interpreter's source. */
export const interpreterSource = `// SPDX-License-Identifier: GPL-2.0-or-later
// Written by scripts/generate-interpreter.mjs from src/opcodes.ts.
import {
  leave, loadSlow, loadSlow128, lookupTbPtr, mulSignedHigh, mulUnsignedHigh, storeSlow, storeSlow128,
} from '../assembly/softmmu'
import {
  ENV_EXIT_IP, ENV_EXIT_TB, ENV_ICOUNT_DECR, ENV_PENDING, ENV_TLB, EXIT_CHAIN0, EXIT_CHAIN1, EXIT_END, EXIT_HOT,
  EXIT_LOOKUP, EXIT_REQUEST, HOT_COUNT, TB_COUNT, TB_FUNCTION,
  ENV_VECTOR, TLB_ADDEND, TLB_BITS, TLB_ENTRY_BITS, TLB_READ, TLB_WRITE,
} from '../src/layout'

const PAGE_MASK: u64 = ~0xfff;
const TLB_INDEX_MASK: u32 = ((1 << TLB_BITS) - 1) << TLB_ENTRY_BITS;

/** Table index of the way into compiled blocks: (env, place of the function) => what the function returns. */
let entry: u32 = 0;

export function setEntry(place: u32): void {
  entry = place;
}

/** Executes bytecode from address \`ip\` on for the CPU at \`env\`; returns EXIT_*. @qemu tcg/tci.c tcg_qemu_tb_exec */
export function tcgQemuTbExec(env: u32, ip: u32): i32 {
  let tlb = load<u32>(env, ENV_TLB);
  while (true) {
    let w = load<u64>(ip);
    switch (<u32>w & 0xffff) {
${cases}      default: return 0;
    }
  }
}
`
