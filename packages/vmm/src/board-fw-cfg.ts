// SPDX-License-Identifier: GPL-2.0-or-later
import type { CpuTopology } from '@dromaius/hw-core'
import {
  FW_CFG_BOOT_MENU,
  FW_CFG_E820_TABLE,
  FW_CFG_IRQ0_OVERRIDE,
  FW_CFG_MAX_CPUS,
  FW_CFG_MAX_FILE_PATH,
  FW_CFG_NB_CPUS,
  FW_CFG_NOGRAPHIC,
  FW_CFG_RAM_SIZE,
  FW_CFG_UUID,
  type FWCfgState,
  fwCfgAddBytes,
  fwCfgAddFile,
  fwCfgAddI16,
  fwCfgAddI32,
  fwCfgAddI64,
} from '@dromaius/hw-nvram'
import { parseUint, UserError, warnReport, keyvalParse, knownValues } from '@dromaius/util'
import type { E820Entry } from './e820.js'
import { readInputFile } from './input-file.js'
import { locate } from './machine-config.js'

/** What `-boot` says of firmware. */
export interface BootConfig {
  /** Firmware offers a menu. */
  readonly menu: boolean
  /** How long, `ms`; null for firmware's own choice. */
  readonly splashTime: number | null
  /** `ms` until firmware tries again when nothing could be booted, -1 for never. */
  readonly rebootTimeout: number
  /** Firmware boots nothing but what it is told. */
  readonly strict: boolean
}

export const DEFAULT_BOOT_CONFIG: BootConfig = {
  menu: false,
  splashTime: null,
  rebootTimeout: -1,
  strict: false,
}

function onOff(values: Partial<Record<string, string>>, key: string): boolean {
  const value = values[key] ?? 'off'
  if (value !== 'on' && value !== 'off') throw new UserError(`Parameter '${key}' expects 'on' or 'off'`)
  return value === 'on'
}

/**
 * Reads `-boot menu=on|off,splash-time=ms,reboot-timeout=ms,strict=on|off`. Throws UserError.
 * @qemu hw/core/machine.c machine_set_boot
 * @differs no order of drives: there are none
 */
export function parseBoot(text: string): BootConfig {
  const values = knownValues(keyvalParse(text, { bareFlags: true }), [
    'menu',
    'splash-time',
    'reboot-timeout',
    'strict',
  ])
  const { 'splash-time': splash, 'reboot-timeout': timeout } = values
  const splashTime = splash === undefined ? null : parseUint(splash, { max: 0xffff })
  if (splash !== undefined && splashTime === null) {
    throw new UserError('splash-time is invalid, it should be a value between 0 and 65535')
  }
  const rebootTimeout = timeout === undefined || timeout === '-1' ? -1 : parseUint(timeout, { max: 0xffff })
  if (rebootTimeout === null) {
    throw new UserError('reboot timeout is invalid, it should be a value between -1 and 65535')
  }
  return { menu: onOff(values, 'menu'), splashTime, rebootTimeout, strict: onOff(values, 'strict') }
}

const little = (value: number, size: 2 | 4): Uint8Array => {
  const bytes = new DataView(new ArrayBuffer(size))
  if (size === 2) bytes.setUint16(0, value, true)
  else bytes.setUint32(0, value, true)
  return new Uint8Array(bytes.buffer)
}

function e820Table(entries: readonly E820Entry[]): Uint8Array {
  const table = new DataView(new ArrayBuffer(entries.length * 20))
  entries.forEach(({ addr, size, type }, index) => {
    table.setBigUint64(index * 20, BigInt(addr), true)
    table.setBigUint64(index * 20 + 8, BigInt(size), true)
    table.setUint32(index * 20 + 16, type, true)
  })
  return new Uint8Array(table.buffer)
}

/** Bytes of the old table: a count and 16 lines. */
const E820_RESERVE_SIZE = 4 + 16 * 20

/** What a board tells firmware of itself. */
export interface BoardFacts {
  readonly smp: CpuTopology
  /** Bytes. */
  readonly ramSize: number
  readonly e820: readonly E820Entry[]
  readonly boot: BootConfig
}

/**
 * Adds what firmware is told of the machine.
 * @qemu hw/i386/microvm.c microvm_memory_init
 */
export function microvmFwCfg(fwCfg: FWCfgState, { smp, ramSize, e820, boot }: BoardFacts): void {
  fwCfgAddBytes(fwCfg, FW_CFG_UUID, new Uint8Array(16))
  // There is no display, which QEMU's -display none leaves unsaid.
  fwCfgAddI16(fwCfg, FW_CFG_NOGRAPHIC, 0)
  fwCfgAddI16(fwCfg, FW_CFG_BOOT_MENU, Number(boot.menu))
  if (boot.splashTime !== null) fwCfgAddFile(fwCfg, 'etc/boot-menu-wait', little(boot.splashTime, 2))
  fwCfgAddFile(fwCfg, 'etc/boot-fail-wait', little(boot.rebootTimeout, 4))
  fwCfgAddI16(fwCfg, FW_CFG_NB_CPUS, smp.cpus)
  fwCfgAddI16(fwCfg, FW_CFG_MAX_CPUS, smp.maxCpus)
  fwCfgAddI64(fwCfg, FW_CFG_RAM_SIZE, ramSize)
  fwCfgAddI32(fwCfg, FW_CFG_IRQ0_OVERRIDE, 1)
  fwCfgAddBytes(fwCfg, FW_CFG_E820_TABLE, new Uint8Array(E820_RESERVE_SIZE))
  fwCfgAddFile(fwCfg, 'etc/e820', e820Table(e820))
}

/**
 * Reads `-fw_cfg [name=]name,file=path` or `,string=text`. Throws UserError.
 * @qemu softmmu/vl.c parse_fw_cfg
 */
export function parseFwCfg(text: string): { name: string; file: string; string: string } {
  const { name, file, string } = knownValues(keyvalParse(text, { implied: 'name' }), [
    'name',
    'file',
    'string',
  ])
  if (!name || Boolean(file) === Boolean(string)) {
    throw new UserError('name, plus exactly one of file and string, are needed')
  }
  if (Buffer.byteLength(name) > FW_CFG_MAX_FILE_PATH - 1) {
    throw new UserError(`name too long (max. ${FW_CFG_MAX_FILE_PATH - 1} char)`)
  }
  return { name, file: file ?? '', string: string ?? '' }
}

/**
 * Adds what the user gives by `-fw_cfg`; warns of a name outside the user's part of the directory. Throws UserError.
 * @qemu softmmu/vl.c parse_fw_cfg
 */
export function fwCfgAddUser(fwCfg: FWCfgState, texts: readonly string[]): void {
  for (const text of texts) {
    locate(`-fw_cfg ${text}`, () => {
      const { name, file, string } = parseFwCfg(text)
      if (!name.startsWith('opt/')) {
        warnReport('externally provided fw_cfg item names should be prefixed with "opt/"')
      }
      fwCfgAddFile(fwCfg, name, file === '' ? Buffer.from(string) : readInputFile(file, '-fw_cfg'))
    })
  }
}
