// SPDX-License-Identifier: GPL-2.0-or-later
import { qemuChrFeInit } from '@dromaius/chardev'
import { kvmEnabled, qemuGuestGetrandom } from '@dromaius/cpus'
import {
  acpiGedPowerDown,
  type AcpiPmState,
  GED_MMIO_BASE,
  GED_MMIO_BASE_REGS,
  GED_MMIO_IRQ,
  TYPE_ACPI_GED,
} from '@dromaius/hw-acpi'
import { TYPE_ISA_DEBUGCON, TYPE_ISA_SERIAL } from '@dromaius/hw-char'
import type { MachineClass } from '@dromaius/hw-core'
import {
  type ISABus,
  isaBusNew,
  isaRealize,
  sysbusConnectIrq,
  sysbusMmioMap,
  sysbusRealize,
  type SystemBus,
  systemBusNew,
} from '@dromaius/hw-core'
import { TYPE_PORT92 } from '@dromaius/hw-i386'
import { TYPE_I8042 } from '@dromaius/hw-input'
import { fwCfgInitIoDma, fwCfgModifyFile } from '@dromaius/hw-nvram'
import { TYPE_MC146818_RTC } from '@dromaius/hw-rtc'
import type { HPETState } from '@dromaius/hw-timer'
import { memoryRegionAddSubregion, memoryRegionInitAlias, TYPE_MEMORY_REGION } from '@dromaius/memory'
import {
  type BusState,
  objectClassPropertyAdd,
  objectPropertyAddChild,
  type OnOffAuto,
  qemuDevicesReset,
  qemuRegisterReset,
  type RootObject,
  TYPE_HOTPLUG_HANDLER,
  typeRegister,
} from '@dromaius/qom'
import { CPU_VERSION_LATEST, cpuX86Cpuid, TYPE_X86_CPU } from '@dromaius/target-i386'
import { UserError } from '@dromaius/util'
import { ACPI_DIRECT_ADDR, acpiBuildMicrovm, acpiPlaceMicrovm, acpiSetupMicrovm } from './acpi-microvm.js'
import { x86BiosRomInit } from './bios-rom.js'
import { fwCfgAddUser, microvmFwCfg } from './board-fw-cfg.js'
import { E820_RAM, E820_RESERVED } from './e820.js'
import { interruptControllersInit } from './interrupt-controllers.js'
import { x86LoadLinux } from './load-linux.js'
import { microvmSetRtc } from './microvm-rtc.js'
import { ACPI_PM_SCI, acpiPmInit, hpetConnectRtc } from './microvm-timers.js'
import { mpTableSetup } from './mptable.js'
import { romAddOption } from './option-rom.js'
import { resetVectorSetup } from './reset-vector.js'
import { x86CpuPlug, x86CpuPrePlug, x86CpuUnplugCb, x86CpuUnplugRequestCb } from './x86-cpu-plug.js'
import {
  allocateRam,
  TYPE_X86_MACHINE,
  x86Cpus,
  x86CpusInit,
  x86MachineAfterReset,
  x86MachineIsAcpiEnabled,
  X86MachineState,
} from './x86-machine.js'

/** RAM below the PCI hole ends here at the latest. */
const LOWMEM_MAX = 0xc000_0000
const ABOVE_4G = 0x1_0000_0000
/** From here to 1 MiB a PC has the extended BIOS data area, video memory, option ROMs and the BIOS: guests leave it alone. */
const BASE_MEMORY_END = 0x9fc00
const EXTENDED_MEMORY = 0x100000
const MICROVM_MAX_CPUS = 288
/** Pages that KVM keeps for itself: identity map and TSS. @qemu target/i386/kvm/kvm.c kvm_arch_init */
const KVM_IDENTITY_BASE = 0xfeff_c000
const KVM_IDENTITY_SIZE = 0x4000

/**
 * A machine without PCI, made to start fast: RAM, interrupt controllers, a timer, a serial port, power-off and reset.
 * @qemu include/hw/i386/microvm.h MicrovmMachineState
 */
