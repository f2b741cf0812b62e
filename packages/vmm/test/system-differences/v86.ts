// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const v86: SystemDifferences = [
  {
    manual:
      'SDM volume 2, IRET: #GP(0) if the instruction pointer is not within the code segment limit, which is FFFFH',
    cases: {
      'iret with an EIP of 17 bits': [
        'vector d error 0 ip=+2a cs=8 fl=2 sp=7fdc',
        'vector d error 0 ip=10003 cs=1000 fl=20002 sp=a006 ss=0 ax=0 cx=0 dx=0 es=4111 ds=1000 fs=3333 gs=4444',
      ],
      'far return beyond the segment': [
        'vector d error 0 ip=+37 cs=1000 fl=20002 sp=9ff8 ss=0 es=4111 ds=1000 fs=3333 gs=4444',
        'vector 6 ip=40001 cs=1000 fl=20002 sp=a000 ss=0 es=4111 ds=1000 fs=3333 gs=4444',
      ],
      'iret beyond the segment': [
        'vector d error 0 ip=+3a cs=1000 fl=23002 sp=9ff4 ss=0 es=4111 ds=1000 fs=3333 gs=4444',
        'vector 6 ip=40001 cs=1000 fl=23002 sp=a000 ss=0 es=4111 ds=1000 fs=3333 gs=4444',
      ],
    },
  },
  {
    manual: 'SDM volume 2, JMP, CALL: #GP(0) if the target offset is beyond the code segment limit',
    cases: {
      'far jump beyond the segment': [
        'vector d error 0 ip=+2b cs=1000 fl=20002 sp=a000 ss=0 es=4111 ds=1000 fs=3333 gs=4444',
        'vector 6 ip=40001 cs=1000 fl=20002 sp=a000 ss=0 es=4111 ds=1000 fs=3333 gs=4444',
      ],
      'far call beyond the segment': [
        'vector d error 0 ip=+2b cs=1000 fl=20002 sp=a000 ss=0 es=4111 ds=1000 fs=3333 gs=4444',
        'vector 6 ip=40001 cs=1000 fl=20002 sp=9ff8 ss=0 es=4111 ds=1000 fs=3333 gs=4444',
      ],
    },
  },
  {
    manual: 'SDM volume 2, IRET: VM in the flags that return counts at level 0 only',
    cases: {
      'iret with VM at level 3': [
        'vector d error 1000 ip=+35 cs=1b fl=2 sp=9fdc ss=23 ds=23 es=23 fs=0 gs=0',
        'vector 6 ip=10017 cs=1000 fl=20002 sp=a000 ss=0 es=0 ds=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, INT n: #GP(selector) if the handler in protected mode has a level other than 0',
    cases: {
      'int, to code of level 1': [
        'vector d error 70 ip=+2b cs=1000 fl=23ad7 sp=a000 ss=0 es=4111 ds=1000 fs=3333 gs=4444',
        'vector a error 0 ip=+2b cs=1000 fl=23ad7 sp=a000 ss=0 es=4111 ds=1000 fs=3333 gs=4444',
      ],
    },
  },
  {
    manual: 'SDM volume 2, INT1: #DB, a trap',
    cases: {
      '.byte 0xf1 with IOPL of 0x0': [
        'vector 1 ip=+3b cs=1000 fl=20046 sp=9ff8 ss=0 ax=17 si=0 es=4111 ds=1000 fs=3333 gs=4444 dr6=ffff0ff0',
        'vector 6 ip=+3a cs=1000 fl=20046 sp=9ff8 ss=0 ax=17 si=0 es=4111 ds=1000 fs=3333 gs=4444',
      ],
      '.byte 0xf1 with IOPL of 0x3000': [
        'vector 1 ip=+3b cs=1000 fl=23046 sp=9ff8 ss=0 ax=17 si=0 es=4111 ds=1000 fs=3333 gs=4444 dr6=ffff0ff0',
        'vector 6 ip=+3a cs=1000 fl=23046 sp=9ff8 ss=0 ax=17 si=0 es=4111 ds=1000 fs=3333 gs=4444',
      ],
    },
  },
]
