"""terminal.py COLUMNS WORD…: runs a program on a terminal of this width and 24 lines, and prints what it wrote there."""
import fcntl
import os
import pty
import struct
import sys
import termios

columns, words = int(sys.argv[1]), sys.argv[2:]
process, terminal = pty.fork()
if process == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execvpe(words[0], words, os.environ | {"TERM": "xterm"})
written = b""
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    written += part
sys.stdout.buffer.write(written)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) & 255)
