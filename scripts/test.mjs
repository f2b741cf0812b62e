// SPDX-License-Identifier: GPL-2.0-or-later
/** `npm test [-- vitest options]`: sets the workspace up, then is `vitest run`. */
import { continueAs, programArgs, root, setUpOrExit } from './setup.mjs'

setUpOrExit()
process.chdir(root)
await continueAs('node_modules/vitest/vitest.mjs', ['run', ...programArgs()])
