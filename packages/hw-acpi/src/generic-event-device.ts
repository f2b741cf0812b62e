// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuSystemResetRequest, qemuSystemShutdownRequest } from '@dromaius/cpus'
import { SysBusDevice, sysbusInitIrq, sysbusInitMmio, systemOf, TYPE_SYS_BUS_DEVICE } from '@dromaius/hw-core'
import { memoryRegionInitIo, TYPE_MEMORY_REGION } from '@dromaius/memory'
import { type DeviceClass, typeRegister } from '@dromaius/qom'
import { qemuIrqPulse, vmU32 } from '@dromaius/util'

/** Event selector, 32 bits: which events happened; reading clears it. */
const ACPI_GED_EVT_SEL_OFFSET = 0x0
export const ACPI_GED_EVT_SEL_LEN = 0x4

/** Sleep control, 8 bits (ACPI 6.1, 4.8.3.7): SLP_TYP in 4:2, SLP_EN in 5. */
export const ACPI_GED_REG_SLEEP_CTL = 0x0
/** Sleep status, 8 bits: never set, since nothing wakes us. */
export const ACPI_GED_REG_SLEEP_STS = 0x1
/** Reset, 8 bits (ACPI 6.1, 4.8.3.6). */
export const ACPI_GED_REG_RESET = 0x2
const ACPI_GED_REG_COUNT = 0x3

/** What the guest writes to the reset register; the FADT tells it. */
export const ACPI_GED_RESET_VALUE = 0x42
/** SLP_TYP of S5, off. */
export const ACPI_GED_SLP_TYP_S5 = 0x05
/** Event: the power button was pressed. */
export const ACPI_GED_PWR_DOWN_EVT = 0x2

/** Where the board maps the registers of a microvm: events, then sleep and reset. @qemu include/hw/i386/microvm.h GED_MMIO_BASE */
export const GED_MMIO_BASE = 0xfea0_0000
export const GED_MMIO_BASE_REGS = GED_MMIO_BASE + 0x200
/** IOAPIC input of a microvm's events. */
export const GED_MMIO_IRQ = 9

/**
 * ACPI's generic event device for hardware-reduced machines: power-off, reset, and the power button's event.
 * Memory region 0 is the event selector, region 1 sleep control and reset.
 * @qemu include/hw/acpi/generic_event_device.h AcpiGedState
 * @differs no memory hotplug, hence none of its registers (region 1 in QEMU)
 */
export class AcpiGedState extends SysBusDevice {
  /** Events that the guest has not read yet. */
  sel = 0
  readonly evt = TYPE_MEMORY_REGION.new()
  readonly regs = TYPE_MEMORY_REGION.new()
  /** What the interrupt line is connected to. */
  readonly irq = sysbusInitIrq(this)
}

/**
 * Tells the guest that somebody pressed the power button.
 * @qemu hw/acpi/generic_event_device.c acpi_ged_send_event
 * @differs the only event that there is
 */
export function acpiGedPowerDown(s: AcpiGedState): void {
  s.sel |= ACPI_GED_PWR_DOWN_EVT
  qemuIrqPulse(s.irq())
}

/** @qemu hw/acpi/generic_event_device.c ged_evt_read */
function gedEvtRead(s: AcpiGedState, addr: number): number {
  if (addr !== ACPI_GED_EVT_SEL_OFFSET) return 0
  const { sel } = s
  s.sel = 0
  return sel
}

/** @qemu hw/acpi/generic_event_device.c ged_regs_write */
function gedRegsWrite(s: AcpiGedState, addr: number, value: number): void {
  switch (addr) {
    case ACPI_GED_REG_SLEEP_CTL: {
      const slpTyp = (value >> 2) & 0x07
      const slpEn = (value >> 5) & 0x01
      if (slpEn && slpTyp === ACPI_GED_SLP_TYP_S5) qemuSystemShutdownRequest(systemOf(s), 'guest-shutdown')
      return
    }
    case ACPI_GED_REG_SLEEP_STS:
      return
    case ACPI_GED_REG_RESET:
      if (value === ACPI_GED_RESET_VALUE) qemuSystemResetRequest(systemOf(s), 'guest-reset')
  }
}

/** @qemu hw/acpi/generic_event_device.c acpi_ged_initfn */
function acpiGedInitfn(s: AcpiGedState): void {
  memoryRegionInitIo(
    s.evt,
    s,
    {
      read: (addr) => gedEvtRead(s, addr),
      write: () => undefined,
      endianness: 'little',
      valid: { minAccessSize: 4, maxAccessSize: 4 },
    },
    'acpi-ged',
    ACPI_GED_EVT_SEL_LEN,
  )
  sysbusInitMmio(s, s.evt)
  memoryRegionInitIo(
    s.regs,
    s,
    {
      read: () => 0,
      write: (addr, value) => gedRegsWrite(s, addr, value),
      endianness: 'little',
      valid: { minAccessSize: 1, maxAccessSize: 1 },
    },
    'acpi-ged-regs',
    ACPI_GED_REG_COUNT,
  )
  sysbusInitMmio(s, s.regs)
}

export const TYPE_ACPI_GED = typeRegister<AcpiGedState, DeviceClass<AcpiGedState>>({
  name: 'acpi-ged',
  parent: TYPE_SYS_BUS_DEVICE,
  instance: AcpiGedState,
  instanceInit: acpiGedInitfn,
  classInit(dc) {
    dc.desc = 'ACPI Generic Event Device'
    dc.vmsd = { name: 'acpi-ged', version: 1, minimumVersion: 1, fields: [vmU32<AcpiGedState>('sel')] }
    dc.phases.enter = (dev) => {
      dev.sel = 0
    }
  },
})
