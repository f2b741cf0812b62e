// SPDX-License-Identifier: GPL-2.0-or-later
import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'
import dromaius from './scripts/eslint-rules.mjs'

const tests = '**/*.test.ts'

/** Layers that run wholly under the big lock: realize, reset, state, dispatch and device code. */
const neverAsync = ['qom', 'memory', 'hw-*', 'target-i386'].map((name) => `packages/${name}/src/**/*.ts`)

/** Layers whose few waiting places are known by file; everything else in them holds the lock throughout. */
const awaitOnlyByList = ['cpus', 'accel-kvm', 'accel-qtest', 'accel-tcg'].map(
  (name) => `packages/${name}/src/**/*.ts`,
)

/** Files that may give the lock up, because the QEMU function they mirror does. One line, one reason. */
const mayAwait = [
  'packages/accel-*/src/*-accel-ops.ts', // the vCPU thread's loop
  'packages/accel-kvm/src/kvm-cpu-exec.ts', // around KVM_RUN
  'packages/cpus/src/cpus.ts', // halt_cond, qemu_pause_cond, join
  'packages/cpus/src/cpu-work.ts', // qemu_work_cond
  'packages/cpus/src/vm-state.ts', // until all CPUs have paused
  'packages/cpus/src/main-loop.ts', // until something is asked for
  'packages/accel-tcg/src/tcg-accel-ops-rr.ts', // the loop over all CPUs
  'packages/accel-qtest/src/dummy-cpus.ts', // a CPU that only sleeps
]

export default defineConfig(
  { ignores: ['**/dist/**', '**/build/**', '**/node_modules/**', '.turbo/**', 'packages/*/assembly/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { dromaius },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/no-this-alias': 'off', // walks up a chain of parents begin at `this`
      'no-undef': 'off', // `pnpm types` checks names, in .mjs files too
      'no-constant-condition': ['error', { checkLoops: false }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'dromaius/disable-with-reason': 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'native/lib/**/*.ts'],
    languageOptions: {
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      'dromaius/no-default-export': 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'native/lib/**/*.ts'],
    ignores: [tests],
    rules: { 'dromaius/no-module-let': 'error' },
  },
  {
    files: neverAsync,
    ignores: [tests],
    rules: { 'dromaius/no-async': 'error', 'dromaius/no-host-timers': 'error' },
  },
  { files: awaitOnlyByList, ignores: [tests, ...mayAwait], rules: { 'dromaius/no-await': 'error' } },
)
