#!/usr/bin/env python3
"""Serves the changed answers of the sandbox that the environment names, until its input ends. Prints its port.

Usage: serve.py SEED SHARE.
"""
import os
import sys

from recorded import Recorded
from server import Server

server = Server(Recorded(os.environ))
server.begin(int(sys.argv[1]), float(sys.argv[2]))
print(server.port, flush=True)
sys.stdin.read()
