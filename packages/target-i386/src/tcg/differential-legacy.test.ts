// SPDX-License-Identifier: GPL-2.0-or-later
import { MODE_16, MODE_32 } from '../../fixtures/case-layout.js'
import { describeDifferential } from '../../fixtures/describe-differential.js'
import { integerKind } from '../../fixtures/differential-kinds.js'
import { randomLegacyCode } from '../../fixtures/random-code.js'

describeDifferential(
  [
    {
      name: '32-bit code',
      kind: integerKind((random) => randomLegacyCode(random, MODE_32)),
      cases: 200_000,
      exceptions: [0, 4, 5, 6, 13, 14],
    },
    {
      name: '16-bit code',
      kind: integerKind((random) => randomLegacyCode(random, MODE_16)),
      cases: 200_000,
      exceptions: [0, 4, 5, 6, 13, 14],
    },
  ],
  { legacy: true },
)
