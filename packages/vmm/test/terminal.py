# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a command on a terminal of its own and plays a user at it.

terminal.py STEPS COMMAND...: STEPS is JSON, a list of [what, value]: expect TEXT, send TEXT, signal NAME, resize ROWSxCOLUMNS,
paste COUNT (lines of 79 characters, each with its number).
Prints one JSON object: output (without the echo of a paste), exit code (negative for a signal), and whether the terminal is
as it was. TERMINAL_TIMEOUT is how long in seconds a step may bring nothing.
"""
import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time

TIMEOUT = float(os.environ.get('TERMINAL_TIMEOUT', 40))
# Of a paste's echo so much is kept.
ECHO_KEPT = 4096


class Terminal:
    def __init__(self, command):
        self.master, self.slave = os.openpty()
        self.before = termios.tcgetattr(self.slave)
        os.set_blocking(self.master, False)
        self.output = bytearray()
        self.position = 0
        self.process = subprocess.Popen(
            command,
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            # Whose window changes is told by SIGWINCH if the terminal is its own.
            preexec_fn=lambda: fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0),
        )

    def pump(self, seconds):
        """Reads what there is, waiting at most so long; false if nothing came."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if ready:
            self.output += os.read(self.master, 65536)
        return bool(ready)

    def send(self, data):
        """Types; reads meanwhile, or each side would wait for the other."""
        end = time.monotonic() + TIMEOUT
        while data:
            readable, writable, _ = select.select([self.master], [self.master], [], 0.1)
            if readable:
                self.output += os.read(self.master, 65536)
            if writable:
                data = data[os.write(self.master, data[:4096]) :]
                end = time.monotonic() + TIMEOUT
            elif time.monotonic() > end:
                self.fail(f'{len(data)} bytes were not taken')

    def paste(self, count):
        for number in range(int(count)):
            self.send(f'{number:8} {"x" * 69}\r'.encode())
            if len(self.output) > self.position + 2 * ECHO_KEPT:
                del self.output[self.position : len(self.output) - ECHO_KEPT]

    def resize(self, size):
        rows, columns = size.split('x')
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack('HHHH', int(rows), int(columns), 0, 0))

    def fail(self, why):
        self.process.kill()
        self.report(why)
        sys.exit(0)

    def expect(self, text):
        wanted = text.encode('latin1')
        end = time.monotonic() + TIMEOUT
        while self.output.find(wanted, self.position) < 0:
            if time.monotonic() > end:
                self.fail(f'no {text!r} came')
            self.pump(0.1)
        self.position = self.output.find(wanted, self.position) + len(wanted)

    def finish(self):
        end = time.monotonic() + TIMEOUT
        while self.process.poll() is None:
            if time.monotonic() > end:
                self.fail('it did not end')
            self.pump(0.05)
        while self.pump(0.1):
            pass
        self.report(None)

    def report(self, failure):
        after = termios.tcgetattr(self.slave)
        print(
            json.dumps(
                {
                    'output': self.output.decode('latin1'),
                    'code': self.process.poll(),
                    'restored': after == self.before,
                    'failure': failure,
                }
            )
        )


def main():
    terminal = Terminal(sys.argv[2:])
    for what, value in json.loads(sys.argv[1]):
        if what == 'expect':
            terminal.expect(value)
        elif what == 'send':
            terminal.send(value.encode('latin1'))
        elif what == 'paste':
            terminal.paste(value)
        elif what == 'resize':
            terminal.resize(value)
        else:
            terminal.process.send_signal(getattr(signal, value))
    terminal.finish()


main()
