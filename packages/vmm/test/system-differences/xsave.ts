// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const xsave: SystemDifferences = [
  {
    manual: 'SDM volume 2, XSAVE, XSAVEOPT, XRSTOR: #NM if CR0.TS is 1',
    cases: {
      'xsave with TS': ['vector 7 ip=+9 cs=48 fl=6 cx=80010039', 'vector 80 ip=+13 cs=48 fl=6 cx=80010039'],
      'xsaveopt with TS': [
        'vector 7 ip=+9 cs=48 fl=6 cx=80010039',
        'vector 80 ip=+13 cs=48 fl=6 cx=80010039',
      ],
      'xrstor with TS': ['vector 7 ip=+9 cs=48 fl=6 cx=80010039', 'vector 80 ip=+13 cs=48 fl=6 cx=80010039'],
    },
  },
  {
    manual: 'SDM volume 1, 13.6: states that are as at the start need not be in use; XSTATE_BV tells it',
    cases: {
      "xsave's header": [
        'vector 80 ip=+3b cs=48 fl=46 ax=3 dx=0 bx=0 bp=0 si=1f80 di=ffff',
        'vector 80 ip=+3b cs=48 fl=46 ax=3 dx=0 bx=3 bp=0 si=1f80 di=ffff',
      ],
      'xsave of x87 alone': [
        'vector 80 ip=+25 cs=48 fl=46 ax=1 dx=0 bx=0',
        'vector 80 ip=+25 cs=48 fl=46 ax=1 dx=0 bx=1',
      ],
      'xrstor of initial state': [
        'vector 80 ip=+2d cs=48 fl=46 ax=3 dx=0 bx=0',
        'vector 80 ip=+2d cs=48 fl=46 ax=3 dx=0 bx=3',
      ],
    },
  },
  {
    manual: 'SDM volume 2, XRSTOR: #GP(0) if reserved bits of MXCSR would be set',
    cases: {
      'xrstor, MXCSR with reserved bits': [
        'vector d error 0 ip=+1e cs=48 fl=46 ax=3 dx=0',
        'vector 80 ip=+28 cs=48 fl=46 ax=3 dx=0',
      ],
    },
  },
]
