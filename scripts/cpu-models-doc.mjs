// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm cpu-models`: writes docs/cpu-models.md: the CPU models and their versions, and what each lacks on one host.
 *
 * What a host lacks is worked out from its description, scripts/cpu-models-host.json, so the result is the same
 * wherever it is generated. `--check` writes nothing and fails when the document is stale. `--describe` first replaces
 * the description by this host's. `--here` prints what models lack on this host, and writes nothing.
 *
 * Works on the built packages: run `pnpm build` first.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

const dist = (/** @type {string} */ name) => import(join(root, 'packages', name, 'dist/index.js'))
const cpus = await dist('cpus')
const qom = await dist('qom')
const i386 = await dist('target-i386')
const { kvmDefaultProps } = await import(join(root, 'packages/target-i386/dist/kvm/index.js'))
const { setReportSink } = await dist('util')

const document = join(root, 'docs/cpu-models.md')
const description = join(root, 'scripts/cpu-models-host.json')

/**
 * A host: what a guest on it can be given.
 * @typedef {object} Host
 * @property {string} kind how guest code is run there
 * @property {string} processor its brand string
 * @property {string} kernel its version
 * @property {Record<string, string>} words feature words by place, such as `CPUID.01H:ECX`, in hexadecimal
 */

/** Names of feature words, by index: the place where each is found. @type {string[]} */
const places = i386.featureWordInfo.map((/** @type {any} */ info) => {
  if (!info.cpuid) return `MSR.${info.msr.toString(16).toUpperCase()}H`
  const { eax, ecx, reg } = info.cpuid
  const subleaf = ecx === null ? '' : `.${ecx}`
  return `CPUID.${eax.toString(16).toUpperCase().padStart(2, '0')}H${subleaf}:${reg.toUpperCase()}`
})

/** A machine without CPUs on an accelerator. @param {string} accel */
function machineOn(accel) {
  const system = new cpus.SystemState({})
  cpus.configureAccelerators(system, [{ name: accel }])
  return system
}

/** How this host runs guests, as far as a program can tell. */
function kindOfHost() {
  const info = readFileSync('/proc/cpuinfo', 'utf8')
  const flag = /^flags.*\b(vmx|svm)\b/m.exec(info)?.[1]
  const processor = /^model name\s*: (.*)$/m.exec(info)?.[1] ?? 'unknown'
  const nested = /^flags.*\bhypervisor\b/m.test(info)
  const kind =
    flag === undefined ? 'KVM in software (no vmx, no svm)' : `KVM on ${flag}${nested ? ', nested' : ''}`
  return {
    kind,
    processor,
    kernel: /^Linux version (\d+\.\d+)/.exec(readFileSync('/proc/version', 'utf8'))?.[1] ?? '',
  }
}

/** Describes this host. @returns {Promise<Host>} */
async function describeHere() {
  await import(join(root, 'packages/accel-kvm/dist/index.js'))
  await import(join(root, 'packages/hw-i386/dist/index.js'))
  const system = machineOn('kvm')
  const cpu = i386.X86_CPU(qom.objectNew('base-x86_64-cpu'))
  cpu.system = system
  const words = places.map((place, word) => [
    place,
    i386.x86CpuGetSupportedFeatureWord(cpu, word, false).toString(16),
  ])
  cpus.accelExitMachine(system)
  return { ...kindOfHost(), words: Object.fromEntries(words) }
}

/**
 * What each model lacks on `host`, by name.
 * @param {Host} host
 * @returns {Map<string, string[]>}
 */
function lackingOn(host) {
  qom.typeRegister({
    name: 'described-accel',
    parent: cpus.TYPE_ACCEL,
    classInit: (/** @type {any} */ ac) => {
      ac.accelName = 'described'
      ac.initMachine = () => undefined
    },
  })
  const wordOf = (/** @type {number} */ word) => BigInt(`0x${host.words[places[word]] ?? '0'}`)
  i386.registerX86AccelCpu('described', {
    name: 'kvm',
    apicTypeName: '',
    usesHostCpuid: true,
    // KVM switches some features of every model on and off.
    cpuInstanceInit(/** @type {any} */ cpu) {
      if (cpu.qomClass.model) i386.x86CpuApplyProps(cpu, kvmDefaultProps)
    },
    supportedCpuid(
      /** @type {any} */ _cs,
      /** @type {number} */ leaf,
      /** @type {number} */ index,
      /** @type {string} */ reg,
    ) {
      const word = i386.featureWordInfo.findIndex(
        (/** @type {any} */ { cpuid }) =>
          cpuid?.eax === leaf && (cpuid.ecx ?? 0) === index && cpuid.reg === reg,
      )
      return word < 0 ? 0 : Number(wordOf(word))
    },
    supportedMsrFeature(/** @type {any} */ _cs, /** @type {number} */ index) {
      return wordOf(i386.featureWordInfo.findIndex((/** @type {any} */ { msr }) => msr === index))
    },
  })
  const definitions = i386.qmpQueryCpuDefinitions(machineOn('described'))
  return new Map(
    definitions.map((/** @type {any} */ one) => [one.name, [...new Set(one['unavailable-features'])]]),
  )
}

