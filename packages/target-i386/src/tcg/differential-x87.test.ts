// SPDX-License-Identifier: GPL-2.0-or-later
import { describeDifferential } from '../../fixtures/describe-differential.js'
import { floatKind } from '../../fixtures/differential-kinds.js'
import { randomX87 } from '../../fixtures/random-simd.js'

describeDifferential([
  { name: 'x87', kind: floatKind(randomX87, true), cases: 300_000, exceptions: [6, 12, 13, 14, 16] },
])
