// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import { RESERVED_IS_PRESENT, type SystemDifferences } from './system-difference.js'

export const paging32: SystemDifferences = [
  {
    manual: RESERVED_IS_PRESENT,
    cases: {
      'read, large, reserved bit 21': [
        'vector e error 9 ip=+0 cs=8 fl=2 cr2=840000',
        'vector e error 8 ip=+0 cs=8 fl=2 cr2=840000',
      ],
      'write, large, reserved bit 21': [
        'vector e error b ip=+0 cs=8 fl=2 cr2=840000',
        'vector e error a ip=+0 cs=8 fl=2 cr2=840000',
      ],
      'execute, large, reserved bit 21': [
        'vector e error 9 ip=840100 cs=8 fl=2 ax=840100 cr2=840100',
        'vector e error 8 ip=840100 cs=8 fl=2 ax=840100 cr2=840100',
      ],
      'read at level 3, large, reserved bit 21': [
        'vector e error d ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=840000',
        'vector e error c ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=840000',
      ],
      'write at level 3, large, reserved bit 21': [
        'vector e error f ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=840000',
        'vector e error e ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=840000',
      ],
      'execute at level 3, large, reserved bit 21': [
        'vector e error d ip=840100 cs=1b fl=2 sp=a000 ss=23 ax=840100 ds=23 es=23 fs=0 gs=0 cr2=840100',
        'vector e error c ip=840100 cs=1b fl=2 sp=a000 ss=23 ax=840100 ds=23 es=23 fs=0 gs=0 cr2=840100',
      ],
      'read, PAE, reserved bit 51': [
        'vector e error 9 ip=+0 cs=8 fl=2 cr2=800000',
        'vector e error 8 ip=+0 cs=8 fl=2 cr2=800000',
      ],
      'write, PAE, reserved bit 51': [
        'vector e error b ip=+0 cs=8 fl=2 cr2=800000',
        'vector e error a ip=+0 cs=8 fl=2 cr2=800000',
      ],
      'execute, PAE, reserved bit 51': [
        'vector e error 19 ip=800100 cs=8 fl=2 ax=800100 cr2=800100',
        'vector e error 18 ip=800100 cs=8 fl=2 ax=800100 cr2=800100',
      ],
      'read at level 3, PAE, reserved bit 51': [
        'vector e error d ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
        'vector e error c ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
      ],
      'write at level 3, PAE, reserved bit 51': [
        'vector e error f ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
        'vector e error e ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
      ],
      'execute at level 3, PAE, reserved bit 51': [
        'vector e error 1d ip=800100 cs=1b fl=2 sp=a000 ss=23 ax=800100 ds=23 es=23 fs=0 gs=0 cr2=800100',
        'vector e error 1c ip=800100 cs=1b fl=2 sp=a000 ss=23 ax=800100 ds=23 es=23 fs=0 gs=0 cr2=800100',
      ],
      'read, PAE, reserved bit 52': [
        'vector e error 9 ip=+0 cs=8 fl=2 cr2=800000',
        'vector e error 8 ip=+0 cs=8 fl=2 cr2=800000',
      ],
      'write, PAE, reserved bit 52': [
        'vector e error b ip=+0 cs=8 fl=2 cr2=800000',
        'vector e error a ip=+0 cs=8 fl=2 cr2=800000',
      ],
      'execute, PAE, reserved bit 52': [
        'vector e error 19 ip=800100 cs=8 fl=2 ax=800100 cr2=800100',
        'vector e error 18 ip=800100 cs=8 fl=2 ax=800100 cr2=800100',
      ],
      'read at level 3, PAE, reserved bit 52': [
        'vector e error d ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
        'vector e error c ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
      ],
      'write at level 3, PAE, reserved bit 52': [
        'vector e error f ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
        'vector e error e ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
      ],
      'execute at level 3, PAE, reserved bit 52': [
        'vector e error 1d ip=800100 cs=1b fl=2 sp=a000 ss=23 ax=800100 ds=23 es=23 fs=0 gs=0 cr2=800100',
        'vector e error 1c ip=800100 cs=1b fl=2 sp=a000 ss=23 ax=800100 ds=23 es=23 fs=0 gs=0 cr2=800100',
      ],
      'read, PAE, directory with reserved bit 62': [
        'vector e error 9 ip=+0 cs=8 fl=2 cr2=800000',
        'vector e error 8 ip=+0 cs=8 fl=2 cr2=800000',
      ],
      'write, PAE, directory with reserved bit 62': [
        'vector e error b ip=+0 cs=8 fl=2 cr2=800000',
        'vector e error a ip=+0 cs=8 fl=2 cr2=800000',
      ],
      'execute, PAE, directory with reserved bit 62': [
        'vector e error 19 ip=800100 cs=8 fl=2 ax=800100 cr2=800100',
        'vector e error 18 ip=800100 cs=8 fl=2 ax=800100 cr2=800100',
      ],
      'read at level 3, PAE, directory with reserved bit 62': [
        'vector e error d ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
        'vector e error c ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
      ],
      'write at level 3, PAE, directory with reserved bit 62': [
        'vector e error f ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
        'vector e error e ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=800000',
      ],
      'execute at level 3, PAE, directory with reserved bit 62': [
        'vector e error 1d ip=800100 cs=1b fl=2 sp=a000 ss=23 ax=800100 ds=23 es=23 fs=0 gs=0 cr2=800100',
        'vector e error 1c ip=800100 cs=1b fl=2 sp=a000 ss=23 ax=800100 ds=23 es=23 fs=0 gs=0 cr2=800100',
      ],
      'read, PAE, large, reserved bit 13': [
        'vector e error 9 ip=+0 cs=8 fl=2 cr2=840000',
        'vector e error 8 ip=+0 cs=8 fl=2 cr2=840000',
      ],
      'write, PAE, large, reserved bit 13': [
        'vector e error b ip=+0 cs=8 fl=2 cr2=840000',
        'vector e error a ip=+0 cs=8 fl=2 cr2=840000',
      ],
      'execute, PAE, large, reserved bit 13': [
        'vector e error 19 ip=840100 cs=8 fl=2 ax=840100 cr2=840100',
        'vector e error 18 ip=840100 cs=8 fl=2 ax=840100 cr2=840100',
      ],
      'read at level 3, PAE, large, reserved bit 13': [
        'vector e error d ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=840000',
        'vector e error c ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=840000',
      ],
      'write at level 3, PAE, large, reserved bit 13': [
        'vector e error f ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=840000',
        'vector e error e ip=+17 cs=1b fl=2 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0 cr2=840000',
      ],
      'execute at level 3, PAE, large, reserved bit 13': [
        'vector e error 1d ip=840100 cs=1b fl=2 sp=a000 ss=23 ax=840100 ds=23 es=23 fs=0 gs=0 cr2=840100',
        'vector e error 1c ip=840100 cs=1b fl=2 sp=a000 ss=23 ax=840100 ds=23 es=23 fs=0 gs=0 cr2=840100',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 4.4.1: reserved bits in a PDPTE that is loaded raise #GP(0)',
    cases: {
      'cr3 to a pointer with bits 0x3': [
        'vector d error 0 ip=+5 cs=8 fl=2 ax=56000',
        'vector 80 ip=+12 cs=8 fl=2 ax=53000',
      ],
      'cr3 to a pointer with bits 0x5': [
        'vector d error 0 ip=+5 cs=8 fl=2 ax=56000',
        'vector 80 ip=+12 cs=8 fl=2 ax=53000',
      ],
      'cr3 to a pointer with bits 0x7': [
        'vector d error 0 ip=+5 cs=8 fl=2 ax=56000',
        'vector 80 ip=+12 cs=8 fl=2 ax=53000',
      ],
      'cr3 to a pointer with bits 0x1e1': [
        'vector d error 0 ip=+5 cs=8 fl=2 ax=56000',
        'vector 80 ip=+12 cs=8 fl=2 ax=53000',
      ],
      'cr3 to a pointer with bits 0x21': [
        'vector d error 0 ip=+5 cs=8 fl=2 ax=56000',
        'vector 80 ip=+12 cs=8 fl=2 ax=53000',
      ],
      'cr0 with bad pointers': [
        'vector d error 0 ip=+29 cs=8 fl=6 ax=56000 cx=e0010011',
        'vector 80 ip=+2e cs=8 fl=6 ax=56000 cx=e0010011',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 4.4.1: the PDPTEs are loaded into registers by MOV to CR3',
    cases: {
      'pointers are loaded with cr3 only': [
        'vector e error 0 ip=+a cs=8 fl=2 cr2=80000000',
        'vector 80 ip=+12 cs=8 fl=2 cx=0',
      ],
    },
  },
]
