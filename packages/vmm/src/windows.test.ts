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
    stage.packages()
    stage.package('vmm', ['bin'])
  }, 180_000)
  afterAll(async () => stage.end())

  it('command with -accel kvm says in one line that KVM is Linux only', async () => {
    expect(await dromaius('-accel', 'kvm')).toEqual({
      status: 1,
      output: 'dromaius: -accel kvm: KVM is Linux only, and this is win32\n',
    })
  })

  it('command runs the bundled guest by translation', async () => {
    const { status, output } = await dromaius('-serial', 'file:serial.txt')

    expect(output).toContain(
      'dromaius: info: Falling back to tcg: -accel kvm: KVM is Linux only, and this is win32\n',
    )
    expect(readFileSync(join(stage.folder, 'serial.txt'), 'utf8')).toContain('Goodbye')
    expect(status).toBe(0)
  })

  it('command answers what needs no accelerator', async () => {
    const { status, output } = await dromaius('-cpu', 'help')

    expect(status).toBe(0)
    expect(output).toContain('x86 qemu64')
  })

  /** Runs a module there and returns what it printed. */
  async function printed(source: string): Promise<string[]> {
    writeFileSync(join(stage.folder, 'module.mjs'), source)
    const { status, output } = await stage.node(['module.mjs'], { timeout: 60_000 })
    expect(status, output).toBe(0)
    return output.trimEnd().split('\n')
  }

  it('machine under the dummy accelerator has a thread for each CPU, and none when it has stopped', async () => {
    const lines = await printed(`
      import { createRequire } from 'node:module'
      import { Machine } from '@dromaius/vmm'
      const { threadIds, threadName } = createRequire(import.meta.url)(process.env.DROMAIUS_PROBE)
      const cpus = () => threadIds().map(threadName).filter((name) => name.startsWith('CPU')).sort()
      const machine = await Machine.create({ accel: 'qtest', cpus: 3 })
      machine.start()
      console.log(machine.state, cpus().join())
      await machine.stop()
      console.log(cpus().length)`)

    expect(lines).toEqual(['running CPU 0/DUMMY,CPU 1/DUMMY,CPU 2/DUMMY', '0'])
  })

  it('guest RAM works, and goes with its windows detached', async () => {
    const lines = await printed(`
      import { GuestRam } from '@dromaius/native'
      const ram = GuestRam.anonymous(3 * 2 ** 20)
      const window = ram.window(2 ** 20, 16)
      console.log(window[3])
      window[3] = 7
      console.log(ram.window(2 ** 20 + 3, 1)[0], ram.hostAddress > 0n)
      ram.free()
      console.log(window.length)
      try { GuestRam.anonymous(2 ** 46) } catch (error) { console.log(error.message) }`)

    expect(lines.slice(0, 3)).toEqual(['0', '7 true', '0'])
    expect(lines[3]).toMatch(/^VirtualAlloc failed \(guest RAM\): .* \(ENOMEM\)$/)
  })

  it('addon loads in a program that is not called node.exe', async () => {
    const program = join(stage.folder, 'other.exe')
    cpSync(windowsNode(), program)
    writeFileSync(
      join(stage.folder, 'module.mjs'),
      "console.log((await import('@dromaius/native')).errnoName(13))",
    )

    const result = await stage.wine.run([program, 'module.mjs'], { cwd: stage.folder })

    expect(result).toEqual({ status: 0, output: 'EACCES\n' })
  })

  it('what only Linux has says so when it is used', async () => {
    const lines = await printed(`
      import * as native from '@dromaius/native'
      for (const use of [
        () => native.openKvm('/dev/kvm'),
        () => native.eventfdCreate(0),
        () => native.GuestRam.memfd('ram', 4096),
      ])
        try { use() } catch (error) { console.log(error.name, error.message) }`)

    expect(lines).toEqual([
      'HostError openKvm failed: only Linux has this, and this is win32 (ENOSYS)',
      'HostError eventfdCreate failed: only Linux has this, and this is win32 (ENOSYS)',
      'HostError memfdCreate failed: only Linux has this, and this is win32 (ENOSYS)',
    ])
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
