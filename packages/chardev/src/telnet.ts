// SPDX-License-Identifier: GPL-2.0-or-later
// What of the telnet protocol a serial line needs: RFC 854, with the options of RFC 856, 857 and 858.

/** Commands, each behind an IAC. */
const IAC = 0xff
const DONT = 0xfe
const DO = 0xfd
const WILL = 0xfb
const SB = 0xfa
const BREAK = 0xf3
const SE = 0xf0

/** Options: eight-bit data, echo by us, no go-ahead. */
const OPT_BINARY = 0
const OPT_ECHO = 1
const OPT_SUPPRESS_GO_AHEAD = 3

/**
 * What is said first: characters go one by one, in eight bits, and the guest echoes them.
 * @qemu chardev/char-socket.c tcp_chr_telnet_init
 */
export const TELNET_GREETING = Uint8Array.of(
  ...[IAC, WILL, OPT_ECHO],
  ...[IAC, WILL, OPT_SUPPRESS_GO_AHEAD],
  ...[IAC, WILL, OPT_BINARY],
  ...[IAC, DO, OPT_BINARY],
)

/** Output with every byte 255 doubled, since one alone begins a command. */
export function telnetEscape(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(IAC)) return bytes
  return Uint8Array.from([...bytes].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte])))
}

/** Takes the commands out of what a telnet client sends. */
export class TelnetInput {
  private state: 'data' | 'command' | 'option' | 'subnegotiation' | 'subnegotiation-command' = 'data'
  private readonly onBreak: () => void

  /** `onBreak` is called for every break that the client sends. */
  constructor(onBreak: () => void) {
    this.onBreak = onBreak
  }

  /**
   * Returns the data in the next bytes of the stream.
   * @qemu chardev/char-socket.c tcp_chr_process_IAC_bytes
   * @differs commands of two bytes and subnegotiations have their own length; QEMU takes all for three bytes
   */
  process(bytes: Uint8Array): Uint8Array {
    return bytes.filter((byte) => this.isData(byte))
  }

  private isData(byte: number): boolean {
    switch (this.state) {
      case 'data':
        if (byte === IAC) this.state = 'command'
        return byte !== IAC
      case 'command':
        return this.command(byte)
      case 'option':
        this.state = 'data'
        return false
      case 'subnegotiation':
        if (byte === IAC) this.state = 'subnegotiation-command'
        return false
      case 'subnegotiation-command':
        this.state = byte === SE ? 'data' : 'subnegotiation'
        return false
    }
  }

  private command(byte: number): boolean {
    this.state = 'data'
    if (byte === BREAK) this.onBreak()
    else if (byte === SB) this.state = 'subnegotiation'
    else if (byte >= WILL && byte <= DONT) this.state = 'option'
    return byte === IAC
  }
}