export class MicrovmMachineState extends X86MachineState {
  /** The 8259 pair's place in the tables. */
  pic: OnOffAuto = 'auto'
  /** The 8254. */
  pit: OnOffAuto = 'auto'
  /** The CMOS clock; `auto` is on where no kvmclock takes its place. */
  rtc: OnOffAuto = 'auto'
  /** The high precision event timer, and ACPI's fixed hardware with its timer. */
  hpetEnabled = false
  pmTimer = false
  hpet: HPETState | null = null
  acpiPm: AcpiPmState | null = null
  isaSerial = true
  /** The ways to reset without ACPI. */
  i8042 = true
  systemBus!: SystemBus
  isaBus!: ISABus
  /** Firmware gets the option ROM that boots the kernel. */
  optionRoms = true

  override get buses(): BusState[] {
    return [this.systemBus, this.isaBus]
  }
}

/** @qemu hw/i386/microvm.c microvm_memory_init */
function microvmMemoryInit(mms: MicrovmMachineState): void {
  const { system, e820, ramSize } = mms
  mms.below4gMemSize = Math.min(ramSize, LOWMEM_MAX)
  mms.above4gMemSize = ramSize - mms.below4gMemSize
  const ram = allocateRam(mms, 'microvm.ram')

  const alias = (name: string, offset: number, size: number, addr: number): void => {
    const region = TYPE_MEMORY_REGION.new()
    memoryRegionInitAlias(region, mms, name, ram, offset, size)
    memoryRegionAddSubregion(system.systemMemory, addr, region)
    e820.add(addr, size, E820_RAM)
  }
  if (kvmEnabled(system)) e820.add(KVM_IDENTITY_BASE, KVM_IDENTITY_SIZE, E820_RESERVED)
  alias('ram-below-4g', 0, mms.below4gMemSize, 0)
  if (mms.above4gMemSize > 0) alias('ram-above-4g', mms.below4gMemSize, mms.above4gMemSize, ABOVE_4G)
  // Firmware makes up its own mind about the first megabyte.
  if (mms.firmware === '') e820.add(BASE_MEMORY_END, EXTENDED_MEMORY - BASE_MEMORY_END, E820_RESERVED)

  mms.fwCfg = fwCfgInitIoDma(mms.systemBus, system.addressSpaceMemory, mms)
  microvmFwCfg(mms.fwCfg, { smp: mms.smp, ramSize, e820: e820.entries, boot: mms.bootConfig })
  fwCfgAddUser(mms.fwCfg, mms.fwCfgFiles)
}

/**
 * Makes the board's devices.
 * @qemu hw/i386/microvm.c microvm_devices_init
 * @differs no virtio-mmio and PCIe yet; with an i8042 and port 92, for guests that reset without ACPI; HPET and ACPI's fixed
 * hardware on request
 */
function microvmDevicesInit(mms: MicrovmMachineState): void {
  const { system, systemBus, isaBus } = mms
  interruptControllersInit(mms)

  if (x86MachineIsAcpiEnabled(mms)) {
    const ged = TYPE_ACPI_GED.new()
    sysbusRealize(ged, systemBus)
    sysbusMmioMap(ged, 0, GED_MMIO_BASE)
    sysbusMmioMap(ged, 1, GED_MMIO_BASE_REGS)
    sysbusConnectIrq(ged, 0, mms.gsi[GED_MMIO_IRQ] ?? null)
    system.powerdownNotifiers.push(() => acpiGedPowerDown(ged))
  }
  if (mms.pmTimer) {
    if (!x86MachineIsAcpiEnabled(mms)) throw new UserError('-machine: pm-timer=on needs acpi=on')
    mms.acpiPm = acpiPmInit(mms)
  }

  if (mms.rtc === 'on' || (mms.rtc === 'auto' && !kvmEnabled(system))) {
    const rtc = TYPE_MC146818_RTC.new()
    // The century stands in a register of its own.
    rtc.baseYear = 2000
    isaRealize(rtc, isaBus)
    if (mms.hpet) hpetConnectRtc(mms.hpet, rtc)
    microvmSetRtc(rtc, mms.below4gMemSize, mms.above4gMemSize)
  }
  if (mms.i8042) {
    isaRealize(TYPE_I8042.new(), isaBus)
    isaRealize(TYPE_PORT92.new(), isaBus)
  }
  if (mms.isaSerial) serialHdsIsaInit(mms)
  for (const chr of mms.debugcons) {
    if (!chr) continue
    const debugcon = TYPE_ISA_DEBUGCON.new()
    qemuChrFeInit(debugcon.chr, chr)
    isaRealize(debugcon, isaBus)
  }
}

