// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm release:check`: does what users will do with what would be published. Packs every public package, installs the
 * archives into an empty project with npm alone, and there runs each README's example and the `dromaius` command, and
 * checks the types; with and without the prebuilt addon, with and without a compiler. Versions and changesets must agree.
 * Prints each package's size.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { kvmMissing } from './kvm.mjs'
import { examplesOf, outputPattern } from './markdown.mjs'
import { packAll, publicPackages } from './pack.mjs'
import { planProblems, rangeProblems } from './release-plan.mjs'
import { root } from './setup.mjs'
import { windowsNode } from './windows/node.mjs'
import { windowsMissing } from './windows/stage.mjs'
import { Wine } from './wine.mjs'

/** Examples that run on a host without the addon: what needs no native code works without it. */
const withoutAddon = ['@dromaius/qom', '@dromaius/util', '@dromaius/memory', '@dromaius/hw-core']

/** The oldest glibc that Node 20 runs on, and so the addon. */
const glibcFloor = '2.28'

const kvm = kvmMissing()
const folder = mkdtempSync(join(tmpdir(), 'dromaius-release-'))
const project = join(folder, 'project')
let checks = 0
let failures = 0

/** One check: `body` returns what is wrong, a line each. @param {string} title @param {() => string[] | Promise<string[]>} body */
async function check(title, body) {
  checks++
  const start = Date.now()
  const problems = await Promise.resolve()
    .then(body)
    .catch((error) => [String(error.stack ?? error)])
  const seconds = ((Date.now() - start) / 1000).toFixed(1)
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${title} (${seconds} s)`)
  for (const problem of problems) console.log(`     ${problem.trimEnd().replaceAll('\n', '\n     ')}`)
  if (problems.length > 0) failures++
}

/** A PATH on which there is Node, npm and a shell, and no compiler. */
function bareTools() {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const tool of ['node', 'npm', 'sh']) {
    const found = process.env.PATH?.split(delimiter).find((dir) => existsSync(join(dir, tool)))
    if (!found) throw new Error(`There is no ${tool} on PATH`)
    symlinkSync(join(found, tool), join(bin, tool))
  }
  return bin
}

/** What pnpm and this repository tell their children is not for the project of a user. */
const userEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|command|execpath|node)|INIT_CWD$|NODE_PATH$|PNPM)/i.test(name),
  ),
)
const bare = { ...userEnv, PATH: bareTools() }
const full = { ...userEnv }
/** Whoever wants to download something fails. */
const offline = {
  npm_config_offline: 'true',
  http_proxy: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
}

/**
 * Runs a program in the project.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(command, args, env = bare) {
  const result = spawnSync(command, args, {
    cwd: project,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
    maxBuffer: 1 << 26,
  })
  const { status, stdout, stderr } = result
  return {
    status,
    stdout: stdout.replaceAll('\r', ''),
    stderr,
    text: `${stdout}${stderr}${result.error ?? ''}`,
  }
}

/** Problem of a run that should have succeeded. @param {string} what @param {ReturnType<typeof run>} result */
const failed = (what, { status, text }) => (status === 0 ? [] : [`${what}: exit code ${status}\n${text}`])

/** The `dromaius` command as npm has installed it. @param {string[]} args */
const dromaius = (args) => run(join(project, 'node_modules/.bin/dromaius'), args)

/** The bundled guest, to its end. @param {string[]} [args] */
function hello(args = []) {
  const result = dromaius(args)
  const problems = failed('dromaius', result)
  if (!/^Hello from a Dromaius guest\n[^]*Goodbye\n$/.test(result.stdout))
    problems.push(`the guest said: ${result.text}`)
  return problems
}

/** Runs one README's programs. @param {string} name @param {string} readme path */
function examples(name, readme) {
  const programs = examplesOf(readFileSync(readme, 'utf8'))
  const problems = programs.length === 0 ? [`${readme} has no example`] : []
  for (const { line, text, output } of programs) {
    const file = `${name.replace(/^.*\//, '')}-${line}.mjs`
    writeFileSync(join(project, file), text)
    const result = run('node', [file])
    problems.push(...failed(`example in line ${line}`, result))
    if (output !== undefined && !new RegExp(`^${outputPattern(output)}$`).test(result.stdout))
      problems.push(`example in line ${line} printed\n${result.stdout}`)
  }
  return problems
}

/** Types of every entry point, as a consumer with these settings sees them. @param {string} module @param {string} resolution @param {string[]} names */
function types(module, resolution, names) {
  const source = names.map(
    (name, i) => `import * as m${i} from '${name}'\nexport const names${i}: string[] = Object.keys(m${i})\n`,
  )
  writeFileSync(join(project, 'consumer.mts'), source.join(''))
  const options = {
    module,
    moduleResolution: resolution,
    target: 'ES2022',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
  }
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['consumer.mts'] }),
  )
  return failed('tsc', run('node', [join(root, 'node_modules/typescript/bin/tsc'), '-p', project]))
}

