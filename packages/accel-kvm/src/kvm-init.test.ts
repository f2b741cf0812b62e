// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  accelExitMachine,
  configureAccelerators,
  type KvmArchOps,
  registerKvmArchOps,
  SystemState,
} from '@dromaius/cpus'
import { UserError } from '@dromaius/util'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import './index.js'

const noKvm = ((): string | false => {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return false
  } catch {
    return '/dev/kvm is missing or not permitted'
  }
})()

const folder = mkdtempSync(join(tmpdir(), 'dromaius-kvm-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** An architecture that asks for nothing; what it is to do otherwise stands in `arch`. */
let arch: Partial<KvmArchOps>
beforeEach(() => {
  arch = {
    kvmArchRequiredCapabilities: [],
    kvmArchInit: () => {},
    kvmArchIrqchipCreate: () => false,
    kvmArchInitIrqRouting: () => {},
  }
  registerKvmArchOps(new Proxy({} as KvmArchOps, { get: (_, name) => arch[name as keyof KvmArchOps] }))
})

/** The error of `-accel kvm` with these properties; checks that nothing stays open. */
function failure(properties: Record<string, string>): Error {
  const kvmDescriptors = (): string[] =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const target = readlinkSync(`/proc/self/fd/${fd}`)
        return /kvm|\/dev\/null/.test(target) ? [target] : []
      } catch {
        return []
      }
    })
  const before = kvmDescriptors()
  const system = new SystemState()
  try {
    configureAccelerators(system, [{ name: 'kvm', properties }])
  } catch (error) {
    expect(system.accel).toBeNull()
    expect(kvmDescriptors()).toEqual(before)
    return error as Error
  }
  throw new Error('Nothing was thrown')
}

describe('a device that cannot be opened', () => {
  it('missing: says so, and what may be the reason', () => {
    const error = failure({ device: '/nowhere/kvm' })

    expect(error).toBeInstanceOf(UserError)
    expect(error.message).toBe(
      '-accel kvm: /nowhere/kvm does not exist: this kernel has no KVM, or its module (kvm_intel, kvm_amd) is not loaded',
    )
  })

  it('a folder: names the errno', () => {
    expect(failure({ device: folder }).message).toBe(
      `-accel kvm: could not open ${folder}: Is a directory (EISDIR)`,
    )
  })

  const entry = fileURLToPath(new URL('../dist/index.js', import.meta.url))
  const notRoot = process.getuid?.() !== 0
  it.skipIf(notRoot)(
    'not permitted: owner, group and mode read off the device (skipped unless root: it becomes another user)',
    () => {
      if (!existsSync(entry)) throw new Error('Build packages/accel-kvm first: this test uses its dist')
      const device = join(folder, 'secret')
      writeFileSync(device, '')
      chmodSync(device, 0)
      chmodSync(folder, 0o755)
      const source = `
      process.setgroups([])
      import(${JSON.stringify(entry)}).then(async () => {
        const { configureAccelerators, SystemState } = await import(${JSON.stringify(
          fileURLToPath(new URL('../../cpus/dist/index.js', import.meta.url)),
        )})
        process.setgid(65534)
        process.setuid(65534)
        try {
          configureAccelerators(new SystemState(), [{ name: 'kvm', properties: { device: ${JSON.stringify(device)} } }])
        } catch (error) {
          console.log(error.name + ': ' + error.message)
        }
      })`

      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
        encoding: 'utf8',
      })

      expect(stderr).toBe('')
      expect(stdout).toMatch(
        new RegExp(
          `^UserError: -accel kvm: no permission to open ${device} ` +
            `\\(owner 0, group 0, mode 0000; this process is user 65534, groups [\\d ]*\\)\n$`,
        ),
      )
    },
  )
})

it('a device that is not KVM is told so', () => {
  const error = failure({ device: '/dev/null' })

  expect(error.message).toContain('KVM_GET_API_VERSION')
  expect(error.message).toContain('ENOTTY')
  expect(error.message).not.toContain('\n')
})

describe.skipIf(noKvm)(`on the host's KVM${noKvm ? ` (skipped: ${noKvm})` : ''}`, () => {
  it('kernel-irqchip=off makes none of the kernel’s controllers and routes nothing', () => {
    const system = new SystemState()
    const accel = configureAccelerators(system, [{ name: 'kvm', properties: { 'kernel-irqchip': 'off' } }])

    expect(accel).toMatchObject({ kernelIrqchip: 'off', irqRouting: null })
    accelExitMachine(system)
  })

  it('kernel-irqchip takes no other value', () => {
    expect(failure({ 'kernel-irqchip': 'maybe' })).toBeInstanceOf(UserError)
  })

  it('a capability that the architecture cannot do without is named', () => {
    arch = { ...arch, kvmArchRequiredCapabilities: [{ name: 'KVM_CAP_UNHEARD_OF', cap: 9999 }] }

    expect(failure({}).message).toBe(
      "-accel kvm: the host's kernel lacks KVM_CAP_UNHEARD_OF; a newer one is needed",
    )
  })

  it('what fails in the architecture’s part gives everything back', () => {
    const reason = new UserError('the architecture does not like it')
    arch = {
      ...arch,
      kvmArchInitIrqRouting: () => {
        throw reason
      },
    }

    expect(failure({})).toEqual(new UserError('-accel kvm: the architecture does not like it'))
  })

  it('set up, it has what the machine needs; exit closes its descriptors', () => {
    const system = new SystemState()
    const accel = configureAccelerators(system, [{ name: 'kvm' }])

    expect(accel).toMatchObject({ name: 'kvm', kernelIrqchip: 'on', system })
    const { fd, vmfd, nrSlots } = accel as unknown as Record<string, number>
    expect(fd).toBeGreaterThan(2)
    expect(vmfd).toBeGreaterThan(2)
    expect(nrSlots).toBeGreaterThan(30)
    accelExitMachine(system)

    expect(accel).toMatchObject({ fd: -1, vmfd: -1 })
    expect(existsSync(`/proc/self/fd/${vmfd}`) && readlinkSync(`/proc/self/fd/${vmfd}`)).not.toBe(
      'anon_inode:kvm-vm',
    )
  })
})
