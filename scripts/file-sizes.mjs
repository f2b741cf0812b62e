// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm sizes`: prints how long our source files are and fails on one over 600 lines. A file that holds a table
 * and no logic says `// data table` within its first ten lines and may be longer.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'
import { trackedFiles } from './tracked-files.mjs'

const limit = 600

const sources = trackedFiles(/\.(ts|mjs|js|cc|cpp|c|h|hpp|S)$/).map((path) => {
  const lines = readFileSync(join(root, path), 'utf8').split('\n')
  return {
    path,
    length: lines.length - 1,
    table: lines.slice(0, 10).some((line) => line.startsWith('// data table')),
  }
})

/** @param {string} title @param {typeof sources} files */
function report(title, files) {
  const sorted = files.toSorted((a, b) => a.length - b.length)
  const at = (/** @type {number} */ part) =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]
  const largest = sorted.at(-1)
  if (largest)
    console.log(
      `${title}: ${sorted.length} files, median ${at(0.5)?.length}, p90 ${at(0.9)?.length}, largest ${largest.length} (${largest.path})`,
    )
}

const isTest = (/** @type {{ path: string }} */ { path }) => /\.test\.ts$/.test(path)
report(
  'sources',
  sources.filter((file) => !file.table && !isTest(file)),
)
report('tests', sources.filter(isTest))
report(
  'data tables',
  sources.filter((file) => file.table),
)

const tooLong = sources.filter((file) => !file.table && file.length > limit)
for (const { path, length } of tooLong) console.error(`${path}: ${length} lines, the limit is ${limit}`)
process.exitCode = tooLong.length > 0 || sources.length === 0 ? 1 : 0
