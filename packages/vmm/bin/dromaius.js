#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-or-later
import { main } from '../dist/command.js'

// A reader that has gone (`dromaius -h | head -1`) is no reason for a stack trace.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
process.exitCode = await main(process.argv.slice(2))
