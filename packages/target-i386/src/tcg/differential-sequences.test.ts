// SPDX-License-Identifier: GPL-2.0-or-later
import { describeDifferential } from '../../fixtures/describe-differential.js'
import { integerKind } from '../../fixtures/differential-kinds.js'
import { randomCode } from '../../fixtures/random-code.js'

describeDifferential([
  {
    name: 'sequences of four',
    kind: integerKind((random) => randomCode(random, 4)),
    cases: 400_000,
    exceptions: [6, 12, 13, 14],
  },
])
