// SPDX-License-Identifier: GPL-2.0-or-later
import { MODE_32, MODE_64 } from '../../fixtures/case-layout.js'
import { describeDifferential } from '../../fixtures/describe-differential.js'
import { integerKind } from '../../fixtures/differential-kinds.js'
import { randomBmi } from '../../fixtures/random-bmi.js'

describeDifferential(
  [
    {
      name: 'BMI and ADX',
      kind: integerKind((random) => randomBmi(random, MODE_64)),
      cases: 100_000,
      exceptions: [6, 13, 14],
    },
    {
      name: 'BMI and ADX in 32-bit code',
      kind: integerKind((random) => randomBmi(random, MODE_32)),
      cases: 50_000,
      exceptions: [6, 14],
    },
  ],
  { legacy: true, features: ['bmi1', 'bmi2', 'abm', 'adx'] },
)
