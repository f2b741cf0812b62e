// SPDX-License-Identifier: GPL-2.0-or-later

/**
 * What firmware shall try to boot, in order.
 * @qemu softmmu/bootdevice.c fw_boot_order
 */
export class BootDevices {
  readonly #entries: { bootindex: number; path: string }[] = []

  /**
   * Adds a device by its path in Open Firmware's notation; the lowest `bootindex` is tried first.
   * @qemu softmmu/bootdevice.c add_boot_device_path
   */
  add(bootindex: number, path: string): void {
    this.#entries.push({ bootindex, path })
    this.#entries.sort((a, b) => a.bootindex - b.bootindex)
  }

  /**
   * The list as the file `bootorder` holds it: a line each, a zero at the end; empty for none. `strict` forbids firmware to
   * try anything else.
   * @qemu softmmu/bootdevice.c get_boot_devices_list
   */
  list(strict: boolean): Uint8Array {
    const paths = this.#entries.map(({ path }) => path)
    if (paths.length === 0) return new Uint8Array(0)
    return Buffer.from(`${[...paths, ...(strict ? ['HALT'] : [])].join('\n')}\0`)
  }
}
