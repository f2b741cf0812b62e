// SPDX-License-Identifier: GPL-2.0-or-later
import { typeRegister } from '@dromaius/qom'
import { Chardev, TYPE_CHARDEV } from './char.js'

/**
 * Takes everything, gives nothing.
 * @qemu chardev/char-null.c char_null_class_init
 */
export class NullChardev extends Chardev {}

export const TYPE_CHARDEV_NULL = typeRegister<NullChardev>({
  name: 'chardev-null',
  parent: TYPE_CHARDEV,
  instance: NullChardev,
})
