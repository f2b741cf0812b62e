// SPDX-License-Identifier: GPL-2.0-or-later
import { type SystemBus, sysbusAddIo, sysbusRealize, TYPE_SYS_BUS_DEVICE } from '@dromaius/hw-core'
import { type AddressSpace, memoryRegionInitIo } from '@dromaius/memory'
import {
  type DeviceClass,
  deviceClassSetProps,
  objectPropertyAddChild,
  propBool,
  propUint16,
  type QemuObject,
  typeRegister,
} from '@dromaius/qom'
import { UserError, type VMStateDescription, vmU16, vmU32, vmU64 } from '@dromaius/util'
import { fwCfgAddBytes, fwCfgAddI32, fwCfgDataRead, fwCfgSelect } from './fw-cfg.js'
import { fwCfgDmaTransfer } from './fw-cfg-dma.js'
import {
  FW_CFG_ENTRY_MASK,
  FW_CFG_FILE_FIRST,
  FW_CFG_FILE_SLOTS_DFLT,
  FW_CFG_FILE_SLOTS_MIN,
  FW_CFG_ID,
  FW_CFG_SIGNATURE,
  FW_CFG_VERSION,
  FW_CFG_VERSION_DMA,
} from './fw-cfg-keys.js'
import { FWCfgState } from './fw-cfg-state.js'

/** Ports: selector of 16 bits, whose upper half is the data port too. */
export const FW_CFG_IO_BASE = 0x510
const FW_CFG_CTL_SIZE = 2
/** Port of the DMA descriptor's address, 64 bits big-endian. */
export const FW_CFG_DMA_IO_BASE = FW_CFG_IO_BASE + 4
const FW_CFG_DMA_SIZE = 8

/** What the DMA register reads as: "QEMU CFG". */
const FW_CFG_DMA_SIGNATURE = 0x51454d5520434647n

const hex = (value: number): string => `0x${value.toString(16)}`

/** @qemu hw/nvram/fw_cfg.c fw_cfg_dma_mem_read */
function fwCfgDmaMemRead(addr: number, size: number): number {
  return Number(BigInt.asUintN(8 * size, FW_CFG_DMA_SIGNATURE >> BigInt(8 * (8 - addr - size))))
}

/** @qemu hw/nvram/fw_cfg.c fw_cfg_dma_mem_write */
function fwCfgDmaMemWrite(s: FWCfgState, addr: number, value: number): void {
  if (addr === 0) {
    s.dmaAddr = BigInt(value) << 32n
    return
  }
  s.dmaAddr |= BigInt(value)
  if (s.dmaAs) fwCfgDmaTransfer(s, s.dmaAs)
}

/** @qemu hw/nvram/fw_cfg.c fw_cfg_file_slots_allocate */
function checkFileSlots({ fileSlots }: FWCfgState): void {
  const max = FW_CFG_ENTRY_MASK - FW_CFG_FILE_FIRST + 1
  if (fileSlots < FW_CFG_FILE_SLOTS_MIN)
    throw new UserError(`"file_slots" must be at least ${hex(FW_CFG_FILE_SLOTS_MIN)}`)
  if (fileSlots > max) throw new UserError(`"file_slots" must not exceed ${hex(max)}`)
}

/** @qemu hw/nvram/fw_cfg.c fw_cfg_io_realize */
function fwCfgIoRealize(s: FWCfgState): void {
  checkFileSlots(s)
  memoryRegionInitIo(
    s.combIomem,
    s,
    {
      read: () => fwCfgDataRead(s),
      write(_addr, value, size) {
        // Bytes went into the item once; nothing takes them since QEMU 2.4.
        if (size === 2) fwCfgSelect(s, value)
      },
      endianness: 'little',
      valid: { accepts: (_addr, size, isWrite) => size === 1 || (isWrite && size === 2) },
    },
    'fwcfg',
    FW_CFG_CTL_SIZE,
  )
  if (s.dmaEnabled) {
    memoryRegionInitIo(
      s.dmaIomem,
      s,
      {
        read: fwCfgDmaMemRead,
        write: (addr, value) => fwCfgDmaMemWrite(s, addr, value),
        read64: () => FW_CFG_DMA_SIGNATURE,
        write64(_addr, value) {
          s.dmaAddr = value
          if (s.dmaAs) fwCfgDmaTransfer(s, s.dmaAs)
        },
        endianness: 'big',
        valid: {
          maxAccessSize: 8,
          accepts: (addr, size, isWrite) =>
            !isWrite || (size === 4 && (addr === 0 || addr === 4)) || (size === 8 && addr === 0),
        },
        impl: { maxAccessSize: 8 },
      },
      'fwcfg.dma',
      FW_CFG_DMA_SIZE,
    )
  }
  fwCfgCommonRealize(s)
}

/**
 * @qemu hw/nvram/fw_cfg.c fw_cfg_common_realize
 * @differs what the user chose of booting is the board's to add
 */
function fwCfgCommonRealize(s: FWCfgState): void {
  fwCfgAddBytes(s, FW_CFG_SIGNATURE, Buffer.from('QEMU'))
  fwCfgAddI32(s, FW_CFG_ID, FW_CFG_VERSION | (s.dmaEnabled ? FW_CFG_VERSION_DMA : 0))
}

/**
 * Makes fw_cfg with its port and DMA interfaces at a machine's usual ports, as child `fw_cfg` of `machine`.
 * @qemu hw/nvram/fw_cfg.c fw_cfg_init_io_dma
 */
export function fwCfgInitIoDma(
  bus: SystemBus,
  dmaAs: AddressSpace,
  machine: QemuObject = bus.system.root,
): FWCfgState {
  const s = TYPE_FW_CFG_IO.new()
  objectPropertyAddChild(machine, 'fw_cfg', s)
  sysbusRealize(s, bus)
  sysbusAddIo(s, FW_CFG_IO_BASE, s.combIomem)
  s.dmaAs = dmaAs
  sysbusAddIo(s, FW_CFG_DMA_IO_BASE, s.dmaIomem)
  return s
}

/**
 * @qemu hw/nvram/fw_cfg.c vmstate_fw_cfg
 * @differs no sizes of the ACPI files: they are bytes of ours, not RAM that keeps the size of its pages
 */
const vmstateFwCfg: VMStateDescription<FWCfgState> = {
  name: 'fw_cfg',
  version: 2,
  minimumVersion: 2,
  fields: [vmU16('curEntry'), vmU32('curOffset')],
  subsections: [
    {
      name: 'fw_cfg/dma',
      version: 1,
      minimumVersion: 1,
      needed: (s) => s.dmaEnabled,
      fields: [vmU64('dmaAddr')],
    },
  ],
}

export const TYPE_FW_CFG_IO = typeRegister<FWCfgState, DeviceClass<FWCfgState>>({
  name: 'fw_cfg_io',
  parent: TYPE_SYS_BUS_DEVICE,
  instance: FWCfgState,
  classInit(dc) {
    dc.realize = fwCfgIoRealize
    dc.desc = 'Firmware configuration'
    dc.vmsd = vmstateFwCfg
    dc.phases.enter = (s) => fwCfgSelect(s, FW_CFG_SIGNATURE)
    deviceClassSetProps<FWCfgState>(dc, [
      propBool('dma_enabled', 'dmaEnabled', true),
      propUint16('x-file-slots', 'fileSlots', FW_CFG_FILE_SLOTS_DFLT),
    ])
  },
})