/** @typedef {{ version: number, alias?: string, note?: string, props?: { prop: string, value: string }[] }} Version */

/** What a version changes, in words. @param {Version} version */
function changesOf({ props = [], note }) {
  const switched = (/** @type {string} */ to) =>
    props.filter(({ value }) => value === to).map(({ prop }) => prop)
  const rest = props.filter(({ value }) => value !== 'on' && value !== 'off')
  const parts = [
    ...switched('on').map((name) => `+${name}`),
    ...switched('off').map((name) => `-${name}`),
    ...rest.map(({ prop, value }) => `${prop}=${value}`),
  ]
  return `${parts.join(', ')}${note === undefined ? '' : ` (${note})`}`
}

/** A section on one model. @param {any} def @param {Map<string, string[]>} lacking */
function modelSection(def, lacking) {
  /** @type {Version[]} */
  const versions = i386.x86CpuDefGetVersions({ cpudef: def })
  const rows = versions.map((version) => {
    const name = `${def.name}-v${version.version}`
    const missing = lacking.get(name) ?? []
    const lacks = missing.length === 0 ? 'nothing' : missing.join(' ')
    return `| \`${name}\` | ${version.alias === undefined ? '' : `\`${version.alias}\``} | ${changesOf(version)} | ${lacks} |`
  })
  const brand = def.modelId === '' ? 'No brand string' : def.modelId
  const identity = `${def.vendor}, family ${def.family}, model ${def.model}, stepping ${def.stepping}`
  const levels = `level 0x${def.level.toString(16)}, xlevel 0x${def.xlevel.toString(16)}`
  const caches = def.cacheInfo ? '; with caches of its own' : ''
  return [
    `### ${def.name}\n`,
    `${brand}: ${identity}; ${levels}${caches}.\n`,
    '| version | also called | changes | lacks on the host described |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

/** The whole document. @param {Host} host */
function render(host) {
  const lacking = lackingOn(host)
  const names = [...lacking.keys()]
  const defs = [...i386.builtinX86Defs].sort((a, b) => (a.name < b.name ? -1 : 1))
  const whole = defs.flatMap((def) =>
    i386
      .x86CpuDefGetVersions({ cpudef: def })
      .map((/** @type {Version} */ { version }) => `${def.name}-v${version}`),
  )
  const complete = whole.filter((name) => lacking.get(name)?.length === 0)
  return `# CPU models

Generated by \`pnpm cpu-models\` from the tables of [packages/target-i386](../packages/target-i386). The models, versions and
aliases are QEMU 7.2's: ${names.length} names, ${defs.length} models in ${whole.length} versions, and \`base\`, \`host\` and \`max\`. A plain name such as
\`Haswell\` means the version that the board prefers; \`microvm\` prefers the newest. \`-cpu help\` lists them all, and
\`-cpu model,enforce\` refuses to start where something is missing instead of leaving it out.

## What a model lacks, and where

Which of a model's features a guest can have depends on the processor, the kernel and how KVM runs there. The columns below
are for one host:

| | |
| --- | --- |
| KVM | ${host.kind} |
| processor | ${host.processor} |
| kernel | Linux ${host.kernel} |

${kindNote(host)}
${complete.length === 0 ? 'No model is complete there.' : `Complete there: ${complete.join(', ')}.`}
Features of VMX are named only where VMX itself is asked for (\`+vmx\`), as in QEMU. For your own host:

\`\`\`sh
node scripts/cpu-models-doc.mjs --here
\`\`\`

## The models

${defs.map((def) => modelSection(def, lacking)).join('\n')}`
}

/** What has to be known of such a host. @param {Host} host */
function kindNote({ kind }) {
  return kind.startsWith('KVM in software')
    ? 'Such a KVM offers far less than the processor has: on hardware most of these lists are short or empty.'
    : 'Other processors lack other features.'
}

/** What this host lacks, as text. @param {Host} host */
function listing(host) {
  const lines = [...lackingOn(host)].map(
    ([name, missing]) =>
      `${name.padEnd(24)} ${missing.length === 0 ? 'lacks nothing' : `lacks ${missing.join(' ')}`}`,
  )
  return [`${host.kind}; ${host.processor}; Linux ${host.kernel}`, ...lines.reverse(), ''].join('\n')
}

async function main() {
  // Warnings about single features are what this is about.
  setReportSink(() => undefined)
  if (process.argv.includes('--here')) {
    process.stdout.write(listing(await describeHere()))
    return
  }
  if (process.argv.includes('--describe')) {
    writeFileSync(description, `${JSON.stringify(await describeHere(), null, 2)}\n`)
  }
  const text = render(JSON.parse(readFileSync(description, 'utf8')))
  if (!process.argv.includes('--check')) {
    writeFileSync(document, text)
    return
  }
  let committed = ''
  try {
    committed = readFileSync(document, 'utf8')
  } catch {
    // Reported below, as stale.
  }
  if (committed !== text) {
    console.error('cpu-models: docs/cpu-models.md is stale: run `pnpm cpu-models` and commit the result')
    process.exitCode = 1
  }
}

await main()
