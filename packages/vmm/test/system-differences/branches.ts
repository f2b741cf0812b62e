// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const branches: SystemDifferences = [
  {
    manual: 'SDM volume 2, JMP: #GP(0) if the target is not canonical; it faults with RIP at the JMP',
    cases: {
      'jmp, level 0, to 800000000000': [
        'vector d error 0 ip=+8 cs=48 fl=2 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 ax=800000000000',
      ],
      'jmp, level 0, to 8000000000000000': [
        'vector d error 0 ip=+8 cs=48 fl=2 ax=8000000000000000',
        'vector d error 0 ip=8000000000000000 cs=48 fl=2 ax=8000000000000000',
      ],
      'jmp, level 0, to ffff7fffffffffff': [
        'vector d error 0 ip=+8 cs=48 fl=2 ax=ffff7fffffffffff',
        'vector d error 0 ip=ffff7fffffffffff cs=48 fl=2 ax=ffff7fffffffffff',
      ],
      'jmp by memory, level 0, to 800000000000': [
        'vector d error 0 ip=+10 cs=48 fl=2 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 ax=800000000000',
      ],
      'jmp by memory, level 0, to 8000000000000000': [
        'vector d error 0 ip=+10 cs=48 fl=2 ax=8000000000000000',
        'vector d error 0 ip=8000000000000000 cs=48 fl=2 ax=8000000000000000',
      ],
      'jmp by memory, level 0, to ffff7fffffffffff': [
        'vector d error 0 ip=+10 cs=48 fl=2 ax=ffff7fffffffffff',
        'vector d error 0 ip=ffff7fffffffffff cs=48 fl=2 ax=ffff7fffffffffff',
      ],
      'jmp, level 3, to 800000000000': [
        'vector d error 0 ip=alias+20 cs=53 fl=2 sp=4000a000 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=800000000000 cs=53 fl=2 sp=4000a000 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'jmp, level 3, to 8000000000000000': [
        'vector d error 0 ip=alias+20 cs=53 fl=2 sp=4000a000 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=8000000000000000 cs=53 fl=2 sp=4000a000 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'jmp, level 3, to ffff7fffffffffff': [
        'vector d error 0 ip=alias+20 cs=53 fl=2 sp=4000a000 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=ffff7fffffffffff cs=53 fl=2 sp=4000a000 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
      ],
      'jmp by memory, level 3, to 800000000000': [
        'vector d error 0 ip=alias+28 cs=53 fl=2 sp=4000a000 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=800000000000 cs=53 fl=2 sp=4000a000 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'jmp by memory, level 3, to 8000000000000000': [
        'vector d error 0 ip=alias+28 cs=53 fl=2 sp=4000a000 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=8000000000000000 cs=53 fl=2 sp=4000a000 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'jmp by memory, level 3, to ffff7fffffffffff': [
        'vector d error 0 ip=alias+28 cs=53 fl=2 sp=4000a000 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=ffff7fffffffffff cs=53 fl=2 sp=4000a000 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
      ],
      'flags after a jump': [
        'vector d error 0 ip=+d cs=48 fl=2 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 ax=800000000000',
      ],
      'jmp short over the end': [
        'vector d error 0 ip=7ffffffffff8 cs=48 fl=2 ax=7ffffffffff8',
        'vector d error 0 ip=80000000001a cs=48 fl=2 ax=7ffffffffff8',
      ],
      'jmp near over the end': [
        'vector d error 0 ip=7ffffffffff8 cs=48 fl=2 ax=7ffffffffff8',
        'vector d error 0 ip=800000000ffd cs=48 fl=2 ax=7ffffffffff8',
      ],
      'a jump that ends with the lower half': [
        'vector d error 0 ip=7ffffffffffe cs=48 fl=2 ax=7ffffffffff8',
        'vector d error 0 ip=800000000000 cs=48 fl=2 ax=7ffffffffff8',
      ],
    },
  },
  {
    manual: 'SDM volume 2, CALL: #GP(0) if the target is not canonical, before the return address is pushed',
    cases: {
      'call, level 0, to 800000000000': [
        'vector d error 0 ip=+8 cs=48 fl=2 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 sp=7ff8 ax=800000000000',
      ],
      'call, level 0, to 8000000000000000': [
        'vector d error 0 ip=+8 cs=48 fl=2 ax=8000000000000000',
        'vector d error 0 ip=8000000000000000 cs=48 fl=2 sp=7ff8 ax=8000000000000000',
      ],
      'call, level 0, to ffff7fffffffffff': [
        'vector d error 0 ip=+8 cs=48 fl=2 ax=ffff7fffffffffff',
        'vector d error 0 ip=ffff7fffffffffff cs=48 fl=2 sp=7ff8 ax=ffff7fffffffffff',
      ],
      'call by memory, level 0, to 800000000000': [
        'vector d error 0 ip=+10 cs=48 fl=2 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 sp=7ff8 ax=800000000000',
      ],
      'call by memory, level 0, to 8000000000000000': [
        'vector d error 0 ip=+10 cs=48 fl=2 ax=8000000000000000',
        'vector d error 0 ip=8000000000000000 cs=48 fl=2 sp=7ff8 ax=8000000000000000',
      ],
      'call by memory, level 0, to ffff7fffffffffff': [
        'vector d error 0 ip=+10 cs=48 fl=2 ax=ffff7fffffffffff',
        'vector d error 0 ip=ffff7fffffffffff cs=48 fl=2 sp=7ff8 ax=ffff7fffffffffff',
      ],
      'call, level 3, to 800000000000': [
        'vector d error 0 ip=alias+20 cs=53 fl=2 sp=4000a000 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=800000000000 cs=53 fl=2 sp=40009ff8 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'call, level 3, to 8000000000000000': [
        'vector d error 0 ip=alias+20 cs=53 fl=2 sp=4000a000 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=8000000000000000 cs=53 fl=2 sp=40009ff8 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'call, level 3, to ffff7fffffffffff': [
        'vector d error 0 ip=alias+20 cs=53 fl=2 sp=4000a000 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=ffff7fffffffffff cs=53 fl=2 sp=40009ff8 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
      ],
      'call by memory, level 3, to 800000000000': [
        'vector d error 0 ip=alias+28 cs=53 fl=2 sp=4000a000 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=800000000000 cs=53 fl=2 sp=40009ff8 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'call by memory, level 3, to 8000000000000000': [
        'vector d error 0 ip=alias+28 cs=53 fl=2 sp=4000a000 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=8000000000000000 cs=53 fl=2 sp=40009ff8 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'call by memory, level 3, to ffff7fffffffffff': [
        'vector d error 0 ip=alias+28 cs=53 fl=2 sp=4000a000 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=ffff7fffffffffff cs=53 fl=2 sp=40009ff8 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
      ],
      'call near over the end': [
        'vector d error 0 ip=7ffffffffff8 cs=48 fl=2 ax=7ffffffffff8',
        'vector d error 0 ip=800000000ffd cs=48 fl=2 sp=7ff8 ax=7ffffffffff8',
      ],
    },
  },
  {
    manual: 'SDM volume 2, RET: #GP(0) if the return address is not canonical, before RSP changes',
    cases: {
      'ret, level 0, to 800000000000': [
        'vector d error 0 ip=+9 cs=48 fl=2 sp=7ff8 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 ax=800000000000',
      ],
      'ret, level 0, to 8000000000000000': [
        'vector d error 0 ip=+9 cs=48 fl=2 sp=7ff8 ax=8000000000000000',
        'vector d error 0 ip=8000000000000000 cs=48 fl=2 ax=8000000000000000',
      ],
      'ret, level 0, to ffff7fffffffffff': [
        'vector d error 0 ip=+9 cs=48 fl=2 sp=7ff8 ax=ffff7fffffffffff',
        'vector d error 0 ip=ffff7fffffffffff cs=48 fl=2 ax=ffff7fffffffffff',
      ],
      'ret 16, level 0, to 800000000000': [
        'vector d error 0 ip=+9 cs=48 fl=2 sp=7ff8 ax=800000000000',
        'vector d error 0 ip=800000000000 cs=48 fl=2 sp=8010 ax=800000000000',
      ],
      'ret 16, level 0, to 8000000000000000': [
        'vector d error 0 ip=+9 cs=48 fl=2 sp=7ff8 ax=8000000000000000',
        'vector d error 0 ip=8000000000000000 cs=48 fl=2 sp=8010 ax=8000000000000000',
      ],
      'ret 16, level 0, to ffff7fffffffffff': [
        'vector d error 0 ip=+9 cs=48 fl=2 sp=7ff8 ax=ffff7fffffffffff',
        'vector d error 0 ip=ffff7fffffffffff cs=48 fl=2 sp=8010 ax=ffff7fffffffffff',
      ],
      'ret, level 3, to 800000000000': [
        'vector d error 0 ip=alias+21 cs=53 fl=2 sp=40009ff8 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=800000000000 cs=53 fl=2 sp=4000a000 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'ret, level 3, to 8000000000000000': [
        'vector d error 0 ip=alias+21 cs=53 fl=2 sp=40009ff8 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=8000000000000000 cs=53 fl=2 sp=4000a000 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'ret, level 3, to ffff7fffffffffff': [
        'vector d error 0 ip=alias+21 cs=53 fl=2 sp=40009ff8 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=ffff7fffffffffff cs=53 fl=2 sp=4000a000 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
      ],
      'ret 16, level 3, to 800000000000': [
        'vector d error 0 ip=alias+21 cs=53 fl=2 sp=40009ff8 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=800000000000 cs=53 fl=2 sp=4000a010 ss=23 ax=800000000000 r12=800000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'ret 16, level 3, to 8000000000000000': [
        'vector d error 0 ip=alias+21 cs=53 fl=2 sp=40009ff8 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=8000000000000000 cs=53 fl=2 sp=4000a010 ss=23 ax=8000000000000000 r12=8000000000000000 ds=0 es=0 fs=0 gs=0',
      ],
      'ret 16, level 3, to ffff7fffffffffff': [
        'vector d error 0 ip=alias+21 cs=53 fl=2 sp=40009ff8 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
        'vector d error 0 ip=ffff7fffffffffff cs=53 fl=2 sp=4000a010 ss=23 ax=ffff7fffffffffff r12=ffff7fffffffffff ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, Jcc: #GP(0) if the target is not canonical',
    cases: {
      'jz over the end, taken': [
        'vector d error 0 ip=7ffffffffff8 cs=48 fl=46 ax=7ffffffffff8',
        'vector d error 0 ip=80000000001a cs=48 fl=46 ax=7ffffffffff8',
      ],
      'jz near over the end, taken': [
        'vector d error 0 ip=7ffffffffff8 cs=48 fl=46 ax=7ffffffffff8',
        'vector d error 0 ip=800000000ffe cs=48 fl=46 ax=7ffffffffff8',
      ],
      'jrcxz over the end, taken': [
        'vector d error 0 ip=7ffffffffff8 cs=48 fl=46 ax=7ffffffffff8 cx=0',
        'vector d error 0 ip=80000000001a cs=48 fl=46 ax=7ffffffffff8 cx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, LOOP: #GP(0) if the target is not canonical; a fault leaves RCX as it was',
    cases: {
      'loop over the end, taken': [
        'vector d error 0 ip=7ffffffffff8 cs=48 fl=2 ax=7ffffffffff8',
        'vector d error 0 ip=80000000001a cs=48 fl=2 ax=7ffffffffff8 cx=21',
      ],
      'loopz over the end, taken': [
        'vector d error 0 ip=7ffffffffff8 cs=48 fl=46 ax=7ffffffffff8',
        'vector d error 0 ip=80000000001a cs=48 fl=46 ax=7ffffffffff8 cx=21',
      ],
      'loopnz over the end, by 32 bits, taken': [
        'vector d error 0 ip=7ffffffffff8 cs=48 fl=2 ax=7ffffffffff8 cx=ff00000002',
        'vector d error 0 ip=80000000001b cs=48 fl=2 ax=7ffffffffff8 cx=1',
      ],
    },
  },
  {
    manual: 'SDM volume 2, LGDT/LIDT: #GP(0) if the base is not canonical',
    cases: {
      'lgdt 800000000000': [
        'vector d error 0 ip=+1a cs=48 fl=2 ax=800000000000',
        'vector 80 ip=+34 cs=48 fl=2 ax=800000000000',
      ],
      'lgdt 8000000000000000': [
        'vector d error 0 ip=+1a cs=48 fl=2 ax=8000000000000000',
        'vector 80 ip=+34 cs=48 fl=2 ax=8000000000000000',
      ],
      'lgdt ffff7fffffffffff': [
        'vector d error 0 ip=+1a cs=48 fl=2 ax=ffff7fffffffffff',
        'vector 80 ip=+34 cs=48 fl=2 ax=ffff7fffffffffff',
      ],
      'lidt 800000000000': [
        'vector d error 0 ip=+1a cs=48 fl=2 ax=800000000000',
        'vector 80 ip=+34 cs=48 fl=2 ax=800000000000',
      ],
      'lidt 8000000000000000': [
        'vector d error 0 ip=+1a cs=48 fl=2 ax=8000000000000000',
        'vector 80 ip=+34 cs=48 fl=2 ax=8000000000000000',
      ],
      'lidt ffff7fffffffffff': [
        'vector d error 0 ip=+1a cs=48 fl=2 ax=ffff7fffffffffff',
        'vector 80 ip=+34 cs=48 fl=2 ax=ffff7fffffffffff',
      ],
    },
  },
  {
    manual: 'SDM volume 2, INT n: #GP if the offset of the gate is not canonical, before anything is pushed',
    cases: {
      'interrupt gate, upper half of the offset 8000': [
        'vector d error 0 ip=+46 cs=48 fl=2 ax=8000',
        'vector d error 0 ip=800000010000 cs=48 fl=2 sp=7fd8 ax=8000',
      ],
      'interrupt gate, upper half of the offset ffff7fff': [
        'vector d error 0 ip=+46 cs=48 fl=2 ax=ffff7fff',
        'vector d error 0 ip=ffff7fff00010000 cs=48 fl=2 sp=7fd8 ax=ffff7fff',
      ],
      'interrupt gate, upper half of the offset 12345678': [
        'vector d error 0 ip=+46 cs=48 fl=2 ax=12345678',
        'vector d error 0 ip=1234567800010000 cs=48 fl=2 sp=7fd8 ax=12345678',
      ],
    },
  },
]
