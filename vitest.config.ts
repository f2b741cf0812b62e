// SPDX-License-Identifier: GPL-2.0-or-later
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

/** Tests run on the TypeScript sources of every package, so that no stale build is ever tested. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@dromaius\/native$/, replacement: `${root}native/lib/index.ts` },
      { find: /^@dromaius\/([^/]+)$/, replacement: `${root}packages/$1/src/index.ts` },
      { find: /^@dromaius\/([^/]+)\/(.+)$/, replacement: `${root}packages/$1/src/$2/index.ts` },
    ],
  },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'native/lib/**/*.test.ts',
      'guests/**/*.test.ts',
      'bench/**/*.test.ts',
      'tests/**/*.test.ts',
    ],
    pool: 'forks',
    testTimeout: 30_000,
    // What starts real machines and programs shares two cores there; a test that passes only then is marked in the report.
    retry: process.env.CI ? 1 : 0,
  },
})
