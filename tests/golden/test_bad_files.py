"""Files that are no plain UTF-8 YAML, each with what its author is told; and files that move while they are read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import yaml_file
from bot.content.problems import ProblemsFound
from bot.content.yaml_source import Source
from tests.support.careplan import assert_golden

GOLDEN = Path(__file__).parent / "bad_files"

CASES: dict[str, bytes] = {
    "a-tab": b"a: 1\nb:\n\t- x\n",
    "latin-1": 'a: 1\ntitle: "Nachsorge für alle"\n'.encode("latin-1"),
    "utf-16": "a: 1\n".encode("utf-16"),
    "nul": b'a: 1\nb: "x\0y"\n',
    "bell": b'a: "\x07"\n',
    "empty": b"",
    "only-comments": b"# one\n# two\n",
    "alias-bomb": b'a: &a ["lol", "lol"]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b]\n',
    "alias-bomb-of-5-mb": b"a: &a [x]\n" + b"b: [*a, *a, *a, *a, *a, *a]\n" * 180_000,
    "python-object": b"a: !!python/object/apply:os.system ['rm -rf /']\n",
    "own-tag": b"a: !secret x\n",
    "nested-without-end": b"[" * 100_000,
    "second-document": b"a: 1\n---\nb: 2\n",
    "quote-not-closed": b'a: 1\nb: "two\nc: 3\n',
    "crlf-and-a-flaw": b"a: 1\r\nb: 2\r\n   c: 3\r\n",
    "directive": b"%YAML 9.9\n---\na: 1\n",
    "long-line": b"a: [" + b"x, " * 200 + b"&y z]\n",
    "binary": bytes(range(256)),
}


def told(path: Path, shown: str = "a.yaml") -> str:
    with pytest.raises(ProblemsFound) as found:
        Source.read(path, shown).root()
    return "\n".join(str(problem) for problem in found.value.problems) + "\n"


@pytest.mark.parametrize("case", CASES)
def test_a_file_that_is_no_plain_yaml_is_refused_at_its_line(case: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(CASES[case])
    assert_golden(GOLDEN / f"{case}.txt", told(path))


def test_every_golden_message_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {*CASES, "a-folder", "gone", "a-pipe", "changing"}


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_byte_order_mark_and_any_kind_of_line_end_are_read_over(start: bytes, end: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(start + b"a: 1" + end + b"b: 2" + end)
    fields = dict(Source.read(path).root().pairs())
    assert {key: (node.string(), node.line) for key, node in fields.items()} == {"a": ("1", 1), "b": ("2", 2)}


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert_golden(GOLDEN / "a-folder.txt", told(tmp_path))


def test_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    assert_golden(GOLDEN / "gone.txt", told(tmp_path / "a.yaml"))


def test_what_is_no_plain_file_is_not_waited_for() -> None:
    assert_golden(GOLDEN / "a-pipe.txt", told(Path(os.devnull)))


def while_reading(monkeypatch: pytest.MonkeyPatch, happens: Callable[[int], object]) -> None:
    """``happens`` is called with the number of the try between the two looks at the file."""
    read, tries = yaml_file._all_of, [0]

    def reading(descriptor: int) -> bytes:
        data = read(descriptor)
        tries[0] += 1
        happens(tries[0])
        return data

    monkeypatch.setattr(yaml_file, "_all_of", reading)


def test_a_file_that_changes_all_the_time_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\n")
    while_reading(monkeypatch, lambda number: path.write_bytes(b"a: 1\n" + b"# more\n" * number))
    assert_golden(GOLDEN / "changing.txt", told(path))


def test_a_file_that_changes_once_is_read_as_it_is_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\n")
    while_reading(monkeypatch, lambda number: number == 1 and path.write_bytes(b"a: second\n"))
    assert dict(Source.read(path).root().pairs())["a"].string() == "second"


def test_a_file_that_vanishes_while_it_is_read_was_still_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\n")
    while_reading(monkeypatch, lambda _: path.unlink())
    assert dict(Source.read(path).root().pairs())["a"].string() == "1"
