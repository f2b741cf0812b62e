// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const msrs: SystemDifferences = [
  {
    manual: 'SDM volume 2, MOV to control registers: #GP(0) for CR4.PCIDE while CR3 has an identifier',
    cases: {
      'PCIDE with an identifier in CR3': [
        'vector d error 0 ip=+13 cs=48 fl=2 ax=20020',
        'vector 80 ip=+18 cs=48 fl=2 ax=20020',
      ],
    },
  },
  {
    manual: 'SDM volume 2, INVPCID, and volume 3, 4.10.1: QEMU has no process-context identifiers',
    cases: {
      'invpcid 0 without PCIDE, of 0': [
        'vector 80 ip=+2e cs=48 fl=2 ax=0',
        'vector 6 ip=+22 cs=48 fl=2 ax=0',
      ],
      'invpcid 0 without PCIDE, of 1': [
        'vector d error 0 ip=+22 cs=48 fl=2 ax=0',
        'vector 6 ip=+22 cs=48 fl=2 ax=0',
      ],
      'invpcid 1 without PCIDE, of 0': [
        'vector 80 ip=+2e cs=48 fl=2 ax=1',
        'vector 6 ip=+22 cs=48 fl=2 ax=1',
      ],
      'invpcid 1 without PCIDE, of 1': [
        'vector d error 0 ip=+22 cs=48 fl=2 ax=1',
        'vector 6 ip=+22 cs=48 fl=2 ax=1',
      ],
      'invpcid 2 without PCIDE, of 0': [
        'vector 80 ip=+2e cs=48 fl=2 ax=2',
        'vector 6 ip=+22 cs=48 fl=2 ax=2',
      ],
      'invpcid 2 without PCIDE, of 1': [
        'vector 80 ip=+2e cs=48 fl=2 ax=2',
        'vector 6 ip=+22 cs=48 fl=2 ax=2',
      ],
      'invpcid 3 without PCIDE, of 0': [
        'vector 80 ip=+2e cs=48 fl=2 ax=3',
        'vector 6 ip=+22 cs=48 fl=2 ax=3',
      ],
      'invpcid 3 without PCIDE, of 1': [
        'vector 80 ip=+2e cs=48 fl=2 ax=3',
        'vector 6 ip=+22 cs=48 fl=2 ax=3',
      ],
      'invpcid 4 without PCIDE, of 0': [
        'vector d error 0 ip=+22 cs=48 fl=2 ax=4',
        'vector 6 ip=+22 cs=48 fl=2 ax=4',
      ],
      'invpcid 4 without PCIDE, of 1': [
        'vector d error 0 ip=+22 cs=48 fl=2 ax=4',
        'vector 6 ip=+22 cs=48 fl=2 ax=4',
      ],
      'invpcid 0x100000000 without PCIDE, of 0': [
        'vector d error 0 ip=+22 cs=48 fl=2 ax=100000000',
        'vector 6 ip=+22 cs=48 fl=2 ax=100000000',
      ],
      'invpcid 0x100000000 without PCIDE, of 1': [
        'vector d error 0 ip=+22 cs=48 fl=2 ax=100000000',
        'vector 6 ip=+22 cs=48 fl=2 ax=100000000',
      ],
      'CR3 with an identifier and bit 63': [
        'vector 80 ip=+3c cs=48 fl=2 ax=0 cx=20000 dx=123 bx=0',
        'vector 80 ip=+3c cs=48 fl=46 ax=0 cx=0 dx=0 bx=0',
      ],
      'invpcid 0 of 1': ['vector 80 ip=+29 cs=48 fl=2 ax=0', 'vector 6 ip=+1d cs=48 fl=2 ax=0'],
      'invpcid 0 with reserved bits': [
        'vector d error 0 ip=+1d cs=48 fl=2 ax=0',
        'vector 6 ip=+1d cs=48 fl=2 ax=0',
      ],
      'invpcid 0 of an address that is not canonical': [
        'vector d error 0 ip=+23 cs=48 fl=2 ax=0 bx=800000000000',
        'vector 6 ip=+23 cs=48 fl=2 ax=0 bx=800000000000',
      ],
      'invpcid 1 of 1': ['vector 80 ip=+29 cs=48 fl=2 ax=1', 'vector 6 ip=+1d cs=48 fl=2 ax=1'],
      'invpcid 1 with reserved bits': [
        'vector d error 0 ip=+1d cs=48 fl=2 ax=1',
        'vector 6 ip=+1d cs=48 fl=2 ax=1',
      ],
      'invpcid 1 of an address that is not canonical': [
        'vector 80 ip=+2f cs=48 fl=2 ax=1 bx=800000000000',
        'vector 6 ip=+23 cs=48 fl=2 ax=1 bx=800000000000',
      ],
      'invpcid 2 of 1': ['vector 80 ip=+29 cs=48 fl=2 ax=2', 'vector 6 ip=+1d cs=48 fl=2 ax=2'],
      'invpcid 2 with reserved bits': [
        'vector d error 0 ip=+1d cs=48 fl=2 ax=2',
        'vector 6 ip=+1d cs=48 fl=2 ax=2',
      ],
      'invpcid 2 of an address that is not canonical': [
        'vector 80 ip=+2f cs=48 fl=2 ax=2 bx=800000000000',
        'vector 6 ip=+23 cs=48 fl=2 ax=2 bx=800000000000',
      ],
      'invpcid 3 of 1': ['vector 80 ip=+29 cs=48 fl=2 ax=3', 'vector 6 ip=+1d cs=48 fl=2 ax=3'],
      'invpcid 3 with reserved bits': [
        'vector d error 0 ip=+1d cs=48 fl=2 ax=3',
        'vector 6 ip=+1d cs=48 fl=2 ax=3',
      ],
      'invpcid 3 of an address that is not canonical': [
        'vector 80 ip=+2f cs=48 fl=2 ax=3 bx=800000000000',
        'vector 6 ip=+23 cs=48 fl=2 ax=3 bx=800000000000',
      ],
      'invpcid at level 3': [
        'vector d error 0 ip=alias+17 cs=53 fl=2 sp=4000a000 ss=23 ax=2 ds=0 es=0 fs=0 gs=0',
        'vector 6 ip=alias+17 cs=53 fl=2 sp=4000a000 ss=23 ax=2 ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 11.11.2: memory types that there are not and reserved bits of an MTRR raise #GP',
    cases: {
      'default type of memory 2': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=2 cx=2ff dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=2 cx=2ff dx=0',
      ],
      'fixed range with type 2': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=6060606 cx=250 dx=20000',
        'vector 80 ip=+19 cs=48 fl=46 ax=6060606 cx=250 dx=20000',
      ],
      'variable range with type 2': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=2 cx=200 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=2 cx=200 dx=0',
      ],
      'default type of memory 3': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=3 cx=2ff dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=3 cx=2ff dx=0',
      ],
      'fixed range with type 3': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=6060606 cx=250 dx=30000',
        'vector 80 ip=+19 cs=48 fl=46 ax=6060606 cx=250 dx=30000',
      ],
      'variable range with type 3': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=3 cx=200 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=3 cx=200 dx=0',
      ],
      'default type of memory 7': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=7 cx=2ff dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=7 cx=2ff dx=0',
      ],
      'fixed range with type 7': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=6060606 cx=250 dx=70000',
        'vector 80 ip=+19 cs=48 fl=46 ax=6060606 cx=250 dx=70000',
      ],
      'variable range with type 7': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=7 cx=200 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=7 cx=200 dx=0',
      ],
      'default type of memory 8': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=8 cx=2ff dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=8 cx=2ff dx=0',
      ],
      'fixed range with type 8': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=6060606 cx=250 dx=80000',
        'vector 80 ip=+19 cs=48 fl=46 ax=6060606 cx=250 dx=80000',
      ],
      'variable range with type 8': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=8 cx=200 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=8 cx=200 dx=0',
      ],
      'default type of memory 0x80': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=80 cx=2ff dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=80 cx=2ff dx=0',
      ],
      'fixed range with type 0x80': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=6060606 cx=250 dx=800000',
        'vector 80 ip=+19 cs=48 fl=46 ax=6060606 cx=250 dx=800000',
      ],
      'variable range with type 0x80': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=80 cx=200 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=80 cx=200 dx=0',
      ],
      'default type of memory, bit 8': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=100 cx=2ff dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=100 cx=2ff dx=0',
      ],
      'variable range, bit 8': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=100 cx=202 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=100 cx=202 dx=0',
      ],
      "variable range's mask, bit 8": [
        'vector d error 0 ip=+f cs=48 fl=2 ax=100 cx=203 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=100 cx=203 dx=0',
      ],
      'default type of memory, bit 9': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=200 cx=2ff dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=200 cx=2ff dx=0',
      ],
      'variable range, bit 9': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=200 cx=202 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=200 cx=202 dx=0',
      ],
      "variable range's mask, bit 9": [
        'vector d error 0 ip=+f cs=48 fl=2 ax=200 cx=203 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=200 cx=203 dx=0',
      ],
      'variable range, bit 10': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=400 cx=202 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=400 cx=202 dx=0',
      ],
      "variable range's mask, bit 10": [
        'vector d error 0 ip=+f cs=48 fl=2 ax=400 cx=203 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=400 cx=203 dx=0',
      ],
      'variable range, bit 11': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=800 cx=202 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=800 cx=202 dx=0',
      ],
      'default type of memory, bit 12': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=1000 cx=2ff dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=1000 cx=2ff dx=0',
      ],
      'default type of memory, bit 31': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=80000000 cx=2ff dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=80000000 cx=2ff dx=0',
      ],
      'default type of memory, bit 0 of the upper half': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=2ff dx=1',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=2ff dx=1',
      ],
      'default type of memory, bit 7 of the upper half': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=2ff dx=80',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=2ff dx=80',
      ],
      'default type of memory, bit 8 of the upper half': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=2ff dx=100',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=2ff dx=100',
      ],
      'variable range, bit 8 of the upper half': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=204 dx=100',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=204 dx=100',
      ],
      "variable range's mask, bit 8 of the upper half": [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=205 dx=100',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=205 dx=100',
      ],
      'default type of memory, bit 31 of the upper half': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=2ff dx=80000000',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=2ff dx=80000000',
      ],
      'variable range, bit 31 of the upper half': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=204 dx=80000000',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=204 dx=80000000',
      ],
      "variable range's mask, bit 31 of the upper half": [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=205 dx=80000000',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=205 dx=80000000',
      ],
      "variable range's mask, bit 0": [
        'vector d error 0 ip=+f cs=48 fl=2 ax=1 cx=203 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=1 cx=203 dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 11.12.2: a memory type that there is not raises #GP',
    cases: {
      'page attribute 2': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=200 cx=277 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=200 cx=277 dx=0',
      ],
      'page attribute 3': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=300 cx=277 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=300 cx=277 dx=0',
      ],
      'page attribute 8': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=800 cx=277 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=800 cx=277 dx=0',
      ],
      'page attribute 0x80': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=8000 cx=277 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=8000 cx=277 dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 2.2.1 and 9.8.5: IA32_EFER.LME cannot change while paging is on',
    cases: {
      'EFER without long mode': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=c01 cx=c0000080 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=c01 cx=c0000080 dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 2.2.1: reserved bits of IA32_EFER raise #GP',
    cases: {
      'EFER, bit 1': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=d03 cx=c0000080 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=d01 cx=c0000080 dx=0',
      ],
      'EFER, bit 7': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=d81 cx=c0000080 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=d01 cx=c0000080 dx=0',
      ],
      'EFER, bit 9': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=f01 cx=c0000080 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=d01 cx=c0000080 dx=0',
      ],
      'EFER, bit 12': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=1d01 cx=c0000080 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=d01 cx=c0000080 dx=0',
      ],
      'EFER, bit 13': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=2d01 cx=c0000080 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=d01 cx=c0000080 dx=0',
      ],
      'EFER, bit 14': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=4d01 cx=c0000080 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=d01 cx=c0000080 dx=0',
      ],
      'EFER, bit 15': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=8d01 cx=c0000080 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=d01 cx=c0000080 dx=0',
      ],
      'EFER, bit 16': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=10d01 cx=c0000080 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=d01 cx=c0000080 dx=0',
      ],
      'EFER, bit 31': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=80000d01 cx=c0000080 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=d01 cx=c0000080 dx=0',
      ],
      'EFER, bit 32': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=d01 cx=c0000080 dx=1',
        'vector 80 ip=+19 cs=48 fl=46 ax=d01 cx=c0000080 dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, WRMSR: #GP(0) for an address that is not canonical',
    cases: {
      'address of 0x175': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=175 dx=8000',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=175 dx=8000',
      ],
      'address of 0x176': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=176 dx=8000',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=176 dx=8000',
      ],
      'address of 0xc0000082': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=c0000082 dx=8000',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=c0000082 dx=8000',
      ],
      'address of 0xc0000083': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=c0000083 dx=8000',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=c0000083 dx=8000',
      ],
      'address of 0xc0000100': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=c0000100 dx=8000',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=c0000100 dx=8000',
      ],
      'address of 0xc0000101': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=c0000101 dx=8000',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=c0000101 dx=8000',
      ],
      'address of 0xc0000102': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=c0000102 dx=8000',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=c0000102 dx=8000',
      ],
    },
  },
  {
    manual: 'SDM volume 4, table 2-2: IA32_FMASK has 32 bits; volume 2, WRMSR: #GP(0) for reserved ones',
    cases: {
      'flags of SYSCALL, bit 32': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=c0000084 dx=1',
        'vector 80 ip=+19 cs=48 fl=46 ax=0 cx=c0000084 dx=1',
      ],
    },
  },
  {
    manual: 'SDM volume 2, WRMSR: #GP(0) for a register that is read only (volume 4, table 2-2)',
    cases: {
      'what memory types there are': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=508 cx=fe dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=508 cx=fe dx=0',
      ],
      'what machine check there is': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=179 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=179 dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 15.3.1.2: IA32_MCG_STATUS has three bits without LMCE',
    cases: {
      'machine check status, bit 3': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=8 cx=17a dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=8 cx=17a dx=0',
      ],
      'machine check status, bit 31': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=80000000 cx=17a dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=80000000 cx=17a dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 15.3.2.2: a status register takes only zero',
    cases: {
      "a bank's status": [
        'vector d error 0 ip=+f cs=48 fl=2 ax=1 cx=401 dx=0',
        'vector 80 ip=+19 cs=48 fl=46 ax=1 cx=401 dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, RDMSR and WRMSR: #GP(0) for a register that is not implemented',
    cases: {
      'read of 0, which there is not': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=0',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=0 dx=0',
      ],
      'write of 0, which there is not': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=0 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=0 dx=0',
      ],
      'read of 0x1c, which there is not': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=1c',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=1c dx=0',
      ],
      'write of 0x1c, which there is not': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=1c dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=1c dx=0',
      ],
      'read of 0x1000, which there is not': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=1000',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=1000 dx=0',
      ],
      'write of 0x1000, which there is not': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=1000 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=1000 dx=0',
      ],
      'read of 0x40000080, which there is not': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=40000080',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=40000080 dx=0',
      ],
      'write of 0x40000080, which there is not': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=40000080 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=40000080 dx=0',
      ],
      'read of 0xc0000085, which there is not': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=c0000085',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=c0000085 dx=0',
      ],
      'write of 0xc0000085, which there is not': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=c0000085 dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=c0000085 dx=0',
      ],
      'read of 0xffffffff, which there is not': [
        'vector d error 0 ip=+5 cs=48 fl=2 cx=ffffffff',
        'vector 80 ip=+9 cs=48 fl=2 ax=0 cx=ffffffff dx=0',
      ],
      'write of 0xffffffff, which there is not': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=0 cx=ffffffff dx=0',
        'vector 80 ip=+13 cs=48 fl=2 ax=0 cx=ffffffff dx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, MONITOR: #UD if the LOCK prefix is used',
    cases: {
      'monitor with LOCK': [
        'vector 6 ip=+7 cs=48 fl=46 ax=40000 cx=0',
        'vector 80 ip=+d cs=48 fl=46 ax=40000 cx=0',
      ],
    },
  },
  {
    manual: 'SDM volume 2, MONITOR: #GP(0) in 64-bit code if RCX is not 0',
    cases: {
      'monitor with extension 0x100000000': [
        'vector d error 0 ip=+f cs=48 fl=2 ax=40000 cx=100000000',
        'vector 80 ip=+14 cs=48 fl=2 ax=40000 cx=100000000',
      ],
    },
  },
  {
    manual:
      'SDM volume 2, MWAIT: bit 0 of ECX is taken where bit 1 of ECX of leaf 5 of CPUID is set, which QEMU sets',
    cases: {
      'mwait with interrupts closed as its ends': [
        'vector 80 ip=+11 cs=48 fl=2 ax=40000 cx=1',
        'vector d error 0 ip=+c cs=48 fl=2 ax=40000 cx=1',
      ],
    },
  },
  {
    manual: 'SDM volume 2, MONITOR: it is a load of a byte as far as paging and segments go',
    cases: {
      'monitor of memory that there is not': [
        'vector e error 0 ip=+7 cs=48 fl=46 ax=80000000 cx=0 cr2=80000000',
        'vector 80 ip=+c cs=48 fl=46 ax=80000000 cx=0',
      ],
      'monitor of an address that is not canonical': [
        'vector d error 0 ip=+c cs=48 fl=46 ax=800000000000 cx=0',
        'vector 80 ip=+11 cs=48 fl=46 ax=800000000000 cx=0',
      ],
    },
  },
]
