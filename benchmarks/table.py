"""Rows of the benchmark table, printed and stored."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent / "docs" / "benchmarks.md"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One comparison of one run. ``met`` is None where there is no aim."""

    name: str
    against: str
    ours: str
    theirs: str
    ratio: str = ""
    aim: str = ""
    met: bool | None = None
    note: str = ""


def markdown(rows: Sequence[Row]) -> str:
    """The table as Markdown."""
    head = "| row | against | ours | theirs | ratio | aim | met |\n|---|---|---|---|---|---|---|"
    word = {True: "yes", False: "**no**", None: ""}
    lines = [f"| {r.name} | {r.against} | {r.ours} | {r.theirs} | {r.ratio} | {r.aim} | {word[r.met]} |" for r in rows]
    notes = [f"- *{r.name}*: {r.note}" for r in rows if r.note]
    return "\n".join([head, *lines, "", *notes])


def store(rows: Sequence[Row]) -> None:
    """Writes results.json and docs/benchmarks.md."""
    run = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "python": platform.python_version(), "cpu": _cpu()}
    RESULTS.write_text(json.dumps({**run, "rows": [asdict(row) for row in rows]}, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(
        "# Benchmarks\n\nWritten by `make bench`. Every row was measured side by side with its peer in one run on one machine; "
        "quote the ratios, not the figures.\n\n"
        f"Run of {run['at']}, Python {run['python']}, {run['cpu']}.\n\n{markdown(rows)}\n",
        encoding="utf-8",
    )


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(models)} x {models[0]}" if models else platform.machine()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all are at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
