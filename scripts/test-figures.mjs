// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * For .ci/run: reads vitest's JSON report.
 *
 *     test-figures.mjs <report> <exit code of vitest>    prints "passed failed skipped"
 *     test-figures.mjs <report> --skipped                prints the titles of tests that were skipped or failed
 *
 * A test file that could not be loaded counts as one failure, and so does an exit code that no failed test
 * explains (an error outside any test, a time limit, no report at all).
 */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from './setup.mjs'

/** @typedef {{ name: string, status: string, assertionResults: { fullName: string, status: string }[] }} TestFile */

const [report = '', mode] = process.argv.slice(2)

/** @returns {TestFile[]} */
function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults
  } catch {
    return [] // No report: vitest never came to its end, which its exit code tells.
  }
}

const files = readReport()
const tests = files.flatMap((file) =>
  file.assertionResults.map((test) => ({ file: relative(root, file.name), ...test })),
)
const broken = files.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
)
const passed = tests.filter(({ status }) => status === 'passed').length
const failed = tests.filter(({ status }) => status === 'failed')
const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed')

if (mode === '--skipped') {
  for (const { file, fullName } of skipped) console.log(`skipped: ${file}: ${fullName}`)
  for (const { file, fullName } of failed) console.log(`failed: ${file}: ${fullName}`)
  for (const { name } of broken) console.log(`failed: ${relative(root, name)}: cannot be loaded`)
} else {
  const failures = failed.length + broken.length
  const unexplained = failures === 0 && (mode !== '0' || passed === 0) ? 1 : 0
  console.log(`${passed} ${failures + unexplained} ${skipped.length}`)
}
