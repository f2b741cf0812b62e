// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs'

/** What `-version` prints: name and version of the package. */
export function versionText(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return `Dromaius version ${manifest.version}`
}
