"""`python -m bot` and `aftercare`."""

from __future__ import annotations

from bot.app.cli.root import aftercare


def main() -> None:
    """Runs the command line; ends the process with 0, 1 or 2."""
    aftercare(prog_name="aftercare")


if __name__ == "__main__":
    main()
