// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The layers of design.md for dependency-cruiser, lowest first. A package may import from layers below its own
 * only. `|` joins packages of one layer, which do not import each other; `*` stands for any name.
 */
export const layers = [
  'native',
  'thread',
  'util',
  'initramfs',
  'qom',
  'memory',
  'cpus',
  'tcg',
  'target-i386',
  'accel-*',
  'chardev|block|net',
  'hw-core',
  'hw-intc|hw-timer',
  'hw-*',
  'monitor|gdbstub|migration',
  'vmm',
  'accel-compliance',
]

/** One layer as a regular expression's alternatives. @param {string} layer */
const names = (layer) => layer.replaceAll('*', '[^/]+')

/** Path pattern for the given layers; a name that stands in the list by itself is not caught by a `*`. @param {string[]} some */
const pathOf = (some) => {
  const exact = layers.filter((layer) => !layer.includes('*')).flatMap((layer) => layer.split('|'))
  const parts = some.map((layer) =>
    layer.includes('*') ? `(?!(?:${exact.join('|')})/)${names(layer)}` : names(layer),
  )
  return `^(?:packages/)?(?:${parts.join('|')})/(?:src|lib)/`
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layers.slice(0, -1).map((layer, index) => ({
      name: `${layer} imports upward`.replaceAll('|', ', '),
      severity: /** @type {const} */ ('error'),
      from: { path: pathOf([layer]) },
      to: { path: pathOf(layers.slice(index + 1)) },
    })),
    {
      name: 'packages of one layer import each other',
      severity: 'error',
      comment:
        "shared code belongs in a lower layer: hw-core for devices; hw-i386 has KVM's twins of what hw-intc and hw-timer have",
      from: { path: '^packages/(accel-|hw-)([^/]+)/', pathNot: '^packages/(?:accel-compliance)/' },
      to: { path: '^packages/$1', pathNot: '^packages/(?:$1$2|hw-core|hw-intc|hw-timer)/' },
    },
    ...layers
      .filter((layer) => layer.includes('|'))
      .map((layer) => ({
        name: `${layer.replaceAll('|', ', ')} import each other`,
        severity: /** @type {const} */ ('error'),
        from: { path: `^packages/(${layer})/` },
        to: { path: `^packages/(?:${layer})/`, pathNot: '^packages/$1/' },
      })),
    {
      name: 'a relative import leaves its package',
      severity: 'error',
      from: { path: '^(packages/[^/]+|native|guests|bench)/' },
      to: { path: '^(packages|native|guests|bench)/', pathNot: '^$1/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'a cycle inside a package',
      severity: 'error',
      comment: 'type-only cycles vanish at build time and are allowed',
      from: { pathNot: '[.]test[.]ts$' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'an import that resolves to nothing',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/(dist|build|assembly)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
}
