// SPDX-License-Identifier: GPL-2.0-or-later
import { Chardev, qemuChrBeCanWrite, qemuChrBeEvent, qemuChrBeWrite, TYPE_CHARDEV } from '@dromaius/chardev'
import { typeRegister } from '@dromaius/qom'
import { SerialStream } from './serial-stream.js'

/** A back end whose other end is a stream of this program. */
export class StreamChardev extends Chardev {
  readonly stream = new SerialStream({ acceptInput: () => this.chrAcceptInput() })

  static create(): StreamChardev {
    const chr = TYPE_CHARDEV_STREAM.new()
    qemuChrBeEvent(chr, 'opened')
    return chr
  }

  override chrWrite(bytes: Uint8Array): number {
    return this.stream.pushOutput(bytes)
  }

  override chrAddWatch(cb: () => void): (() => void) | null {
    return this.stream.whenRoom(cb)
  }

  override chrDrain(): boolean {
    // The reader is in this thread: waiting would keep it from reading.
    return this.stream.hasRoom
  }

  override chrAcceptInput(): void {
    for (let room = qemuChrBeCanWrite(this); room > 0; room = qemuChrBeCanWrite(this)) {
      const bytes = this.stream.takeInput(room)
      if (bytes.length === 0) return
      qemuChrBeWrite(this, bytes)
    }
  }

  protected override chrClose(): void {
    this.stream.machineEnded()
  }
}

const TYPE_CHARDEV_STREAM = typeRegister<StreamChardev>({
  name: 'chardev-stream',
  parent: TYPE_CHARDEV,
  instance: StreamChardev,
})
