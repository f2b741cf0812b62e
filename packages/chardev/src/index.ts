// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Character device back ends and the front ends' face of them.
 * @packageDocumentation
 */
export {
  CharBackend,
  qemuChrFeAcceptInput,
  qemuChrFeAddWatch,
  qemuChrFeDeinit,
  qemuChrFeInit,
  qemuChrFeSetHandlers,
  qemuChrFeWrite,
  qemuChrFeWriteAll,
} from './char-fe.js'
export type { CharFeHandlers } from './char-fe.js'
export { FileChardev, TYPE_CHARDEV_FILE } from './char-file.js'
export { MuxChardev, TERM_ESCAPE_CHAR, TYPE_CHARDEV_MUX } from './char-mux.js'
export { qemuChrNew, qemuChrNewFromOpts } from './char-new.js'
export type { ChardevEnvironment } from './char-new.js'
export { NullChardev, TYPE_CHARDEV_NULL } from './char-null.js'
export { qemuChrHelp, qemuChrParseCompat, qemuChrParseOpts } from './char-opts.js'
export type {
  ChardevCommonOpts,
  ChardevFileOpts,
  ChardevNullOpts,
  ChardevOpts,
  ChardevPtyOpts,
  ChardevRingbufOpts,
  ChardevSocketOpts,
  ChardevStdioOpts,
} from './char-opts.js'
export { PtyChardev, TYPE_CHARDEV_PTY } from './char-pty.js'
export { RingBufChardev, TYPE_CHARDEV_RINGBUF } from './char-ringbuf.js'
export { SocketChardev, TYPE_CHARDEV_SOCKET } from './char-socket.js'
export { StdioChardev, TYPE_CHARDEV_STDIO } from './char-stdio.js'
export type { StdioInput, StdioOptions } from './char-stdio.js'
export {
  Chardev,
  qemuChrAdd,
  qemuChrAll,
  qemuChrBeCanWrite,
  qemuChrBeEvent,
  qemuChrBeWrite,
  qemuChrCleanup,
  qemuChrFind,
  qemuChrWrite,
  TYPE_CHARDEV,
} from './char.js'
export type { ChardevEvent } from './char.js'
export type { FdWriter } from './fd-writer.js'
export type { TerminalInput } from './terminal.js'
