// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm layers [folder]`: checks the layer rules of layers.config.mjs with dependency-cruiser. Finding no module,
 * or no dependency between packages, is a failure: it means that the tool did not understand the sources.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { root } from './setup.mjs'

const folder = resolve(process.argv[2] ?? root)
const result = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
    '--config',
    join(root, 'scripts/layers.config.mjs'),
    '--output-type',
    'json',
    ...['packages', 'native/lib'].filter((path) => existsSync(join(folder, path))),
  ],
  { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 },
)
if (result.status !== 0 || !result.stdout) {
  console.error(
    `layers: dependency-cruiser failed (exit code ${result.status})\n${result.stderr}${result.stdout}`,
  )
  process.exit(1)
}
/** @type {import('dependency-cruiser').ICruiseResult} */
const { modules, summary } = JSON.parse(result.stdout)
for (const { rule, from, to } of summary.violations) console.error(`layers: ${rule.name}: ${from} -> ${to}`)

const packageOf = (/** @type {string} */ path) => /^(?:packages\/[^/]+|native)(?=\/)/.exec(path)?.[0]
const sources = modules.filter(({ source }) => packageOf(source))
const between = sources.flatMap(({ source, dependencies }) =>
  dependencies.filter(({ resolved }) => packageOf(resolved) && packageOf(resolved) !== packageOf(source)),
)
console.log(
  `layers: ${sources.length} modules, ${between.length} imports between packages, ${summary.violations.length} violations`,
)
if (sources.length === 0) console.error('layers: no module was found: the check checks nothing')
if (between.length === 0)
  console.error('layers: no import between packages was resolved: the check checks nothing')
process.exit(summary.violations.length === 0 && sources.length > 0 && between.length > 0 ? 0 : 1)
