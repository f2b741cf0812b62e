// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a machine is built from its configuration, and taken apart.

import { fileURLToPath } from 'node:url'
import { kvmExitCounts } from '@dromaius/accel-kvm'
import { qemuChrAll, qemuChrCleanup } from '@dromaius/chardev'
import {
  accelExitMachine,
  configureAccelerators,
  GuestRandom,
  guestRandomSeed,
  Icount,
  icountConfigParse,
  cpuRemoveSync,
  cpuSynchronizeAllPostInit,
  pauseAllVcpus,
  qemuSystemReset,
  type SystemState,
} from '@dromaius/cpus'
import { machineParseSmpConfig, machineRunBoardInit, smpConfigurationParse } from '@dromaius/hw-core'
import {
  DeviceClass,
  type GlobalProperty,
  objectClassByName,
  objectPropertyAddChild,
  objectPropertyParse,
  objectPropertySet,
  objectUnparent,
  qdevMachineCreationDone,
  type RootObject,
  withGlobalProps,
} from '@dromaius/qom'
import { configureRtc } from '@dromaius/hw-rtc'
import { x86CpuClassByName, x86CpuParseFeaturestr } from '@dromaius/target-i386'
import { UserError, warnReport } from '@dromaius/util'
import { parseBoot } from './board-fw-cfg.js'
import { qdevDeviceNew, qdevDevicePlug } from './device-add.js'
import { createChardevs } from './machine-chardevs.js'
import { DEFAULT_ACCELERATORS, locate, type MachineConfig } from './machine-config.js'
import { checkMemorySize } from './memory-size.js'
import { memoryBackendById, userCreatableAdd } from './object-add.js'
import type { RunFigures } from './summary.js'
import type { X86MachineState } from './x86-machine.js'

/** The guest that comes with the package; the build puts it here. */
const BUNDLED_GUEST = fileURLToPath(new URL('../dist/guests/hello.elf', import.meta.url))

/**
 * Builds the machine and brings its CPUs to life, as soon as its back ends are connected. Throws UserError or HostError, or what
 * `signal` is aborted with meanwhile; what is there by then stays until {@link qemuCleanup}.
 * @qemu softmmu/vl.c qemu_init
 */
export async function qemuInit(
  system: SystemState,
  board: X86MachineState,
  config: MachineConfig,
  signal?: AbortSignal,
): Promise<void> {
  const root = system.root as RootObject
  objectPropertyAddChild(root, 'machine', board)
  Object.assign(system.actions, config.actions)
  const { rtc } = config
  if (rtc !== undefined) locate(`-rtc ${rtc}`, () => configureRtc(system, rtc))
  const { icount, seed } = config
  if (seed !== undefined) system.guestRandom = new GuestRandom(guestRandomSeed(seed))
  if (icount !== undefined) system.icount = new Icount(system, icountConfigParse(icount))
  board.globalProps = [...sugarProps(system), ...(config.globals ?? [])]
  for (const spec of config.objects ?? []) locate(`-object ${spec.text}`, () => userCreatableAdd(root, spec))

  applyMachineOptions(system, board, config)
  const accel = configureAccelerators(system, config.accelerators ?? DEFAULT_ACCELERATORS)
  if (icount !== undefined && accel.name !== 'tcg')
    throw new UserError(`-icount ${icount}: not with accelerator '${accel.name}', only with -accel tcg`)
  Object.assign(board, await createChardevs(system, config, signal))
  applyCpuModel(board, config)
  withGlobalProps(board.globalProps, () => createDevices(board, config))
  qdevPropCheckGlobals(board.globalProps)

  cpuSynchronizeAllPostInit(system)
  qdevMachineCreationDone(root)
  system.machineReset = () => board.qomClass.reset?.(board)
  qemuSystemReset(system, 'none')
}

/** Defaults of devices that other options stand for. @qemu qom/object.c object_register_sugar_prop */
function sugarProps({ rtc }: SystemState): GlobalProperty[] {
  const { lostTickPolicy: value } = rtc
  // Nobody is told when there is no such device.
  return value === 'discard'
    ? []
    : [{ driver: 'mc146818rtc', property: 'lost_tick_policy', value, used: true }]
}

