// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

/** Flags of SYSCALL: QEMU clears the condition codes, whatever the mask says. */
export const maskedFlags: SystemDifferences[number]['cases'] = {
  'syscall with flags 0x246ed7, mask 0': [
    'vector 80 ip=10004 cs=48 fl=246ed7 sp=4000a000 ss=50 cx=alias+17 r11=246ed7 ds=0 es=0 fs=0 gs=0',
    'vector 80 ip=10004 cs=48 fl=246202 sp=4000a000 ss=50 cx=alias+17 r11=246ed7 ds=0 es=0 fs=0 gs=0',
  ],
  'syscall with flags 0x246ed7, mask 0x47700': [
    'vector 80 ip=10004 cs=48 fl=2008d7 sp=4000a000 ss=50 cx=alias+17 r11=246ed7 ds=0 es=0 fs=0 gs=0',
    'vector 80 ip=10004 cs=48 fl=200002 sp=4000a000 ss=50 cx=alias+17 r11=246ed7 ds=0 es=0 fs=0 gs=0',
  ],
  'syscall with flags 0x246ed7, mask 0x200': [
    'vector 80 ip=10004 cs=48 fl=246cd7 sp=4000a000 ss=50 cx=alias+17 r11=246ed7 ds=0 es=0 fs=0 gs=0',
    'vector 80 ip=10004 cs=48 fl=246002 sp=4000a000 ss=50 cx=alias+17 r11=246ed7 ds=0 es=0 fs=0 gs=0',
  ],
}

export const syscalls: SystemDifferences = [
  {
    manual: 'SDM volume 2, SYSCALL: RFLAGS AND NOT IA32_FMASK, condition codes among them',
    cases: maskedFlags,
  },
  {
    manual: 'SDM volume 2, SYSCALL, SYSRET: #UD outside 64-bit mode',
    cases: {
      'syscall of compatibility mode': [
        'vector 6 ip=alias+15 cs=1b fl=202 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=10006 cs=48 fl=202 sp=4000a000 ss=50 cx=alias+17 r11=202 ds=0 es=0 fs=0 gs=0',
      ],
      'syscall of compatibility mode at level 0': [
        'vector 6 ip=+9 cs=8 fl=2',
        'vector 80 ip=10006 cs=48 fl=2 ss=50 cx=+b r11=2',
      ],
      'sysret of compatibility mode': [
        'vector 6 ip=+e cs=8 fl=2 cx=40010000',
        'vector 80 ip=40010002 cs=1b fl=93 ss=23 cx=40010000',
      ],
    },
  },
  {
    manual: 'SDM volume 2, SYSCALL: SS.Selector is IA32_STAR[47:32] + 8',
    cases: {
      'syscall, selectors with level 3': [
        'vector 80 ip=10004 cs=48 fl=2 sp=4000a000 ss=53 cx=alias+14 r11=2 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=10004 cs=48 fl=2 sp=4000a000 ss=50 cx=alias+14 r11=2 ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, SYSRET: RFLAGS is R11 AND 3C7FD7H, VIF and VIP among them',
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
    manual: 'SDM volume 2, SYSRET: #GP(0) if RCX contains a non-canonical address',
    cases: {
      'sysret to nowhere': [
        'vector d error 0 ip=+a cs=48 fl=2 cx=800000000000',
        'vector d error 0 ip=800000000000 cs=2b fl=93 ss=23 cx=800000000000',
      ],
    },
  },
  {
    manual: 'SDM volume 2, SYSEXIT: #GP(0) if RCX or RDX contains a non-canonical address',
    cases: {
      'sysexitq to nowhere': [
        'vector d error 0 ip=+a cs=48 fl=2 dx=800000000000',
        'vector d error 0 ip=800000000000 cs=6b fl=2 sp=22 ss=73 dx=800000000000',
      ],
      'sysexitq to a stack nowhere': [
        'vector d error 0 ip=+11 cs=48 fl=2 cx=800000000000 dx=40010000',
        'vector 80 ip=40010002 cs=6b fl=2 sp=800000000000 ss=73 cx=800000000000 dx=40010000',
      ],
    },
  },
  {
    manual: 'SDM volume 2, SYSEXIT: ESP and EIP come from ECX and EDX unless the operand size is 64 bits',
    cases: {
      'sysexitl with more than 32 bits': [
        'vector 80 ip=40010002 cs=5b fl=2 sp=4000a000 ss=63 cx=14000a000 dx=140010000',
        'vector 80 ip=140010002 cs=5b fl=2 sp=14000a000 ss=63 cx=14000a000 dx=140010000',
      ],
      'sysexitl to nowhere': [
        'vector e error 15 ip=0 cs=5b fl=2 sp=22 ss=63 dx=800000000000 cr2=0',
        'vector e error 15 ip=800000000000 cs=5b fl=2 sp=22 ss=63 dx=800000000000 cr2=0',
      ],
      'sysexitl to a stack nowhere': [
        'vector 80 ip=40010002 cs=5b fl=2 sp=0 ss=63 cx=800000000000 dx=40010000',
        'vector 80 ip=40010002 cs=5b fl=2 sp=800000000000 ss=63 cx=800000000000 dx=40010000',
      ],
    },
  },
  {
    manual: 'SDM volume 2, SYSENTER, SYSEXIT: #GP(0) if IA32_SYSENTER_CS[15:2] is 0',
    cases: {
      'sysenter, selector 3': [
        'vector d error 0 ip=alias+12 cs=53 fl=2 sp=4000a000 ss=23 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=10008 cs=0 fl=2 ss=8 ds=0 es=0 fs=0 gs=0',
      ],
      'sysexitq, selector 3': [
        'vector d error 0 ip=+e cs=48 fl=2 cx=4000a000 dx=40010000',
        'vector 80 ip=40010002 cs=23 fl=2 sp=4000a000 ss=2b cx=4000a000 dx=40010000',
      ],
      'sysexitl, selector 3': [
        'vector d error 0 ip=+e cs=48 fl=2 cx=4000a000 dx=40010000',
        'vector 80 ip=40010002 cs=13 fl=2 sp=4000a000 ss=1b cx=4000a000 dx=40010000',
      ],
    },
  },
]
