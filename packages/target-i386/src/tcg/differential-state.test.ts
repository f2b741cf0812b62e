// SPDX-License-Identifier: GPL-2.0-or-later
import { describeDifferential } from '../../fixtures/describe-differential.js'
import { stateKind } from '../../fixtures/differential-kinds.js'

describeDifferential([
  { name: 'state of x87 and SSE', kind: stateKind(), cases: 100_000, exceptions: [13, 14, 16] },
])
