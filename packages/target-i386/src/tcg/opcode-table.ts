// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// The instructions (SDM volume 2, appendix A), one row each: opcode or range of opcodes, what it does, operands, and
// attributes. Operands are a way of addressing and a size:
//
//   E  register or memory by ModRM    G  register by ModRM          M  memory only        R  register only (by rm)
//   S  segment register by ModRM      Z  register by the opcode     A  accumulator        O  memory at an absolute address
//   I  immediate, sign-extended       U  immediate, zero-extended   J  jump distance      F  far pointer   1, C (CL)  that value
//
//   B  register by VEX.vvvv
//
//   b  byte    w  word    d  dword    q  qword    v  operand size    z  operand size, immediate of at most a dword
//   y  dword, or qword with REX.W     p  operand size, qword in 64-bit code
//
// Attributes: lock (LOCK is allowed), no64, only64, p64 (operand size is a qword in 64-bit code, a word with 66),
// near (always a qword there), cpl0, pm (protected mode only), end (the block ends), io (accesses devices), modrm (one follows),
// /n (ModRM's register field), m3 (both operands are registers), mm (memory only), f2, f3, np (that prefix, none), else (without its feature the next row counts).

import type { InsnFeature } from './insn-features.js'
import { sseRows } from './opcode-table-sse.js'

const oneByte = `
00-05 add  alu lock
08-0d or   alu lock
10-15 adc  alu lock
18-1d sbb  alu lock
20-25 and  alu lock
28-2d sub  alu lock
30-35 xor  alu lock
38-3d cmp  alu
06,0e,16,1e pushSeg - no64
07,17,1f popSeg - no64
27 daa - no64
2f das - no64
37 aaa - no64
3f aas - no64
40-47 inc Zv no64
48-4f dec Zv no64
50-57 push Zv p64
58-5f pop Zv p64
60 pusha - no64
61 popa - no64
62 bound Gv,Mv no64
63 arpl Ew,Gw no64 pm
63 movsxd Gv,Ed only64
68 push Iz p64
69 imul3 Gv,Ev,Iz
6a push Ib p64
6b imul3 Gv,Ev,Ib
6c ins b io
6d ins v io
6e outs b io
6f outs v io
70-7f jcc Jb near
80 grp1 Eb,Ib lock
81 grp1 Ev,Iz lock
82 grp1 Eb,Ib no64 lock
83 grp1 Ev,Ib lock
84 test Eb,Gb
85 test Ev,Gv
86 xchg Eb,Gb lock
87 xchg Ev,Gv lock
88 mov Eb,Gb
89 mov Ev,Gv
8a mov Gb,Eb
8b mov Gv,Ev
8c movFromSeg Ev,S
8d lea Gv,M mm
8e movToSeg S,Ew
8f pop Ev p64 /0
90-97 xchg Zv,Av
98 cbw -
99 cwd -
9a lcall F no64 end
9b fwait -
9c pushf - p64
9d popf - p64 end
9e sahf -
9f lahf -
a0 mov Ab,Ob
a1 mov Av,Ov
a2 mov Ob,Ab
a3 mov Ov,Av
a4 movs b
a5 movs v
a6 cmps b
a7 cmps v
a8 test Ab,Ib
a9 test Av,Iz
aa stos b
ab stos v
ac lods b
ad lods v
ae scas b
af scas v
b0-b7 mov Zb,Ib
b8-bf mov Zv,Iv
c0 grp2 Eb,Ub
c1 grp2 Ev,Ub
c2 ret Uw near
c3 ret - near
c4 les Gv,M no64 mm
c5 lds Gv,M no64 mm
c6 mov Eb,Ib /0
c7 mov Ev,Iz /0
c8 enter Uw,Ub p64
c9 leave - p64
ca lret Uw end
cb lret - end
cc int3 - end
cd int Ub end
ce into - no64 end
cf iret - end
d0 grp2 Eb,1
d1 grp2 Ev,1
d2 grp2 Eb,C
d3 grp2 Ev,C
d4 aam Ub no64
d5 aad Ub no64
d6 salc - no64
d7 xlat -
d8-df x87 - modrm ?fpu
e0 loopnz Jb near
e1 loopz Jb near
e2 loop Jb near
e3 jcxz Jb near
e4 in Ab,Ub io
e5 in Ad,Ub io
e6 out Ub,Ab io
e7 out Ub,Ad io
e8 call Jz near
e9 jmp Jz near
ea ljmp F no64 end
eb jmp Jb near
ec in Ab,D io
ed in Ad,D io
ee out D,Ab io
ef out D,Ad io
f1 int1 - end
f4 hlt - cpl0 end
f5 cmc -
f6 test Eb,Ib /0
f6 test Eb,Ib /1
f6 not Eb /2 lock
f6 neg Eb /3 lock
f6 mul Eb /4
f6 imul Eb /5
f6 div Eb /6
f6 idiv Eb /7
f7 test Ev,Iz /0
f7 test Ev,Iz /1
f7 not Ev /2 lock
f7 neg Ev /3 lock
f7 mul Ev /4
f7 imul Ev /5
f7 div Ev /6
f7 idiv Ev /7
f8 clc -
f9 stc -
fa cli -
fb sti - end
fc cld -
fd std -
fe inc Eb /0 lock
fe dec Eb /1 lock
ff inc Ev /0 lock
ff dec Ev /1 lock
ff callInd Ev /2 near
ff lcallInd M /3 mm end
ff jmpInd Ev /4 near
ff ljmpInd M /5 mm end
ff push Ev /6 p64
`

