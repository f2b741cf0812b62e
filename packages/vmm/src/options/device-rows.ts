// SPDX-License-Identifier: GPL-2.0-or-later
//
// Options that add devices and their back ends.

import { qemuChrHelp } from '@dromaius/chardev'
import { keyvalParse, knownValues, UserError } from '@dromaius/util'
import type { CommandLine } from '../command-line.js'
import { deviceHelp, deviceList } from '../device-help.js'
import { objectHelp, objectList, objectSpecOf } from '../object-add.js'
import { asksForHelp, flag, hasHelp, type OptionRow } from './option-row.js'

/** Short forms of a back end. */
const CHARDEV_SYNTAX =
  '[mon:](stdio|file:path|pty|unix:path[,server][,nowait]|tcp:host:port[,...]|telnet:host:port[,...]|null)|chardev:id|none'

function applyDevice(line: CommandLine, value: string): void {
  if (asksForHelp(value)) {
    line.help = deviceList()
    return
  }
  const pairs = keyvalParse(value, { implied: 'driver', bareFlags: true })
  const driver = pairs.findLast(([key]) => key === 'driver')?.[1]
  if (driver === undefined) throw new UserError("Parameter 'driver' is missing")
  const properties = pairs.filter(([key]) => key !== 'driver')
  if (hasHelp(properties)) line.help = deviceHelp(driver)
  else line.devices.push({ driver, properties, text: value })
}

/** @qemu softmmu/qdev-monitor.c qemu_global_option */
function applyGlobal(line: CommandLine, value: string): void {
  const short = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(value)
  if (short) {
    const [, driver, property, text] = short
    line.globals.push({ driver: driver!, property: property!, value: text!, used: false })
    return
  }
  const long = knownValues(keyvalParse(value), ['driver', 'property', 'value'])
  const { driver, property, value: text } = long
  if (driver === undefined || property === undefined || text === undefined) {
    throw new UserError("options 'driver', 'property', and 'value' are required")
  }
  line.globals.push({ driver, property, value: text, used: false })
}

function applyObject(line: CommandLine, value: string): void {
  if (asksForHelp(value)) {
    line.help = objectList()
    return
  }
  const [, type, help] = /^([^,=]+),(help|\?)$/.exec(value) ?? []
  if (help !== undefined) line.help = objectHelp(type!)
  else line.objects.push(objectSpecOf(keyvalParse(value, { implied: 'qom-type' }), value))
}

export const deviceRows: readonly OptionRow[] = [
  {
    names: ['device'],
    field: 'device',
    argument: 'driver[,prop[=value][,...]]',
    help: ["add a device ('-device help' for list, '-device driver,help' for properties)"],
    differs: 'Fewer devices; no JSON syntax.',
    apply: applyDevice,
  },
  {
    names: ['global'],
    field: 'global',
    argument: 'driver.property=value',
    help: [
      'set the default of a property of all devices of a type',
      "or 'driver=driver,property=property,value=value'",
    ],
    differs: 'Devices only, not accelerators and machines.',
    apply: applyGlobal,
  },
  {
    names: ['object'],
    field: 'object',
    argument: '[qom-type=]typename,id=id[,prop=value][,...]',
    help: [
      "make an object that other options refer to by its id ('-object help' for list)",
      '-machine memory-backend=id makes a memory backend the RAM',
    ],
    differs: 'Memory backends only; no JSON syntax.',
    apply: applyObject,
  },
  {
    names: ['chardev'],
    field: 'chardev',
    argument: 'backend,id=id[,mux=on|off][,logfile=path][,logappend=on|off][,prop=value][,...]',
    help: [
      "add a back end for character devices ('-chardev help' for list)",
      'mux=on lets up to four devices share it and takes commands after Ctrl-A',
    ],
    differs:
      'Back ends are `stdio`, `file`, `socket` (without TLS, websocket, `tn3270` and `fd`), `pty`, `ringbuf` and `null`. A key that a back end has no use for is refused. Ctrl-A c switches between the devices that share it; there is no monitor yet.',
    apply(line, value) {
      if (asksForHelp(value)) line.help = qemuChrHelp()
      else line.chardevs.push(value)
    },
  },
  {
    names: ['serial'],
    field: 'serial',
    argument: CHARDEV_SYNTAX,
    help: [
      'redirect a serial port, the first to the fourth; mon:stdio takes commands after Ctrl-A (Ctrl-A h lists them)',
      '(default: mon:stdio)',
    ],
    differs:
      'The default is `mon:stdio` where QEMU would open a window (`vc`). There is no monitor behind `mon:` yet. Four ports on `microvm`, too.',
    apply(line, value) {
      line.serials.push(value)
    },
  },
  {
    names: ['debugcon'],
    field: 'debugcon',
    argument: CHARDEV_SYNTAX,
    help: [
      'redirect the debug console, which is at port 0xe9',
      '(-device isa-debugcon,iobase=port,chardev=id makes one elsewhere)',
    ],
    differs: null,
    apply(line, value) {
      line.debugcons.push(value)
    },
  },
  {
    names: ['rtc'],
    field: 'rtc',
    argument: '[base=utc|localtime|datetime][,clock=host|rt|vm][,driftfix=none|slew]',
    help: [
      "set what the guest's clock starts with and which clock it follows",
      'driftfix=slew delivers ticks later that the guest was too slow for',
    ],
    differs: null,
    apply(line, value) {
      line.rtc = line.rtc === null ? value : `${line.rtc},${value}`
    },
  },
  flag('nographic', {
    names: ['nographic'],
    help: ['serial port on the terminal, whatever -display says'],
    differs: 'There is no display to switch off.',
  }),
  {
    names: ['display'],
    argument: 'none',
    help: ['no display; without -serial the output of the serial port is lost'],
    differs: '`none` is the only one.',
    apply(line, value) {
      if (asksForHelp(value)) line.help = 'Available display backend types:\nnone\n'
      else if (value === 'none') line.display = value
      else throw new UserError(`Parameter 'type' does not accept value '${value}'`)
    },
  },
  flag('nodefaults', { names: ['nodefaults'], help: ["don't create default devices"], differs: null }),
]