/** The installed packages on Windows: the thread package's example, the command's lists, what it says about KVM. */
async function onWindows() {
  const wine = await Wine.start()
  try {
    const problems = []
    const node = (/** @type {string[]} */ ...args) => wine.run([windowsNode(), ...args], { cwd: project })
    const command = 'node_modules/@dromaius/vmm/bin/dromaius.js'
    const readme = readFileSync(join(project, 'node_modules/@dromaius/thread/README.md'), 'utf8')
    for (const { line, output } of examplesOf(readme)) {
      const result = await node(`thread-${line}.mjs`)
      if (result.status !== 0 || !new RegExp(`^${outputPattern(output ?? '…')}$`).test(result.output))
        problems.push(`thread's example: exit code ${result.status}: ${result.output}`)
    }
    const lists = await node(command, '-machine', 'help')
    if (lists.status !== 0 || !/^microvm /m.test(lists.output))
      problems.push(`-machine help: ${lists.output}`)
    const machine = await node(command, '-accel', 'kvm')
    if (machine.status !== 1 || !/^dromaius: -accel kvm: KVM is Linux only[^\n]*\n$/.test(machine.output))
      problems.push(`-accel kvm: exit code ${machine.status}: ${machine.output}`)
    return problems
  } finally {
    await wine.end()
  }
}

const kib = (/** @type {number} */ bytes) => `${Math.ceil(bytes / 1024)} KiB`.padStart(10)

/** @param {import('./pack.mjs').Packed[]} packages */
function printSizes(packages) {
  console.log(`\n${'package'.padEnd(26)}${'packed'.padStart(10)}${'unpacked'.padStart(10)}  files`)
  for (const { manifest, packedSize, unpackedSize, files } of packages)
    console.log(
      `${manifest.name.padEnd(26)}${kib(packedSize)}${kib(unpackedSize)}${String(files.length).padStart(7)}`,
    )
  const sum = (/** @type {(one: import('./pack.mjs').Packed) => number} */ of) =>
    packages.reduce((total, one) => total + of(one), 0)
  console.log(
    `${'all'.padEnd(26)}${kib(sum((one) => one.packedSize))}${kib(sum((one) => one.unpackedSize))}\n`,
  )
}

