// SPDX-License-Identifier: GPL-2.0-or-later
//
//     glibc-floor.mjs <file> <floor>
//
// Reads a shared object's dynamic symbols with objdump and fails when it wants a symbol of a glibc younger than the floor
// (`2.28`), or any of the host's C++ library.

import { execFileSync } from 'node:child_process'

const [file, floor] = process.argv.slice(2)
if (!file || !/^\d+\.\d+$/.test(floor ?? '')) {
  console.error('usage: glibc-floor.mjs <file> <floor>')
  process.exit(2)
}

/** 2.28 as 2028. */
const order = (version) =>
  version.split('.').reduce((sum, part, i) => sum + Number(part) * [1e3, 1, 1e-3][i], 0)

const wanted = execFileSync('objdump', ['-T', file], { encoding: 'utf8', maxBuffer: 1 << 26 })
  .split('\n')
  .flatMap((line) => {
    const [, library, version, name] =
      /\*UND\*.*\((GLIBC|GLIBCXX|CXXABI)_([\d.]+)\)\s+(\S+)$/.exec(line) ?? []
    return name ? [{ library, version, name }] : []
  })
const tooYoung = wanted.filter(({ library, version }) => library !== 'GLIBC' || order(version) > order(floor))
for (const { library, version, name } of tooYoung)
  console.error(`${file}: ${name} is of ${library} ${version}`)

const ofGlibc = wanted.filter(({ library }) => library === 'GLIBC').map(({ version }) => version)
const youngest = ofGlibc.toSorted((a, b) => order(a) - order(b)).at(-1)
if (!youngest) console.error(`${file}: no symbol of glibc was found: the check checks nothing`)
console.log(`${file}: needs glibc ${youngest}, the floor is ${floor}`)
process.exitCode = youngest && tooYoung.length === 0 ? 0 : 1
