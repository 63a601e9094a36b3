"""`aftercare clinician list`: who can be paged, in words that a person reads; the JSON stays what programs read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app.cli.output import print_table
from bot.app.cli.root import aftercare
from bot.core.escalation.clinician import Clinician
from bot.storage import open_store
from tests.support.course import ROOT


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(ROOT)
    url = f"sqlite:///{tmp_path / 'a.db'}"
    monkeypatch.setenv("AFTERCARE_DATABASE_URL", url)
    open_store(url).close()
    return url


def listed(*arguments: str) -> str:
    result = CliRunner().invoke(aftercare, ["clinician", "list", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def bound(url: str, *people: Clinician) -> None:
    store = open_store(url)
    for person in people:
        store.transact(lambda uow, person=person: uow.clinicians.put(person))  # type: ignore[misc]
    store.close()


def test_it_says_in_words_who_has_a_chat_and_who_can_be_paged(database: str) -> None:
    bound(
        database,
        Clinician(id="dr-ada", name="Dr Ada", address="1"),
        Clinician(id="dr-bora", name="Dr Bora", address="2", reachable=False),
        Clinician(id="nurse-cem", name="Nurse Cem", address="3", active=False),
    )
    assert listed().splitlines() == [
        "clinician  name       chat  access   paged",
        "---------  ---------  ----  -------  -------------------",
        "dr-ada     Dr Ada     yes   yes      yes",
        "dr-bora    Dr Bora    yes   yes      no, blocked the bot",
        "nurse-cem  Nurse Cem  yes   revoked  no",
    ]


def test_whoever_has_not_opened_their_invitation_is_no_one_who_can_be_paged(database: str) -> None:
    assert database
    assert "dr-ada     Dr Ada     no    not yet  no" in listed()


def test_programs_read_what_they_read_before(database: str) -> None:
    bound(database, Clinician(id="dr-ada", name="Dr Ada", address="1"))
    [ada] = [row for row in json.loads(listed("--json")) if row["clinician"] == "dr-ada"]
    assert ada == {"clinician": "dr-ada", "name": "Dr Ada", "chat": True, "active": True, "reachable": True, "clinics": ["main"]}


def test_no_table_says_true_or_false_or_none(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"a": True, "b": False, "c": None}])
    assert capsys.readouterr().out.splitlines() == ["a    b   c", "---  --  -", "yes  no  -"]
