// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const debug: SystemDifferences = [
  {
    manual: 'SDM volume 3, 18.2.3: bit 12 of DR6 is 0',
    cases: {
      'dr6 after ones': [
        'vector 80 ip=+d cs=8 fl=2 ax=ffffffff cx=ffffefff',
        'vector 80 ip=+d cs=8 fl=2 ax=ffffffff cx=ffffffff',
      ],
      'dr4 and dr5 are dr6 and dr7': [
        'vector 80 ip=+10 cs=8 fl=2 ax=12345678 cx=ffff4ff8 dx=400',
        'vector 80 ip=+10 cs=8 fl=2 ax=12345678 cx=ffff5ff8 dx=400',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 18.2.4: bits 12, 14 and 15 of DR7 are 0',
    cases: {
      'dr7 after ones without GD': [
        'vector 80 ip=+d cs=8 fl=2 ax=ffffd000 cx=ffff0400',
        'vector 80 ip=+d cs=8 fl=2 ax=ffffd000 cx=ffffd400',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 18.2.4: with GD set, an access to a debug register raises #DB',
    cases: {
      GD: ['vector 1 ip=+8 cs=8 fl=2 ax=2000 dr6=ffff2ff0', 'vector 80 ip=+d cs=8 fl=2 ax=2000 cx=0'],
      'GD and a write': [
        'vector 1 ip=+8 cs=8 fl=2 ax=2000 dr6=ffff2ff0',
        'vector 80 ip=+d cs=8 fl=2 ax=2000',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 6.8.3: only MOV and POP to SS put debug exceptions off',
    cases: {
      'a step over sti': [
        [
          'vector 1 ip=+25 cs=8 fl=302 dr6=ffff4ff0',
          'vector 1 ip=+26 cs=8 fl=302 dr6=ffff4ff0',
          'vector 1 ip=+27 cs=8 fl=102 dr6=ffff4ff0',
          'vector 1 ip=+29 cs=8 fl=102 sp=7ffc dr6=ffff4ff0',
          'vector 1 ip=+2a cs=8 fl=2 dr6=ffff4ff0',
          'vector 80 ip=+2c cs=8 fl=2',
        ],
        [
          'vector 1 ip=+26 cs=8 fl=302 dr6=ffff4ff0',
          'vector 1 ip=+27 cs=8 fl=102 dr6=ffff4ff0',
          'vector 1 ip=+29 cs=8 fl=102 sp=7ffc dr6=ffff4ff0',
          'vector 1 ip=+2a cs=8 fl=2 dr6=ffff4ff0',
          'vector 80 ip=+2c cs=8 fl=2',
        ],
      ],
    },
  },
  {
    manual: 'SDM volume 3, 18.3.1.4: a single-step exception follows every instruction',
    cases: {
      'a step over pause': [
        [
          'vector 1 ip=+26 cs=8 fl=102 dr6=ffff4ff0',
          'vector 1 ip=+28 cs=8 fl=102 sp=7ffc dr6=ffff4ff0',
          'vector 1 ip=+29 cs=8 fl=2 dr6=ffff4ff0',
          'vector 80 ip=+2b cs=8 fl=2',
        ],
        [
          'vector 1 ip=+28 cs=8 fl=102 sp=7ffc dr6=ffff4ff0',
          'vector 1 ip=+29 cs=8 fl=2 dr6=ffff4ff0',
          'vector 80 ip=+2b cs=8 fl=2',
        ],
      ],
    },
  },
  {
    manual:
      'SDM volume 3, 18.3.1.1: RF is pushed as 1 after an iteration of a repeated string instruction but the last',
    cases: {
      'a breakpoint on rep stosb': [
        ['vector 1 ip=+3e cs=8 fl=2 cx=3 di=40000 dr6=ffff0ff4', 'vector 80 ip=+43 cs=8 fl=2 cx=0 di=40003'],
        [
          'vector 1 ip=+3e cs=8 fl=2 cx=3 di=40000 dr6=ffff0ff4',
          'vector 1 ip=+3e cs=8 fl=2 cx=2 di=40001 dr6=ffff0ff4',
          'vector 1 ip=+3e cs=8 fl=2 cx=1 di=40002 dr6=ffff0ff4',
          'vector 80 ip=+43 cs=8 fl=2 cx=0 di=40003',
        ],
      ],
    },
  },
  {
    manual: "SDM volume 3, 18.2.5: the access must touch a byte of the breakpoint's range",
    cases: {
      'data with bits 3, reads and writes': [
        [
          'vector 1 ip=+40 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+4b cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+50 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+5b cs=8 fl=2 cx=0 dr6=ffff0ff1',
          'vector 1 ip=+61 cs=8 fl=2 cx=0 dx=0 dr6=ffff0ff1',
          'vector 1 ip=+6d cs=8 fl=2 cx=0 dx=0 dr6=ffff0ff1',
          'vector 80 ip=+6f cs=8 fl=2 cx=0 dx=0',
        ],
        [
          'vector 1 ip=+40 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+4b cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+50 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+5b cs=8 fl=2 cx=0 dr6=ffff0ff1',
          'vector 1 ip=+61 cs=8 fl=2 cx=0 dx=0 dr6=ffff0ff1',
          'vector 1 ip=+67 cs=8 fl=2 cx=0 dx=0 dr6=ffff0ff1',
          'vector 1 ip=+6d cs=8 fl=2 cx=0 dx=0 dr6=ffff0ff1',
          'vector 80 ip=+6f cs=8 fl=2 cx=0 dx=0',
        ],
      ],
      'data with bits 7, reads and writes': [
        [
          'vector 1 ip=+40 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+45 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+4b cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+50 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+5b cs=8 fl=2 cx=0 dr6=ffff0ff1',
          'vector 1 ip=+61 cs=8 fl=2 cx=0 dx=0 dr6=ffff0ff1',
          'vector 1 ip=+6d cs=8 fl=2 cx=0 dx=0 dr6=ffff0ff1',
          'vector 80 ip=+6f cs=8 fl=2 cx=0 dx=0',
        ],
        [
          'vector 1 ip=+40 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+45 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+4b cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+50 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+5b cs=8 fl=2 cx=0 dr6=ffff0ff1',
          'vector 1 ip=+61 cs=8 fl=2 cx=0 dx=0 dr6=ffff0ff1',
          'vector 1 ip=+67 cs=8 fl=2 cx=0 dx=0 dr6=ffff0ff1',
          'vector 1 ip=+6d cs=8 fl=2 cx=0 dx=0 dr6=ffff0ff1',
          'vector 80 ip=+6f cs=8 fl=2 cx=0 dx=0',
        ],
      ],
    },
  },
  {
    manual: 'SDM volume 3, 18.2.3: B0 to B3 tell of each condition that was met',
    cases: {
      'data of movs': [
        [
          'vector 1 ip=+5d cs=8 fl=6 cx=3 si=40001 di=40002 dr6=ffff0ff4',
          'vector 1 ip=+5d cs=8 fl=6 cx=2 si=40002 di=40003 dr6=ffff0ff6',
          'vector 80 ip=+62 cs=8 fl=6 cx=0 si=40004 di=40005',
        ],
        [
          'vector 1 ip=+5d cs=8 fl=6 cx=3 si=40001 di=40002 dr6=ffff0ff4',
          'vector 1 ip=+5d cs=8 fl=6 cx=2 si=40002 di=40003 dr6=ffff0ff4',
          'vector 80 ip=+62 cs=8 fl=6 cx=0 si=40004 di=40005',
        ],
      ],
      'two data breakpoints at once': [
        'vector 1 ip=+36 cs=8 fl=6 dr6=ffff0ff9',
        'vector 1 ip=+36 cs=8 fl=6 dr6=ffff0ff1',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 18.2.5: the length masks the low bits of the address',
    cases: {
      'data at an address that is not aligned': [
        [
          'vector 1 ip=+40 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+45 cs=8 fl=2 dr6=ffff0ff1',
          'vector 80 ip=+4c cs=8 fl=2',
        ],
        [
          'vector 1 ip=+45 cs=8 fl=2 dr6=ffff0ff1',
          'vector 1 ip=+4a cs=8 fl=2 dr6=ffff0ff1',
          'vector 80 ip=+4c cs=8 fl=2',
        ],
      ],
    },
  },
  {
    manual: 'SDM volume 3, 18.3.1.2: I/O breakpoints are traps',
    cases: {
      'a port of outsb': [
        [
          'vector 1 ip=+48 cs=8 fl=2 cx=1 dx=80 si=67 dr6=ffff0ff4',
          'vector 1 ip=+4a cs=8 fl=2 cx=0 dx=80 si=68 dr6=ffff0ff4',
          'vector 80 ip=+4d cs=8 fl=2 cx=0 dx=80 si=68',
        ],
        [
          'vector 1 ip=+4a cs=8 fl=2 cx=2 dx=80 si=67 dr6=ffff0ff4',
          'vector 80 ip=+4d cs=8 fl=2 cx=2 dx=80 si=67',
        ],
      ],
    },
  },
]
