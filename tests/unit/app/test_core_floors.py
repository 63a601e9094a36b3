"""The core is pure: no clock, no randomness, no I/O, no logging, no async. Time comes in as an argument."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CORE = Path(__file__).parents[3] / "bot" / "core"
IMPURE_MODULES = frozenset(
    {
        *("asyncio", "concurrent", "ctypes", "glob", "io", "logging", "multiprocessing", "os", "pathlib", "pickle", "queue"),
        *("random", "secrets", "select", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile"),
        *("threading", "time", "uuid", "urllib", "http", "warnings"),
    }
)
ALLOWED_ROOTS = (frozenset(sys.stdlib_module_names) | {"bot", "numpy"}) - IMPURE_MODULES
"""numpy is arithmetic (the recogniser's): its randomness and its files are banned below."""
IMPURE_ATTRIBUTES = frozenset({"random", "load", "save", "savez", "fromfile", "memmap"})
IMPURE_CALLS = frozenset({"now", "utcnow", "today", "uuid1", "uuid4", "urandom", "localtime", "monotonic", "perf_counter"})
IMPURE_BUILTINS = frozenset({"open", "print", "input", "exec", "eval", "breakpoint"})


def impurities(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield f"{node.lineno}: async"
        elif isinstance(node, ast.Import):
            yield from (f"{node.lineno}: import {a.name}" for a in node.names if a.name.split(".")[0] not in ALLOWED_ROOTS)
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").split(".")[0] not in ALLOWED_ROOTS:
                yield f"{node.lineno}: from {node.module}"
        elif isinstance(node, ast.Call):
            yield from _impure_call(node)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in {"np", "numpy"}:
            yield from (f"{node.lineno}: numpy.{name}" for name in {node.attr} & IMPURE_ATTRIBUTES)


def _impure_call(node: ast.Call) -> Iterator[str]:
    if isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_CALLS:
        yield f"{node.lineno}: .{node.func.attr}()"
    if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS | IMPURE_BUILTINS:
        yield f"{node.lineno}: {node.func.id}()"


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda path: path.relative_to(CORE).as_posix())
def test_the_core_is_pure(path: Path) -> None:
    assert list(impurities(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\nx = datetime.now()",
        "from datetime import date\nx = date.today()",
        "import random",
        "from random import choice",
        "from uuid import uuid4",
        "import logging",
        "async def f(): ...",
        "x = open('file')",
        "print('hello')",
        "import os.path",
        "import yaml",
        "from sqlalchemy import select",
        "import numpy as np\nx = np.random.default_rng()",
        "import numpy as np\nx = np.load",
    ],
)
def test_each_impurity_is_noticed(source: str) -> None:
    assert list(impurities(source))
