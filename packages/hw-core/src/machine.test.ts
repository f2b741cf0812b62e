// SPDX-License-Identifier: GPL-2.0-or-later
import { objectPropertyGet, objectPropertyParse, typeRegister } from '@dromaius/qom'
import { describe, expect, it } from 'vitest'
import {
  findMachine,
  machineList,
  machineRunBoardInit,
  TYPE_MACHINE,
  type MachineClass,
  type MachineState,
} from './machine.js'

const TYPE_BOARD = typeRegister<MachineState, MachineClass>({
  name: 'test-board-machine',
  parent: TYPE_MACHINE,
  classInit(mc) {
    mc.desc = 'A board'
    mc.alias = 'tb'
    mc.defaultCpuType = 'qemu64-x86_64-cpu'
    mc.init = (ms) => {
      ms.kernelCmdline += ' built'
    }
  },
})
typeRegister<MachineState, MachineClass>({ name: 'test-child-machine', parent: TYPE_BOARD })

describe('machine types', () => {
  it('is found by name and by alias', () => {
    expect(findMachine('test-board').desc).toBe('A board')
    expect(findMachine('tb')).toBe(findMachine('test-board'))
  })

  it('an unknown name is refused in one line', () => {
    expect(() => findMachine('foo')).toThrow(
      "Unsupported machine type 'foo', use -machine help to list supported machines",
    )
  })

  it('a child type has a name of its own and no alias', () => {
    const child = findMachine('test-child')
    expect(child).toMatchObject({ name: 'test-child', alias: null, desc: 'A board' })
    expect(machineList().map((mc) => mc.name)).toContain('test-child')
  })

  it('an instance starts with the defaults of its class, takes its properties and is built', () => {
    const ms = TYPE_BOARD.new()
    expect(ms).toMatchObject({ cpuType: 'qemu64-x86_64-cpu', ramSize: 128 * 1024 * 1024, smp: { cpus: 1 } })
    objectPropertyParse(ms, 'kernel', 'vmlinux')
    objectPropertyParse(ms, 'append', 'quiet')
    machineRunBoardInit(ms)
    expect(objectPropertyGet(ms, 'kernel')).toBe('vmlinux')
    expect(ms.kernelCmdline).toBe('quiet built')
  })
})
