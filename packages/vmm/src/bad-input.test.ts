// SPDX-License-Identifier: GPL-2.0-or-later
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { bin, dromaius, whyNoKvm } from '../test/command.js'
import { multibootFlat, tinyBzImage } from '../test/kernels.js'

const helloElf = fileURLToPath(new URL('../dist/guests/hello.elf', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'dromaius-bad-input-'))
afterAll(() => rmSync(folder, { recursive: true }))

const hello = readFileSync(helloElf)
const file = (name: string, content: Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
/** hello.elf with some bytes changed. */
const changed = (name: string, change: (bytes: Buffer) => void): string => {
  const bytes = Buffer.from(hello)
  change(bytes)
  return file(name, bytes)
}

/** Arguments, and what the one line says. */
type Row = [args: string[], line: RegExp]

/** Found before anything of the host is asked for. */
const rows: Row[] = [
  [['-foo'], /^-foo: invalid option$/],
  [['--foo=1'], /^--foo=1: invalid option$/],
  [['disk.img'], /^disk\.img: .*not supported yet$/],
  [['-smp'], /^-smp: requires an argument$/],
  [['-M', 'nope'], /^-machine nope: Unsupported machine type/],
  [['-M', 'microvm,nope=1'], /^-machine nope=1: Property 'microvm-machine\.nope' not found$/],
  [['-M', 'rtc=maybe'], /^-machine rtc=maybe: Parameter 'rtc' does not accept value 'maybe'$/],
  [['-M', 'accel=kvm', '-accel', 'kvm'], /incompatible$/],
  [['-accel', 'nope'], /^-accel nope: Invalid accelerator nope$/],
  [['-accel', 'foo,help'], /^-accel foo,help: Invalid accelerator foo/],
  [['-M', 'accel='], /^-M accel=: Parameter 'accel' expects an accelerator/],
  [['-accel', 'accel='], /^-accel accel=: Parameter 'accel' is missing$/],
  [['-cpu', ''], /^-cpu option cannot be empty$/],
  [['-accel', 'hvf'], /^-accel hvf: /],
  [['-accel', 'whpx'], /^-accel whpx: /],
  [['-accel', 'hax'], /^-accel hax: /],
  [['-accel', 'kvm,nope=1'], /^-accel kvm: Property 'kvm-accel\.nope' not found$/],
  [
    ['-accel', 'tcg,thread=multi'],
    /^-accel tcg: 'thread' setting multi is not available: all CPUs take turns/,
  ],
  [['-accel', 'tcg,thread=nope'], /^-accel tcg: Invalid 'thread' setting nope$/],
  [['-accel', 'tcg,nope=1'], /^-accel tcg: Property 'tcg-accel\.nope' not found$/],
  [['-accel', 'tcg,kernel-irqchip=off'], /^-accel tcg: Property 'tcg-accel\.kernel-irqchip' not found$/],
  [['-accel', 'tcg,tb-size=x'], /^-accel tcg: Parameter 'tb-size' expects integer$/],
  [['-accel', 'tcg,tb-size=-1'], /^-accel tcg: Parameter 'tb-size' expects uint32_t$/],
  [['-accel', 'tcg,tb-size=100'], /^-accel tcg: 'tb-size' setting 100 is too large: there are 48 MiB$/],
  [
    ['-accel', 'tcg,x-compile-after=0'],
    /^-accel tcg: 'x-compile-after' setting 0 is not between 1 and 1500$/,
  ],
  [['-accel', 'tcg', '-cpu', 'host'], /^-cpu host: CPU model 'host' requires KVM or HVF$/],
  [['-accel', 'tcg', '-m', '5G'], /^-m: 'microvm\.ram' of 5 GiB does not fit: .* at most 4029 MiB of RAM$/],
  [
    ['-accel', 'tcg', '-m', '4030M'],
    /^-m: 'microvm\.ram' of 3\.94 GiB does not fit: .* at most 4029 MiB of RAM$/,
  ],
  [['-accel', 'tcg', '-cpu', 'max', '-smp', '65'], /^-smp: accelerator 'tcg' has at most 64 CPUs$/],
  [['-smp', '0'], /^-smp 0: Invalid CPU topology: .*greater than zero$/],
  [['-smp', '300'], /^-smp 300: Invalid SMP CPUs 300\. The max CPUs supported by machine 'microvm' is 288$/],
  [['-smp', '3,sockets=2'], /^-smp 3,sockets=2: Invalid CPU topology: product of the hierarchy must match/],
  [['-smp', '4,maxcpus=2'], /^-smp 4,maxcpus=2: Invalid CPU topology: maxcpus must be equal to or greater/],
  [['-smp', 'clusters=2'], /^-smp clusters=2: clusters not supported/],
  [['-smp', 'x'], /^-smp x: Parameter 'smp\.cpus' expects integer$/],
  [['-smp', '2', '-smp', 'cores=x'], /^-smp cores=x: Parameter 'smp\.cores' expects integer$/],
  [['-smp', '4', '-smp', 'maxcpus=2'], /^-smp 4,maxcpus=2: Invalid CPU topology: maxcpus must be/],
  [['-smp', 'foo=1'], /^-smp foo=1: Parameter 'smp\.foo' is unexpected$/],
  [['-m', 'abc'], /^-m abc: Parameter 'size' expects/],
  [['-m', '-5'], /^-m -5: Parameter 'size' expects/],
  [['-m', '8E'], /^-m 8E: Parameter 'size' expects/],
  [['-m', '0'], /^-m 0: Parameter 'size' must be more than 0$/],
  [['-m', 'size=1G,foo=1'], /^-m size=1G,foo=1: Invalid parameter 'foo'$/],
  [['-initrd', 'x'], /^-initrd only allowed with -kernel option$/],
  [['-display', 'gtk'], /^-display gtk: Parameter 'type' does not accept value 'gtk'$/],
  [['-d', 'int'], /^-d: unknown log item 'int'/],
  [['-d', 'foo'], /^-d: unknown log item 'foo'/],
  [
    ['-D', '/nonexistent/log', '-d', 'cpu_reset'],
    /^-D: cannot open \/nonexistent\/log: No such file or directory$/,
  ],
  [['-trace', 'events=/nonexistent/events'], /^-trace events \/nonexistent\/events: could not be read/],
  [
    ['-trace', 'events=/dev/zero'],
    /^-trace events \/dev\/zero: could not be read: it is not a regular file$/,
  ],
  [
    ['-action', 'reboot=x'],
    /^-action reboot=x: Parameter 'reboot' does not accept value 'x' \(reset, shutdown\)$/,
  ],
  [['-action', 'watchdog=none'], /^-action watchdog=none: Invalid parameter 'watchdog'$/],
  [['-monitor', 'stdio'], /^-monitor stdio: there is no monitor yet/],
  [['-msg', 'timestamp=1'], /^-msg timestamp=1: Parameter 'timestamp' expects 'on' or 'off'$/],
  [['-global', 'a.b'], /^-global a\.b: Expected '=' after parameter 'a\.b'$/],
  [['-global', 'driver=a,property=b'], /'driver', 'property', and 'value' are required$/],
  [['-object', 'id=a'], /^-object id=a: Parameter 'qom-type' is missing$/],
  [['-object', 'rng-random,id=a'], /Parameter 'qom-type' does not accept value 'rng-random'/],
  [['-object', 'isa-debug-exit,id=a'], /Parameter 'qom-type' does not accept value 'isa-debug-exit'/],
  [['-object', 'memory-backend-ram'], /^-object memory-backend-ram: Parameter 'id' is missing$/],
  [
    ['-object', 'memory-backend-ram,id=a'],
    /^-object memory-backend-ram,id=a: can't create backend with size 0$/,
  ],
  [['-object', 'memory-backend-ram,id=a,size=x'], /Parameter 'size' expects/],
  [['-object', 'memory-backend-file,id=a,size=1M'], /mem-path property not set$/],
  [
    ['-object', 'memory-backend-ram,id=a,size=1M', '-object', 'memory-backend-ram,id=a,size=1M'],
    /attempt to add duplicate property 'a' to object/,
  ],
  [['-M', 'memory-backend=a'], /^-machine memory-backend=a: Memory backend 'a' not found$/],
  [['-pidfile', '/nonexistent/a'], /^-pidfile \/nonexistent\/a: cannot create PID file: No such file/],
  [['-boot', 'order=c'], /^-boot order=c: Invalid parameter 'order'$/],
  [['-boot', 'menu=maybe'], /^-boot menu=maybe: Parameter 'menu' expects 'on' or 'off'$/],
  [['-boot', 'splash-time=65536'], /splash-time is invalid, it should be a value between 0 and 65535$/],
  [['-boot', 'reboot-timeout=-2'], /reboot timeout is invalid, it should be a value between -1 and 65535$/],
  [['-fw_cfg', 'opt/a'], /^-fw_cfg opt\/a: name, plus exactly one of file and string, are needed$/],
  [['-fw_cfg', 'opt/a,file=x,string=y'], /exactly one of file and string, are needed$/],
  [['-fw_cfg', `opt/${'a'.repeat(52)},string=y`], /name too long \(max\. 55 char\)$/],
  [['-bios', ''], /^-bios : expected the name of a file$/],
  [['-bios', 'x', '-append', 'y'], /^-append only allowed with -kernel option$/],
  [['-name', 'a,b=c'], /^-name a,b=c: Invalid parameter 'b'$/],
]

/** Found when KVM is open, but before the CPUs are made. */
const kvmRows: Row[] = [
  [['-cpu', 'nope'], /^-cpu nope: unable to find CPU model 'nope'/],
  [['-cpu', 'x86_64'], /^-cpu x86_64: unable to find CPU model/],
  [['-cpu', 'qemu64,+nope'], /^-cpu qemu64,\+nope: Property 'qemu64-x86_64-cpu\.nope' not found$/],
  [['-cpu', 'qemu64,nope=1'], /^-cpu qemu64,nope=1: Property 'qemu64-x86_64-cpu\.nope' not found$/],
  [['-accel', 'kvm,kernel-irqchip=maybe'], /kernel-irqchip.*maybe/],
  [['-accel', 'kvm,device=/nonexistent/kvm'], /^-accel kvm: \/nonexistent\/kvm does not exist/],
  [['-m', '100T'], /^-m: cannot set up guest memory 'microvm\.ram' of 100 TiB: Cannot allocate memory$/],
  [['-m', '1'], /does not fit into RAM \(see -m\)$/],
  [['-rtc', 'base=foo'], /^-rtc base=foo: Invalid datetime format\. Valid formats: /],
  [['-rtc', 'clock=foo'], /^-rtc clock=foo: invalid option value 'foo'$/],
  [['-rtc', 'driftfix=foo'], /^-rtc driftfix=foo: invalid option value 'foo'$/],
  [['-rtc', 'foo=1'], /^-rtc foo=1: Invalid parameter 'foo'$/],
  [['-icount', '11'], /^-icount 11: Parameter 'shift' expects 'auto' or a number from 0 to 10$/],
  [['-icount', '-1'], /^-icount -1: Parameter 'shift' expects 'auto' or a number from 0 to 10$/],
  [['-icount', 'x'], /^-icount x: Parameter 'shift' expects 'auto' or a number from 0 to 10$/],
  [['-icount', '3,nope=1'], /^-icount 3,nope=1: Invalid parameter 'nope'$/],
  [['-icount', 'sleep=off'], /^-icount sleep=off: Parameter 'shift' is missing$/],
  [['-icount', 'auto,sleep=off'], /^-icount auto,sleep=off: shift=auto and sleep=off are incompatible$/],
  [['-icount', '3,align=on'], /^-icount 3,align=on: Parameter 'align' can only be 'off': /],
  [['-icount', '3,sleep=no'], /^-icount 3,sleep=no: Parameter 'sleep' expects 'on' or 'off'$/],
  [['-icount', '3,rr=record,rrfile=f'], /: Parameter 'rr' is not available: runs are not recorded$/],
  [['-icount', '3', '-accel', 'qtest'], /^-icount 3: not with accelerator 'qtest', only with -accel tcg$/],
  [['-seed', '-1'], /^-seed -1: Invalid seed number: -1$/],
  [['-seed', '0x10000000000000000'], /Invalid seed number: 0x10000000000000000$/],
  [['-serial', 'foo'], /^-serial foo: 'foo' is not a valid char driver$/],
  [['-serial', 'file:/nonexistent/x'], /^-serial file:\/nonexistent\/x: Could not open/],
  [[1, 2, 3, 4, 5].flatMap(() => ['-serial', 'null']), /^-serial: this machine has 4 serial ports$/],
  [
    ['-serial', 'chardev:zz'],
    /^-serial chardev:zz: could not connect serial device to character backend 'chardev:zz'$/,
  ],
  [['-chardev', 'foo,id=a'], /^-chardev foo,id=a: 'foo' is not a valid char driver name$/],
  [
    ['-serial', 'unix:/nonexistent/s'],
    /^-serial unix:\/nonexistent\/s: Failed to connect to '\/nonexistent\/s': No such file or directory$/,
  ],
  [
    ['-chardev', 'socket,id=a,path=/nonexistent/s,server=on'],
    /: Failed to bind socket to \/nonexistent\/s: No such file or directory$/,
  ],
  [['-serial', 'tcp:127.0.0.1:1'], /: Failed to connect to '127\.0\.0\.1:1': Connection refused$/],
  [['-serial', 'tcp:foo'], /^-serial tcp:foo: 'tcp:foo' is not a valid char driver$/],
  [['-serial', 'udp:1.2.3.4:5'], /^-serial udp:1\.2\.3\.4:5: 'udp:1\.2\.3\.4:5' is not a valid char driver$/],
  [['-chardev', 'socket,id=a,host=h'], /: chardev: socket: no port given$/],
  [['-chardev', 'null'], /^-chardev null: chardev: no id specified$/],
  [['-chardev', 'id=a'], /^-chardev id=a: chardev: "a" missing backend$/],
  [['-chardev', 'null,id=a,path=x'], /^-chardev null,id=a,path=x: Invalid parameter 'path'$/],
  [['-chardev', 'null,id=a', '-chardev', 'null,id=a'], /^-chardev null,id=a: Duplicate ID 'a' for chardev$/],
  [['-chardev', 'null,id=a', '-serial', 'chardev:a', '-debugcon', 'chardev:a'], /Device 'a' is in use$/],
  [['-serial', 'stdio', '-debugcon', 'stdio'], /^-debugcon stdio: cannot use stdio by multiple/],
  [
    ['-object', `memory-backend-file,id=a,size=64M,mem-path=${folder}`, '-M', 'memory-backend=a'],
    /Is a directory$/,
  ],
  [
    ['-object', 'memory-backend-file,id=a,size=64M,mem-path=/dev/zero', '-M', 'memory-backend=a'],
    /can't open backing store '\/dev\/zero': it is not a regular file$/,
  ],
  [
    ['-global', 'isa-debug-exit.nope=1', '-device', 'isa-debug-exit'],
    /^-global isa-debug-exit\.nope=1: Property/,
  ],
  [['-device', 'nope'], /^-device nope: 'nope' is not a valid device model name$/],
  [['-device', 'isa-device'], /^-device isa-device: Parameter 'driver' expects a pluggable device type/],
  [['-device', 'qemu64-x86_64-cpu'], /^-device qemu64-x86_64-cpu: Parameter 'driver' expects/],
  [['-device', 'isa-debug-exit,nope=1'], /Property 'isa-debug-exit\.nope' not found$/],
  [['-device', 'isa-debug-exit,realized=on'], /Property 'realized' is the machine's to set$/],
  [['-device', 'isa-debug-exit,iobase=zz'], /Parameter 'iobase' expects integer$/],
  [['-device', 'isa-debug-exit,id=1'], /Parameter 'id' expects an identifier/],
  [['-device', 'isa-debug-exit,id=a', '-device', 'isa-debug-exit,id=a'], /Duplicate device ID 'a'$/],
  [
    ['-kernel', '/nonexistent/kernel'],
    /^-kernel \/nonexistent\/kernel: could not be read: No such file or directory$/,
  ],
  [['-kernel', folder], /could not be read: it is a directory$/],
  [['-kernel', '/dev/zero'], /could not be read: it is not a regular file$/],
  [['-kernel', file('empty', Buffer.alloc(0))], /is empty$/],
  [['-kernel', file('text', Buffer.from('#!/bin/sh\necho hello\n'))], /is not an ELF file$/],
  [
    ['-kernel', file('bz', Buffer.concat([Buffer.alloc(0x202), Buffer.from('HdrS'), Buffer.alloc(999)]))],
    /0xaa55/,
  ],
  [['-kernel', file('bz-cut', tinyBzImage([0xf4]).subarray(0, 1000))], /is truncated: its setup code/],
  [['-kernel', file('z', tinyBzImage([0xf4], { loadflags: 0 }))], /is to be loaded below 640 KiB .*-bios/],
  [
    ['-kernel', file('bz-big', tinyBzImage([0xf4], { initSize: 2 ** 30 }))],
    /does not fit into RAM: it needs 1 GiB/,
  ],
  [
    ['-kernel', file('bz-line', tinyBzImage([0xf4], { cmdlineSize: 4 })), '-append', 'quiet'],
    /^-append: the kernel command line is 5 bytes, and this kernel takes 4$/,
  ],
  [['-kernel', file('bz-vga', tinyBzImage([0xf4])), '-append', 'vga=x'], /^-append: invalid 'vga=x'/],
  [
    ['-kernel', file('bz-rd', tinyBzImage([0xf4])), '-m', '4M', '-initrd', file('rd', Buffer.alloc(2 ** 22))],
    /^-initrd .*too large: 4 MiB, and RAM behind the kernel is/,
  ],
  [
    ['-kernel', file('mb-sum', multibootFlat([0xf4], { checksum: 1 }))],
    /multiboot header with a wrong checksum$/,
  ],
  [
    [
      '-kernel',
      file('mb-64', Buffer.concat([hello.subarray(0, 120), multibootFlat([], { flags: 0 }), hello])),
    ],
    /multiboot kernel in an x86-64 ELF file, expected a 32-bit one$/,
  ],
  [['-kernel', file('mb-entry', multibootFlat([0xf4], { entryAddr: 5 }))], /entry_addr outside the kernel/],
  [['-kernel', file('mb-high', multibootFlat([0xf4], { loadAddr: 0xf0000000 }))], /does not fit into RAM/],
  [
    ['-kernel', file('mb-mod', multibootFlat([0xf4])), '-initrd', `${helloElf} args,/nonexistent/mod more`],
    /^-initrd \/nonexistent\/mod: could not be read: No such file/,
  ],
  [
    [
      '-kernel',
      file('mb-mods', multibootFlat([0xf4])),
      '-m',
      '3M',
      '-initrd',
      file('mod', Buffer.alloc(2 ** 21)),
    ],
    /the modules end at 0x[0-9a-f]+, which does not fit into RAM/,
  ],
  [['-bios', '/nonexistent/bios'], /^-bios \/nonexistent\/bios: not found, neither/],
  [['-bios', folder], /^-bios .*could not be read: it is a directory$/],
  [['-bios', file('bios-odd', Buffer.alloc(0x10001))], /is 65537 bytes, expected a multiple of 64 KiB$/],
  [['-bios', file('bios-none', Buffer.alloc(0))], /: is empty$/],
  [['-bios', file('bios-large', Buffer.alloc(0x1010000))], /is 16842752 bytes, expected at most 16 MiB$/],
  [
    ['-fw_cfg', 'opt/a,string=1', '-fw_cfg', 'opt/a,string=2'],
    /^-fw_cfg opt\/a,string=2: duplicate fw_cfg file name: opt\/a$/,
  ],
  [['-fw_cfg', 'opt/a,file=/nonexistent/f'], /^-fw_cfg \/nonexistent\/f: could not be read/],
  [['-M', 'none', '-kernel', helloElf], /^-kernel: the machine 'none' boots nothing$/],
  [['-M', 'none', '-bios', 'bios-microvm.bin'], /^-bios: the machine 'none' has no firmware$/],
  [['-M', 'none', '-cpu', 'qemu64'], /^-cpu qemu64: the machine 'none' has no place for a CPU$/],
  [
    ['-M', 'none', '-smp', '2'],
    /^-smp 2: Invalid SMP CPUs 2\. The max CPUs supported by machine 'none' is 1$/,
  ],
  [['-M', 'none', '-fw_cfg', 'opt/a,string=1'], /^-fw_cfg opt\/a,string=1: fw_cfg device not available$/],
  [['-kernel', file('head', hello.subarray(0, 40))], /is truncated/],
  [['-kernel', file('half', hello.subarray(0, hello.length >> 1))], /is truncated/],
  [['-kernel', changed('arm', (b) => b.writeUInt16LE(183, 18))], /is not for x86 \(ELF machine 183\)$/],
  [
    ['-kernel', changed('headers', (b) => b.writeBigUInt64LE(1n << 40n, 32))],
    /is truncated: its program headers/,
  ],
  [
    ['-kernel', changed('overlap', (b) => b.writeBigUInt64LE(b.readBigUInt64LE(64 + 24), 64 + 2 * 56 + 24))],
    /has overlapping segments at 0x/,
  ],
  [
    ['-kernel', changed('entry', (b) => b.writeBigUInt64LE(0x900000n, b.indexOf('Xen\0') + 4))],
    /wants to be entered at 0x900000, outside its segments$/,
  ],
  [
    ['-kernel', changed('note', (b) => b.fill(0, b.indexOf('Xen\0'), b.indexOf('Xen\0') + 4))],
    /has no PVH note/,
  ],
  [
    ['-kernel', helloElf, '-initrd', '/nonexistent/initrd'],
    /^-initrd \/nonexistent\/initrd: could not be read/,
  ],
  [['-kernel', helloElf, '-m', '2M', '-initrd', file('large', Buffer.alloc(2 ** 21))], /too large: 2 MiB/],
  [['-append', 'x'.repeat(70_000)], /^-append: the kernel command line is longer/],
]

/** Found when a device is realized, which is after the CPUs: what those lack was told before. */
const realizeRows: Row[] = [
  [
    ['-chardev', 'null,id=a', '-device', 'isa-serial,chardev=a', '-device', 'isa-debugcon,chardev=a'],
    /^-device isa-debugcon,chardev=a: Property 'isa-debugcon\.chardev' can't take value 'a': Device 'a' is in use$/,
  ],
  [['-device', 'isa-debugcon'], /^-device isa-debugcon: Can't create debugcon device, empty char device$/],
  [['-device', 'isa-serial,index=7'], /Max\. supported number of ISA serial ports is 4\.$/],
  [['-device', 'isa-serial,irq=12'], /^-device isa-serial,irq=12: IRQ 12 in use by 'i8042'$/],
  [['-device', 'i8042'], /^-device i8042: IRQ 1 in use|ioport 0x60-0x60 in use by 'i8042-data'$/],
  [['-device', 'mc146818rtc,irq=99'], /Maximum value for "irq" is: 15$/],
  [['-device', 'mc146818rtc,lost_tick_policy=x'], /Parameter 'lost_tick_policy' does not accept value 'x'$/],
  [['-device', 'i8042,kbd-irq=300'], /Parameter 'kbd-irq' expects uint8_t$|kbd-irq/],
  [['-device', 'isa-serial,irq=16'], /Maximum value for "irq" is: 15$/],
  [
    ['-device', 'isa-serial,chardev=zz'],
    /^-device isa-serial,chardev=zz: Property 'isa-serial\.chardev' can't find value 'zz'$/,
  ],
  [
    ['-device', 'pc-testdev', '-device', 'pc-testdev'],
    /^-device pc-testdev: ioport 0xe0-0xe3 in use by 'pc-testdev-ioport'$/,
  ],
  [
    ['-device', 'isa-debug-exit,iobase=0x3f8'],
    /^-device isa-debug-exit,iobase=0x3f8: ioport 0x3f8-0x3f9 in use by 'serial'$/,
  ],
  [['-device', 'isa-debug-exit,iobase=0xffff'], /: ioport 0xffff-0x10000 is not below 0x10000$/],
]

function expectOneLine([args, line]: Row): void {
  const { status, stdout, stderr } = dromaius(args)

  expect(stdout).toBe('')
  expect(stderr).toMatch(/^dromaius: [^\n]+\n$/)
  expect(stderr.slice('dromaius: '.length, -1)).toMatch(line)
  expect(status).toBe(1)
}

describe('bad input is one line and exit code 1', () => {
  for (const row of rows) it(row[0].join(' ').slice(0, 60), () => expectOneLine(row))
})

const kvm = whyNoKvm()
describe(`bad input with KVM is one line and exit code 1${kvm}`, () => {
  for (const row of kvmRows) {
    const title = row[0].join(' ').replaceAll(folder, '...').slice(0, 60)
    // A CPU model's features are looked at beside the host's, which may lack some: that is said as well.
    it.skipIf(kvm !== '')(title, () => expectOneLine(row))
  }
})

describe('a device that is refused is one line and exit code 1', () => {
  for (const [args, line] of realizeRows) {
    it(args.join(' '), () => {
      const { status, stderr } = dromaius(['-accel', 'qtest', ...args])

      expect(stderr.split('\n').at(-2)).toMatch(/^dromaius: /)
      expect(stderr.split('\n').at(-2)!.slice('dromaius: '.length)).toMatch(line)
      expect(status).toBe(1)
    })
  }
})

const root = process.getuid?.() === 0
const closed = kvm === '' && (statSync('/dev/kvm').mode & 0o006) === 0
const why = !root
  ? ' (skipped: only root can become another user)'
  : !closed
    ? ' (skipped: /dev/kvm is missing or open to all)'
    : ''

/** Runs the command as a user who may open nothing. */
const asNobody = (...args: string[]) =>
  spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', uid: 65534, gid: 65534 })

describe('the device KVM', () => {
  it.skipIf(why !== '')(`that the user may not open is described by owner, group and mode${why}`, () => {
    const { uid, gid, mode } = statSync('/dev/kvm')
    const { status, stderr } = asNobody('-accel', 'kvm', '-serial', 'null')

    expect(stderr).toContain(`owner ${uid}, group ${gid}, mode 0${(mode & 0o777).toString(8)}`)
    expect(stderr).toMatch(/^dromaius: -accel kvm: no permission to open \/dev\/kvm [^\n]+\n$/)
    expect(status).toBe(1)
  })

  it.skipIf(why !== '')(`that the user may not open is left, and the guest is translated${why}`, () => {
    const { status, stdout, stderr } = asNobody()

    expect(stderr).toMatch(
      /^dromaius: info: Falling back to tcg: -accel kvm: no permission to open \/dev\/kvm [^\n]+$/m,
    )
    expect(stdout).toContain('Goodbye')
    expect(status).toBe(0)
  })
})
