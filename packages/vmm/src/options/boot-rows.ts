// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options that say what runs in the machine.

import { UserError } from '@dromaius/util'
import { parseBoot, parseFwCfg } from '../board-fw-cfg.js'
import { dataDirs } from '../data-dirs.js'
import { asksForHelp, type OptionRow, text } from './option-row.js'

export const bootRows: readonly OptionRow[] = [
  {
    names: ['bios'],
    field: 'bios',
    argument: 'file',
    help: ['firmware, by path or by its name in the directories of -L; it gets the kernel by fw_cfg'],
    differs: 'Without it there is no firmware, where QEMU has its own.',
    apply(line, value) {
      if (value === '') throw new UserError('expected the name of a file')
      line.bios = value
    },
  },
  {
    names: ['L'],
    field: 'dataDir',
    argument: 'path',
    help: ["look for firmware and option ROMs here first ('-L help' lists the directories)"],
    differs: null,
    apply(line, value) {
      if (asksForHelp(value)) line.help = `${dataDirs(line.dataDirs).join('\n')}\n`
      else line.dataDirs.push(value)
    },
  },
  {
    names: ['boot'],
    field: 'boot',
    argument: '[menu=on|off][,splash-time=ms][,reboot-timeout=ms][,strict=on|off]',
    help: ['what firmware shall do: offer a menu, try again, boot nothing else'],
    differs: 'No `order`, `once` and `splash`: there are no disks and no screen yet.',
    apply(line, value) {
      parseBoot(value) // refuses what is wrong, naming this option
      line.boot = value
    },
  },
  {
    names: ['fw_cfg'],
    field: 'fwCfg',
    argument: '[name=]name,file=path|string=text',
    help: ['add a file to what the guest finds in fw_cfg; names begin with opt/'],
    differs: null,
    apply(line, value) {
      parseFwCfg(value) // refuses what is wrong, naming this option
      line.fwCfg.push(value)
    },
  },
  text('kernel', {
    names: ['kernel'],
    field: 'kernel',
    argument: 'file',
    help: [
      'boot this Linux bzImage, PVH ELF or multiboot kernel (default: the guest that comes with the package)',
    ],
    differs:
      'Unless `-bios` is given, the kernel is entered straight away, and without the option the bundled guest runs, where QEMU would start its firmware.',
  }),
  text('append', {
    names: ['append'],
    field: 'cmdline',
    argument: 'cmdline',
    help: ["the kernel's command line"],
    differs: 'Allowed without `-kernel`: it is the command line of the bundled guest then.',
  }),
  text('initrd', {
    names: ['initrd'],
    field: 'initrd',
    argument: 'file',
    help: ["use this file as initial RAM disk; for multiboot: 'file args,file2 args'"],
    differs: null,
  }),
]
