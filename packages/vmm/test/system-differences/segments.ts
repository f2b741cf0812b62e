// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const segments: SystemDifferences = [
  {
    manual: 'SDM volume 2, LTR: #GP(0) if the source operand contains a null segment selector',
    cases: {
      'ltr 0': ['vector d error 0 ip=+6 cs=8 fl=2 ax=0', 'vector 80 ip=+e cs=8 fl=2 ax=0 dx=0'],
      'ltr 3': ['vector d error 0 ip=+6 cs=8 fl=2 ax=3', 'vector 80 ip=+e cs=8 fl=2 ax=3 dx=3'],
    },
  },
  {
    manual: 'SDM volume 3, 5.4.1: #GP(0) for an access by a null selector',
    cases: {
      'null selector, read': [
        'vector d error 0 ip=+4 cs=8 fl=46 ax=0 fs=0',
        'vector 80 ip=+d cs=8 fl=46 ax=0 dx=0 fs=0',
      ],
      'null selector, write': [
        'vector d error 0 ip=+4 cs=8 fl=46 ax=0 ds=0',
        'vector 80 ip=+c cs=8 fl=46 ax=0 ds=0',
      ],
    },
  },
]
