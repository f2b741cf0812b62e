// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const registers: SystemDifferences = [
  {
    manual: 'SDM volume 3, 2.5: NW without CD, and bits 63:32 of CR0, raise #GP(0)',
    cases: {
      'cr0 of 0xa0010031': [
        'vector d error 0 ip=+a cs=48 fl=2 ax=a0010031',
        'vector 80 ip=+12 cs=48 fl=2 ax=a0010031 cx=a0010031',
      ],
      'cr0 of 0x180010031': [
        'vector d error 0 ip=+a cs=48 fl=2 ax=180010031',
        'vector 80 ip=+12 cs=48 fl=2 ax=180010031 cx=80010031',
      ],
      'cr0 of 0xbffcffe1': [
        'vector d error 0 ip=+a cs=48 fl=2 ax=bffcffe1',
        'vector 80 ip=+12 cs=48 fl=2 ax=bffcffe1 cx=bffcfff1',
      ],
    },
  },
  {
    manual: 'SDM volume 2, MOV to control registers: #GP(0) if a 1 is written to a reserved bit of CR8',
    cases: {
      'cr8 of 0x10': [
        'vector d error 0 ip=+a cs=48 fl=2 ax=10',
        'vector 80 ip=+1b cs=48 fl=2 ax=10 cx=0 dx=0',
      ],
      'cr8 of 0x100000005': [
        'vector d error 0 ip=+a cs=48 fl=2 ax=100000005',
        'vector 80 ip=+1b cs=48 fl=2 ax=100000005 cx=5 dx=50',
      ],
    },
  },
  {
    manual: 'SDM volume 2, WRMSR: #GP(0) if the value of an MSR that holds an address is not canonical',
    cases: {
      'wrmsr of 0xc0000082, upper half 0x8000': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=c0000082 dx=8000',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=c0000082 dx=8000',
      ],
      'wrmsr of 0xc0000082, upper half 0xffff7fff': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=c0000082 dx=ffff7fff',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=c0000082 dx=ffff7fff',
      ],
      'wrmsr of 0xc0000083, upper half 0x8000': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=c0000083 dx=8000',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=c0000083 dx=8000',
      ],
      'wrmsr of 0xc0000083, upper half 0xffff7fff': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=c0000083 dx=ffff7fff',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=c0000083 dx=ffff7fff',
      ],
      'wrmsr of 0xc0000100, upper half 0x8000': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=c0000100 dx=8000',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=c0000100 dx=8000',
      ],
      'wrmsr of 0xc0000100, upper half 0xffff7fff': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=c0000100 dx=ffff7fff',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=c0000100 dx=ffff7fff',
      ],
      'wrmsr of 0xc0000101, upper half 0x8000': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=c0000101 dx=8000',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=c0000101 dx=8000',
      ],
      'wrmsr of 0xc0000101, upper half 0xffff7fff': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=c0000101 dx=ffff7fff',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=c0000101 dx=ffff7fff',
      ],
      'wrmsr of 0xc0000102, upper half 0x8000': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=c0000102 dx=8000',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=c0000102 dx=8000',
      ],
      'wrmsr of 0xc0000102, upper half 0xffff7fff': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=c0000102 dx=ffff7fff',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=c0000102 dx=ffff7fff',
      ],
      'wrmsr of 0x175, upper half 0x8000': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=175 dx=8000',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=175 dx=8000',
      ],
      'wrmsr of 0x175, upper half 0xffff7fff': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=175 dx=ffff7fff',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=175 dx=ffff7fff',
      ],
      'wrmsr of 0x176, upper half 0x8000': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=176 dx=8000',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=176 dx=8000',
      ],
      'wrmsr of 0x176, upper half 0xffff7fff': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=12345678 cx=176 dx=ffff7fff',
        'vector 80 ip=+15 cs=48 fl=2 ax=12345678 cx=176 dx=ffff7fff',
      ],
    },
  },
  {
    manual: 'SDM volume 2, WRMSR: #GP(0) if a reserved bit of the MSR is set',
    cases: {
      'wrmsr of 0xc0000084, upper half': [
        'vector d error 0 ip=+10 cs=48 fl=2 ax=0 cx=c0000084 dx=9abcdef0 si=0 di=0',
        'vector 80 ip=+21 cs=48 fl=46 ax=0 cx=c0000084 dx=0 si=0 di=9abcdef0',
      ],
      'wrmsr of 0xc0000103, upper half': [
        'vector d error 0 ip=+10 cs=48 fl=2 ax=0 cx=c0000103 dx=9abcdef0 si=0 di=0',
        'vector 80 ip=+21 cs=48 fl=46 ax=0 cx=c0000103 dx=0 si=0 di=9abcdef0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 18.17: WRMSR writes the time-stamp counter',
    cases: {
      'wrmsr of the counter': [
        'vector 80 ip=+23 cs=48 fl=46 ax=1 cx=10 dx=0',
        'vector 80 ip=+23 cs=48 fl=46 ax=0 cx=10 dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 2.2.1: #GP(0) for reserved bits of IA32_EFER',
    cases: {
      'wrmsr of EFER with bit 1': [
        'vector d error 0 ip=+a cs=48 fl=6 ax=d03 cx=c0000080 dx=0',
        'vector 80 ip=+e cs=48 fl=6 ax=d03 cx=c0000080 dx=0',
      ],
      'wrmsr of EFER with bit 2': [
        'vector d error 0 ip=+a cs=48 fl=6 ax=d05 cx=c0000080 dx=0',
        'vector 80 ip=+e cs=48 fl=6 ax=d05 cx=c0000080 dx=0',
      ],
      'wrmsr of EFER with bit 9': [
        'vector d error 0 ip=+c cs=48 fl=2 ax=f01 cx=c0000080 dx=0',
        'vector 80 ip=+10 cs=48 fl=2 ax=f01 cx=c0000080 dx=0',
      ],
      'wrmsr of EFER with bit 12': [
        'vector d error 0 ip=+c cs=48 fl=2 ax=1d01 cx=c0000080 dx=0',
        'vector 80 ip=+10 cs=48 fl=2 ax=1d01 cx=c0000080 dx=0',
      ],
      'wrmsr of EFER with bit 13': [
        'vector d error 0 ip=+c cs=48 fl=2 ax=2d01 cx=c0000080 dx=0',
        'vector 80 ip=+10 cs=48 fl=2 ax=2d01 cx=c0000080 dx=0',
      ],
      'wrmsr of EFER with bit 14': [
        'vector d error 0 ip=+c cs=48 fl=2 ax=4d01 cx=c0000080 dx=0',
        'vector 80 ip=+10 cs=48 fl=2 ax=4d01 cx=c0000080 dx=0',
      ],
      'wrmsr of EFER with bit 15': [
        'vector d error 0 ip=+c cs=48 fl=2 ax=8d01 cx=c0000080 dx=0',
        'vector 80 ip=+10 cs=48 fl=2 ax=8d01 cx=c0000080 dx=0',
      ],
      'wrmsr of EFER with bit 16': [
        'vector d error 0 ip=+c cs=48 fl=2 ax=10d01 cx=c0000080 dx=0',
        'vector 80 ip=+10 cs=48 fl=2 ax=10d01 cx=c0000080 dx=0',
      ],
      'wrmsr of EFER with bit 31': [
        'vector d error 0 ip=+c cs=48 fl=82 ax=80000d01 cx=c0000080 dx=0',
        'vector 80 ip=+10 cs=48 fl=82 ax=80000d01 cx=c0000080 dx=0',
      ],
      'wrmsr of EFER, upper half': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=d01 cx=c0000080 dx=1',
        'vector 80 ip=+13 cs=48 fl=2 ax=d01 cx=c0000080 dx=1',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 4.1.2: #GP(0) when IA32_EFER.LME changes while paging is on',
    cases: {
      'wrmsr of EFER without LME': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=c01 cx=c0000080 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=c01 cx=c0000080 dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, RDMSR, WRMSR: #GP(0) for an MSR that there is not',
    cases: {
      'rdmsr of 0x12345678': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=12345678',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=12345678 dx=0',
      ],
      'wrmsr of 0x12345678': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=12345678 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=12345678 dx=0',
      ],
      'rdmsr of 0xc0000085': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=c0000085',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=c0000085 dx=0',
      ],
      'wrmsr of 0xc0000085': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=c0000085 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=c0000085 dx=0',
      ],
      'rdmsr of 0xc0000104': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=c0000104',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=c0000104 dx=0',
      ],
      'wrmsr of 0xc0000104': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=c0000104 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=c0000104 dx=0',
      ],
      'rdmsr of 0xc0010055': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=c0010055',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=c0010055 dx=0',
      ],
      'wrmsr of 0xc0010055': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=c0010055 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=c0010055 dx=0',
      ],
      'wrmsr of 0x17': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=17 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=17 dx=0',
      ],
      'wrmsr of 0x2a': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=2a dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=2a dx=0',
      ],
      'rdmsr of 0x3a': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=3a',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=3a dx=0',
      ],
      'wrmsr of 0x3a': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=3a dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=3a dx=0',
      ],
      'rdmsr of 0x48': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=48',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=48 dx=0',
      ],
      'wrmsr of 0x48': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=48 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=48 dx=0',
      ],
      'rdmsr of 0xce': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=ce',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=ce dx=0',
      ],
      'wrmsr of 0xce': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=ce dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=ce dx=0',
      ],
      'rdmsr of 0x345': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=345',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=345 dx=0',
      ],
      'wrmsr of 0x345': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=345 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=345 dx=0',
      ],
      'rdmsr of 0x480': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=480',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=480 dx=0',
      ],
      'wrmsr of 0x480': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=480 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=480 dx=0',
      ],
      'rdmsr of 0x1fffffff': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=1fffffff',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=1fffffff dx=0',
      ],
      'wrmsr of 0x1fffffff': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=1fffffff dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=1fffffff dx=0',
      ],
      'rdmsr of MTRR 0x210': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=210',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=210 dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 12.12.2: #GP(0) for a memory type of IA32_PAT that there is not',
    cases: {
      'wrmsr of PAT, type 2': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=70406 cx=277 dx=70402',
        'vector 80 ip=+13 cs=48 fl=2 ax=70406 cx=277 dx=70402',
      ],
      'wrmsr of PAT, type 3': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=70406 cx=277 dx=70403',
        'vector 80 ip=+13 cs=48 fl=2 ax=70406 cx=277 dx=70403',
      ],
      'wrmsr of PAT, type 8': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=70406 cx=277 dx=70408',
        'vector 80 ip=+13 cs=48 fl=2 ax=70406 cx=277 dx=70408',
      ],
      'wrmsr of PAT, type 0x80': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=70406 cx=277 dx=70480',
        'vector 80 ip=+13 cs=48 fl=2 ax=70406 cx=277 dx=70480',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 12.11.1: IA32_MTRRCAP is read-only',
    cases: {
      'wrmsr of MTRRcap': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=fe dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=fe dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, RDPMC: #GP(0) if ECX names a counter that there is not',
    cases: {
      'rdpmc with CR4 of 0x20': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=1000',
        'vector 6 ip=+5 cs=48 fl=2 cx=1000',
      ],
      'rdpmc with CR4 of 0x24': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=1000',
        'vector 6 ip=+5 cs=48 fl=2 cx=1000',
      ],
      'rdpmc with CR4 of 0x120': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=1000',
        'vector 6 ip=+5 cs=48 fl=2 cx=1000',
      ],
      'rdpmc with CR4 of 0x120 at level 3': [
        'vector d error 0 ip=alias+17 cs=53 fl=2 sp=4000a000 ss=23 cx=1000 ds=0 es=0 fs=0 gs=0',
        'vector 6 ip=alias+17 cs=53 fl=2 sp=4000a000 ss=23 cx=1000 ds=0 es=0 fs=0 gs=0',
      ],
      'rdpmc with CR4 of 0x10020': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=1000',
        'vector 6 ip=+5 cs=48 fl=2 cx=1000',
      ],
    },
  },
  {
    manual: 'SDM volume 2, WRFSBASE, WRGSBASE: #GP(0) if the source operand is not canonical',
    cases: {
      'wrfsbase, not canonical': [
        'vector d error 0 ip=+a cs=48 fl=2 ax=800000000000',
        'vector 80 ip=+11 cs=48 fl=2 ax=800000000000',
      ],
      'wrgsbase, not canonical': [
        'vector d error 0 ip=+a cs=48 fl=2 ax=800000000000',
        'vector 80 ip=+11 cs=48 fl=2 ax=800000000000',
      ],
    },
  },
  {
    manual: 'SDM volume 2, LGDT, LIDT: #GP(0) if the base is not canonical',
    cases: {
      'lgdt, not canonical': [
        'vector d error 0 ip=+1c cs=48 fl=2 ax=800000000000',
        'vector 80 ip=+2e cs=48 fl=2 ax=800000000000',
      ],
      'lidt, not canonical': [
        'vector d error 0 ip=+1c cs=48 fl=2 ax=800000000000',
        'vector 80 ip=+2e cs=48 fl=2 ax=800000000000',
      ],
    },
  },
  {
    manual: 'SDM volume 2, CLFLUSH: #GP(0) if the address is not canonical',
    cases: {
      'clflush (%rdi), not canonical': [
        'vector d error 0 ip=+13 cs=48 fl=2 bx=800000000000 bp=800000000000 si=800000000000 di=800000000000',
        'vector 80 ip=+18 cs=48 fl=2 bx=800000000000 bp=800000000000 si=800000000000 di=800000000000',
      ],
    },
  },
  {
    manual:
      'SDM volume 1, 3.3.7.1: an implied stack reference to an address that is not canonical raises #SS',
    cases: {
      'movb (%rbp), %al, not canonical': [
        'vector c error 0 ip=+13 cs=48 fl=2 bx=800000000000 bp=800000000000 si=800000000000 di=800000000000',
        'vector d error 0 ip=+13 cs=48 fl=2 bx=800000000000 bp=800000000000 si=800000000000 di=800000000000',
      ],
      'movb %ds:(%rbp), %al, not canonical': [
        'vector c error 0 ip=+13 cs=48 fl=2 bx=800000000000 bp=800000000000 si=800000000000 di=800000000000',
        'vector d error 0 ip=+13 cs=48 fl=2 bx=800000000000 bp=800000000000 si=800000000000 di=800000000000',
      ],
      'leave, not canonical': [
        'vector c error 0 ip=+13 cs=48 fl=2 bx=800000000000 bp=800000000000 si=800000000000 di=800000000000',
        'vector d error 0 ip=+13 cs=48 fl=2 bx=800000000000 bp=800000000000 si=800000000000 di=800000000000',
      ],
      'pushq %rax with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'popq %rax with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'pushfq with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'call . with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'ret with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'movb (%rsp), %al with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'pushq %fs with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'popq %fs with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'enter $0, $0 with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'iretq with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'lretq with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'callq *case_name with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
      'push $1 with RSP not canonical': [
        'vector c error 0 ip=+a cs=48 fl=2 sp=800000000100',
        'vector d error 0 ip=+a cs=48 fl=2 sp=800000000100',
      ],
    },
  },
]
