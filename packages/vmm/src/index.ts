// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Virtual machines in this process: build one with `Machine.create`, or run the `dromaius` command with `main`.
 * @packageDocumentation
 */
export type { BootConfig } from './board-fw-cfg.js'
export type { BootDevices } from './boot-devices.js'
export type { CpuPlace, CpuSpec, HotpluggableCpu } from './cpu-hotplug.js'
export { E820_RAM, E820_RESERVED, E820Table } from './e820.js'
export type { E820Entry } from './e820.js'
export { parseElf } from './elf.js'
export type { ElfFile, ElfNote, ElfSegment } from './elf.js'
export type { DirectEntry } from './load-linux.js'
export { keyvalParse } from '@dromaius/util'
export type { KeyvalOptions, KeyValues } from '@dromaius/util'
export { Machine } from './machine.js'
export type { MachineExit } from './machine.js'
export type { GuestMemory } from './guest-memory.js'
export type { CpuRegisters, MachineCpu, SegmentRegister, TableRegister, WideRegister } from './machine-cpu.js'
export type { MachineEvents, ShutdownEvent } from './machine-events.js'
export type {
  MachineOptions,
  OptionText,
  OptionTexts,
  OptionValues,
  SerialOption,
} from './machine-options.js'
export { main } from './main.js'
export { buildMpTable, MP_FLOATING_POINTER_ADDR } from './mptable.js'
export type { MpProcessor, MpTableConfig } from './mptable.js'
export type { HostMemoryBackend } from './hostmem.js'
export { type MicrovmMachineState, TYPE_MICROVM_MACHINE } from './microvm.js'
export type { RomList } from './rom-list.js'
export { SerialStream } from './serial-stream.js'
export { type SerialMatch, SerialWaitError, type WaitForOptions } from './serial-wait.js'
export type { RunFigures } from './summary.js'
export { type CPUArchId, TYPE_X86_MACHINE, type X86MachineState } from './x86-machine.js'
