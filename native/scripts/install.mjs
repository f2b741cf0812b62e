// SPDX-License-Identifier: GPL-2.0-or-later
//
// npm runs this after the package was unpacked. Does the addon load, there is nothing to do. Else it is built here from
// the sources that came along; nothing is downloaded. A host where that cannot be done is told so in one line, and the
// installation goes on: much of Dromaius needs no native code.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('..', import.meta.url))

const found = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0

/** Why the addon cannot be built, or null when it is there. */
function build() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'its sources are for Linux on x86-64'
  for (const tool of ['make', process.env.CXX ?? 'g++', process.env.CC ?? 'cc'])
    if (!found(tool)) return `there is no '${tool}' here to build it with`
  const { status } = spawnSync('make', [`-j${availableParallelism()}`], { cwd: folder, stdio: 'inherit' })
  return status === 0 ? null : 'it could not be built, see above'
}

// In the repository the build makes it.
if (!existsSync(`${folder}../pnpm-workspace.yaml`)) {
  const { loadAddon } = await import('../dist/load-addon.js')
  try {
    loadAddon()
  } catch {
    const reason = build()
    if (reason !== null) console.error(`@dromaius/native: no native addon for this host: ${reason}.`)
  }
}
