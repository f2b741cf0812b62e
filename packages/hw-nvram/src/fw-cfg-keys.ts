// SPDX-License-Identifier: GPL-2.0-or-later
/** Selector keys of fw_cfg's items (QEMU, docs/specs/fw_cfg.rst; include/standard-headers/linux/qemu_fw_cfg.h). */

export const FW_CFG_SIGNATURE = 0x00
export const FW_CFG_ID = 0x01
export const FW_CFG_UUID = 0x02
export const FW_CFG_RAM_SIZE = 0x03
export const FW_CFG_NOGRAPHIC = 0x04
export const FW_CFG_NB_CPUS = 0x05
export const FW_CFG_KERNEL_ADDR = 0x07
export const FW_CFG_KERNEL_SIZE = 0x08
export const FW_CFG_INITRD_ADDR = 0x0a
export const FW_CFG_INITRD_SIZE = 0x0b
export const FW_CFG_BOOT_MENU = 0x0e
export const FW_CFG_MAX_CPUS = 0x0f
export const FW_CFG_KERNEL_ENTRY = 0x10
export const FW_CFG_KERNEL_DATA = 0x11
export const FW_CFG_INITRD_DATA = 0x12
export const FW_CFG_CMDLINE_ADDR = 0x13
export const FW_CFG_CMDLINE_SIZE = 0x14
export const FW_CFG_CMDLINE_DATA = 0x15
export const FW_CFG_SETUP_ADDR = 0x16
export const FW_CFG_SETUP_SIZE = 0x17
export const FW_CFG_SETUP_DATA = 0x18
export const FW_CFG_FILE_DIR = 0x19

/** First key of the files; the directory tells which file has which. */
export const FW_CFG_FILE_FIRST = 0x20
/** Files that a directory has room for at least, and unless told otherwise. */
export const FW_CFG_FILE_SLOTS_MIN = 0x10
export const FW_CFG_FILE_SLOTS_DFLT = 0x20

/** Bit of a key that once asked for writing, and is passed over. */
const FW_CFG_WRITE_CHANNEL = 0x4000
/** Bit of a key of the architecture's own items. */
export const FW_CFG_ARCH_LOCAL = 0x8000
export const FW_CFG_ENTRY_MASK = 0xffff & ~(FW_CFG_WRITE_CHANNEL | FW_CFG_ARCH_LOCAL)
/** Stands for a key that there is not. */
export const FW_CFG_INVALID = 0xffff

/** Longest name of a file with the zero at its end, bytes. */
export const FW_CFG_MAX_FILE_PATH = 56

/** Bits of the item {@link FW_CFG_ID}: the port interface, and the DMA interface. */
export const FW_CFG_VERSION = 0x01
export const FW_CFG_VERSION_DMA = 0x02

/** x86: timer interrupt 0 arrives at pin 2 of the I/O APIC. */
export const FW_CFG_IRQ0_OVERRIDE = FW_CFG_ARCH_LOCAL + 2
/** x86: reserved ranges of the memory map, in the form before the file `etc/e820`. */
export const FW_CFG_E820_TABLE = FW_CFG_ARCH_LOCAL + 3
