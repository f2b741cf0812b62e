// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const tasks: SystemDifferences = [
  {
    manual:
      'SDM volume 2, JMP: #GP(TSS selector) if its local/global bit is set to local; #TS is for IRET only (volume 3, table 8-1)',
    cases: {
      'task gate to an entry of the LDT': [
        'vector d error 64 ip=+9 cs=8 fl=2',
        'vector a error 64 ip=+9 cs=8 fl=2',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 18.3.1.5: #DB with DR6.BT after a switch to a task whose TSS has its T flag set',
    cases: {
      'the new task is to be debugged': [
        'vector 1 ip=10002 cs=8 fl=2 sp=6000 ax=a0 cx=a1 dx=a2 bx=a3 bp=a5 si=a6 di=a7 dr6=ffff8ff0',
        'vector 80 ip=1001a cs=8 fl=2 sp=6000 ax=0 cx=898b dx=60000019 bx=a3 bp=a5 si=a6 di=a7',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 5.4.1: #GP(0) for an access by a null selector',
    cases: {
      "selector 0 in the new task's TSS at 0x54": [
        'vector d error 0 ip=10002 cs=8 fl=2 sp=6000 ax=a0 cx=a1 dx=a2 bx=a3 bp=a5 si=a6 di=a7 ds=0',
        'vector 80 ip=1001a cs=8 fl=2 sp=6000 ax=0 cx=898b dx=60000019 bx=a3 bp=a5 si=a6 di=a7 ds=0',
      ],
    },
  },
]
