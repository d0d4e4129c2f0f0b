"""Starts a command, waits for it, and writes `seconds megabytes code` into a file: python watch.py FILE COMMAND…

A process of its own, and a small one: the system counts what a process held before it became another program, so that
the largest memory of a child is never less than that of who started it.
"""

import os
import sys
import time

report, *command = sys.argv[1:]
started = time.perf_counter()
child = os.posix_spawn(command[0], command, os.environ)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - started
megabytes = usage.ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1000)
with open(report, "w") as file:
    file.write(f"{seconds} {megabytes} {os.waitstatus_to_exitcode(status)}")