async function main() {
  await check('versions and changesets agree', async () => {
    const { problems, next, count, changesets } = await planProblems(root, publicPackages())
    console.log(`${changesets} changesets make ${count} releases of ${next || 'nothing'}`)
    return problems
  })
  const packages = packAll(folder)
  await check('ranges between the packages fit', () => rangeProblems(packages))
  printSizes(packages)

  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "version": "1.0.0", "private": true }\n')
  const native = join(project, 'node_modules/@dromaius/native')
  const builtAddon = join(native, 'build/Release/dromaius.node')
  const npm = [
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--prefer-offline',
    '--foreground-scripts',
    '--loglevel=error',
  ]

  await check('npm installs the archives, without a compiler', () => [
    ...failed('npm install', run('npm', ['install', ...npm, ...packages.map(({ archive }) => archive)])),
    ...(existsSync(builtAddon) ? ['the addon was built although a prebuilt one fits'] : []),
  ])
  await check(`the prebuilt addon for Linux needs no glibc younger than ${glibcFloor}`, () => {
    const addon = join(native, 'prebuilds/linux-x64.glibc/dromaius.node')
    return failed(
      'glibc-floor',
      run('node', [join(native, 'scripts/glibc-floor.mjs'), addon, glibcFloor], full),
    )
  })
  for (const { manifest } of [...packages, { manifest: { name: 'README' } }]) {
    const readme =
      manifest.name === 'README'
        ? join(root, 'README.md')
        : join(project, 'node_modules', manifest.name, 'README.md')
    const needsKvm = /@dromaius\/(vmm|accel-kvm)|README/.test(manifest.name)
    if (needsKvm && kvm) console.log(`skip example of ${manifest.name}: ${kvm}`)
    else await check(`example of ${manifest.name}`, () => examples(manifest.name, readme))
  }
  const commandLists = () =>
    [['-version'], ['-h'], ['-machine', 'help']].flatMap((args) =>
      failed(`dromaius ${args.join(' ')}`, dromaius(args)),
    )
  await check('the command prints its lists', commandLists)
  if (kvm) console.log(`skip the command boots its guest: ${kvm}`)
  else await check('the command boots its guest', () => hello(['-accel', 'kvm', '-smp', '2']))

  const noWindows = windowsMissing()
  if (noWindows) console.log(`skip the packages on Windows: ${noWindows}`)
  else await check('the packages on Windows, under Wine', onWindows)

  const entries = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports).map((path) => manifest.name + path.slice(1)),
  )
  await check('npm installs @types/node', () =>
    failed('npm install', run('npm', ['install', ...npm, '@types/node@20'])),
  )
  await check('types under node16', () => types('node16', 'node16', entries))
  await check('types under bundler', () => types('esnext', 'bundler', entries))

  rmSync(join(native, 'prebuilds'), { recursive: true })
  const rebuild = ['rebuild', '@dromaius/native', '--foreground-scripts', '--loglevel=error']
  await check('no prebuilt addon, no compiler: npm says so in one line and goes on', () => {
    const result = run('npm', rebuild, { ...bare, ...offline })
    const line =
      /^@dromaius\/native: no native addon for this host: there is no 'make' here to build it with\.$/m
    return [...failed('npm rebuild', result), ...(line.test(result.text) ? [] : [`it said: ${result.text}`])]
  })
  await check('no addon: the command prints its lists', commandLists)
  await check('no addon: KVM is refused in one line', () => {
    const { status, stderr } = dromaius(['-accel', 'kvm'])
    const isRight =
      status === 1 && /^dromaius: (-accel kvm: )?The native addon is missing: [^\n]*\n$/.test(stderr)
    return isRight ? [] : [`exit code ${status}: ${stderr}`]
  })
  await check('no addon: the command boots its guest by translation', () => hello(['-accel', 'tcg']))
  for (const name of withoutAddon)
    await check(`no addon: example of ${name}`, () =>
      examples(name, join(project, 'node_modules', name, 'README.md')),
    )
  await check('no prebuilt addon, a compiler: npm builds it, without the network', () => {
    const result = run('npm', rebuild, { ...full, ...offline })
    return [
      ...failed('npm rebuild', result),
      ...(existsSync(builtAddon) ? [] : [`there is no addon: ${result.text}`]),
    ]
  })
  await check('example of @dromaius/native with the addon that was built', () =>
    examples('native', join(native, 'README.md')),
  )
  if (!kvm)
    await check('the command boots its guest with the addon that was built', () => hello(['-accel', 'kvm']))
}

try {
  await main()
} finally {
  if (!process.env.KEEP) rmSync(folder, { recursive: true })
  else console.log(folder)
}
console.log(`release:check: ${checks} checks, ${failures} failed`)
if (checks === 0 || failures > 0) process.exitCode = 1
