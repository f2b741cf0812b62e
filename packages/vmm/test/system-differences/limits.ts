// SPDX-License-Identifier: GPL-2.0-or-later
// data table
import type { SystemDifferences } from './system-difference.js'

export const limits: SystemDifferences = [
  {
    manual: 'SDM volume 3, 5.3: #GP(0) for an access beyond the limit of its segment',
    cases: {
      'kind 0, byte read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=1000 es=63',
        'vector 80 ip=+12 cs=8 fl=2 ax=63 dx=0 bx=1000 es=63',
      ],
      'kind 0, byte read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=fffd es=63',
        'vector 80 ip=+12 cs=8 fl=2 ax=63 dx=0 bx=fffd es=63',
      ],
      'kind 0, word read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=1000 es=63',
        'vector 80 ip=+13 cs=8 fl=2 ax=63 dx=0 bx=1000 es=63',
      ],
      'kind 0, word read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=fffd es=63',
        'vector 80 ip=+13 cs=8 fl=2 ax=63 dx=0 bx=fffd es=63',
      ],
      'kind 0, dword read at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=ffd fs=63',
        'vector 80 ip=+12 cs=8 fl=2 ax=63 dx=0 bx=ffd fs=63',
      ],
      'kind 0, dword read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=1000 fs=63',
        'vector 80 ip=+12 cs=8 fl=2 ax=63 dx=0 bx=1000 fs=63',
      ],
      'kind 0, dword read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=fffd fs=63',
        'vector 80 ip=+12 cs=8 fl=2 ax=63 dx=0 bx=fffd fs=63',
      ],
      'kind 0, byte written at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=1000 es=63',
        'vector 80 ip=+13 cs=8 fl=2 ax=63 bx=1000 es=63',
      ],
      'kind 0, byte written at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=fffd es=63',
        'vector 80 ip=+13 cs=8 fl=2 ax=63 bx=fffd es=63',
      ],
      'kind 0, dword written at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=ffd gs=63',
        'vector 80 ip=+16 cs=8 fl=2 ax=63 bx=ffd gs=63',
      ],
      'kind 0, dword written at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=1000 gs=63',
        'vector 80 ip=+16 cs=8 fl=2 ax=63 bx=1000 gs=63',
      ],
      'kind 0, dword written at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=63 bx=fffd gs=63',
        'vector 80 ip=+16 cs=8 fl=2 ax=63 bx=fffd gs=63',
      ],
      'kind 1, byte read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=1000 es=6b',
        'vector 80 ip=+12 cs=8 fl=2 ax=6b dx=0 bx=1000 es=6b',
      ],
      'kind 1, byte read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=fffd es=6b',
        'vector 80 ip=+12 cs=8 fl=2 ax=6b dx=0 bx=fffd es=6b',
      ],
      'kind 1, word read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=1000 es=6b',
        'vector 80 ip=+13 cs=8 fl=2 ax=6b dx=0 bx=1000 es=6b',
      ],
      'kind 1, word read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=fffd es=6b',
        'vector 80 ip=+13 cs=8 fl=2 ax=6b dx=0 bx=fffd es=6b',
      ],
      'kind 1, dword read at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=ffd fs=6b',
        'vector 80 ip=+12 cs=8 fl=2 ax=6b dx=0 bx=ffd fs=6b',
      ],
      'kind 1, dword read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=1000 fs=6b',
        'vector 80 ip=+12 cs=8 fl=2 ax=6b dx=0 bx=1000 fs=6b',
      ],
      'kind 1, dword read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=fffd fs=6b',
        'vector 80 ip=+12 cs=8 fl=2 ax=6b dx=0 bx=fffd fs=6b',
      ],
      'kind 5, byte read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=1000 es=8b',
        'vector 80 ip=+12 cs=8 fl=2 ax=8b dx=0 bx=1000 es=8b',
      ],
      'kind 5, byte read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=fffd es=8b',
        'vector 80 ip=+12 cs=8 fl=2 ax=8b dx=0 bx=fffd es=8b',
      ],
      'kind 5, word read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=1000 es=8b',
        'vector 80 ip=+13 cs=8 fl=2 ax=8b dx=0 bx=1000 es=8b',
      ],
      'kind 5, word read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=fffd es=8b',
        'vector 80 ip=+13 cs=8 fl=2 ax=8b dx=0 bx=fffd es=8b',
      ],
      'kind 5, dword read at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=ffd fs=8b',
        'vector 80 ip=+12 cs=8 fl=2 ax=8b dx=0 bx=ffd fs=8b',
      ],
      'kind 5, dword read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=1000 fs=8b',
        'vector 80 ip=+12 cs=8 fl=2 ax=8b dx=0 bx=1000 fs=8b',
      ],
      'kind 5, dword read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=fffd fs=8b',
        'vector 80 ip=+12 cs=8 fl=2 ax=8b dx=0 bx=fffd fs=8b',
      ],
      'kind 6, byte read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=1000 es=93',
        'vector 80 ip=+12 cs=8 fl=2 ax=93 dx=0 bx=1000 es=93',
      ],
      'kind 6, byte read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=fffd es=93',
        'vector 80 ip=+12 cs=8 fl=2 ax=93 dx=0 bx=fffd es=93',
      ],
      'kind 6, word read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=1000 es=93',
        'vector 80 ip=+13 cs=8 fl=2 ax=93 dx=0 bx=1000 es=93',
      ],
      'kind 6, word read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=fffd es=93',
        'vector 80 ip=+13 cs=8 fl=2 ax=93 dx=0 bx=fffd es=93',
      ],
      'kind 6, dword read at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=ffd fs=93',
        'vector 80 ip=+12 cs=8 fl=2 ax=93 dx=0 bx=ffd fs=93',
      ],
      'kind 6, dword read at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=1000 fs=93',
        'vector 80 ip=+12 cs=8 fl=2 ax=93 dx=0 bx=1000 fs=93',
      ],
      'kind 6, dword read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=fffd fs=93',
        'vector 80 ip=+12 cs=8 fl=2 ax=93 dx=0 bx=fffd fs=93',
      ],
      'kind 6, byte written at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=1000 es=93',
        'vector 80 ip=+13 cs=8 fl=2 ax=93 bx=1000 es=93',
      ],
      'kind 6, byte written at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=fffd es=93',
        'vector 80 ip=+13 cs=8 fl=2 ax=93 bx=fffd es=93',
      ],
      'kind 6, dword written at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=ffd gs=93',
        'vector 80 ip=+16 cs=8 fl=2 ax=93 bx=ffd gs=93',
      ],
      'kind 6, dword written at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=1000 gs=93',
        'vector 80 ip=+16 cs=8 fl=2 ax=93 bx=1000 gs=93',
      ],
      'kind 6, dword written at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=93 bx=fffd gs=93',
        'vector 80 ip=+16 cs=8 fl=2 ax=93 bx=fffd gs=93',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 5.4: #GP(0) for a write to a segment that cannot be written',
    cases: {
      'kind 1, byte written at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=0 es=6b',
        'vector 80 ip=+13 cs=8 fl=2 ax=6b bx=0 es=6b',
      ],
      'kind 1, byte written at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=ffc es=6b',
        'vector 80 ip=+13 cs=8 fl=2 ax=6b bx=ffc es=6b',
      ],
      'kind 1, byte written at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=ffd es=6b',
        'vector 80 ip=+13 cs=8 fl=2 ax=6b bx=ffd es=6b',
      ],
      'kind 1, byte written at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=1000 es=6b',
        'vector 80 ip=+13 cs=8 fl=2 ax=6b bx=1000 es=6b',
      ],
      'kind 1, byte written at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=fffd es=6b',
        'vector 80 ip=+13 cs=8 fl=2 ax=6b bx=fffd es=6b',
      ],
      'kind 1, dword written at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=0 gs=6b',
        'vector 80 ip=+16 cs=8 fl=2 ax=6b bx=0 gs=6b',
      ],
      'kind 1, dword written at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=ffc gs=6b',
        'vector 80 ip=+16 cs=8 fl=2 ax=6b bx=ffc gs=6b',
      ],
      'kind 1, dword written at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=ffd gs=6b',
        'vector 80 ip=+16 cs=8 fl=2 ax=6b bx=ffd gs=6b',
      ],
      'kind 1, dword written at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=1000 gs=6b',
        'vector 80 ip=+16 cs=8 fl=2 ax=6b bx=1000 gs=6b',
      ],
      'kind 1, dword written at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=6b bx=fffd gs=6b',
        'vector 80 ip=+16 cs=8 fl=2 ax=6b bx=fffd gs=6b',
      ],
      'kind 5, byte written at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=0 es=8b',
        'vector 80 ip=+13 cs=8 fl=2 ax=8b bx=0 es=8b',
      ],
      'kind 5, byte written at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=ffc es=8b',
        'vector 80 ip=+13 cs=8 fl=2 ax=8b bx=ffc es=8b',
      ],
      'kind 5, byte written at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=ffd es=8b',
        'vector 80 ip=+13 cs=8 fl=2 ax=8b bx=ffd es=8b',
      ],
      'kind 5, byte written at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=1000 es=8b',
        'vector 80 ip=+13 cs=8 fl=2 ax=8b bx=1000 es=8b',
      ],
      'kind 5, byte written at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=fffd es=8b',
        'vector 80 ip=+13 cs=8 fl=2 ax=8b bx=fffd es=8b',
      ],
      'kind 5, dword written at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=0 gs=8b',
        'vector 80 ip=+16 cs=8 fl=2 ax=8b bx=0 gs=8b',
      ],
      'kind 5, dword written at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=ffc gs=8b',
        'vector 80 ip=+16 cs=8 fl=2 ax=8b bx=ffc gs=8b',
      ],
      'kind 5, dword written at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=ffd gs=8b',
        'vector 80 ip=+16 cs=8 fl=2 ax=8b bx=ffd gs=8b',
      ],
      'kind 5, dword written at 1000': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=1000 gs=8b',
        'vector 80 ip=+16 cs=8 fl=2 ax=8b bx=1000 gs=8b',
      ],
      'kind 5, dword written at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=8b bx=fffd gs=8b',
        'vector 80 ip=+16 cs=8 fl=2 ax=8b bx=fffd gs=8b',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 5.3: the limit of a segment that grows down is where it begins',
    cases: {
      'kind 2, byte read at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=0 es=73',
        'vector 80 ip=+12 cs=8 fl=2 ax=73 dx=0 bx=0 es=73',
      ],
      'kind 2, byte read at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=ffc es=73',
        'vector 80 ip=+12 cs=8 fl=2 ax=73 dx=0 bx=ffc es=73',
      ],
      'kind 2, byte read at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=ffd es=73',
        'vector 80 ip=+12 cs=8 fl=2 ax=73 dx=0 bx=ffd es=73',
      ],
      'kind 2, word read at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=0 es=73',
        'vector 80 ip=+13 cs=8 fl=2 ax=73 dx=0 bx=0 es=73',
      ],
      'kind 2, word read at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=ffc es=73',
        'vector 80 ip=+13 cs=8 fl=2 ax=73 dx=0 bx=ffc es=73',
      ],
      'kind 2, word read at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=ffd es=73',
        'vector 80 ip=+13 cs=8 fl=2 ax=73 dx=0 bx=ffd es=73',
      ],
      'kind 2, dword read at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=0 fs=73',
        'vector 80 ip=+12 cs=8 fl=2 ax=73 dx=0 bx=0 fs=73',
      ],
      'kind 2, dword read at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=ffc fs=73',
        'vector 80 ip=+12 cs=8 fl=2 ax=73 dx=0 bx=ffc fs=73',
      ],
      'kind 2, dword read at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=ffd fs=73',
        'vector 80 ip=+12 cs=8 fl=2 ax=73 dx=0 bx=ffd fs=73',
      ],
      'kind 2, byte written at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=0 es=73',
        'vector 80 ip=+13 cs=8 fl=2 ax=73 bx=0 es=73',
      ],
      'kind 2, byte written at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=ffc es=73',
        'vector 80 ip=+13 cs=8 fl=2 ax=73 bx=ffc es=73',
      ],
      'kind 2, byte written at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=ffd es=73',
        'vector 80 ip=+13 cs=8 fl=2 ax=73 bx=ffd es=73',
      ],
      'kind 2, dword written at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=0 gs=73',
        'vector 80 ip=+16 cs=8 fl=2 ax=73 bx=0 gs=73',
      ],
      'kind 2, dword written at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=ffc gs=73',
        'vector 80 ip=+16 cs=8 fl=2 ax=73 bx=ffc gs=73',
      ],
      'kind 2, dword written at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=73 bx=ffd gs=73',
        'vector 80 ip=+16 cs=8 fl=2 ax=73 bx=ffd gs=73',
      ],
      'kind 3, byte read at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=0 es=7b',
        'vector 80 ip=+12 cs=8 fl=2 ax=7b dx=0 bx=0 es=7b',
      ],
      'kind 3, byte read at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=ffc es=7b',
        'vector 80 ip=+12 cs=8 fl=2 ax=7b dx=0 bx=ffc es=7b',
      ],
      'kind 3, byte read at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=ffd es=7b',
        'vector 80 ip=+12 cs=8 fl=2 ax=7b dx=0 bx=ffd es=7b',
      ],
      'kind 3, word read at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=0 es=7b',
        'vector 80 ip=+13 cs=8 fl=2 ax=7b dx=0 bx=0 es=7b',
      ],
      'kind 3, word read at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=ffc es=7b',
        'vector 80 ip=+13 cs=8 fl=2 ax=7b dx=0 bx=ffc es=7b',
      ],
      'kind 3, word read at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=ffd es=7b',
        'vector 80 ip=+13 cs=8 fl=2 ax=7b dx=0 bx=ffd es=7b',
      ],
      'kind 3, dword read at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=0 fs=7b',
        'vector 80 ip=+12 cs=8 fl=2 ax=7b dx=0 bx=0 fs=7b',
      ],
      'kind 3, dword read at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=ffc fs=7b',
        'vector 80 ip=+12 cs=8 fl=2 ax=7b dx=0 bx=ffc fs=7b',
      ],
      'kind 3, dword read at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=ffd fs=7b',
        'vector 80 ip=+12 cs=8 fl=2 ax=7b dx=0 bx=ffd fs=7b',
      ],
      'kind 3, dword read at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=fffd fs=7b',
        'vector 80 ip=+12 cs=8 fl=2 ax=7b dx=0 bx=fffd fs=7b',
      ],
      'kind 3, byte written at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=0 es=7b',
        'vector 80 ip=+13 cs=8 fl=2 ax=7b bx=0 es=7b',
      ],
      'kind 3, byte written at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=ffc es=7b',
        'vector 80 ip=+13 cs=8 fl=2 ax=7b bx=ffc es=7b',
      ],
      'kind 3, byte written at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=ffd es=7b',
        'vector 80 ip=+13 cs=8 fl=2 ax=7b bx=ffd es=7b',
      ],
      'kind 3, dword written at 0': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=0 gs=7b',
        'vector 80 ip=+16 cs=8 fl=2 ax=7b bx=0 gs=7b',
      ],
      'kind 3, dword written at ffc': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=ffc gs=7b',
        'vector 80 ip=+16 cs=8 fl=2 ax=7b bx=ffc gs=7b',
      ],
      'kind 3, dword written at ffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=ffd gs=7b',
        'vector 80 ip=+16 cs=8 fl=2 ax=7b bx=ffd gs=7b',
      ],
      'kind 3, dword written at fffd': [
        'vector d error 0 ip=+d cs=8 fl=2 ax=7b bx=fffd gs=7b',
        'vector 80 ip=+16 cs=8 fl=2 ax=7b bx=fffd gs=7b',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 5.3 and 6.15: #SS(0) for an access beyond the limit of the stack segment',
    cases: {
      'stack 0, pushl %edx, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffffffc ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushl %edx, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffffffe ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushl %edx, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffd ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushw %dx, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=fffffffe ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushw %dx, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=fff ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushfl, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffffffc ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushfl, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffffffe ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushfl, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffd ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushal, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffffffe0 ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushal, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffffffe2 ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushal, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fe1 ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, call .+5, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+34 cs=1b fl=2 sp=fffffffc ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, call .+5, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+34 cs=1b fl=2 sp=fffffffe ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, call .+5, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+34 cs=1b fl=2 sp=ffd ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, enter $0,$0, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=fffffffc ss=63 ax=63 bx=0 bp=fffffffc ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, enter $0,$0, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=fffffffe ss=63 ax=63 bx=2 bp=fffffffe ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, enter $0,$0, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=ffd ss=63 ax=63 bx=1001 bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, enter $4,$3, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=ffffffec ss=63 ax=63 bx=0 bp=fffffffc ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, enter $4,$3, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=ffffffee ss=63 ax=63 bx=2 bp=fffffffe ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, enter $4,$3, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=fed ss=63 ax=63 bx=1001 bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushl $1, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=fffffffc ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushl $1, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=fffffffe ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushl $1, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=ffd ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushl %ds, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffffffc ss=63 ax=63 bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushl %ds, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffffffe ss=63 ax=63 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, pushl %ds, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffd ss=63 ax=63 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, popl %edx, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=63 ax=63 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1001 ss=63 ax=63 dx=0 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, popl %edx, SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=63 ax=63 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1004 ss=63 ax=63 dx=0 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, popw %dx, SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=63 ax=63 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=1002 ss=63 ax=63 dx=0 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, popal, SP ff0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ff0 ss=63 ax=63 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1010 ss=63 ax=0 cx=0 dx=0 bx=0 bp=0 si=0 di=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, popal, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=63 ax=63 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=101d ss=63 ax=0 cx=0 dx=0 bx=0 bp=0 si=0 di=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, popal, SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=63 ax=63 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1020 ss=63 ax=0 cx=0 dx=0 bx=0 bp=0 si=0 di=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, leave, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=63 ax=63 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1001 ss=63 ax=63 bx=ffd bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, leave, SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=63 ax=63 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1004 ss=63 ax=63 bx=1000 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, movl (%ebp),%edx, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=63 ax=63 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+32 cs=1b fl=2 sp=ffd ss=63 ax=63 dx=0 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 0, movl (%ebp),%edx, SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=63 ax=63 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+32 cs=1b fl=2 sp=1000 ss=63 ax=63 dx=0 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushl %edx, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffc ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushl %edx, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffe ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushl %edx, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffd ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushw %dx, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=fffe ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushw %dx, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=fff ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushfl, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffc ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushfl, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffe ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushfl, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffd ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushal, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffe0 ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushal, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffe2 ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushal, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fe1 ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, call .+5, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+34 cs=1b fl=2 sp=fffc ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, call .+5, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+34 cs=1b fl=2 sp=fffe ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, call .+5, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+34 cs=1b fl=2 sp=ffd ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, enter $0,$0, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=fffc ss=ab ax=ab bx=0 bp=fffffffc ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, enter $0,$0, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=fffe ss=ab ax=ab bx=2 bp=fffffffe ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, enter $0,$0, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=ffd ss=ab ax=ab bx=1001 bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, enter $4,$3, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=ffec ss=ab ax=ab bx=0 bp=fffffffc ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, enter $4,$3, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=ffee ss=ab ax=ab bx=2 bp=fffffffe ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, enter $4,$3, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=fed ss=ab ax=ab bx=1001 bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushl $1, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=fffc ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushl $1, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=fffe ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushl $1, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=ffd ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushl %ds, SP 0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=0 ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffc ss=ab ax=ab bx=0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushl %ds, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffe ss=ab ax=ab bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, pushl %ds, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffd ss=ab ax=ab bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, popl %edx, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=ab ax=ab bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1001 ss=ab ax=ab dx=0 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, popl %edx, SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=ab ax=ab bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1004 ss=ab ax=ab dx=0 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, popw %dx, SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=ab ax=ab bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=1002 ss=ab ax=ab dx=0 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, popal, SP ff0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ff0 ss=ab ax=ab bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1010 ss=ab ax=0 cx=0 dx=0 bx=0 bp=0 si=0 di=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, popal, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=ab ax=ab bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=101d ss=ab ax=0 cx=0 dx=0 bx=0 bp=0 si=0 di=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, popal, SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=ab ax=ab bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1020 ss=ab ax=0 cx=0 dx=0 bx=0 bp=0 si=0 di=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, leave, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=ab ax=ab bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1001 ss=ab ax=ab bx=ffd bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, leave, SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=ab ax=ab bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1004 ss=ab ax=ab bx=1000 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, movl (%ebp),%edx, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=ab ax=ab bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+32 cs=1b fl=2 sp=ffd ss=ab ax=ab dx=0 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 9, movl (%ebp),%edx, SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=ab ax=ab bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+32 cs=1b fl=2 sp=1000 ss=ab ax=ab dx=0 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushl %edx, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffffffe ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushl %edx, SP 20': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=20 ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1c ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushl %edx, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffd ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushw %dx, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=0 ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushw %dx, SP 20': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=20 ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=1e ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushw %dx, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=fff ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushfl, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffffffe ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushfl, SP 20': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=20 ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1c ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushfl, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffd ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushal, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffffffe2 ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushal, SP 20': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=20 ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=0 ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushal, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fe1 ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, call .+5, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+34 cs=1b fl=2 sp=fffffffe ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, call .+5, SP 20': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=20 ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+34 cs=1b fl=2 sp=1c ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, call .+5, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+34 cs=1b fl=2 sp=ffd ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, enter $0,$0, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=fffffffe ss=73 ax=73 bx=2 bp=fffffffe ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, enter $0,$0, SP 20': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=20 ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=1c ss=73 ax=73 bx=20 bp=1c ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, enter $0,$0, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=ffd ss=73 ax=73 bx=1001 bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, enter $4,$3, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=ffffffee ss=73 ax=73 bx=2 bp=fffffffe ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, enter $4,$3, SP 20': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=20 ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=c ss=73 ax=73 bx=20 bp=1c ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, enter $4,$3, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+33 cs=1b fl=2 sp=fed ss=73 ax=73 bx=1001 bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushl $1, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=fffffffe ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushl $1, SP 20': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=20 ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=1c ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushl $1, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=ffd ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushl %ds, SP 2': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=2 ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=fffffffe ss=73 ax=73 bx=2 bp=2 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushl %ds, SP 20': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=20 ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1c ss=73 ax=73 bx=20 bp=20 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, pushl %ds, SP 1001': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1001 ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ffd ss=73 ax=73 bx=1001 bp=1001 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, popl %edx, SP ff0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ff0 ss=73 ax=73 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ff4 ss=73 ax=73 dx=0 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, popl %edx, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=73 ax=73 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1001 ss=73 ax=73 dx=0 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, popw %dx, SP ff0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ff0 ss=73 ax=73 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=ff2 ss=73 ax=73 dx=0 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, popw %dx, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=73 ax=73 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+31 cs=1b fl=2 sp=fff ss=73 ax=73 dx=0 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, popal, SP ff0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ff0 ss=73 ax=73 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1010 ss=73 ax=0 cx=0 dx=0 bx=0 bp=0 si=0 di=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, popal, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=73 ax=73 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=101d ss=73 ax=0 cx=0 dx=0 bx=0 bp=0 si=0 di=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, leave, SP ff0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ff0 ss=73 ax=73 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=ff4 ss=73 ax=73 bx=ff0 bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, leave, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=73 ax=73 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+30 cs=1b fl=2 sp=1001 ss=73 ax=73 bx=ffd bp=0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, movl (%ebp),%edx, SP ff0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ff0 ss=73 ax=73 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+32 cs=1b fl=2 sp=ff0 ss=73 ax=73 dx=0 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, movl (%ebp),%edx, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=73 ax=73 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+32 cs=1b fl=2 sp=ffd ss=73 ax=73 dx=0 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, movl %edx,-4(%ebp), SP ff0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ff0 ss=73 ax=73 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+32 cs=1b fl=2 sp=ff0 ss=73 ax=73 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, movl %edx,-4(%ebp), SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=73 ax=73 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+32 cs=1b fl=2 sp=ffd ss=73 ax=73 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, movl %edx,-4(%ebp), SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=73 ax=73 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+32 cs=1b fl=2 sp=1000 ss=73 ax=73 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, lcall $0x1b,$landing, SP ff0': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ff0 ss=73 ax=73 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=10002 cs=1b fl=2 sp=fe8 ss=73 ax=73 bx=ff0 bp=ff0 ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, lcall $0x1b,$landing, SP ffd': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=ffd ss=73 ax=73 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=10002 cs=1b fl=2 sp=ff5 ss=73 ax=73 bx=ffd bp=ffd ds=23 es=23 fs=0 gs=0',
      ],
      'stack 2, lcall $0x1b,$landing, SP 1000': [
        'vector c error 0 ip=+2d cs=1b fl=2 sp=1000 ss=73 ax=73 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=10002 cs=1b fl=2 sp=ff8 ss=73 ax=73 bx=1000 bp=1000 ds=23 es=23 fs=0 gs=0',
      ],
      'ret from the end of the stack, 0xffd': [
        'vector c error 0 ip=+46 cs=1b fl=2 sp=ffd ss=63 ax=63 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=10002 cs=1b fl=2 sp=1001 ss=63 ax=63 ds=23 es=23 fs=0 gs=0',
      ],
      'lret from the end of the stack, 0xffc': [
        'vector c error 0 ip=+46 cs=1b fl=2 sp=ffc ss=63 ax=63 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=10002 cs=1b fl=2 sp=1004 ss=63 ax=63 ds=23 es=23 fs=0 gs=0',
      ],
      'iret from the end of the stack, 0xff8': [
        'vector c error 0 ip=+46 cs=1b fl=2 sp=ff8 ss=63 ax=63 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=10002 cs=1b fl=2 sp=1004 ss=63 ax=63 ds=23 es=23 fs=0 gs=0',
      ],
      'ljmp through the end from the end of the stack, 0xffc': [
        'vector c error 0 ip=+46 cs=1b fl=2 sp=ffc ss=63 ax=63 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=10002 cs=1b fl=2 sp=ffc ss=63 ax=63 ds=23 es=23 fs=0 gs=0',
      ],
    },
  },
  {
    manual:
      'SDM volume 3, 5.4.1 and 5.8.6: #GP(0) for an access by a null selector, which one that the outer level must not use becomes',
    cases: {
      'read by a null ds': [
        'vector d error 0 ip=+4 cs=8 fl=46 ax=0 ds=0',
        'vector 80 ip=+c cs=8 fl=46 ax=0 dx=0 ds=0',
      ],
      'write by a null ds': [
        'vector d error 0 ip=+6 cs=8 fl=2 ax=3 ds=3',
        'vector 80 ip=+e cs=8 fl=2 ax=3 ds=3',
      ],
      'lret to level 3 with ds of level 1': [
        'vector d error 0 ip=+19 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+21 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'lret to level 3 with a null ds': [
        'vector d error 0 ip=+13 cs=1b fl=46 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+1b cs=1b fl=46 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
      ],
      'iretl to level 3 with ds of level 1': [
        'vector d error 0 ip=+1b cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+23 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'iretl to level 3 with a null ds': [
        'vector d error 0 ip=+15 cs=1b fl=2 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+1d cs=1b fl=2 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
      ],
      'read by a null es': [
        'vector d error 0 ip=+4 cs=8 fl=46 ax=0 es=0',
        'vector 80 ip=+d cs=8 fl=46 ax=0 es=0',
      ],
      'write by a null es': [
        'vector d error 0 ip=+6 cs=8 fl=2 ax=3 es=3',
        'vector 80 ip=+f cs=8 fl=2 ax=3 es=3',
      ],
      'lret to level 3 with es of level 1': [
        'vector d error 0 ip=+19 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+22 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'lret to level 3 with a null es': [
        'vector d error 0 ip=+13 cs=1b fl=46 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+1c cs=1b fl=46 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
      ],
      'iretl to level 3 with es of level 1': [
        'vector d error 0 ip=+1b cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+24 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'iretl to level 3 with a null es': [
        'vector d error 0 ip=+15 cs=1b fl=2 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+1e cs=1b fl=2 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
      ],
      'read by a null fs': [
        'vector d error 0 ip=+4 cs=8 fl=46 ax=0 fs=0',
        'vector 80 ip=+d cs=8 fl=46 ax=0 fs=0',
      ],
      'write by a null fs': [
        'vector d error 0 ip=+6 cs=8 fl=2 ax=3 fs=3',
        'vector 80 ip=+f cs=8 fl=2 ax=3 fs=3',
      ],
      'lret to level 3 with fs of level 1': [
        'vector d error 0 ip=+19 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+22 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'lret to level 3 with a null fs': [
        'vector d error 0 ip=+13 cs=1b fl=46 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+1c cs=1b fl=46 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
      ],
      'iretl to level 3 with fs of level 1': [
        'vector d error 0 ip=+1b cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+24 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'iretl to level 3 with a null fs': [
        'vector d error 0 ip=+15 cs=1b fl=2 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+1e cs=1b fl=2 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
      ],
      'read by a null gs': [
        'vector d error 0 ip=+4 cs=8 fl=46 ax=0 gs=0',
        'vector 80 ip=+d cs=8 fl=46 ax=0 gs=0',
      ],
      'write by a null gs': [
        'vector d error 0 ip=+6 cs=8 fl=2 ax=3 gs=3',
        'vector 80 ip=+f cs=8 fl=2 ax=3 gs=3',
      ],
      'lret to level 3 with gs of level 1': [
        'vector d error 0 ip=+19 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+22 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'lret to level 3 with a null gs': [
        'vector d error 0 ip=+13 cs=1b fl=46 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+1c cs=1b fl=46 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
      ],
      'iretl to level 3 with gs of level 1': [
        'vector d error 0 ip=+1b cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+24 cs=1b fl=2 sp=a000 ss=23 ax=a1 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'iretl to level 3 with a null gs': [
        'vector d error 0 ip=+15 cs=1b fl=2 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=+1e cs=1b fl=2 sp=a000 ss=23 ax=0 ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 5.3: #GP(0) for a branch or a fetch beyond the limit of the code segment',
    cases: {
      'code, jump over the end': [
        'vector d error 0 ip=f8 cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=17b cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'code, jnz over the end, taken': [
        'vector d error 0 ip=f8 cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=17b cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'code, loop over the end, taken': [
        'vector d error 0 ip=f8 cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=17b cs=9b fl=2 sp=a000 ss=23 cx=21 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'code, near jump over the end': [
        'vector d error 0 ip=f8 cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=1ff cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'code, call over the end': [
        'vector d error 0 ip=f8 cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=1ff cs=9b fl=2 sp=9ffc ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'code, jump by a register over the end': [
        'vector d error 0 ip=f5 cs=9b fl=2 sp=a000 ss=23 ax=180 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=183 cs=9b fl=2 sp=a000 ss=23 ax=180 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'code, call by a register over the end': [
        'vector d error 0 ip=f5 cs=9b fl=2 sp=a000 ss=23 ax=180 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=183 cs=9b fl=2 sp=9ffc ss=23 ax=180 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'code, return over the end': [
        'vector d error 0 ip=f5 cs=9b fl=2 sp=9ffc ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=183 cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'code, return over the end, with parameters': [
        'vector d error 0 ip=f5 cs=9b fl=2 sp=9ffc ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=183 cs=9b fl=2 sp=a004 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'code, return to the last byte': [
        'vector d error 0 ip=ff cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=10f cs=9b fl=86 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'code, to its end': [
        'vector d error 0 ip=100 cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=103 cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
      'code, an instruction over the end': [
        'vector d error 0 ip=ff cs=9b fl=2 sp=a000 ss=23 bx=0 ds=0 es=0 fs=0 gs=0',
        'vector 80 ip=107 cs=9b fl=2 sp=a000 ss=23 ax=9080cd90 bx=0 ds=0 es=0 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 6.15, interrupt 17: #AC(0) at level 3 with CR0.AM and EFLAGS.AC',
    cases: {
      'AC, movw (%ebx), %dx, 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+29 cs=1b fl=40002 sp=a000 ss=23 dx=0 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movl (%ebx), %edx, 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 dx=0 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movl (%ebx), %edx, 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 dx=0 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movl %edx, (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movl %edx, (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, addw %dx, (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+29 cs=1b fl=40006 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, flds (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, flds (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fldl (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fldl (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fldl (%ebx), 4': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40004 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40004 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fldt (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fldt (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fldt (%ebx), 4': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40004 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40004 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fstps (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fstps (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fnstenv (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fnstenv (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fildll (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fildll (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, fildll (%ebx), 4': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40004 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=a000 ss=23 bx=40004 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movq (%ebx), %xmm0, 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+2a cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movq (%ebx), %xmm0, 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+2a cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movq (%ebx), %xmm0, 4': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40004 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+2a cs=1b fl=40002 sp=a000 ss=23 bx=40004 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, cmpxchg8b (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+29 cs=1b fl=40002 sp=a000 ss=23 ax=0 dx=0 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, cmpxchg8b (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+29 cs=1b fl=40002 sp=a000 ss=23 ax=0 dx=0 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, cmpxchg8b (%ebx), 4': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40004 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+29 cs=1b fl=40002 sp=a000 ss=23 ax=0 dx=0 bx=40004 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, lgs (%ebx), %esi, 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+29 cs=1b fl=40002 sp=a000 ss=23 bx=40001 si=0 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, lgs (%ebx), %esi, 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+29 cs=1b fl=40002 sp=a000 ss=23 bx=40002 si=0 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, btl $1, (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+2a cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, btl $1, (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+2a cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, boundl %eax, (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 5 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, boundl %eax, (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 5 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, pushl (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=9ffc ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, pushl (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+28 cs=1b fl=40002 sp=9ffc ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, sgdt (%ebx), 1': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+29 cs=1b fl=40002 sp=a000 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, sgdt (%ebx), 2': [
        'vector 11 error 0 ip=+24 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+29 cs=1b fl=40002 sp=a000 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movl %ebx, %esp; pushl %eax, 1': [
        'vector 11 error 0 ip=+26 cs=1b fl=40002 sp=40001 ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+29 cs=1b fl=40002 sp=3fffd ss=23 bx=40001 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movl %ebx, %esp; pushl %eax, 2': [
        'vector 11 error 0 ip=+26 cs=1b fl=40002 sp=40002 ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+29 cs=1b fl=40002 sp=3fffe ss=23 bx=40002 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movl %ebx, %esi; movl $0x40000, %edi; movsl, 1': [
        'vector 11 error 0 ip=+2b cs=1b fl=40002 sp=a000 ss=23 bx=40001 si=40001 di=40000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+2e cs=1b fl=40002 sp=a000 ss=23 bx=40001 si=40005 di=40004 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movl %ebx, %esi; movl $0x40000, %edi; movsl, 2': [
        'vector 11 error 0 ip=+2b cs=1b fl=40002 sp=a000 ss=23 bx=40002 si=40002 di=40000 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+2e cs=1b fl=40002 sp=a000 ss=23 bx=40002 si=40006 di=40004 ds=23 es=23 fs=0 gs=0',
      ],
      'AC, movl $0x40000, %esi; movl %ebx, %edi; movl $2, %ecx; rep movsw, 1': [
        'vector 11 error 0 ip=+30 cs=1b fl=40002 sp=a000 ss=23 cx=2 bx=40001 si=40000 di=40001 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+35 cs=1b fl=40002 sp=a000 ss=23 cx=0 bx=40001 si=40004 di=40005 ds=23 es=23 fs=0 gs=0',
      ],
      'AC at level 3, set by POPF': [
        'vector 11 error 0 ip=+1d cs=1b fl=40002 sp=a000 ss=23 ds=23 es=23 fs=0 gs=0',
        'vector 80 ip=+25 cs=1b fl=40002 sp=a000 ss=23 dx=0 ds=23 es=23 fs=0 gs=0',
      ],
    },
  },
  {
    manual: 'SDM volume 3, 5.3: #GP(0) for an operand or string that ends beyond the limit of its segment',
    cases: {
      'addl %edx,%es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+17 cs=8 fl=6 ax=63 bx=ffd es=63',
      ],
      'cmpxchg8b %es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+18 cs=8 fl=6 ax=0 dx=0 bx=ffd es=63',
      ],
      'fldl %es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+17 cs=8 fl=46 ax=63 bx=ffd es=63',
      ],
      'fstps %es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+17 cs=8 fl=46 ax=63 bx=ffd es=63',
      ],
      'fistpll %es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+17 cs=8 fl=46 ax=63 bx=ffd es=63',
      ],
      'fnstenv %es:(%ebx) ff4': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ff4 es=63',
        'vector 80 ip=+17 cs=8 fl=46 ax=63 bx=ff4 es=63',
      ],
      'fnstenv %es:(%ebx) ff8': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ff8 es=63',
        'vector 80 ip=+17 cs=8 fl=46 ax=63 bx=ff8 es=63',
      ],
      'fnstenv %es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+17 cs=8 fl=46 ax=63 bx=ffd es=63',
      ],
      'fbstp %es:(%ebx) ff8': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ff8 es=63',
        'vector 80 ip=+17 cs=8 fl=46 ax=63 bx=ff8 es=63',
      ],
      'fbstp %es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+17 cs=8 fl=46 ax=63 bx=ffd es=63',
      ],
      'movups %es:(%ebx),%xmm0 ff4': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ff4 es=63',
        'vector 80 ip=+18 cs=8 fl=46 ax=63 bx=ff4 es=63',
      ],
      'movups %es:(%ebx),%xmm0 ff8': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ff8 es=63',
        'vector 80 ip=+18 cs=8 fl=46 ax=63 bx=ff8 es=63',
      ],
      'movups %es:(%ebx),%xmm0 ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+18 cs=8 fl=46 ax=63 bx=ffd es=63',
      ],
      'movups %xmm0,%es:(%ebx) ff4': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ff4 es=63',
        'vector 80 ip=+18 cs=8 fl=46 ax=63 bx=ff4 es=63',
      ],
      'movups %xmm0,%es:(%ebx) ff8': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ff8 es=63',
        'vector 80 ip=+18 cs=8 fl=46 ax=63 bx=ff8 es=63',
      ],
      'movups %xmm0,%es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+18 cs=8 fl=46 ax=63 bx=ffd es=63',
      ],
      'movsd %xmm0,%es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+19 cs=8 fl=46 ax=63 bx=ffd es=63',
      ],
      'lgs %es:(%ebx),%esi ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+18 cs=8 fl=46 ax=63 bx=ffd si=0 es=63 gs=0',
      ],
      'sidt %es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+18 cs=8 fl=46 ax=63 bx=ffd es=63',
      ],
      'btl %eax,%es:(%ebx) ff4': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ff4 es=63',
        'vector 80 ip=+18 cs=8 fl=46 ax=63 bx=ff4 es=63',
      ],
      'btl %eax,%es:(%ebx) ff8': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ff8 es=63',
        'vector 80 ip=+18 cs=8 fl=46 ax=63 bx=ff8 es=63',
      ],
      'btl %eax,%es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+18 cs=8 fl=46 ax=63 bx=ffd es=63',
      ],
      'pushl %es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+17 cs=8 fl=46 sp=7ffc ax=63 bx=ffd es=63',
      ],
      'popl %es:(%ebx) ffd': [
        'vector d error 0 ip=+12 cs=8 fl=46 ax=63 bx=ffd es=63',
        'vector 80 ip=+17 cs=8 fl=46 sp=8004 ax=63 bx=ffd es=63',
      ],
      'fxsave at ff4': [
        'vector d error 0 ip=+15 cs=8 fl=6 ax=63 bx=ff0 es=63',
        'vector 80 ip=+1b cs=8 fl=6 ax=63 bx=ff0 es=63',
      ],
      'fxsave at ff8': [
        'vector d error 0 ip=+15 cs=8 fl=6 ax=63 bx=ff0 es=63',
        'vector 80 ip=+1b cs=8 fl=6 ax=63 bx=ff0 es=63',
      ],
      'fxsave at ffd': [
        'vector d error 0 ip=+15 cs=8 fl=6 ax=63 bx=ff0 es=63',
        'vector 80 ip=+1b cs=8 fl=6 ax=63 bx=ff0 es=63',
      ],
      'rep movsb to 1005': [
        'vector d error 0 ip=+1f cs=8 fl=12 ax=63 cx=5 si=42003 di=1000 es=63',
        'vector 80 ip=+23 cs=8 fl=12 ax=63 cx=0 si=42008 di=1005 es=63',
      ],
      'rep movsl to ffc': [
        'vector d error 0 ip=+1f cs=8 fl=2 ax=63 cx=5 si=4200c di=1000 es=63',
        'vector 80 ip=+23 cs=8 fl=2 ax=63 cx=0 si=42020 di=1014 es=63',
      ],
      'rep movsl to 1005': [
        'vector d error 0 ip=+1f cs=8 fl=12 ax=63 cx=8 si=42000 di=ffd es=63',
        'vector 80 ip=+23 cs=8 fl=12 ax=63 cx=0 si=42020 di=101d es=63',
      ],
      'rep stosw to ffc': [
        'vector d error 0 ip=+1f cs=8 fl=2 ax=63 cx=2 si=42000 di=1000 es=63',
        'vector 80 ip=+24 cs=8 fl=2 ax=63 cx=0 si=42000 di=1004 es=63',
      ],
      'rep stosw to 1005': [
        'vector d error 0 ip=+1f cs=8 fl=12 ax=63 cx=7 si=42000 di=fff es=63',
        'vector 80 ip=+24 cs=8 fl=12 ax=63 cx=0 si=42000 di=100d es=63',
      ],
      'scasl to ffc': [
        'vector d error 0 ip=+1f cs=8 fl=6 ax=63 cx=5 si=42000 di=1000 es=63',
        'vector 80 ip=+23 cs=8 fl=6 ax=63 cx=0 si=42000 di=1014 es=63',
      ],
      'scasl to 1005': [
        'vector d error 0 ip=+1f cs=8 fl=12 ax=63 cx=8 si=42000 di=ffd es=63',
        'vector 80 ip=+23 cs=8 fl=6 ax=63 cx=0 si=42000 di=101d es=63',
      ],
      'cmpsb to 1005': [
        'vector d error 0 ip=+1f cs=8 fl=46 ax=63 cx=5 si=42003 di=1000 es=63',
        'vector 80 ip=+23 cs=8 fl=46 ax=63 cx=0 si=42008 di=1005 es=63',
      ],
      'rep movsb from beyond': [
        'vector d error 0 ip=+16 cs=8 fl=2 ax=63 cx=4 si=1000 di=42004 fs=63',
        'vector 80 ip=+1b cs=8 fl=2 ax=63 cx=0 si=1004 di=42008 fs=63',
      ],
    },
  },
]
