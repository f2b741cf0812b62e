// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `pnpm guest:debian [-- --kernel cloud-amd64|amd64|686-pae] [options]`: boots Debian's unmodified Linux to a shell of
 * busybox. The options are the `dromaius` command's. What is fetched stays in a cache folder; nothing is installed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { continueAs, programArgs, setUpOrExit } from './setup.mjs'

setUpOrExit()
const { CMDLINE, findBusybox, findKernel, flavours, makeInitramfs } = await import('./debian/guest.mjs')
const { GuestError } = await import('./debian/packages.mjs')

const args = programArgs()
let flavour = 'cloud-amd64'
if (args[0] === '--kernel') [, flavour = ''] = args.splice(0, 2)

/** Whether the user has said it. @param {string} option */
const given = (option) => args.some((arg) => arg.replace(/^--?/, '-') === option)

try {
  const kernel = findKernel(flavour)
  const busybox = findBusybox(flavours[flavour] ?? '')
  const folder = mkdtempSync(join(tmpdir(), 'dromaius-debian-'))
  process.once('exit', () => rmSync(folder, { recursive: true }))
  const initrd = join(folder, 'initramfs.cpio')
  writeFileSync(initrd, makeInitramfs(busybox).build())
  console.error(`Booting ${kernel}: Ctrl-A x ends the machine at once`)
  const append = given('-append') ? [] : ['-append', `${CMDLINE} quiet`]
  const more = [
    ...(given('-accel') || given('-M') || given('-machine') ? [] : ['-accel', 'tcg']),
    ...(given('-m') ? [] : ['-m', '256M']),
  ]
  process.argv.splice(2)
  await continueAs('packages/vmm/bin/dromaius.js', [
    ...['-kernel', kernel, '-initrd', initrd, '-no-reboot'],
    ...append,
    ...more,
    ...args,
  ])
} catch (error) {
  if (!(error instanceof GuestError)) throw error
  console.error(`dromaius: ${error.message}`)
  process.exit(1)
}
