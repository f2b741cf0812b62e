// SPDX-License-Identifier: GPL-2.0-or-later
/** `pnpm check-all`: every check but the tests, one after the other, each reported even when an earlier failed. */
import { spawnSync } from 'node:child_process'
import { pnpmCommand, root, toolEnv } from './setup.mjs'

const checks = [
  'lint',
  'format:check',
  'types',
  'layers',
  'knip',
  'manifests',
  'sizes',
  'build',
  'map:check',
  'api',
  'options:check',
  'pack:check',
]

const [command, ...args] = pnpmCommand()
const failed = checks.filter((check) => {
  console.log(`== ${check}`)
  const options = { cwd: root, env: toolEnv(), stdio: /** @type {const} */ ('inherit') }
  return spawnSync(/** @type {string} */ (command), [...args, '--silent', 'run', check], options).status !== 0
})
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
