// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'
import { maskedFlags } from './syscalls.js'

export const syscallsAmd: SystemDifferences = [
  {
    manual: 'APM volume 3, SYSCALL: RFLAGS AND NOT SFMASK, condition codes among them',
    cases: maskedFlags,
  },
  {
    manual: 'APM volume 3, SYSCALL: SS.sel is STAR.SYSCALL_CS + 8',
    cases: {
      'syscall, selectors with level 3': [
        'vector 80 ip=10004 cs=48 fl=2 sp=4000a000 ss=53 cx=alias+14 r11=2 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=10004 cs=48 fl=2 sp=4000a000 ss=50 cx=alias+14 r11=2 ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'APM volume 3, SYSRET: RFLAGS comes from R11, VIF and VIP among them',
    cases: {
      'sysret with flag 19': [
        'vector 80 ip=40010002 cs=2b fl=80002 ss=23 cx=40010000 r11=80000',
        'vector 80 ip=40010002 cs=2b fl=2 ss=23 cx=40010000 r11=80000',
      ],
      'sysret with flag 20': [
        'vector 80 ip=40010002 cs=2b fl=100002 ss=23 cx=40010000 r11=100000',
        'vector 80 ip=40010002 cs=2b fl=2 ss=23 cx=40010000 r11=100000',
      ],
    },
  },
  {
    manual: 'APM volume 3, SYSENTER, SYSEXIT: #UD in long mode',
    cases: {
      'sysenter of compatibility mode': [
        'vector 6 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=10008 cs=48 fl=2 ss=50 ds=0 es=0 fs=0 gs=0',
      ],
      'sysexit of compatibility mode': [
        'vector 6 ip=+13 cs=8 fl=2 cx=4000a000 dx=40010000',
        'vector 80 ip=40010002 cs=5b fl=2 sp=4000a000 ss=63 cx=4000a000 dx=40010000',
      ],
      'sysenter of compatibility mode to the upper half': [
        'vector 6 ip=alias+12 cs=1b fl=2 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=ffff800000010008 cs=48 fl=2 sp=ffff800000008000 ss=50 ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
]
