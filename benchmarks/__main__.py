"""`make bench`: every row side by side with its peer, in one run. ``--only NAME`` for single rows, ``--quick`` for a first look."""

from __future__ import annotations

import argparse
import importlib
import sys

import uvloop

from benchmarks.table import Row, markdown, store

ROWS = ("webhook", "empty_tick", "due_burst", "red_page", "pace", "reading")


def main() -> None:
    """Measures, prints, stores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=ROWS, default=ROWS)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    rows: list[Row] = []
    for name in options.only:
        sys.stderr.write(f"measuring: {name} ...\n")
        module = importlib.import_module(f"benchmarks.rows.{name}")
        rows += uvloop.run(module.measure(quick=options.quick))
    print(markdown(rows))
    if not options.quick and tuple(options.only) == ROWS:
        store(rows)


if __name__ == "__main__":
    main()
