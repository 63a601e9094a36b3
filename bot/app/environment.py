"""Where settings come from: the process environment first, then the file ``.env``; secrets also from a file named by ``NAME_FILE``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PREFIX = "AFTERCARE_"


def read_env_file(path: Path) -> dict[str, str]:
    """The ``NAME=value`` lines of a ``.env`` file; a missing file is an empty one.

    Blank lines and lines that start with ``#`` are skipped, ``export`` before a name is allowed, and one pair of quotes around
    a value is taken off. Nothing is expanded: a value is what stands there. Raises ValueError that names the line otherwise.
    """
    if not path.is_file():
        return {}
    values: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.removeprefix("export ").partition("=")
        if not equals or not name.strip().isidentifier():
            raise ValueError(f"{path}:{number}: expected NAME=value")
        values[name.strip()] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value


class Values:
    """Looks settings up and remembers what was wrong with them, so that all problems are told at once."""

    def __init__(self, environment: Mapping[str, str], env_file: Mapping[str, str]) -> None:
        self._values = {**env_file, **environment}
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """The value of AFTERCARE_<name>; an empty one counts as not set."""
        return self._values.get(PREFIX + name, "").strip() or default

    def secret(self, name: str) -> str:
        """The same, or the content of the file that AFTERCARE_<name>_FILE names. Both at once is a problem: which one holds?"""
        direct, file = self.text(name), self.text(name + "_FILE")
        if direct and file:
            self.wrong(name, f"is set, and so is {PREFIX}{name}_FILE", "keep one of the two")
        if not file:
            return direct
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            self.wrong(
                name + "_FILE", f"names {file}, which cannot be read ({why})", "name a readable file with the secret in it"
            )
            return ""

    def wrong(self, name: str, problem: str, remedy: str) -> None:
        """Remembers a problem. Neither text may hold the value of a secret."""
        self.problems.append(f"{PREFIX}{name} {problem}: {remedy}")

    def unknown(self, known: frozenset[str]) -> tuple[str, ...]:
        """Names with our prefix that no setting has: probably misspelt."""
        return tuple(sorted(n for n in self._values if n.startswith(PREFIX) and n.removeprefix(PREFIX) not in known))