const twoByte = `
00 sldt E /0 pm
00 str E /1 pm
00 lldt Ew /2 pm cpl0
00 ltr Ew /3 pm cpl0
00 verr Ew /4 pm
00 verw Ew /5 pm
01 sgdt M /0 mm
01 sidt M /1 mm
01 monitor - /1 m3 rm0
01 mwait - /1 m3 rm1 end
01 clac - /1 m3 rm2 end
01 stac - /1 m3 rm3 end
01 lgdt M /2 mm cpl0
01 lidt M /3 mm cpl0
01 smsw Ev /4
01 lmsw Ew /6 cpl0 end
01 invlpg M /7 mm cpl0 end
01 swapgs - /7 m3 rm0 only64 cpl0
01 rdtscp - /7 m3 rm1 io
02 lar Gv,Ew pm
03 lsl Gv,Ew pm
05 syscall - end
06 clts - cpl0 end
07 sysret - end
08 nop - cpl0
09 nop - cpl0
0b ud -
0d nop M
18-1f nop Ev
20 movFromCr Rq cpl0 io
21 movFromDr Rq cpl0
22 movToCr Rq cpl0 io
23 movToDr Rq cpl0 end
30 wrmsr - cpl0 io
31 rdtsc - io
32 rdmsr - cpl0 io
33 rdpmc -
34 sysenter - end
35 sysexit - end
40-4f cmov Gv,Ev
80-8f jcc Jz near
90-9f setcc Eb
a0 pushFs - p64
a1 popFs - p64
a2 cpuid - io
a3 bt Ev,Gv
a4 shld Ev,Gv,Ub
a5 shld Ev,Gv,C
a8 pushGs - p64
a9 popGs - p64
ab bts Ev,Gv lock
ac shrd Ev,Gv,Ub
ad shrd Ev,Gv,C
ae clflush M /7 mm no
ae clflush M /7 mm 66 ?clflushopt
ae rdfsbase Ry /0 m3 f3 only64 ?fsgsbase
ae rdgsbase Ry /1 m3 f3 only64 ?fsgsbase
ae wrfsbase Ry /2 m3 f3 only64 ?fsgsbase
ae wrgsbase Ry /3 m3 f3 only64 ?fsgsbase
af imul2 Gv,Ev
b0 cmpxchg Eb,Gb lock
b1 cmpxchg Ev,Gv lock
b2 lss Gv,M mm
b3 btr Ev,Gv lock
b4 lfs Gv,M mm
b5 lgs Gv,M mm
b6 movzx Gv,Eb
b7 movzx Gv,Ew
b8 popcnt Gv,Ev f3
b9 ud Ev
ba bt Ev,Ub /4
ba bts Ev,Ub /5 lock
ba btr Ev,Ub /6 lock
ba btc Ev,Ub /7 lock
bb btc Ev,Gv lock
bc tzcnt Gv,Ev f3 else ?bmi1
bc bsf Gv,Ev
bd lzcnt Gv,Ev f3 else ?abm
bd bsr Gv,Ev
be movsx Gv,Eb
bf movsx Gv,Ew
c0 xadd Eb,Gb lock
c1 xadd Ev,Gv lock
c7 cmpxchg8b M /1 mm lock
c7 rdpid Rq /7 m3 f3 ?rdpid
c7 rdrand Rv /6 m3 ?rdrand
c7 rdrand Rv /7 m3 ?rdseed
c8-cf bswap Zy
ff ud -
`

