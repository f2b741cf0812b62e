// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { atTerminal, bin, dromaius, type Step, whyNoKvm } from '../test/command.js'

const kvm = whyNoKvm()
const itOnKvm = it.skipIf(kvm !== '')
const folder = mkdtempSync(join(tmpdir(), 'dromaius-command-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('lists', () => {
  it.each([
    [['-M', 'help'], /^microvm +microvm \(i386\) \(default\)$/m],
    [['-machine', 'microvm,help'], /^ {2}rtc=<OnOffAuto> +- Enable MC146818 RTC$/m],
    [['-accel', 'help'], /^kvm$/m],
    [['-cpu', 'help'], /^x86 qemu64 /m],
    [['-device', 'help'], /^name "isa-debug-exit", bus ISA/m],
    [['-device', 'isa-debug-exit,help'], /^ {2}iobase=<uint32> .*\(default: 1281\)$/m],
    [
      ['-device', 'qemu64-x86_64-cpu,help'],
      /^qemu64-x86_64-cpu options:\n {2}3dnow=<bool>$[^]*^ {2}tcg-cpuid=<bool> +- +\(default: true\)$/m,
    ],
    [['-device', 'pc-testdev,help'], /^There are no options for pc-testdev\.$/m],
    [['-d', 'help'], /^guest_errors /m],
    [['-trace', 'help'], /^\w+$/m],
    [['-d', 'trace:help'], /^\w+$/m],
    [['-display', 'help'], /^none$/m],
    [['-version'], /^Dromaius version \d+\.\d+\.\d+\n$/],
    [['--help'], /^usage: dromaius \[options\]$/m],
  ])('%j is printed to stdout', (args, pattern) => {
    const { status, stdout, stderr } = dromaius(args)

    expect(stdout).toMatch(pattern)
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })
})