/** @qemu hw/char/serial-isa.c serial_hds_isa_init */
function serialHdsIsaInit({ serialHds, isaBus }: MicrovmMachineState): void {
  for (const [index, chr] of serialHds.entries()) {
    if (!chr) continue
    const serial = TYPE_ISA_SERIAL.new()
    serial.index = index
    serial.chardev = chr.label
    isaRealize(serial, isaBus)
  }
}

/** Tells guests without ACPI what is there; the CPUs are. */
function microvmMpTable(mms: MicrovmMachineState): void {
  mpTableSetup(mms.roms, {
    processors: x86Cpus(mms).map((cpu, index) => {
      const { eax, edx } = cpuX86Cpuid(cpu, 1, 0)
      return { apicId: cpu.apicId, boot: index === 0, signature: eax, features: edx }
    }),
    pic: mms.pic !== 'off',
  })
}

/** Reads the kernel and makes what it is told, or what firmware is told of it. */
function microvmLoadKernel(mms: MicrovmMachineState): void {
  const { system, e820, roms, below4gMemSize, above4gMemSize, bootDevices, dataDirs } = mms
  const { kernelFilename, initrdFilename, kernelCmdline } = mms
  if (kernelFilename === '') return
  const fwCfg = mms.fwCfg!
  const firmware = mms.firmware !== ''
  const { entry, optionRom } = x86LoadLinux({
    kernelFilename,
    initrdFilename,
    kernelCmdline,
    below4gMemSize,
    above4gMemSize,
    e820,
    roms,
    fwCfg,
    firmware,
    rsdp: x86MachineIsAcpiEnabled(mms) ? ACPI_DIRECT_ADDR : 0,
    onReset: (func) => qemuRegisterReset(system.resetContainer, func),
    random: (bytes) => qemuGuestGetrandom(system, bytes),
  })
  mms.directEntry = entry
  if (firmware && mms.optionRoms) romAddOption(optionRom, 0, { fwCfg, bootDevices, dataDirs })
}

/**
 * What is made when everything else is there: ACPI tables, the order of booting, and the tables that stand in memory when there
 * is no firmware that would put them there.
 * @qemu hw/i386/microvm.c microvm_machine_done
 */
function microvmMachineDone(mms: MicrovmMachineState): void {
  const fwCfg = mms.fwCfg!
  // QEMU writes both at each reset; nothing changes them here.
  fwCfgModifyFile(fwCfg, 'bootorder', mms.bootDevices.list(mms.bootConfig.strict))
  fwCfgModifyFile(fwCfg, 'bios-geometry', new Uint8Array(0))
  if (x86MachineIsAcpiEnabled(mms)) {
    const linker = acpiBuildMicrovm({
      cpus: mms.possibleCpus.map(({ archId, cpu }) => ({ apicId: archId, present: cpu !== null })),
      isaDevices: mms.isaBus.children,
      hpet: mms.hpet,
      pm: mms.acpiPm,
      sci: ACPI_PM_SCI,
    })
    acpiSetupMicrovm(fwCfg, linker)
    if (mms.firmware === '') acpiPlaceMicrovm(mms.roms, linker)
  }
  if (mms.firmware !== '') return
  microvmMpTable(mms)
  if (mms.i8042) resetVectorSetup(mms.roms)
}

/**
 * Builds the machine.
 * @qemu hw/i386/microvm.c microvm_machine_state_init
 */
