// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import { RESERVED_IS_PRESENT, type SystemDifferences } from './system-difference.js'

export const paging: SystemDifferences = [
  {
    manual: RESERVED_IS_PRESENT,
    cases: {
      'read, reserved bit 51': [
        'vector e error 9 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error 8 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'write, reserved bit 51': [
        'vector e error b ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error a ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'execute, reserved bit 51': [
        'vector e error 19 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
        'vector e error 18 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
      ],
      'read at level 3, reserved bit 51': [
        'vector e error d ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error c ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'write at level 3, reserved bit 51': [
        'vector e error f ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error e ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'execute at level 3, reserved bit 51': [
        'vector e error 1d ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
        'vector e error 1c ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
      ],
      'read, directory with reserved bit 51': [
        'vector e error 9 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error 8 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'write, directory with reserved bit 51': [
        'vector e error b ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error a ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'execute, directory with reserved bit 51': [
        'vector e error 19 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
        'vector e error 18 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
      ],
      'read at level 3, directory with reserved bit 51': [
        'vector e error d ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error c ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'write at level 3, directory with reserved bit 51': [
        'vector e error f ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error e ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'execute at level 3, directory with reserved bit 51': [
        'vector e error 1d ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
        'vector e error 1c ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
      ],
      'read, pointer with reserved bit 51': [
        'vector e error 9 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error 8 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'write, pointer with reserved bit 51': [
        'vector e error b ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error a ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'execute, pointer with reserved bit 51': [
        'vector e error 19 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
        'vector e error 18 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
      ],
      'read at level 3, pointer with reserved bit 51': [
        'vector e error d ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error c ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'write at level 3, pointer with reserved bit 51': [
        'vector e error f ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error e ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'execute at level 3, pointer with reserved bit 51': [
        'vector e error 1d ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
        'vector e error 1c ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
      ],
      'read, pointer of 1 GiB': [
        'vector e error 9 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error 8 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'write, pointer of 1 GiB': [
        'vector e error b ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error a ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'execute, pointer of 1 GiB': [
        'vector e error 19 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
        'vector e error 18 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
      ],
      'read at level 3, pointer of 1 GiB': [
        'vector e error d ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error c ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'write at level 3, pointer of 1 GiB': [
        'vector e error f ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error e ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'execute at level 3, pointer of 1 GiB': [
        'vector e error 1d ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
        'vector e error 1c ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
      ],
      'read, large page with reserved bit 13': [
        'vector e error 9 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error 8 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'write, large page with reserved bit 13': [
        'vector e error b ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error a ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'execute, large page with reserved bit 13': [
        'vector e error 19 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
        'vector e error 18 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
      ],
      'read at level 3, large page with reserved bit 13': [
        'vector e error d ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error c ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'write at level 3, large page with reserved bit 13': [
        'vector e error f ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error e ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'execute at level 3, large page with reserved bit 13': [
        'vector e error 1d ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
        'vector e error 1c ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
      ],
      'read, directory with reserved bit 51, page not present': [
        'vector e error 9 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error 8 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'write, directory with reserved bit 51, page not present': [
        'vector e error b ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error a ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'execute, directory with reserved bit 51, page not present': [
        'vector e error 19 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
        'vector e error 18 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
      ],
      'read at level 3, directory with reserved bit 51, page not present': [
        'vector e error d ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error c ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'write at level 3, directory with reserved bit 51, page not present': [
        'vector e error f ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error e ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'execute at level 3, directory with reserved bit 51, page not present': [
        'vector e error 1d ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
        'vector e error 1c ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
      ],
      'read, NX, which is off': [
        'vector e error 9 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error 8 ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'write, NX, which is off': [
        'vector e error b ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
        'vector e error a ip=+6 cs=48 fl=2 r8=80000000 cr2=80000000',
      ],
      'execute, NX, which is off': [
        'vector e error 9 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
        'vector e error 8 ip=80000100 cs=48 fl=2 ax=80000100 r8=80000000 cr2=80000100',
      ],
      'read at level 3, NX, which is off': [
        'vector e error d ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error c ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'write at level 3, NX, which is off': [
        'vector e error f ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
        'vector e error e ip=alias+1d cs=53 fl=2 sp=4000a000 ss=23 ax=80000000 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000000',
      ],
      'execute at level 3, NX, which is off': [
        'vector e error d ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
        'vector e error c ip=80000100 cs=53 fl=2 sp=4000a000 ss=23 ax=80000100 r8=80000000 ds=0 es=0 fs=0 gs=0 cr2=80000100',
      ],
    },
  },
]
