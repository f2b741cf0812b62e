// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm cpu-facts`: reads what the reference, QEMU 7.2, knows of x86 CPUs and writes it to
 * packages/target-i386/fixtures/qemu-7.2-cpu-facts.json. `--check` writes nothing: it fails when the file does not say
 * what the QEMU of this host says. Both need qemu-system-x86_64 7.2 and /dev/kvm.
 *
 * Facts and where they come from:
 *
 *     help         `-cpu help`, line by line
 *     properties   `-device qemu64-x86_64-cpu,help`, and the same for max
 *     definitions  QMP's query-cpu-definitions, with the versions that plain names stand for
 *     models       QMP's query-cpu-model-expansion, type full, of every version of every model
 *
 * An expansion is not a definition: the accelerator has put its defaults over it, and features without their
 * prerequisites are gone. So each model is expanded several times, with every prerequisite forced on, and each feature
 * is read where nothing else decides about it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

const QEMU = 'qemu-system-x86_64'
const VERSION = '7.2'
const file = 'packages/target-i386/fixtures/qemu-7.2-cpu-facts.json'

/** CPUID features that others depend on; forcing them shows which of those the model has. */
const PREREQUISITES =
  'vmx svm lm xsaves rdrand invpcid mpx rdseed intel-pt rdtscp arch-capabilities core-capability pdcm'.split(
    ' ',
  )
const SECONDARY = 'vmx-secondary-ctls'
/** Secondary VMX controls that others depend on. */
const SECONDARY_PREREQUISITES = ['vmx-ept', 'vmx-vpid', 'vmx-vmfunc']
/** Under TCG every model loses it, under KVM none does. */
const TCG_TAKES = 'vme'
/** Second names of features without underscores. */
const ALIASES = ['sse3', 'pclmuldq', 'sse4-1', 'sse4-2', 'xd', 'ffxsr', 'i64']
/** Identity, in the order in which the file has it. */
const IDENTITY = ['min-level', 'min-xlevel', 'vendor', 'family', 'model', 'stepping', 'model-id']

/** Why the reference cannot be read here, or null. */
export function whyNotReference() {
  const { error, stdout } = spawnSync(QEMU, ['--version'], { encoding: 'utf8' })
  if (error) return `no ${QEMU}`
  const [, version] = /version (\d+\.\d+)/.exec(stdout) ?? []
  if (version !== VERSION) return `QEMU ${VERSION} is the reference, here is ${version}`
  return existsSync('/dev/kvm') ? null : 'no /dev/kvm'
}

/**
 * Runs QMP commands and gives their results.
 * @param {string[]} args QEMU's
 * @param {object[]} commands
 * @returns {Promise<any[]>}
 */
export async function qmp(args, commands) {
  const child = spawn(QEMU, [...args, '-display', 'none', '-nodefaults', '-qmp', 'stdio'])
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text))
  const lines = [{ execute: 'qmp_capabilities' }, ...commands, { execute: 'quit' }]
  child.stdin.end(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
  const code = await new Promise((resolve) => child.on('close', resolve))
  const replies = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
  const failed = replies.find((reply) => reply.error)
  if (code !== 0 || failed)
    throw new Error(`${QEMU} ${args.join(' ')}: ${errors}${JSON.stringify(failed?.error)}`)
  return replies
    .filter((reply) => 'return' in reply)
    .slice(1, -1)
    .map((reply) => reply.return)
}

/**
 * Full expansions of `models` with `props` set.
 * @param {string} accel
 * @param {string[]} models
 * @param {string[]} features set on
 * @returns {Promise<Record<string, any>[]>}
 */
async function expand(accel, models, features) {
  const forced = Object.fromEntries(features.map((name) => [name, true]))
  // Else the levels would be those that the features need.
  const props = { 'full-cpuid-auto-level': false, ...forced }
  const commands = models.map((name) => ({
    execute: 'query-cpu-model-expansion',
    arguments: { type: 'full', model: { name, props } },
  }))
  const results = await qmp(['-M', 'none', '-accel', accel], commands)
  return results.map((result) => result.model.props)
}

