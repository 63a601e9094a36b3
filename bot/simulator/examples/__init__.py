"""`aftercare test`: the worked examples of schedule files, lived through on the real services with a clock that is turned."""

from __future__ import annotations

from bot.simulator.examples.run import Result, run_examples

__all__ = ["Result", "run_examples"]
