// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The built packages as npm would install them on Windows, and a Node.js there to run them: for tests under Wine.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import ts from 'typescript'
import { packageDirs, root } from '../setup.mjs'
import { mingwMissing, Wine, windowsPath, wineMissing } from '../wine.mjs'
import { windowsNode } from './node.mjs'

/**
 * One test as it went on Windows.
 * @typedef {{ file: string, name: string, status: 'passed' | 'failed' | 'skipped', message: string }} WindowsTest
 */

/** Why nothing can be tested on Windows here, or null. */
export function windowsMissing() {
  const missing = wineMissing() ?? mingwMissing()
  if (missing) return missing
  try {
    windowsNode()
    return null
  } catch (error) {
    return `Node.js for Windows could not be fetched: ${/** @type {Error} */ (error).message.split('\n')[0]}`
  }
}

/** Cross-compiles the addon and what the tests need. */
function build() {
  const targets = ['win32', 'build/win32-x64/probe.node']
  const { status, stdout, stderr } = spawnSync('make', ['-C', join(root, 'native'), ...targets], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`make ${targets.join(' ')} failed: ${stdout}${stderr}`)
}

/** A folder with packages, and Wine. `end` takes both away. */
export class WindowsStage {
  /** @param {string} folder @param {Wine} wine */
  constructor(folder, wine) {
    this.folder = folder
    this.wine = wine
    this.modules = join(folder, 'node_modules')
  }

  static async start() {
    build()
    const stage = new WindowsStage(mkdtempSync(join(tmpdir(), 'dromaius-windows-')), await Wine.start())
    stage.package('native', ['build/win32-x64'])
    return stage
  }

  /** Where a package stands. @param {string} name */
  packageFolder(name) {
    return join(this.modules, '@dromaius', name)
  }

  /** Puts a built package there. @param {string} name @param {string[]} [more] what goes along besides `dist` */
  package(name, more = []) {
    const from = join(root, name === 'native' ? 'native' : `packages/${name}`)
    for (const part of ['package.json', 'dist', ...more]) {
      cpSync(join(from, part), join(this.packageFolder(name), part), { recursive: true })
    }
  }

  /** Puts every package there that is published. */
  packages() {
    for (const dir of packageDirs().filter((dir) => dir.startsWith('packages/'))) {
      const manifest = JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8'))
      if (manifest.private) continue
      // What is built beside the modules goes along, such as the translator's WebAssembly.
      const built = manifest.files.filter((/** @type {string} */ name) => name === 'build')
      this.package(dir.slice('packages/'.length), built)
    }
  }

  /** Puts the sources and tests of a package there too, compiled, and the `vitest` that they import. @param {string} name */
  async tests(name) {
    this.package(name, ['test'])
    const from = join(root, 'packages', name, 'src')
    const to = join(this.packageFolder(name), 'src')
    mkdirSync(to)
    for (const file of readdirSync(from).filter((file) => file.endsWith('.ts'))) {
      const { outputText } = ts.transpileModule(readFileSync(join(from, file), 'utf8'), {
        fileName: file,
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
        },
      })
      writeFileSync(join(to, file.replace(/\.ts$/, '.js')), outputText)
    }
    const vitest = join(this.modules, 'vitest')
    mkdirSync(vitest)
    writeFileSync(join(vitest, 'package.json'), '{ "type": "module", "exports": "./index.js" }')
    const bundle = await rolldown({ input: join(import.meta.dirname, 'vitest.mjs'), platform: 'node' })
    await bundle.write({ file: join(vitest, 'index.js'), format: 'esm' })
    await bundle.close()
    cpSync(join(import.meta.dirname, 'reporter.mjs'), join(this.folder, 'reporter.mjs'))
  }

  /** Runs Node.js there. @param {string[]} args @param {{ timeout?: number }} [options] */
  node(args, options) {
    const env = { DROMAIUS_PROBE: windowsPath(join(root, 'native/build/win32-x64/probe.node')) }
    return this.wine.run([windowsNode(), ...args], { cwd: this.folder, env, ...options })
  }

  /**
   * Runs the test files of a package, one process each.
   * @param {string} name
   * @param {string[]} files without `.test.js`
   * @returns {Promise<WindowsTest[]>}
   */
  async runTests(name, files) {
    /** @type {WindowsTest[]} */
    const tests = []
    for (const file of files) {
      const results = join(this.folder, `${file}.jsonl`)
      const { status, output } = await this.node(
        [
          '--test-reporter=./reporter.mjs',
          `--test-reporter-destination=${windowsPath(results)}`,
          join('node_modules/@dromaius', name, 'src', `${file}.test.js`),
        ],
        { timeout: 600_000 },
      )
      const text = existsSync(results) ? readFileSync(results, 'utf8') : ''
      const lines = text.split('\n').filter(Boolean)
      tests.push(...lines.map((line) => ({ file, ...JSON.parse(line) })))
      const failed = tests.some((test) => test.file === file && test.status === 'failed')
      // A process that ended otherwise than its tests say is a failure of its own.
      if ((status !== 0 && !failed) || lines.length === 0) {
        tests.push({ file, name: 'the process', status: 'failed', message: `exit code ${status}: ${output}` })
      }
    }
    return tests
  }

  async end() {
    await this.wine.end()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