/** What a QEMU prints and then exits. @param {string[]} args */
function printed(...args) {
  const { status, stdout } = spawnSync(QEMU, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${QEMU} ${args.join(' ')} ended with ${status}`)
  return stdout.split('\n')
}

/** Properties by name, with type and default as `-device help` prints them. @param {string} type */
function propertiesOf(type) {
  const rows = printed('-device', `${type},help`).flatMap((line) => {
    const [, name, kind, more = ''] = /^ {2}([^=\s]+)=<(.*?)>\s*(?:- *(.*))?$/.exec(line) ?? []
    return name === undefined ? [] : [[name, `${kind}${more === '' ? '' : ` ${more}`}`]]
  })
  return Object.fromEntries(rows)
}

/**
 * The models' definitions, read back out of expansions.
 * @param {string[]} models versioned names
 * @param {string[]} featureNames sorted
 */
async function readModels(models, featureNames) {
  const plain = await expand('tcg', models, [])
  const kvm = await expand('kvm', models, [])
  const cpuid = await expand('tcg', models, PREREQUISITES)
  const secondary = await expand('tcg', models, [...PREREQUISITES, SECONDARY])
  const all = await expand('tcg', models, [...PREREQUISITES, SECONDARY, ...SECONDARY_PREREQUISITES])
  const [base] = await expand('tcg', ['base'], [])
  const known = new Set([...IDENTITY, ...featureNames, 'level', 'xlevel'])

  return Object.fromEntries(
    models.map((model, i) => {
      /** @param {string} name */
      const source = (name) => {
        if (name === TCG_TAKES) return kvm
        if (PREREQUISITES.includes(name)) return plain
        if (name === SECONDARY) return cpuid
        return SECONDARY_PREREQUISITES.includes(name) ? secondary : all
      }
      const features = featureNames.filter((name) => source(name)[i][name])
      // What is neither identity nor feature, nor a feature's second name.
      const other = Object.entries(plain[i]).filter(([name, value]) => {
        const own = typeof value !== 'string' && !known.has(name) && !name.includes('_')
        return own && !ALIASES.includes(name) && value !== base[name]
      })
      const identity = Object.fromEntries(IDENTITY.map((name) => [name, plain[i][name]]))
      return [model, { ...identity, features: features.join(' '), ...Object.fromEntries(other) }]
    }),
  )
}

async function read() {
  const help = printed('-cpu', 'help')
  const flags = help.slice(help.indexOf('Recognized CPUID flags:') + 1).join(' ')
  const featureNames = [...new Set(flags.split(/\s+/).filter((name) => name !== ''))]
  const [definitions] = await qmp(['-M', 'none', '-accel', 'tcg'], [{ execute: 'query-cpu-definitions' }])
  const [latest] = await qmp(['-M', 'microvm', '-accel', 'tcg', '-S'], [{ execute: 'query-cpu-definitions' }])
  /** @type {Record<string, any>} */
  const byName = Object.fromEntries(definitions.map((/** @type {any} */ one) => [one.name, one]))
  /** @type {Record<string, any>} */
  const onMicrovm = Object.fromEntries(latest.map((/** @type {any} */ one) => [one.name, one]))
  const names = Object.keys(byName).toSorted()
  const models = names.filter((name) => /-v\d+$/.test(name))
  return {
    about:
      'What QEMU 7.2 tells of its x86 CPUs. Written by scripts/qemu-cpu-facts.mjs, which says how it is read.',
    help,
    properties: { qemu64: propertiesOf('qemu64-x86_64-cpu'), max: propertiesOf('max-x86_64-cpu') },
    definitions: Object.fromEntries(
      names.map((name) => {
        const { static: isStatic, deprecated, ...definition } = byName[name]
        const alias = definition['alias-of']
        const newest = onMicrovm[name]['alias-of']
        return [
          name,
          {
            'migration-safe': definition['migration-safe'],
            static: isStatic,
            deprecated,
            ...(alias === undefined ? {} : { 'alias-of': alias }),
            ...(newest === alias ? {} : { 'alias-of-latest': newest }),
          },
        ]
      }),
    ),
    models: await readModels(models, featureNames),
  }
}

async function main() {
  const reason = whyNotReference()
  if (reason !== null) throw new Error(reason)
  const facts = await read()
  const text = `${JSON.stringify(facts, null, 2)}\n`
  const names = Object.keys(facts.definitions).length
  console.log(`cpu-facts: ${names} names, ${Object.keys(facts.models).length} versions`)
  const path = join(root, file)
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) {
    throw new Error(`${file} does not say what ${QEMU} says: run \`pnpm cpu-facts\` and see what changed`)
  }
}

if (process.argv[1] === import.meta.filename) {
  await main().catch((error) => {
    console.error(`cpu-facts: ${error.message}`)
    process.exitCode = 1
  })
}
