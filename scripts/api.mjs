// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm api`: writes the API reference into build/api, from the doc comments of what the public packages' entry points
 * export. A link that leads nowhere, a @param of no parameter, a type that is used but not exported, a class or interface
 * without a comment: each is a warning, and a warning is a failure.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Application, OptionDefaults } from 'typedoc'
import { packageDirs, root } from './setup.mjs'

const packages = packageDirs()
  .map((dir) => ({ dir, manifest: JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8')) }))
  .filter(({ manifest }) => !manifest.private)

/** What users import, and the source behind it. */
const entries = packages.flatMap(({ dir, manifest }) =>
  Object.entries(manifest.exports).map(([subpath, { default: built }]) => ({
    name: manifest.name + subpath.slice(1),
    source: `${dir}/${built.replace('./dist/', dir === 'native' ? 'lib/' : 'src/').replace(/\.js$/, '.ts')}`,
  })),
)

const checks = { invalidLink: true, rewrittenLink: true, notDocumented: true, unusedMergeModuleWith: true }
const app = await Application.bootstrap({
  name: 'Dromaius',
  entryPoints: entries.map(({ source }) => join(root, source)),
  basePath: root,
  displayBasePath: root,
  tsconfig: join(root, 'tsconfig.test.json'),
  out: join(root, 'build/api'),
  readme: 'none',
  disableSources: true,
  excludePrivate: true,
  excludeInternal: true,
  blockTags: [...OptionDefaults.blockTags, '@qemu', '@was', '@differs'],
  requiredToBeDocumented: ['Class', 'Interface', 'Enum'],
  packagesRequiringDocumentation: packages.map(({ manifest }) => manifest.name),
  // Comments that our classes inherit from Node's.
  externalSymbolLinkMappings: { '@types/node': { '*': '#' } },
  validation: { ...checks, notExported: false },
})
const project = await app.convert()
if (!project) process.exit(1)

app.validate(project)
// The check for types that are not exported looks at one package of a project only.
app.options.setValue('validation', {
  ...Object.fromEntries(Object.keys(checks).map((name) => [name, false])),
  notExported: true,
})
for (const { manifest } of packages) {
  project.packageName = manifest.name
  app.validate(project)
}
project.packageName = ''

for (const module of project.children ?? []) {
  const entry = entries.find(({ source }) => source.startsWith(`${module.name}/index.ts`))
  if (entry) module.name = entry.name
}
const { warningCount, errorCount } = app.logger
if (warningCount + errorCount === 0) await app.generateOutputs(project)
console.log(`api: ${entries.length} entry points, ${errorCount} errors, ${warningCount} warnings`)
process.exitCode = entries.length > 0 && warningCount + errorCount === 0 ? 0 : 1
