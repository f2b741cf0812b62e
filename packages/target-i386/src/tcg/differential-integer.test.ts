// SPDX-License-Identifier: GPL-2.0-or-later
import { describeDifferential } from '../../fixtures/describe-differential.js'
import { integerKind } from '../../fixtures/differential-kinds.js'
import { randomCode } from '../../fixtures/random-code.js'

describeDifferential([
  {
    name: 'single instructions',
    kind: integerKind((random) => randomCode(random, 1)),
    cases: 600_000,
    exceptions: [0, 6, 12, 13, 14],
  },
])
