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
    ours: ['vector d error 0 ip=+6 cs=8 fl=2 ax=0'],
    qemu: ['ok fl=2 ax=0 dx=0'],
    manual: 'SDM volume 2, LTR: #GP(0) if the source operand contains a null segment selector',
  },
  {
    image: 'segments',
    name: 'ltr 3',
    ours: ['vector d error 0 ip=+6 cs=8 fl=2 ax=3'],
    qemu: ['ok fl=2 ax=3 dx=3'],
    manual: 'SDM volume 2, LTR: #GP(0) if the source operand contains a null segment selector',
  },
  {
    image: 'transfers',
    name: 'lcall 98',
    ours: ['vector d error 0 ip=+14 cs=8 fl=2 ax=98'],
    qemu: ['vector d error 98 ip=+14 cs=8 fl=2 ax=98'],
    manual: 'SDM volume 2, CALL: #GP(0) if the offset is beyond the new code segment limit',
  },
  {
    image: 'transfers',
    name: 'accessed bit of code',
    ours: ['ok fl=86 ax=cf9b00'],
    qemu: ['ok fl=86 ax=cf9a00'],
    manual:
      'SDM volume 3, 3.4.5.1: the accessed bit is set whenever a selector is loaded into a segment register',
  },
  {
    image: 'transfers',
    name: 'lret 98',
    ours: ['vector d error 0 ip=+b cs=8 fl=2 sp=7ff8'],
    qemu: ['vector 80 ip=11906 cs=98 fl=2'],
    manual:
      'SDM volume 2, RET: #GP(0) if the return instruction pointer is not within the return code segment limit',
  },
  {
    image: 'transfers',
    name: 'iret 98',
    ours: ['vector d error 0 ip=+10 cs=8 fl=2 sp=7ff4'],
    qemu: ['vector 80 ip=11906 cs=98 fl=246ed7'],
    manual:
      'SDM volume 2, IRET: #GP(0) if the return instruction pointer is not within the return code segment limit',
  },
  {
    image: 'transfers',
    name: 'lret to level 3, SS d3',
    ours: ['vector c error d0 ip=+12 cs=8 fl=2 sp=7ff0'],
    qemu: ['vector b error d0 ip=+12 cs=8 fl=2 sp=7ff0'],
    manual: 'SDM volume 2, RET: #SS(stack segment selector) if the return stack segment is not present',
  },
  {
    image: 'transfers',
    name: 'iret to level 3, SS d3',
    ours: ['vector c error d0 ip=+17 cs=8 fl=2 sp=7fec'],
    qemu: ['vector b error d0 ip=+17 cs=8 fl=2 sp=7fec'],
    manual: 'SDM volume 2, IRET: #SS(SS selector) if the stack segment is not present',
  },
  {
    image: 'transfers',
    name: 'ljmp gate, to code that is not present',
    ours: ['vector b error 88 ip=+0 cs=8 fl=2'],
    qemu: ['vector d error 88 ip=+0 cs=8 fl=2'],
    manual: 'SDM volume 2, JMP: #NP(code-segment selector) if the code segment is not present',
  },
  {
    image: 'transfers',
    name: 'lcall gate at level 3, to conforming code',
    ours: [
      'vector 80 ip=11918 cs=6b fl=2 sp=a004 ss=23 ax=+2d cx=1b dx=3333 bx=2222 bp=1111 si=0 ds=23 es=23 fs=0 gs=0',
    ],
    qemu: [
      'vector 80 ip=11918 cs=68 fl=2 sp=8ff8 ax=+2d cx=1b dx=3333 bx=2222 bp=1111 si=0 ds=23 es=23 fs=0 gs=0',
    ],
    manual:
      'SDM volume 3, 5.8.1.2: the CPL does not change when control is transferred to a conforming code segment',
  },
  {
    image: 'transfers',
    name: 'lcall gate, to code that ends before',
    ours: ['vector d error 0 ip=+0 cs=8 fl=2'],
    qemu: ['vector 80 ip=11918 cs=98 fl=2 sp=8010 ax=+7 cx=8 dx=0 bx=0 bp=0 si=0'],
    manual: 'SDM volume 2, CALL: #GP(0) if the offset in the call gate is beyond the new code segment limit',
  },
  {
    image: 'transfers',
    name: 'lcall gate at level 3, to code that ends before',
    ours: ['vector d error 0 ip=+26 cs=1b fl=2 sp=9ff4 ss=23 ds=23 es=23 fs=0 gs=0'],
    qemu: [
      'vector 80 ip=11918 cs=98 fl=2 sp=9008 ax=+2d cx=1b dx=9ff4 bx=23 bp=0 si=0 ds=23 es=23 fs=0 gs=0',
    ],
    manual: 'SDM volume 2, CALL: #GP(0) if the offset in the call gate is beyond the new code segment limit',
  },
  {
    image: 'tasks',
    name: 'task gate to an entry of the LDT',
    ours: ['vector d error 64 ip=+9 cs=8 fl=2'],
    qemu: ['vector a error 64 ip=+9 cs=8 fl=2'],
    manual:
      'SDM volume 2, JMP: #GP(TSS selector) if its local/global bit is set to local; #TS is for IRET only (volume 3, table 8-1)',
  },
  {
    image: 'tasks',
    name: 'the new task is to be debugged',
    ours: ['vector 1 ip=11906 cs=8 fl=2 sp=6000 ax=a0 cx=a1 dx=a2 bx=a3 bp=a5 si=a6 di=a7 dr6=ffff8ff0'],
    qemu: ['vector 80 ip=1191e cs=8 fl=2 sp=6000 ax=0 cx=898b dx=60000019 bx=a3 bp=a5 si=a6 di=a7'],
    manual: 'SDM volume 3, 18.3.1.5: #DB with DR6.BT after a switch to a task whose TSS has its T flag set',
  },
]