const threeByte38 = `
82 invpcid Gy,M 66 mm ?invpcid cpl0 end
f0 movbe Gv,Mv np
f1 movbe Mv,Gv np
f6 adcx Gy,Ey 66 ?adx
f6 adox Gy,Ey f3 ?adx
`

/** Instructions with VEX (SDM volume 2, 2.3) in the maps 0F 38 and 0F 3A: those on general registers. */
const vex38 = `
f2 andn Gy,By,Ey no ?bmi1
f3 blsr By,Ey /1 no ?bmi1
f3 blsmsk By,Ey /2 no ?bmi1
f3 blsi By,Ey /3 no ?bmi1
f5 bzhi Gy,Ey,By no ?bmi2
f5 pext Gy,By,Ey f3 ?bmi2
f5 pdep Gy,By,Ey f2 ?bmi2
f6 mulx Gy,By,Ey f2 ?bmi2
f7 bextr Gy,Ey,By no ?bmi1
f7 shlx Gy,Ey,By 66 ?bmi2
f7 sarx Gy,Ey,By f3 ?bmi2
f7 shrx Gy,Ey,By f2 ?bmi2
`

const vex3a = `
f0 rorx Gy,Ey,Ub f2 ?bmi2
`

/** How an operand is found. */
export interface OperandSpec {
  readonly how: string
  readonly size: string
}

/** One instruction. */
export interface OpcodeRow {
  /** Place in `opcodeRows`. */
  readonly number: number
  readonly name: string
  readonly operands: readonly OperandSpec[]
  readonly attributes: ReadonlySet<string>
  /** ModRM's register field, or its rm field, that the row is for; -1 for any. */
  readonly ext: number
  readonly rm: number
  /** Whether a ModRM byte follows. */
  readonly modrm: boolean
  /** What the CPU must have for it. */
  readonly feature: InsnFeature | null
}

/** Rows by opcode: most have one, opcodes with a ModRM group have several. */
export type OpcodeMap = readonly (readonly OpcodeRow[])[]

const ALU_OPERANDS = ['Eb,Gb', 'Ev,Gv', 'Gb,Eb', 'Gv,Ev', 'Ab,Ib', 'Av,Iz']

function parseRow(number: number, name: string, operands: string, attributes: readonly string[]): OpcodeRow {
  const specs =
    operands === '-' ? [] : operands.split(',').map((text) => ({ how: text[0]!, size: text.slice(1) }))
  const field = (prefix: string): number => {
    const found = attributes.find((word) => word.startsWith(prefix) && /\d$/.test(word))
    return found === undefined ? -1 : Number(found.slice(prefix.length))
  }
  const ext = field('/')
  const feature = attributes.find((word) => word.startsWith('?'))
  return {
    number,
    name,
    operands: specs,
    attributes: new Set(attributes.filter((word) => word !== feature)),
    ext,
    rm: field('rm'),
    modrm: ext >= 0 || attributes.includes('modrm') || specs.some(({ how }) => 'EGMRSVWXPQN'.includes(how)),
    feature: (feature?.slice(1) ?? null) as InsnFeature | null,
  }
}

/** All rows. */
export const opcodeRows: OpcodeRow[] = []

/** Turns the text into rows by opcode. */
function parse(text: string): OpcodeMap {
  const map: OpcodeRow[][] = Array.from({ length: 256 }, () => [])
  for (const line of text.trim().split('\n')) {
    const [codes, name, operands, ...attributes] = line.trim().split(/\s+/) as [string, string, string]
    for (const range of codes.split(',')) {
      const [first, last = first] = range.split('-').map((code) => parseInt(code, 16)) as [number, number?]
      for (let code = first; code <= last!; code++) {
        const real = operands === 'alu' ? ALU_OPERANDS[code & 7]! : operands
        const row = parseRow(opcodeRows.length, name, real, attributes)
        opcodeRows.push(row)
        map[code]!.push(row)
      }
    }
  }
  return map
}

export const opcodeMaps: Readonly<
  Record<'one' | 'two' | 'three38' | 'three3a' | 'vex38' | 'vex3a', OpcodeMap>
> = {
  one: parse(oneByte),
  two: parse(`${twoByte.trim()}\n${sseRows.two}`),
  three38: parse(`${threeByte38.trim()}\n${sseRows.three38}`),
  three3a: parse(sseRows.three3a),
  vex38: parse(vex38),
  vex3a: parse(vex3a),
}