function microvmMachineStateInit(mms: MicrovmMachineState): void {
  const { system } = mms
  mms.systemBus = systemBusNew(system)
  mms.isaBus = isaBusNew(system)
  objectPropertyAddChild(mms, 'sysbus', mms.systemBus)
  objectPropertyAddChild(mms, 'isa.0', mms.isaBus)
  qemuRegisterReset(system.resetContainer, mms.systemBus)
  qemuRegisterReset(system.resetContainer, mms.isaBus)
  const root = system.root as RootObject
  root.machineHotplugHandler = (dev) => (TYPE_X86_CPU.is(dev) ? mms : null)

  microvmMemoryInit(mms)
  // Before the CPUs: a wrong file is told before anything has cost time.
  microvmLoadKernel(mms)
  if (mms.firmware !== '') {
    mms.bios = x86BiosRomInit({ system, roms: mms.roms, firmware: mms.firmware, dataDirs: mms.dataDirs })
  }
  x86CpusInit(mms, CPU_VERSION_LATEST)
  microvmDevicesInit(mms)
  mms.machineDoneNotifiers.push(() => microvmMachineDone(mms))
}

/** @qemu hw/i386/microvm.c microvm_machine_reset */
function microvmMachineReset(mms: MicrovmMachineState): void {
  qemuDevicesReset(mms.system.resetContainer)
  x86MachineAfterReset(mms)
}

/** The three-valued options of the board, with what `-machine microvm,help` says of them. */
const onOffAutoProperties = [
  ['pic', 'Enable i8259 PIC'],
  ['pit', 'Enable i8254 PIT'],
  ['rtc', 'Enable MC146818 RTC'],
] as const

/** The switches. */
const boolProperties = [
  ['hpet', 'hpetEnabled', 'Set on to have a high precision event timer'],
  ['pm-timer', 'pmTimer', "Set on to have ACPI's fixed hardware, with the power management timer"],
  ['isa-serial', 'isaSerial', 'Set off to disable the instantiation an ISA serial port'],
  [
    'i8042',
    'i8042',
    'Set off to leave out keyboard controller and port 92, by which guests reset the machine',
  ],
  ['x-option-roms', 'optionRoms', 'Set off to disable loading option ROMs'],
] as const

export const TYPE_MICROVM_MACHINE = typeRegister<MicrovmMachineState, MachineClass>({
  name: 'microvm-machine',
  parent: TYPE_X86_MACHINE,
  instance: MicrovmMachineState,
  interfaces: [TYPE_HOTPLUG_HANDLER],
  classInit(mc) {
    mc.desc = 'microvm (i386)'
    mc.isDefault = true
    mc.maxCpus = MICROVM_MAX_CPUS
    mc.smpProps = { ...mc.smpProps, diesSupported: true }
    mc.init = (ms) => microvmMachineStateInit(TYPE_MICROVM_MACHINE.cast(ms))
    mc.reset = (ms) => microvmMachineReset(TYPE_MICROVM_MACHINE.cast(ms))

    const hc = TYPE_HOTPLUG_HANDLER.classCast(mc)
    hc.prePlug = (handler, dev) => {
      // Guests without firmware need the host's real width.
      TYPE_X86_CPU.cast(dev).hostPhysBits = true
      x86CpuPrePlug(TYPE_MICROVM_MACHINE.cast(handler), dev)
    }
    hc.plug = (handler, dev) => x86CpuPlug(TYPE_MICROVM_MACHINE.cast(handler), dev)
    hc.unplugRequest = (handler, dev) => x86CpuUnplugRequestCb(TYPE_MICROVM_MACHINE.cast(handler), dev)
    hc.unplug = (handler, dev) => x86CpuUnplugCb(TYPE_MICROVM_MACHINE.cast(handler), dev)

    for (const [name, description] of onOffAutoProperties) {
      objectClassPropertyAdd<MicrovmMachineState, 'OnOffAuto'>(mc, {
        name,
        type: 'OnOffAuto',
        get: (mms) => mms[name],
        set: (mms, value) => {
          mms[name] = value
        },
        description,
      })
    }
    for (const [name, key, description] of boolProperties) {
      objectClassPropertyAdd<MicrovmMachineState, 'bool'>(mc, {
        name,
        type: 'bool',
        get: (mms) => mms[key],
        set: (mms, value) => {
          mms[key] = value
        },
        description,
      })
    }
  },
})
