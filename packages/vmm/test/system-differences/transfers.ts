// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const transfers: SystemDifferences = [
  {
    manual: 'SDM volume 2, CALL: #GP(0) if the offset is beyond the new code segment limit',
    cases: {
      'lcall 98': ['vector d error 0 ip=+14 cs=8 fl=2 ax=98', 'vector d error 98 ip=+14 cs=8 fl=2 ax=98'],
    },
  },
  {
    manual:
      'SDM volume 3, 3.4.5.1: the accessed bit is set whenever a selector is loaded into a segment register',
    cases: {
      'accessed bit of code': [
        'vector 80 ip=+15 cs=8 fl=86 ax=cf9b00',
        'vector 80 ip=+15 cs=8 fl=86 ax=cf9a00',
      ],
    },
  },
  {
    manual:
      'SDM volume 2, RET: #GP(0) if the return instruction pointer is not within the return code segment limit',
    cases: { 'lret 98': ['vector d error 0 ip=+b cs=8 fl=2 sp=7ff8', 'vector 80 ip=10002 cs=98 fl=2'] },
  },
  {
    manual:
      'SDM volume 2, IRET: #GP(0) if the return instruction pointer is not within the return code segment limit',
    cases: { 'iret 98': ['vector d error 0 ip=+10 cs=8 fl=2 sp=7ff4', 'vector 80 ip=10002 cs=98 fl=246ed7'] },
  },
  {
    manual: 'SDM volume 2, RET: #SS(stack segment selector) if the return stack segment is not present',
    cases: {
      'lret to level 3, SS d3': [
        'vector c error d0 ip=+12 cs=8 fl=2 sp=7ff0',
        'vector b error d0 ip=+12 cs=8 fl=2 sp=7ff0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, IRET: #SS(SS selector) if the stack segment is not present',
    cases: {
      'iret to level 3, SS d3': [
        'vector c error d0 ip=+17 cs=8 fl=2 sp=7fec',
        'vector b error d0 ip=+17 cs=8 fl=2 sp=7fec',
      ],
    },
  },
  {
    manual: 'SDM volume 2, JMP: #NP(code-segment selector) if the code segment is not present',
    cases: {
      'ljmp gate, to code that is not present': [
        'vector b error 88 ip=+0 cs=8 fl=2',
        'vector d error 88 ip=+0 cs=8 fl=2',
      ],
    },
  },
  {
    manual:
      'SDM volume 3, 5.8.1.2: the CPL does not change when control is transferred to a conforming code segment',
    cases: {
      'lcall gate at level 3, to conforming code': [
        'vector 80 ip=10014 cs=6b fl=2 sp=a004 ss=23 ax=+2d cx=1b dx=3333 bx=2222 bp=1111 si=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=10014 cs=68 fl=2 sp=8ff8 ax=+2d cx=1b dx=3333 bx=2222 bp=1111 si=0 ds=23 es=23 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, CALL: #GP(0) if the offset in the call gate is beyond the new code segment limit',
    cases: {
      'lcall gate, to code that ends before': [
        'vector d error 0 ip=+0 cs=8 fl=2',
        'vector 80 ip=10014 cs=98 fl=2 sp=8010 ax=+7 cx=8 dx=0 bx=0 bp=0 si=0',
      ],
      'lcall gate at level 3, to code that ends before': [
        'vector d error 0 ip=+26 cs=1b fl=2 sp=9ff4 ss=23 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=10014 cs=98 fl=2 sp=9008 ax=+2d cx=1b dx=9ff4 bx=23 bp=0 si=0 ds=23 es=23 fs=0 gs=0',
      ],
    },
  },
]
