"""What this machine itself takes away: the longest that a process which only sleeps was kept waiting meanwhile."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SLEEPER = """
import sys, threading, time
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
worst = 0.0
while not stop.is_set():
    began = time.perf_counter()
    time.sleep(0.005)
    worst = max(worst, time.perf_counter() - began - 0.005)
print(1000 * worst)
"""


class Sleeper:
    """``worst_ms`` is known once the block is over."""

    worst_ms = 0.0


@contextmanager
def sleeper() -> Iterator[Sleeper]:
    """Runs beside the block."""
    found = Sleeper()
    with subprocess.Popen([sys.executable, "-c", _SLEEPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own command
        yield found
        out, _ = process.communicate()
        found.worst_ms = float(out)
