// SPDX-License-Identifier: GPL-2.0-or-later
//
// The built command on Windows: run by Node.js under Wine.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { windowsNode } from '../../../scripts/windows/node.mjs'
import { windowsMissing, WindowsStage } from '../../../scripts/windows/stage.mjs'
import { root } from '../../../scripts/setup.mjs'
import { windowsPath } from '../../../scripts/wine.mjs'

const missing = windowsMissing()

describe.skipIf(missing !== null)(`on Windows${missing === null ? '' : ` (${missing})`}`, () => {
  let stage: WindowsStage
  const dromaius = (...args: string[]) =>
    stage.node(['node_modules/@dromaius/vmm/bin/dromaius.js', ...args], { timeout: 60_000 })

  beforeAll(async () => {
    stage = await WindowsStage.start()
    stage.package('vmm', ['bin'])
  }, 180_000)
  afterAll(async () => stage.end())

  it.each([[['-accel', 'kvm']], [[]]])(
    'command with %j says in one line that KVM is Linux only',
    async (args) => {
      expect(await dromaius(...args)).toEqual({
        status: 1,
        output: 'dromaius: -accel kvm: KVM is Linux only, and this is win32\n',
      })
    },
  )

  it('command answers what needs no accelerator', async () => {
    const { status, output } = await dromaius('-cpu', 'help')

    expect(status).toBe(0)
    expect(output).toContain('x86 qemu64')
  })

  it.each(['', 'packages/vmm'])(
    'npm start of %j reaches Node through cmd.exe, with arguments and exit code',
    async (dir) => {
      const from = join(root, dir)
      const { scripts } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as {
        scripts: { start: string }
      }
      const clone = join(stage.folder, 'clone')
      mkdirSync(join(clone, dir), { recursive: true })
      mkdirSync(join(clone, 'scripts'), { recursive: true })
      cpSync(join(from, 'exec.cmd'), join(clone, dir, 'exec.cmd'))
      writeFileSync(
        join(clone, 'scripts/start.mjs'),
        'console.log(process.argv.slice(2).join()); process.exitCode = 7',
      )

      const result = await stage.wine.run(['cmd', '/d', '/s', '/c', `${scripts.start} -m 256M`], {
        cwd: join(clone, dir),
        env: { WINEPATH: windowsPath(dirname(windowsNode())) },
      })

      expect(result).toEqual({ status: 7, output: '-m,256M\n' })
    },
  )
})
