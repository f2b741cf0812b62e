// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dromaius, whyNoKvm } from '../test/command.js'
import { tinyElf } from '../test/tiny-elf.js'

const kvm = whyNoKvm()
const folder = mkdtempSync(join(tmpdir(), 'dromaius-guests-'))
afterAll(() => rmSync(folder, { recursive: true }))

function runOn(accel: string, code: number[], args: string[]) {
  const path = join(folder, 'kernel.elf')
  writeFileSync(path, tinyElf(code))
  return dromaius(['-accel', accel, '-kernel', path, '-serial', 'null', '-no-reboot', ...args])
}

/** The value of EBX, EFLAGS and so on, out by port 0xe9, a byte at a time. */
const OUT_EBX = [0x66, 0xba, 0xe9, 0, ...[0, 8, 16, 24].flatMap((n) => [0x89, 0xd8, 0xc1, 0xe8, n, 0xee])]
/** mov $0x64, %dx; mov $0xfe, %al; out %al, %dx; hlt: resets, which ends a machine with -no-reboot. */
const RESET = [0x66, 0xba, 0x64, 0, 0xb0, 0xfe, 0xee, 0xf4]

for (const accel of ['kvm', 'tcg']) {
  const why = accel === 'kvm' ? kvm : ''
  const itHere = it.skipIf(why !== '')
  /** Runs a kernel made of these bytes. */
  const run = (code: number[], ...args: string[]) => runOn(accel, code, args)

  describe(`small guests on ${accel}${why}`, () => {
    itHere('a value written to isa-debug-exit is the exit code', () => {
      // mov $0x21, %al; out %al, $0xf4; hlt
      const { status } = run(
        [0xb0, 0x21, 0xe6, 0xf4, 0xf4],
        '-device',
        'isa-debug-exit,iobase=0xf4,iosize=0x04',
      )

      expect(status).toBe((0x21 << 1) | 1)
    })

    itHere('the kernel is entered with the address of hvm_start_info in EBX', () => {
      const { status, stdout } = run([...OUT_EBX, ...RESET], '-debugcon', 'stdio')

      expect(stdout).toBe('\x00\x60\x00\x00')
      expect(status).toBe(0)
    })

    itHere('a reset by the i8042 or by port 92 ends the machine with -no-reboot', () => {
      // mov $1, %al; out %al, $0x92; hlt
      for (const code of [RESET, [0xb0, 1, 0xe6, 0x92, 0xf4]]) expect(run(code).status).toBe(0)
    })

    it("a jump to where a PC's firmware starts resets, though there is none", () => {
      // mov $0xffff0, %eax; jmp *%eax
      const { status } = run([0xb8, 0xf0, 0xff, 0x0f, 0, 0xff, 0xe0])

      expect(status).toBe(0)
    })

    itHere('a triple fault ends the machine with -no-reboot', () => {
      // lidt of six zero bytes behind the code; ud2
      const lidt = [0x0f, 0x01, 0x1d, 9, 0, 0x10, 0, 0x0f, 0x0b, 0, 0, 0, 0, 0, 0]
      const { status, stderr } = run(lidt)

      if (accel === 'kvm') expect(stderr).toMatch(/exits: .*shutdown 1/)
      expect(status).toBe(0)
    })

    itHere('a jump into nothing ends in one clear line, or in a shutdown, and never hangs', () => {
      // mov $0xe0000000, %eax; jmp *%eax
      const { status, stderr } = run([0xb8, 0, 0, 0, 0xe0, 0xff, 0xe0])
      const lines = stderr.split('\n').filter((line) => line !== '' && !/: (warning|info): /.test(line))

      expect(stderr).not.toMatch(/^ {4}at /m)
      if (status === 0 && accel === 'kvm') expect(stderr).toContain('shutdown 1')
      else expect({ status, lines: lines.length }).toEqual({ status: 1, lines: 1 })
    })

    itHere('ports and memory that nobody has read as ones and are counted, with -d guest_errors too', () => {
      // in $0x99, %al; out %al, $0xe9; mov 0xe0000000, %al; out %al, $0xe9
      const { stdout, status } = run(
        [0xe4, 0x99, 0xe6, 0xe9, 0xa0, 0, 0, 0, 0xe0, 0xe6, 0xe9, ...RESET],
        ...['-debugcon', 'stdio', '-d', 'guest_errors'],
      )

      expect(Buffer.from(stdout, 'latin1')[0]).not.toBe(0)
      expect(status).toBe(0)
    })

    itHere('-d cpu_reset logs the registers of every CPU that is reset', () => {
      const { stderr, status } = run(RESET, '-smp', '2', '-d', 'cpu_reset')

      expect(stderr).toMatch(/^CPU Reset \(CPU 0\)\n[ER]AX=/m)
      expect(stderr).toMatch(/^CPU Reset \(CPU 1\)\n[ER]AX=/m)
      expect(status).toBe(0)
    })

    itHere('trace events go to the log file', () => {
      const log = join(folder, 'trace.log')
      const { stderr, status } = run(RESET, '-trace', 'kvm_*', '-D', log)

      expect(stderr).not.toContain('kvm_')
      expect(status).toBe(0)
    })
  })
}