describe(`hello${kvm}`, () => {
  it.skipIf(kvm !== '').each([1, 2, 4, 8])('-smp %d brings every CPU online and powers off', (cpus) => {
    const { status, stdout, stderr } = dromaius(['-smp', String(cpus), '-serial', 'stdio'])
    const lines = stdout.replaceAll('\r', '').split('\n')

    expect(lines[0]).toBe('Hello from a Dromaius guest')
    expect(lines).toContain('boot protocol: PVH, hvm_start_info version 1 at 0x6000')
    expect(lines).toContain('command line: (empty)')
    expect(lines).toContain(`CPUs: ${cpus} by the ACPI MADT`)
    expect(lines).toContain('  CPU with APIC id 0: online, boot CPU')
    for (let id = 1; id < cpus; id++) {
      expect(lines).toContain(`  CPU with APIC id ${id}: online, says its APIC id is ${id}`)
    }
    expect(lines).toContain('APIC timer: 5 interrupts')
    expect(lines.slice(-2)).toEqual(['Goodbye', ''])
    expect(stderr).toMatch(/^dromaius: info: first guest instruction after \d+ ms, ran \d+\.\d\d s$/m)
    expect(stderr).toMatch(/^dromaius: info: exits: [\d,]+ \(io [\d,]+/m)
    expect(status).toBe(0)
  })

  itOnKvm('sees a topology of sockets, cores and threads by its APIC ids', () => {
    const { stdout } = dromaius(['-smp', 'sockets=2,cores=3,threads=1', '-serial', 'stdio'])

    expect([...stdout.matchAll(/APIC id (\d+): online/g)].map(([, id]) => Number(id))).toEqual([
      0, 1, 2, 4, 5, 6,
    ])
  })

  itOnKvm('with 5 GiB sees RAM above the hole below 4 GiB', () => {
    const { stdout } = dromaius(['-m', '5G', '-serial', 'stdio'])

    expect(stdout).toMatch(/ {2}0x000000100000-0x0000bfffffff RAM/)
    expect(stdout).toMatch(/ {2}0x000100000000-0x00017fffffff RAM/)
  })

  itOnKvm('prints to a file, and its command line is the user’s', () => {
    const path = join(folder, 'serial.txt')
    const { status, stdout } = dromaius([
      '-serial',
      `file:${path}`,
      '-append',
      'one two',
      '-initrd',
      bin,
      '-kernel',
      hello,
    ])

    expect(readFileSync(path, 'utf8')).toContain('command line: one two')
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  itOnKvm('talks with a pipe when asked to', () => {
    // The first byte arrives before the guest sets the serial port up, which empties it: as on hardware.
    const { status, stdout } = dromaius(['-serial', 'stdio', '-append', 'interactive'], '\nmem\npoweroff\n')

    expect(stdout).toContain('hello> mem')
    expect(status).toBe(0)
  })

  itOnKvm('whose output nobody reads to its end still ends', () => {
    const result = spawnSync('/bin/sh', ['-c', `"${process.execPath}" "${bin}" -smp 2 | head -1`], {
      encoding: 'utf8',
      timeout: 60_000,
    })

    expect(result.stdout.trimEnd()).toBe('Hello from a Dromaius guest')
    expect(result.stderr).not.toMatch(/^ {4}at /m)
    expect(result.stderr).toContain('info: exits:')
  })

  itOnKvm('with standard input closed runs to its end', () => {
    const result = spawnSync('/bin/sh', ['-c', `"${process.execPath}" "${bin}" <&-`], {
      encoding: 'utf8',
      timeout: 60_000,
    })

    expect(result.stdout).toContain('Goodbye')
    expect(result.status).toBe(0)
  })

  itOnKvm('with -nodefaults has no serial port, with isa-serial=off neither', () => {
    for (const args of [['-nodefaults'], ['-M', 'isa-serial=off', '-serial', 'null']]) {
      const { stdout, stderr, status } = dromaius([
        ...args,
        '-d',
        'guest_errors',
        '-no-reboot',
        '-append',
        'x',
      ])

      expect({ stdout, status, stderr: /exits:/.test(stderr) }).toEqual({
        stdout: '',
        status: 0,
        stderr: true,
      })
    }
  })

  itOnKvm('prints what QEMU’s microvm makes it print, but for the maps', () => {
    const args = ['-smp', '2', '-m', '128M', '-cpu', 'qemu64', '-serial', 'stdio', '-kernel', hello]
    const qemu = spawnSync(
      'qemu-system-x86_64',
      [
        '-M',
        'microvm,accel=kvm,kernel-irqchip=on',
        '-nodefaults',
        '-no-user-config',
        '-display',
        'none',
        ...args,
      ],
      { encoding: 'utf8', input: '', timeout: 60_000 },
    )
    if (qemu.error) return expect(qemu.error).toMatchObject({ code: 'ENOENT' }) // no QEMU to compare with

    expect(comparable(dromaius(args).stdout)).toEqual(comparable(qemu.stdout))
  })
})

const hello = new URL('../dist/guests/hello.elf', import.meta.url).pathname

/** The lines without those in which firmware shows: addresses, the reserved parts of the map, where CPUs are listed. */
function comparable(output: string): string[] {
  return output
    .replaceAll('\r', '')
    .split('\n')
    .filter((line) => !/ (reserved|ACPI NVS)$/.test(line))
    .map((line) => line.replace(/(version 1) at .*/, '$1').replace(/ by the (ACPI MADT|MP table)$/, ''))
}

for (const accel of ['kvm', 'tcg']) {
  const why = accel === 'kvm' ? kvm : ''
  const itHere = it.skipIf(why !== '')
  const onAccel = (steps: readonly Step[], args: readonly string[]) =>
    atTerminal(steps, ['-accel', accel, ...args])

  describe(`at a terminal on ${accel}${why}`, () => {
    const prompt: Step = ['expect', 'hello> ']

    itHere('the guest offers its commands and powers off', () => {
      const steps: Step[] = [
        prompt,
        ['send', 'smp\r'],
        prompt,
        ['send', 'fault\r'],
        prompt,
        ['send', 'poweroff\r'],
      ]
      const { output, code, restored, failure } = onAccel(steps, ['-smp', '2'])

      expect({ failure, code, restored }).toEqual({ failure: null, code: 0, restored: true })
      expect(output).toContain('IPI answered, 1 so far')
      expect(output).toContain('survived')
      if (accel === 'kvm') expect(output).toMatch(/info: exits: .*\n$/)
    })

    itHere('Ctrl-A h explains, Ctrl-A x quits', () => {
      const steps: Step[] = [prompt, ['send', '\x01h'], ['expect', 'C-a x'], ['send', '\x01x']]
      const { code, restored, failure } = onAccel(steps, [])

      expect({ failure, code, restored }).toEqual({ failure: null, code: 0, restored: true })
    })

    itHere('Ctrl-C is the guest’s, and with -serial stdio ours', () => {
      const guest = onAccel([prompt, ['send', '\x03'], ['expect', '^C'], ['send', 'poweroff\r']], [])
      const ours = onAccel([prompt, ['send', '\x03']], ['-serial', 'stdio'])

      expect(guest).toMatchObject({ failure: null, code: 0, restored: true })
      expect(ours).toMatchObject({ failure: null, code: 0, restored: true })
      expect(ours.output).toContain('terminating on signal 2')
    })

    itHere('reboot starts the guest over, with its memory as at first', () => {
      const steps: Step[] = [
        prompt,
        ['send', 'reboot\r'],
        ['expect', 'Hello from'],
        prompt,
        ['send', 'poweroff\r'],
      ]

      expect(onAccel(steps, ['-smp', '2'])).toMatchObject({ failure: null, code: 0, restored: true })
    })

    itHere('a triple fault resets, with -no-reboot it ends the machine', () => {
      const fault: Step[] = [prompt, ['send', 'fault triple\r']]
      const again = onAccel([...fault, ['expect', 'Hello from'], prompt, ['send', 'poweroff\r']], [])
      const once = onAccel(fault, ['-no-reboot'])

      expect(again).toMatchObject({ failure: null, code: 0, restored: true })
      expect(once).toMatchObject({ failure: null, code: 0, restored: true })
    })

    itHere('-no-shutdown keeps the machine until somebody quits', () => {
      const steps: Step[] = [
        prompt,
        ['send', 'poweroff\r'],
        ['send', '\x01h'],
        ['expect', 'C-a x'],
        ['send', '\x01x'],
      ]

      expect(onAccel(steps, ['-no-shutdown'])).toMatchObject({ failure: null, code: 0, restored: true })
    })

    itHere.each([
      ['SIGTERM', 15],
      ['SIGINT', 2],
      ['SIGHUP', 1],
    ] as const)('%s ends the machine in good order', (signal, number) => {
      const { output, ...rest } = onAccel([prompt, ['signal', signal]], [])

      expect(rest).toEqual({ failure: null, code: 0, restored: true })
      expect(output).toContain(`dromaius: terminating on signal ${number}`)
    })

    itHere.each([
      ['SIGABRT', -6],
      ['SIGSEGV', -11],
      ['SIGQUIT', -3],
    ] as const)('a crash by %s leaves the terminal as it was', (signal, code) => {
      const { output: _, ...rest } = onAccel([prompt, ['signal', signal]], [])

      expect(rest).toEqual({ failure: null, code, restored: true })
    })
  })
}

describe(`-device isa-debug-exit${kvm}`, () => {
  itOnKvm('is on the list of what the guest can reach', () => {
    const { status } = dromaius(['-serial', 'null', '-device', 'isa-debug-exit,iobase=0xf4,iosize=4,id=out'])

    expect(status).toBe(0)
  })
})
