// SPDX-License-Identifier: GPL-2.0-or-later
import { describeDifferential } from '../../fixtures/describe-differential.js'
import { floatKind } from '../../fixtures/differential-kinds.js'
import { randomSimd } from '../../fixtures/random-simd.js'

describeDifferential([
  { name: 'MMX and SSE', kind: floatKind(randomSimd, false), cases: 400_000, exceptions: [12, 13, 14, 19] },
])
