// SPDX-License-Identifier: GPL-2.0-or-later
import {
  Chardev,
  qemuChrAdd,
  qemuChrNew,
  qemuChrNewFromOpts,
  qemuChrParseOpts,
  TYPE_CHARDEV_MUX,
} from '@dromaius/chardev'
import { qemuSystemShutdownRequest, type SystemState } from '@dromaius/cpus'
import { MAX_ISA_SERIAL_PORTS } from '@dromaius/hw-char'
import { UserError } from '@dromaius/util'
import { locate, type MachineConfig, type SerialSpec } from './machine-config.js'

/** Back ends of the devices that the board itself makes; null where there is none. */
export interface BoardChardevs {
  serialHds: (Chardev | null)[]
  debugcons: (Chardev | null)[]
}

/** Makes the back ends of one machine. */
class ChardevFactory {
  private readonly system: SystemState
  private readonly onQuit: () => void
  /** Those that a device of the board is going to have. */
  private readonly claimed = new Set<Chardev>()
  /** What has to be waited for, with the option in front of what goes wrong. */
  readonly waiting: Promise<void>[] = []

  constructor(system: SystemState) {
    this.system = system
    this.onQuit = () => qemuSystemShutdownRequest(system, 'host-ui')
  }

  /** @qemu softmmu/vl.c chardev_init_func */
  fromOpts(text: string): void {
    const option = `-chardev ${text}`
    const { onQuit, system } = this
    this.waitFor(
      option,
      locate(option, () => qemuChrNewFromOpts(qemuChrParseOpts(text), { root: system.root, onQuit })),
    )
  }

  forBoard(option: string, label: string, spec: SerialSpec): Chardev | null {
    const { onQuit, system } = this
    if (spec instanceof Chardev) {
      if (spec.parent)
        throw new UserError(`${option}: the back end belongs to a machine already; each needs its own`)
      spec.label ||= label
      qemuChrAdd(system.root, spec)
      return spec
    }
    const where = `${option} ${spec}`
    return locate(where, () => {
      const chr = qemuChrNew(label, spec, { root: system.root, onQuit })
      if (!chr) return null
      if (this.claimed.has(chr) && !TYPE_CHARDEV_MUX.is(chr)) {
        throw new UserError(`Device '${chr.label}' is in use`)
      }
      this.claimed.add(chr)
      if (!spec.startsWith('chardev:')) this.waitFor(where, chr)
      return chr
    })
  }

  private waitFor(option: string, chr: Chardev): void {
    if (!chr.ready) return
    this.waiting.push(
      chr.ready.catch((error: unknown) =>
        locate(option, () => {
          throw error
        }),
      ),
    )
  }
}

/**
 * Makes the back ends that `-chardev`, `-serial` and `-debugcon` ask for, and waits until they are connected as far as they are
 * to be. Throws UserError with the option in front, or what `signal` is aborted with.
 */
export async function createChardevs(
  system: SystemState,
  config: MachineConfig,
  signal?: AbortSignal,
): Promise<BoardChardevs> {
  const factory = new ChardevFactory(system)
  for (const text of config.chardevs ?? []) factory.fromOpts(text)
  const serials = config.serials ?? []
  if (serials.length > MAX_ISA_SERIAL_PORTS) {
    throw new UserError(`-serial: this machine has ${MAX_ISA_SERIAL_PORTS} serial ports`)
  }
  const made: BoardChardevs = {
    serialHds: serials.map((spec, index) => factory.forBoard('-serial', `serial${index}`, spec)),
    debugcons: (config.debugcons ?? []).map((spec, index) =>
      factory.forBoard('-debugcon', index === 0 ? 'debugcon' : `debugcon${index}`, spec),
    ),
  }
  if (factory.waiting.length > 0) await unlessAborted(Promise.all(factory.waiting), signal)
  return made
}

/** Waits for `work`, or until `signal` is aborted: then it throws what that was aborted with. */
async function unlessAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) {
    await work
    return
  }
  let onAbort = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort)
  })
  try {
    await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
