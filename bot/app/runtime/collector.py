"""Python's garbage collector, told what kind of process this is: many short-lived objects, hardly any cycles, nothing may pause.

As shipped it looks through the youngest after every 700 new objects, several times in one patient's message, and through all of
them so often that a burst of check-ins pauses every thread for longer than an alert may wait.
"""

from __future__ import annotations

import gc

YOUNG = 20_000
"""New objects between two looks at the youngest: a few milliseconds each."""
MIDDLE, ALL = 20, 20


def calm() -> None:
    """For the whole process; content that stays is out of its sight already (bot/app/live_content.py)."""
    gc.set_threshold(YOUNG, MIDDLE, ALL)
