// SPDX-License-Identifier: GPL-2.0-or-later
/** `npm start [-- options]`: sets the workspace up, then is the `dromaius` command. */
import { continueAs, programArgs, setUpOrExit } from './setup.mjs'

setUpOrExit()
// npm and pnpm change to the package's folder; file names on the command line are relative to the user's.
if (process.env.npm_lifecycle_event === 'start' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD)
await continueAs('packages/vmm/bin/dromaius.js', programArgs())
