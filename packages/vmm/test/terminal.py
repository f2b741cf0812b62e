# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a command on a terminal of its own and plays a user at it.

terminal.py STEPS COMMAND...: STEPS is JSON, a list of [what, value]: expect TEXT, send TEXT, signal NAME.
Prints one JSON object: output, exit code (negative for a signal), and whether the terminal is as it was.
"""
import json
import os
import select
import signal
import subprocess
import sys
import termios
import time

TIMEOUT = 40


class Terminal:
    def __init__(self, command):
        self.master, self.slave = os.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.output = b''
        self.position = 0
        self.process = subprocess.Popen(
            command, stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True
        )

    def pump(self, seconds):
        """Reads what there is, waiting at most so long; false if nothing came."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if ready:
            self.output += os.read(self.master, 65536)
        return bool(ready)

    def expect(self, text):
        wanted = text.encode('latin1')
        end = time.monotonic() + TIMEOUT
        while self.output.find(wanted, self.position) < 0:
            if time.monotonic() > end:
                self.process.kill()
                self.report(f'no {text!r} came')
                sys.exit(0)
            self.pump(0.1)
        self.position = self.output.find(wanted, self.position) + len(wanted)

    def finish(self):
        end = time.monotonic() + TIMEOUT
        while self.process.poll() is None:
            if time.monotonic() > end:
                self.process.kill()
                self.report('it did not end')
                sys.exit(0)
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
            os.write(terminal.master, value.encode('latin1'))
        else:
            terminal.process.send_signal(getattr(signal, value))
    terminal.finish()


main()
