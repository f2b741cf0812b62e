// SPDX-License-Identifier: GPL-2.0-or-later
/** Debian's kernels and busybox, and the initramfs that brings a shell up. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Initramfs } from '@dromaius/initramfs'
import { GuestError, withRepository } from './packages.mjs'

/** Kernels by the name behind `linux-image-`, with Debian's architecture. @type {Readonly<Record<string, string>>} */
export const flavours = { 'cloud-amd64': 'amd64', amd64: 'amd64', '686-pae': 'i386' }

/** Kernels of a flavour in a folder, oldest first. @param {string} folder @param {string} flavour */
function kernelsIn(folder, flavour) {
  if (!existsSync(folder)) return []
  const pattern = new RegExp(`^vmlinuz-[0-9.]+-\\d+-${flavour}$`)
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => join(folder, name))
}

/** Path of a kernel: the installed one, or that of Debian's package. @param {string} flavour */
export function findKernel(flavour) {
  const architecture = flavours[flavour]
  if (!architecture)
    throw new GuestError(`Kernel '${flavour}': one of ${Object.keys(flavours).join(', ')} expected`)
  const installed = kernelsIn('/boot', flavour).at(-1)
  if (installed) return installed
  return withRepository(architecture, (repository) => {
    const name = repository.dependency(`linux-image-${flavour}`)
    const kernel = kernelsIn(join(repository.extract(name), 'boot'), flavour).at(-1)
    if (!kernel) throw new GuestError(`Package ${name}: has no /boot/vmlinuz`)
    return kernel
  })
}

/** Whether an ELF needs no loader: it has no program header of type PT_INTERP. @param {Buffer} elf */
function isStatic(elf) {
  const wide = elf[4] === 2
  const [table, size, count] = wide
    ? [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)]
    : [elf.readUInt32LE(28), elf.readUInt16LE(42), elf.readUInt16LE(44)]
  return !Array.from({ length: count }, (_, i) => elf.readUInt32LE(table + i * size)).includes(3)
}

/** A busybox that needs no library: the installed one, or that of Debian's package. @param {string} architecture */
export function findBusybox(architecture) {
  const machine = architecture === 'i386' ? 3 : 62
  for (const path of ['/bin/busybox', '/usr/bin/busybox']) {
    if (!existsSync(path)) continue
    const elf = readFileSync(path)
    if (elf.readUInt32BE(0) === 0x7f454c46 && elf.readUInt16LE(18) === machine && isStatic(elf)) return path
  }
  return withRepository(architecture, (repository) =>
    join(repository.extract('busybox-static'), 'bin/busybox'),
  )
}

/** What runs first: file systems, the programs of busybox, the first line, then `then`, then the machine's end. @param {string} then */
const initScript = (then) => `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp /root /usr/bin /usr/sbin /sbin
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s
/bin/busybox ln -sf /proc/self/fd /dev/fd
export HOME=/root PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=\${TERM:-linux}
hostname debian
echo "Linux $(uname -r) on $(nproc) CPUs, up after $(cut -d ' ' -f 1 /proc/uptime) s"
cd /root
${then}
poweroff -f
`

/** A shell on the serial console that has a terminal's job control. */
export const SHELL = "echo 'poweroff -f, or exit, ends the machine.'\nsetsid cttyhack sh"

/**
 * The initramfs: busybox, and what a test adds.
 * @param {string} busybox  path of the program @param {string} [then]  shell commands of init
 */
export function makeInitramfs(busybox, then = SHELL) {
  return (
    new Initramfs()
      .file('/bin/busybox', readFileSync(busybox), 0o755)
      .file('/init', initScript(then), 0o755)
      // Before init has mounted anything, the kernel opens it for init's output.
      .node('/dev/console', 'c', 5, 1)
  )
}

/** The guest's command line: messages from the first on, and no wait after a panic. */
export const CMDLINE = 'earlyprintk=serial,ttyS0 console=ttyS0 panic=-1'
