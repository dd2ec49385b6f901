#!/usr/bin/env python3
"""Runs a command beside a name server that never answers, in a network namespace of its own; ends it once it has asked,
and prints how long that took and its exit code."""
import fcntl
import socket
import struct
import subprocess
import sys
import time

SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(server, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP_RUNNING))
server.bind(("127.0.0.1", 53))
server.settimeout(20)
command = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
server.recvfrom(512)
time.sleep(0.3)
began = time.monotonic()
command.terminate()
code = command.wait(20)
print(f"{time.monotonic() - began:.2f} {code}")
