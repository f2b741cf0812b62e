// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const real: SystemDifferences = [
  {
    manual: 'SDM volume 2, JMP, CALL, RET, IRET: #GP if EIP is beyond the code segment limit',
    cases: {
      'ljmpl to BEYOND': ['vector d ip=+0 cs=1000 fl=2', 'vector 6 ip=18001 cs=1000 fl=2'],
      'lcalll to BEYOND': ['vector d ip=+0 cs=1000 fl=2', 'vector 6 ip=18001 cs=1000 fl=2 sp=7ff8'],
      'lretl to BEYOND': ['vector d ip=+c cs=1000 fl=2 sp=7ff8', 'vector 6 ip=18001 cs=1000 fl=2'],
      'iretl to BEYOND': ['vector d ip=+f cs=1000 fl=2 sp=7ff4', 'vector 6 ip=18001 cs=1000 fl=2'],
    },
  },
  {
    manual: 'SDM volume 2, INT1: #DB, a trap',
    cases: {
      '.byte 0xf1': [
        'vector 1 ip=+9 cs=1000 fl=46 cx=80 si=0 dr6=ffff0ff0',
        'vector 6 ip=+8 cs=1000 fl=46 cx=80 si=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, SYSRET: #UD outside 64-bit mode',
    cases: { sysret: ['vector 6 ip=+6 cs=1000 fl=2 sp=7ffc', 'vector d ip=+6 cs=1000 fl=2 sp=7ffc'] },
  },
  {
    manual: 'SDM volume 2, RDPMC: #GP if ECX names a counter that there is not',
    cases: { rdpmc: ['vector d ip=+6 cs=1000 fl=2 sp=7ffc', 'vector 6 ip=+6 cs=1000 fl=2 sp=7ffc'] },
  },
  {
    manual: 'SDM volume 2, RDMSR: #GP for an MSR that there is not',
    cases: {
      'rdmsr of what there is not': [
        'vector d ip=+6 cs=1000 fl=2 cx=12345678',
        'vector 80 ip=+a cs=1000 fl=2 ax=0 cx=12345678 dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 2.5: NW without CD raises #GP',
    cases: {
      'cr0 of 0x20000010': [
        'vector d ip=+6 cs=1000 fl=2 ax=20000010',
        'vector 80 ip=+17 cs=1000 fl=2 ax=10 cx=20000010',
      ],
    },
  },
]
