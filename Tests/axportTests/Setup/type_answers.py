"""Runs a program on a terminal, and types each answer when its question appears: FOLDER ANSWERS PROGRAM…

ANSWERS is a JSON list of pairs: the end of the question, and the keys. Prints the exit code and all that was shown."""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

folder, answers, words = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:]
process, terminal = pty.fork()
if process == 0:
    # As a shell on a terminal starts it, also if the tests run in the background.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 400, 0, 0))
    os.chdir(folder)
    os.execv(words[0], words)

shown, seen = "", 0
end = time.monotonic() + 60


def read():
    """Whether the program still runs."""
    global shown
    if not select.select([terminal], [], [], 0.2)[0]:
        return True
    try:
        more = os.read(terminal, 65536)
    except OSError:
        return False
    shown += more.decode(errors="replace").replace("\r\n", "\n")
    return bool(more)


for question, keys in answers:
    while question not in shown[seen:] and time.monotonic() < end and read():
        pass
    if question not in shown[seen:]:
        break
    seen = shown.index(question, seen) + len(question)
    os.write(terminal, keys.encode())
while time.monotonic() < end and read():
    pass
if time.monotonic() >= end:
    os.kill(process, 9)
print(json.dumps({"status": os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), "shown": shown}))
