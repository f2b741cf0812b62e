// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { fdOf, parseTrace, pathOf, requestOf } from './strace.js'

describe('parseTrace', () => {
  it('plain call gives thread, arguments and result', () => {
    const [call] = parseTrace('12 ioctl(9, KVM_SET_CPUID2, {nent=2, entries=[{f(x) = 1}]}) = 0\n')
    expect(call).toEqual({
      thread: 12,
      name: 'ioctl',
      args: '9, KVM_SET_CPUID2, {nent=2, entries=[{f(x) = 1}]}',
      result: '0',
      injected: false,
    })
    expect(requestOf(call!)).toBe('KVM_SET_CPUID2')
    expect(fdOf(call!)).toBe(9)
  })

  it('injected failure is told from a real one', () => {
    const calls = parseTrace(
      '7 ioctl(3, KVM_GET_MSRS, 0x5) = -1 E2BIG (Argument list too long)\n' +
        '7 ioctl(3, KVM_GET_MSRS, 0x5)  = -1 ENOMEM (Cannot allocate memory) (INJECTED)\n',
    )
    expect(calls.map(({ result, injected }) => [result, injected])).toEqual([
      ['-1', false],
      ['-1', true],
    ])
  })

  it('call cut in two stands where it began', () => {
    const calls = parseTrace(
      '1 ioctl(9, KVM_RUN, 0 <unfinished ...>\n2 mmap(NULL, 4096) = 0x7f00\n1 <... ioctl resumed>) = 0\n',
    )
    expect(calls.map(({ name, result }) => [name, result])).toEqual([
      ['ioctl', '0'],
      ['mmap', '0x7f00'],
    ])
    expect(requestOf(calls[0]!)).toBe('KVM_RUN')
  })

  it('descriptor with its path gives both', () => {
    const [call] = parseTrace('1 ioctl(19<anon_inode:kvm-vm>, KVM_IRQ_LINE, 0x7ffe) = 0\n')
    expect([fdOf(call!), pathOf(call!), requestOf(call!)]).toEqual([19, 'anon_inode:kvm-vm', 'KVM_IRQ_LINE'])
  })

  it('lines that are no calls are left out', () => {
    expect(parseTrace('1 --- SIGUSR1 {si_signo=SIGUSR1} ---\n1 +++ exited with 0 +++\n\n')).toEqual([])
  })
})
