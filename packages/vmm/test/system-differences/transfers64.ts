// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const transfers64: SystemDifferences = [
  {
    manual: 'SDM volume 2, JMP, CALL, RET, IRET: #GP(selector) if the code segment has both L and D set',
    cases: {
      'ljmp 60': ['vector d error 60 ip=+1c cs=48 fl=2 ax=60', 'vector 80 ip=10002 cs=60 fl=2 ax=60'],
      'lcall 60': [
        'vector d error 60 ip=+1c cs=48 fl=2 ax=60',
        'vector 80 ip=10002 cs=60 fl=2 sp=7ff0 ax=60',
      ],
      'lret 60': ['vector d error 60 ip=+c cs=48 fl=2 sp=7ff0', 'vector 80 ip=10002 cs=60 fl=2'],
      'iret 60': ['vector d error 60 ip=+15 cs=48 fl=2 sp=7fd8', 'vector 80 ip=10002 cs=60 fl=46'],
    },
  },
  {
    manual: 'SDM volume 2, CALL, RET, IRET: #GP(0) if the offset is beyond the code segment limit',
    cases: {
      'lcall a8': ['vector d error 0 ip=+1c cs=48 fl=2 ax=a8', 'vector 80 ip=10002 cs=a8 fl=2 sp=7ff0 ax=a8'],
      'lcall to compatibility mode, more than 32 bits': [
        'vector d error 0 ip=+1d cs=48 fl=2 ax=500010000',
        'vector 80 ip=500010002 cs=8 fl=2 sp=7ff0 ax=500010000',
      ],
      'lret a8': ['vector d error 0 ip=+c cs=48 fl=2 sp=7ff0', 'vector 80 ip=10002 cs=a8 fl=2'],
      'iret a8': ['vector d error 0 ip=+15 cs=48 fl=2 sp=7fd8', 'vector 80 ip=10002 cs=a8 fl=46'],
    },
  },
  {
    manual: 'SDM volume 2, RET, IRET: #SS(selector) if the stack segment is not present',
    cases: {
      'lret to level 3, SS a3': [
        'vector c error a0 ip=+13 cs=48 fl=2 sp=7fe0',
        'vector b error a0 ip=+13 cs=48 fl=2 sp=7fe0',
      ],
      'lret to level 3 of compatibility mode, SS a3': [
        'vector c error a0 ip=+13 cs=48 fl=2 sp=7fe0',
        'vector b error a0 ip=+13 cs=48 fl=2 sp=7fe0',
      ],
      'iret to level 3, SS a3': [
        'vector c error a0 ip=+15 cs=48 fl=2 sp=7fd8',
        'vector b error a0 ip=+15 cs=48 fl=2 sp=7fd8',
      ],
      'iret to level 3 of compatibility mode, SS a3': [
        'vector c error a0 ip=+15 cs=48 fl=2 sp=7fd8',
        'vector b error a0 ip=+15 cs=48 fl=2 sp=7fd8',
      ],
      'iret to level 0, SS 98': [
        'vector c error 98 ip=+15 cs=48 fl=2 sp=7fd8',
        'vector b error 98 ip=+15 cs=48 fl=2 sp=7fd8',
      ],
      'iret to compatibility mode, SS 98': [
        'vector c error 98 ip=+15 cs=48 fl=2 sp=7fd8',
        'vector b error 98 ip=+15 cs=48 fl=2 sp=7fd8',
      ],
    },
  },
  {
    manual:
      'SDM volume 2, IRET: #GP(0) if a null stack selector goes back to compatibility mode, or its RPL is not the level',
    cases: {
      'iret to level 0, SS 3': [
        'vector d error 0 ip=+15 cs=48 fl=2 sp=7fd8',
        'vector 80 ip=10002 cs=48 fl=2 ss=3',
      ],
      'iret to compatibility mode, SS 0': [
        'vector d error 0 ip=+15 cs=48 fl=2 sp=7fd8',
        'vector 80 ip=10002 cs=8 fl=2 ss=0',
      ],
      'iret to compatibility mode, SS 3': [
        'vector d error 0 ip=+15 cs=48 fl=2 sp=7fd8',
        'vector 80 ip=10002 cs=8 fl=2 ss=3',
      ],
      'iret to level 1, SS 0': [
        'vector d error 0 ip=+18 cs=48 fl=2 sp=7fd8',
        'vector 80 ip=10002 cs=131 fl=2 ss=0 ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, MOV: #GP(0) if a null selector for SS has an RPL that is not the level',
    cases: { 'mov ss 3': ['vector d error 0 ip=+8 cs=48 fl=2 ax=3', 'vector 80 ip=+c cs=48 fl=2 ss=3 ax=3'] },
  },
  {
    manual:
      'SDM volume 3, 5.8.1.2: the CPL does not change when control is transferred to a conforming code segment',
    cases: {
      'lcall gate at level 3, to conforming code': [
        'vector e error 15 ip=10002 cs=73 fl=2 sp=40009fe8 ss=23 ds=0 es=0 fs=0 gs=0 cr2=10002',
        'vector e error 15 ip=10002 cs=70 fl=2 sp=40009fe8 ss=23 ds=0 es=0 fs=0 gs=0 cr2=10002',
      ],
    },
  },
  {
    manual: 'SDM volume 2, JMP: #NP(code-segment selector) if the code segment is not present',
    cases: {
      'ljmp gate, to code that is not present': [
        'vector b error 78 ip=+0 cs=48 fl=2',
        'vector d error 78 ip=+0 cs=48 fl=2',
      ],
    },
  },
  {
    manual: 'SDM volume 2, CALL: #GP(0) if the offset of a gate is not canonical',
    cases: {
      'call gate to nowhere': [
        'vector d error 0 ip=+0 cs=48 fl=2',
        'vector d error 0 ip=800000010002 cs=48 fl=2 sp=7ff0',
      ],
      'call gate to nowhere at level 3': [
        'vector d error 0 ip=alias+12 cs=53 fl=2 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=800000010002 cs=48 fl=2 sp=8fe0 ss=0 ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, JMP, CALL, RET, IRET: #GP(0) if the target offset is not canonical',
    cases: {
      'callq *%rax, to nowhere': [
        'vector d error 0 ip=+1d cs=48 fl=2 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 sp=7ff8 ax=800000000000',
      ],
      'callq *POINTER, to nowhere': [
        'vector d error 0 ip=+1d cs=48 fl=2 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 sp=7ff8 ax=800000000000',
      ],
      'jmpq *%rax, to nowhere': [
        'vector d error 0 ip=+1d cs=48 fl=2 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 ax=800000000000',
      ],
      'jmpq *POINTER, to nowhere': [
        'vector d error 0 ip=+1d cs=48 fl=2 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 ax=800000000000',
      ],
      'retq $16 to nowhere': [
        'vector d error 0 ip=+12 cs=48 fl=2 sp=7fe8 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 ax=800000000000',
      ],
      'retq to nowhere': [
        'vector d error 0 ip=+12 cs=48 fl=2 sp=7fe8 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 sp=7ff0 ax=800000000000',
      ],
      'ljmp *POINTER, to nowhere': [
        'vector d error 0 ip=+1d cs=48 fl=2 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 ax=800000000000',
      ],
      'lcall *POINTER, to nowhere': [
        'vector d error 0 ip=+1d cs=48 fl=2 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 sp=7ff0 ax=800000000000',
      ],
      'lretq to nowhere': [
        'vector d error 0 ip=+14 cs=48 fl=2 sp=7fe0 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 sp=7ff0 ax=800000000000',
      ],
      'iretq to nowhere': [
        'vector d error 0 ip=+16 cs=48 fl=2 sp=7fd8 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 ax=800000000000',
      ],
      'iretq to level 3, nowhere': [
        'vector d error 0 ip=+16 cs=48 fl=2 sp=7fd8 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=53 fl=2 sp=4000a000 ss=23 ax=800000000000 ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, LSS, LFS, LGS: m16:64 with REX.W',
    cases: {
      'lfs and push fs': [
        'vector 80 ip=+24 cs=48 fl=2 ax=10000 cx=93 fs=93',
        'vector 80 ip=+24 cs=48 fl=2 ax=10000 cx=0 fs=0',
      ],
      'lgs and push gs': [
        'vector 80 ip=+24 cs=48 fl=2 ax=10000 cx=93 gs=93',
        'vector 80 ip=+24 cs=48 fl=2 ax=10000 cx=0 gs=0',
      ],
      'lss, 64 bits': [
        'vector 80 ip=+2f cs=48 fl=2 ss=88 ax=123456789abc cx=123456789abc',
        'vector d error 1234 ip=+1c cs=48 fl=2 ax=123456789abc',
      ],
    },
  },
  {
    manual: 'SDM volume 1, 3.3.7.1: the base of an LDT or TSS must be canonical',
    cases: {
      'lldt 110': ['vector d error 110 ip=+8 cs=48 fl=2 ax=110', 'vector 80 ip=+10 cs=48 fl=2 ax=110 cx=110'],
      'ltr e0': ['vector d error e0 ip=+8 cs=48 fl=2 ax=e0', 'vector 80 ip=+d cs=48 fl=2 ax=e0'],
    },
  },
  {
    manual: 'SDM volume 2, LTR: #GP(0) if the source operand contains a null segment selector',
    cases: {
      'ltr 0': ['vector d error 0 ip=+8 cs=48 fl=2 ax=0', 'vector 80 ip=+d cs=48 fl=2 ax=0'],
      'ltr 3': ['vector d error 0 ip=+8 cs=48 fl=2 ax=3', 'vector 80 ip=+d cs=48 fl=2 ax=3'],
    },
  },
  {
    manual: 'SDM volume 3, 3.5: type 1 is reserved in IA-32e mode',
    cases: {
      'ltr d0': ['vector d error d0 ip=+8 cs=48 fl=2 ax=d0', 'vector 80 ip=+d cs=48 fl=2 ax=d0'],
      'lar d0': ['vector 80 ip=+d cs=48 fl=2 cx=d0', 'vector 80 ip=+d cs=48 fl=42 ax=8300 cx=d0'],
      'lsl d0': ['vector 80 ip=+d cs=48 fl=2 cx=d0', 'vector 80 ip=+d cs=48 fl=42 ax=67 cx=d0'],
    },
  },
  {
    manual:
      'SDM volume 3, 3.4.5.1: the accessed bit is set whenever a selector is loaded into a segment register',
    cases: {
      'lar 68': [
        'vector 80 ip=+d cs=48 fl=42 ax=a09b00 cx=68',
        'vector 80 ip=+d cs=48 fl=42 ax=a09a00 cx=68',
      ],
      'lar 70': [
        'vector 80 ip=+d cs=48 fl=42 ax=a09f00 cx=70',
        'vector 80 ip=+d cs=48 fl=42 ax=a09e00 cx=70',
      ],
      'lar 73': [
        'vector 80 ip=+d cs=48 fl=42 ax=a09f00 cx=73',
        'vector 80 ip=+d cs=48 fl=42 ax=a09e00 cx=73',
      ],
      'lar 80': [
        'vector 80 ip=+d cs=48 fl=42 ax=a0fb00 cx=80',
        'vector 80 ip=+d cs=48 fl=42 ax=a0fa00 cx=80',
      ],
      'lar 83': [
        'vector 80 ip=+d cs=48 fl=42 ax=a0fb00 cx=83',
        'vector 80 ip=+d cs=48 fl=42 ax=a0fa00 cx=83',
      ],
    },
  },
  {
    manual: 'SDM volume 2, LTR: a TSS that cannot be loaded is not marked busy',
    cases: {
      'lar e0': ['vector 80 ip=+d cs=48 fl=42 ax=8900 cx=e0', 'vector 80 ip=+d cs=48 fl=42 ax=8b00 cx=e0'],
    },
  },
]