/** Makes the board and what `-device` asks for. @qemu softmmu/vl.c qemu_create_cli_devices */
function createDevices(board: X86MachineState, config: MachineConfig): void {
  // Made before the CPUs, so that a misspelt device is told before anything has cost time.
  const devices = (config.devices ?? []).map((spec) =>
    locate(`-device ${spec.text}`, () => ({ spec, dev: qdevDeviceNew(board, spec) })),
  )
  machineRunBoardInit(board)
  for (const { spec, dev } of devices) {
    locate(`-device ${spec.text}`, () => qdevDevicePlug(board, board.buses, spec, dev))
  }
  for (const notify of board.machineDoneNotifiers) notify()
}

/** Tells of defaults that nothing took. @qemu hw/core/qdev-properties.c qdev_prop_check_globals */
function qdevPropCheckGlobals(props: readonly GlobalProperty[]): void {
  for (const { driver, property, value, used } of props) {
    if (used) continue
    const klass = objectClassByName(driver)
    if (!(klass instanceof DeviceClass)) warnReport(`global ${driver}.${property} has invalid class name`)
    else if (!klass.hotpluggable) warnReport(`global ${driver}.${property}=${value} not used`)
  }
}

/** What `-machine`, `-smp`, `-m` and `-kernel` say. @qemu softmmu/vl.c qemu_apply_machine_options */
function applyMachineOptions(system: SystemState, board: X86MachineState, config: MachineConfig): void {
  for (const [name, value] of config.properties ?? []) {
    locate(`-machine ${name}=${value}`, () => objectPropertyParse(board, name, value))
  }
  const smp = config.smp ?? '1'
  locate(`-smp ${smp}`, () => machineParseSmpConfig(board, smpConfigurationParse(smp)))
  system.smp = { ...board.smp }
  if (config.memory !== undefined) {
    checkMemorySize(config.memory)
    board.ramSize = config.memory
  }
  const { memoryBackend: id } = config
  if (id !== undefined) locate(`-machine memory-backend=${id}`, () => useMemoryBackend(board, id, config))
  if (config.bios !== undefined) objectPropertySet(board, 'firmware', config.bios)
  board.dataDirs = config.dataDirs ?? []
  board.fwCfgFiles = config.fwCfg ?? []
  const { boot } = config
  if (boot !== undefined) board.bootConfig = locate(`-boot ${boot}`, () => parseBoot(boot))
  // Without anything to boot, the guest that comes with the package.
  const bundled = board.firmware === '' && board.takesKernel ? BUNDLED_GUEST : ''
  objectPropertySet(board, 'kernel', config.kernel ?? bundled)
  objectPropertySet(board, 'initrd', config.initrd ?? '')
  objectPropertySet(board, 'append', config.append ?? '')
}

/** Makes a memory backend the machine's RAM. @qemu softmmu/vl.c qemu_resolve_machine_memdev */
function useMemoryBackend(board: X86MachineState, id: string, { memory }: MachineConfig): void {
  const backend = memoryBackendById(board.system.root, id)
  if (memory !== undefined && memory !== backend.size)
    throw new UserError('Machine memory size does not match the size of the memory backend')
  board.ramSize = backend.size
  board.ramMemdev = backend
}

/** Finds the CPU model. The accelerator comes first: it has a say in features. @qemu cpu.c parse_cpu_option */
function applyCpuModel(board: X86MachineState, { cpu }: MachineConfig): void {
  if (cpu === undefined) return
  board.cpuOption = `-cpu ${cpu}`
  locate(board.cpuOption, () => {
    const [model, ...features] = cpu.split(',')
    const xcc = x86CpuClassByName(model!)
    if (!xcc || xcc.abstract)
      throw new UserError(`unable to find CPU model '${model}' (-cpu help lists them)`)
    board.cpuType = xcc.typeName
    board.cpuFeatures = x86CpuParseFeaturestr(features.join(',') || null)
  })
}

/**
 * Takes the machine apart: CPUs, devices, accelerator, memory, and last the back ends, which write out what is queued.
 * @qemu softmmu/runstate.c qemu_cleanup
 */
export async function qemuCleanup(system: SystemState, board: X86MachineState): Promise<RunFigures> {
  await pauseAllVcpus(system)
  const figures = figuresOf(system)
  for (const cpu of [...system.cpus].reverse()) await cpuRemoveSync(cpu)
  objectUnparent(board)
  accelExitMachine(system)
  board.freeRam()
  qemuChrCleanup(system.root)
  await Promise.all(qemuChrAll(system.root).map((chr) => chr.drained))
  return figures
}

function figuresOf(system: SystemState): RunFigures {
  return {
    firstRunNs: system.accel?.firstRunNs ?? null,
    endNs: process.hrtime.bigint(),
    exits: kvmExitCounts(system),
    instructions: system.icount?.getRaw() ?? null,
  }
}
