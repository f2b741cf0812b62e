// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const events: SystemDifferences = [
  {
    manual:
      'SDM volume 2, INT n: #GP(EXT) if the instruction pointer is not within the new code segment limits',
    cases: {
      'int, code that ends before': [
        'vector d error 0 ip=+0 cs=8 fl=2',
        'vector 80 ip=10005 cs=78 fl=2 ax=+2 cx=8 dx=2',
      ],
      'int at level 3, code that ends before': [
        'vector d error 0 ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=10005 cs=78 fl=2 sp=8ff8 ax=+19 cx=1b dx=2 ds=23 es=23 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, INT1: #DB, a trap',
    cases: {
      'int1, level 0': ['vector 1 ip=+1 cs=8 fl=2 dr6=ffff0ff0', 'vector 6 ip=+0 cs=8 fl=2'],
      'int1, level 3': [
        'vector 1 ip=+18 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 dr6=ffff0ff0',
        'vector 6 ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 6.13: EXT is set when an earlier exception was being delivered',
    cases: {
      'invalid opcode that cannot be delivered': [
        'vector b error 33 ip=+0 cs=8 fl=2',
        'vector b error 32 ip=+0 cs=8 fl=2',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 18.3.1.1: fault-class exceptions push RF as 1',
    cases: {
      'RF of a fault': ['vector 6 ip=+0 cs=8 fl=10002', 'vector 6 ip=+0 cs=8 fl=2'],
      'RF of a general protection': [
        'vector d error fff8 ip=+5 cs=8 fl=10002 ax=fff8',
        'vector d error fff8 ip=+5 cs=8 fl=2 ax=fff8',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 6.13: EXT is set when an external interrupt was being delivered',
    cases: {
      'vector 8 from outside, which is not present': [
        'vector b error 43 ip=+2 cs=8 fl=202',
        'vector b error 42 ip=+2 cs=8 fl=202',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 18.3.1.1: RF is cleared after each instruction but IRET and a task switch',
    cases: { 'RF and PUSHF': ['vector 80 ip=+11 cs=8 fl=2 ax=2', 'vector 80 ip=+11 cs=8 fl=10002 ax=2'] },
  },
]
