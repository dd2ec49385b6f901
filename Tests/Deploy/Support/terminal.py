"""A shell on a terminal of its own, which somebody types into."""
import os
import pty
import select
import signal
import time


class Terminal:
    def __init__(self, environment, *words):
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.execvpe(words[0], words, environment | {"TERM": "vt100", "COLUMNS": "400"})
        self.text = ""

    def type(self, keys):
        os.write(self.file, keys.encode())

    def shows(self, expected, seconds=20):
        """Whether a text appears after what was shown before."""
        end = time.monotonic() + seconds
        while expected not in self.text and time.monotonic() < end:
            if select.select([self.file], [], [], 0.2)[0]:
                try:
                    self.text += os.read(self.file, 65536).decode(errors="replace")
                except OSError:
                    break
        before, found, self.text = self.text.rpartition(expected)
        self.last = before + found + self.text
        return bool(found)

    def close(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.file)
