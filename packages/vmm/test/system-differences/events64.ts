// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const events64: SystemDifferences = [
  {
    manual: 'SDM volume 3, 6.14.4: SS becomes null when the level changes, not by the IST alone',
    cases: {
      'int, IST 1': [
        'vector 80 ip=10007 cs=48 fl=2 sp=6000 ax=+2 cx=48 dx=2 bx=8000 si=10',
        'vector 80 ip=10007 cs=48 fl=2 sp=6000 ss=0 ax=+2 cx=48 dx=2 bx=8000 si=10',
      ],
      'int, IST 2': [
        'vector 80 ip=10007 cs=48 fl=2 sp=5000 ax=+2 cx=48 dx=2 bx=8000 si=10',
        'vector 80 ip=10007 cs=48 fl=2 sp=5000 ss=0 ax=+2 cx=48 dx=2 bx=8000 si=10',
      ],
      'int, IST 7': [
        'vector 80 ip=10007 cs=48 fl=2 sp=5c00 ax=+2 cx=48 dx=2 bx=8000 si=10',
        'vector 80 ip=10007 cs=48 fl=2 sp=5c00 ss=0 ax=+2 cx=48 dx=2 bx=8000 si=10',
      ],
      'int, IST 1 in a TSS of 0x2b': [
        'vector 80 ip=10007 cs=48 fl=2 sp=6000 ax=+2 cx=48 dx=2 bx=8000 si=10',
        'vector 80 ip=10007 cs=48 fl=2 sp=6000 ss=0 ax=+2 cx=48 dx=2 bx=8000 si=10',
      ],
      'int, IST 1 that is not aligned': [
        'vector 80 ip=10007 cs=48 fl=2 sp=5ff0 ax=+2 cx=48 dx=2 bx=8000 si=10',
        'vector 80 ip=10007 cs=48 fl=2 sp=5ff0 ss=0 ax=+2 cx=48 dx=2 bx=8000 si=10',
      ],
      'an NMI whose handler faults, and the IRET of that': [
        'vector 80 ip=10087 cs=48 fl=46 sp=5fc8 cx=1 dx=1 bx=2',
        'vector 80 ip=10087 cs=48 fl=46 sp=5fc8 ss=0 cx=1 dx=1 bx=2',
      ],
    },
  },
  {
    manual: 'SDM volume 2, INT n: #GP(EXT) if the instruction pointer is not canonical',
    cases: {
      'int to nowhere': [
        'vector d error 0 ip=+0 cs=48 fl=2',
        'vector d error 0 ip=800000010000 cs=48 fl=2 sp=7fd8',
      ],
      'int to nowhere at level 3': [
        'vector d error 0 ip=alias+12 cs=53 fl=2 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=800000010000 cs=48 fl=2 sp=8fd8 ss=0 ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, INT n: #SS(EXT) if the stack address is not canonical',
    cases: {
      'int, a stack nowhere': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000001000',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000001000',
      ],
    },
  },
  {
    manual: 'SDM volume 2, INT1: #DB, a trap',
    cases: {
      '.byte 0xf1, level 0': [
        'vector 1 ip=+3 cs=48 fl=46 bx=0 dr6=ffff0ff0',
        'vector 6 ip=+2 cs=48 fl=46 bx=0',
      ],
      '.byte 0xf1, level 3': [
        'vector 1 ip=alias+15 cs=53 fl=46 sp=4000a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0 dr6=ffff0ff0',
        'vector 6 ip=alias+14 cs=53 fl=46 sp=4000a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual:
      'SDM volume 3, 6.13: the error code has the number of the gate, at bit 3; EXT is set when an earlier exception was being delivered',
    cases: {
      'int at level 3, of level 0': [
        'vector d error 182 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int of compatibility mode, of level 0': [
        'vector d error 182 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int at level 3, of level 2': [
        'vector d error 182 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int of compatibility mode, of level 2': [
        'vector d error 182 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int, not present': ['vector b error 182 ip=+0 cs=48 fl=2', 'vector b error 302 ip=+0 cs=48 fl=2'],
      'int at level 3, not present': [
        'vector b error 182 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector b error 302 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int of compatibility mode, not present': [
        'vector b error 182 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector b error 302 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int, of 16 bits': ['vector d error 182 ip=+0 cs=48 fl=2', 'vector d error 302 ip=+0 cs=48 fl=2'],
      'int at level 3, of 16 bits': [
        'vector d error 182 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int of compatibility mode, of 16 bits': [
        'vector d error 182 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int, trap gate of 16 bits': [
        'vector d error 182 ip=+0 cs=48 fl=2',
        'vector d error 302 ip=+0 cs=48 fl=2',
      ],
      'int at level 3, trap gate of 16 bits': [
        'vector d error 182 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int of compatibility mode, trap gate of 16 bits': [
        'vector d error 182 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int, task gate': ['vector d error 182 ip=+0 cs=48 fl=2', 'vector d error 302 ip=+0 cs=48 fl=2'],
      'int at level 3, task gate': [
        'vector d error 182 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int of compatibility mode, task gate': [
        'vector d error 182 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int, call gate': ['vector d error 182 ip=+0 cs=48 fl=2', 'vector d error 302 ip=+0 cs=48 fl=2'],
      'int at level 3, call gate': [
        'vector d error 182 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int of compatibility mode, call gate': [
        'vector d error 182 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int, a type that there is not': [
        'vector d error 182 ip=+0 cs=48 fl=2',
        'vector d error 302 ip=+0 cs=48 fl=2',
      ],
      'int at level 3, a type that there is not': [
        'vector d error 182 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=53 fl=40ad7 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      'int of compatibility mode, a type that there is not': [
        'vector d error 182 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector d error 302 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
      ],
      "int behind the table's end": [
        'vector d error 182 ip=+0 cs=48 fl=2',
        'vector d error 302 ip=+0 cs=48 fl=2',
      ],
      'int whose gate the table cuts': [
        'vector d error 182 ip=+0 cs=48 fl=2',
        'vector d error 302 ip=+0 cs=48 fl=2',
      ],
      'int $0x20, level 3': [
        'vector d error 102 ip=alias+14 cs=53 fl=46 sp=4000a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector d error 202 ip=alias+14 cs=53 fl=46 sp=4000a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'invalid opcode that cannot be delivered': [
        'vector b error 33 ip=+0 cs=48 fl=2',
        'vector b error 62 ip=+0 cs=48 fl=2',
      ],
    },
  },
]
