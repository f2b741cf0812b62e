// SPDX-License-Identifier: GPL-2.0-or-later
import { smpConfigurationParse } from '@dromaius/hw-core'
import { UserError } from '@dromaius/util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { machineConfigOf, parseCommandLine } from './command-line.js'
import './machine.js'
import { optionTable } from './option-table.js'

const configOf = (...argv: string[]) => machineConfigOf(parseCommandLine(argv))

describe('parseCommandLine', () => {
  it('one dash and two dashes mean the same', () => {
    expect(configOf('--smp', '2', '--no-reboot')).toEqual(configOf('-smp', '2', '-no-reboot'))
  })

  it('machine properties of several options add up, accelerators keep their order', () => {
    const config = configOf('-M', 'microvm,rtc=on', '-machine', 'pit=off', '-accel', 'tcg', '-accel', 'kvm')

    expect(config.type).toBe('microvm')
    expect(config.properties).toEqual([
      ['rtc', 'on'],
      ['pit', 'off'],
    ])
    expect(config.accelerators?.map(({ name }) => name)).toEqual(['tcg', 'kvm'])
  })

  it('-enable-kvm is -accel kvm, -machine accel= is a list', () => {
    expect(configOf('-enable-kvm').accelerators).toEqual([{ name: 'kvm' }])
    expect(configOf('-M', 'accel=tcg:kvm').accelerators).toEqual([{ name: 'tcg' }, { name: 'kvm' }])
  })

  it('-accel kvm,help lists the properties, -device help only what can be made', () => {
    expect(parseCommandLine(['-accel', 'kvm,help']).help).toMatch(
      /^kvm-accel options:\n.*kernel-irqchip=<on\|off/s,
    )
    expect(parseCommandLine(['-device', 'help']).help).toContain('"isa-debug-exit"')
    expect(parseCommandLine(['-device', 'help']).help).not.toContain('port92')
  })

  it.each([
    [['2'], '2'],
    [['2', 'maxcpus=4'], '2,maxcpus=4'],
    [['2', '3,cores=3'], '2,cpus=3,cores=3'],
    [['sockets=2', 'cpus=4', 'sockets=4'], 'sockets=2,cpus=4,sockets=4'],
  ])('-smp of %j is %s', (texts, smp) => {
    expect(configOf(...texts.flatMap((value) => ['-smp', value])).smp).toBe(smp)
    expect(() => smpConfigurationParse(smp)).not.toThrow()
  })

  it('-machine kernel-irqchip= reaches the accelerator', () => {
    expect(configOf('-M', 'accel=kvm:tcg,kernel-irqchip=off').accelerators).toEqual([
      { name: 'kvm', properties: { 'kernel-irqchip': 'off' } },
      { name: 'tcg' },
    ])
  })

  it.each([
    ['1', 2 ** 20],
    ['size=2G', 2 ** 31],
    ['1536k', 1536 * 1024],
    ['1000k', 1024 * 1000],
    ['9k', 16384],
  ])('-m %s is %d bytes', (text, bytes) => {
    expect(configOf('-m', text).memory).toBe(bytes)
  })

  it.each([
    [[], ['mon:stdio']],
    [['-nodefaults'], []],
    [['-display', 'none'], ['null']],
    [['-display', 'none', '-nographic'], ['mon:stdio']],
    [['-nodefaults', '-serial', 'stdio'], ['stdio']],
    [['-serial', 'none'], ['none']],
  ])('serial ports of %j are %j', (argv, serials) => {
    expect(configOf(...argv).serials).toEqual(serials)
  })

  it.each([
    [['-monitor', 'none'], ['stdio']],
    [['-monitor', 'none', '-nographic'], ['stdio']],
    [['-monitor', 'none', '-serial', 'mon:stdio'], ['mon:stdio']],
  ])('serial ports of %j are %j', (argv, serials) => {
    expect(configOf(...argv).serials).toEqual(serials)
  })

  it('of -action, -no-reboot and -no-shutdown the last word counts', () => {
    expect(configOf('-no-reboot', '-no-shutdown').actions).toEqual({ reboot: 'shutdown', shutdown: 'pause' })
    expect(configOf('-no-reboot', '-action', 'reboot=reset,panic=none').actions).toEqual({
      reboot: 'reset',
      panic: 'none',
    })
  })

  it('-global has a short and a long form', () => {
    const globals = [
      { driver: 'a', property: 'b', value: 'c=d,e', used: false },
      { driver: 'a.b', property: 'c', value: '', used: false },
    ]
    expect(configOf('-global', 'a.b=c=d,e', '-global', 'driver=a.b,property=c,value=').globals).toEqual(
      globals,
    )
  })

  it('-object help and its type,help list what there is', () => {
    expect(parseCommandLine(['-object', 'help']).help).toContain('  memory-backend-memfd\n')
    expect(parseCommandLine(['-object', 'memory-backend-file,help']).help).toMatch(/^ {2}mem-path=<string>/m)
  })

  it('-device keeps the properties in order, with commas doubled', () => {
    expect(configOf('-device', 'isa-debugcon,chardev=a,,b,id=x').devices).toEqual([
      {
        driver: 'isa-debugcon',
        properties: [
          ['chardev', 'a,b'],
          ['id', 'x'],
        ],
        text: 'isa-debugcon,chardev=a,,b,id=x',
      },
    ])
  })

  it('-d takes items and trace patterns', () => {
    expect(parseCommandLine(['-d', 'cpu_reset,trace:kvm_*'])).toMatchObject({
      logItems: ['cpu_reset'],
      tracePatterns: ['kvm_*'],
    })
  })

  it('-name gives names to guest and process', () => {
    expect(parseCommandLine(['-name', 'test,process=vm1'])).toMatchObject({
      name: 'test',
      processName: 'vm1',
    })
  })

  it('help ends the reading: what follows is not looked at', () => {
    expect(parseCommandLine(['-M', 'help', '-nonsense']).help).toContain('microvm')
  })

  it('-h names every option', () => {
    const help = parseCommandLine(['-h']).help!

    for (const name of optionTable.flatMap(({ names }) => names)) expect(help).toContain(`-${name}`)
  })

  it('any arguments give a configuration or one line', () => {
    const names = optionTable.flatMap((row) => row.names.map((name) => `-${name}`))
    const word = fc.oneof(
      fc.constantFrom(...names),
      fc.string(),
      fc.stringMatching(/^[a-z]{0,5}(=[a-z0-9,]{0,6}){0,2}$/),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        try {
          const line = parseCommandLine(argv)
          if (line.help === null) machineConfigOf(line)
        } catch (error) {
          if (!(error instanceof UserError)) throw error
        }
      }),
      { numRuns: 500 },
    )
  })
})
