"""Publishing at the terminal: what is published is live, what is edited is a draft, what loosens needs a second person."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.live_content import LiveContent
from bot.core.careplan.enrolment import CheckInState
from bot.ports import UnitOfWork
from bot.storage import open_store
from tests.support.careplan import MESSAGES
from tests.support.clinic import TempClinic, new_clinic
from tests.support.stores import KEY, PostgresServer, postgres_server

__all__ = ["postgres_server"]

TIGHTER = ("at_least: 38.5", "at_least: 38.0")
DAY_4 = ("  - id: d7\n", "  - id: d4\n    at: 4d 10:00\n    asks: [red_flags, sleep]\n  - id: d7\n")
NO_D30 = (
    "  - id: d30\n    at: 30d 10:00\n    window: 3d\n    asks: [red_flags, legs, infection, mood]\n",
    "",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def clinic(request: pytest.FixtureRequest, tmp_path: Path) -> TempClinic:
    """On both databases."""
    if request.param == "sqlite":
        return new_clinic(tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return new_clinic(tmp_path, server.new_database(), KEY)


@pytest.fixture
def small(tmp_path: Path) -> TempClinic:
    """On SQLite alone."""
    return new_clinic(tmp_path)


@pytest.fixture
def live(small: TempClinic) -> Iterator[LiveContent]:
    """What a running bot holds."""
    store = open_store(small.url)
    yield LiveContent(small.schedules, MESSAGES, store)
    store.close()


def fever_limit(content: LiveContent, clinic: TempClinic) -> float | None:
    return content.current.schedules[clinic.schedule].thresholds[0].at_least


def test_a_fresh_installation_takes_a_sound_edit_over_at_once(small: TempClinic, live: LiveContent) -> None:
    small.edit(TIGHTER)
    assert live.reload()
    assert fever_limit(live, small) == 38.0
    assert live.drafts == ()


def test_once_published_an_edit_is_a_draft_until_it_is_published_too(small: TempClinic, live: LiveContent) -> None:
    small.data("publish", small.schedule)
    small.edit(TIGHTER)
    live.reload()
    assert fever_limit(live, small) == 38.5
    assert set(live.drafts) == {small.schedule}
    small.data("publish", small.schedule)
    assert live.reload()
    assert fever_limit(live, small) == 38.0
    assert live.drafts == ()


def test_a_broken_draft_alarms_and_changes_nothing_not_even_at_a_start(small: TempClinic, live: LiveContent) -> None:
    small.data("publish", small.schedule)
    small.edit(("at_least: 38.5", "at_least: [38"))
    live.reload()
    assert live.problem
    store = open_store(small.url)
    try:
        fresh = LiveContent(small.schedules, MESSAGES, store)
    finally:
        store.close()
    assert fever_limit(live, small) == fever_limit(fresh, small) == 38.5
    assert fresh.problem


def test_what_is_not_sound_or_fails_its_examples_is_not_published(small: TempClinic) -> None:
    first = small.data("publish", small.schedule)["version"]
    good = small.file.read_text(encoding="utf-8")
    small.edit(("asks: [red_flags, legs, infection, mood]", "asks: [red_flags, leggs]"))
    assert "unknown-question" in small.run("publish", small.schedule).output
    small.file.write_text(good.replace("expect: {disposition: urgent", "expect: {disposition: none"), encoding="utf-8")
    refused = small.run("publish", small.schedule)
    assert (refused.exit_code, "example-fails" in refused.output) == (1, True)
    assert [row["version"] for row in small.data("versions")["versions"]] == [first]


def test_who_is_mid_course_stays_on_their_version(clinic: TempClinic) -> None:
    old = clinic.data("publish", clinic.schedule)["version"]
    (early,) = clinic.patients(1)
    clinic.edit(TIGHTER, DAY_4)
    done = clinic.data("publish", clinic.schedule, "--stay", "--by", "eva")
    assert (done["moved"], done["staying"]) == (0, 1)
    assert clinic.course(early).schedule_version == old
    assert "d4" not in clinic.rows(early)
    content = clinic.content()
    pinned, newest = content.course(clinic.schedule, old), content.schedules[clinic.schedule]
    assert pinned is not None
    assert [limit.at_least for limit in pinned.thresholds] == [38.5]
    assert [limit.at_least for limit in newest.thresholds] == [38.0]
    (late,) = clinic.patients(1)
    assert clinic.course(late).schedule_version == newest.version == done["version"]


def test_who_migrates_gets_what_is_new_loses_what_is_gone_and_nothing_twice(clinic: TempClinic) -> None:
    clinic.data("publish", clinic.schedule)
    early, late = clinic.patients(1, 5)
    clinic.edit(DAY_4, NO_D30)
    effect = clinic.data("diff", clinic.schedule)["schedules"][0]["patients"]
    assert effect == {"courses": 2, "change": 2, "lose": 2, "twice": 0}
    done = clinic.data("publish", clinic.schedule, "--migrate")
    assert (done["moved"], done["staying"]) == (2, 0)
    assert clinic.rows(early)["d4"].state is CheckInState.PLANNED
    assert "d4" not in clinic.rows(late), "its time has passed: it is not made up for"
    for patient in (early, late):
        assert clinic.course(patient).schedule_version == done["version"]
        assert clinic.rows(patient)["d30"].state is CheckInState.CANCELLED
    back = clinic.data("rollback", clinic.schedule)
    assert back["moved"] == 2
    assert clinic.rows(early)["d30"].state is CheckInState.PLANNED
    assert clinic.rows(early)["d4"].state is CheckInState.CANCELLED
    assert clinic.work(lambda uow: uow.audit.verify()) is None


def test_loosening_waits_for_a_second_person(clinic: TempClinic) -> None:
    tight = clinic.data("publish", clinic.schedule, "--by", "Eva")["version"]
    clinic.edit(("at_least: 38.5", "at_least: 38.8"))
    (doctor, other) = sorted(clinic.content().clinic.clinicians)[:2]
    pending = clinic.data("publish", clinic.schedule, "--by", doctor, exit_code=1)
    assert pending["state"] == "pending"
    assert clinic.content().schedules[clinic.schedule].version == tight
    assert [one["id"] for one in clinic.data("approve")["pending"]] == [pending["id"]]
    assert "somebody else" in clinic.run("approve", str(pending["id"]), "--by", doctor).output
    assert "no clinician" in clinic.run("approve", str(pending["id"]), "--by", "a-stranger").output
    assert clinic.content().schedules[clinic.schedule].version == tight
    assert clinic.data("approve", str(pending["id"]), "--by", other)["state"] == "published"
    assert clinic.content().schedules[clinic.schedule].version == pending["version"]
    assert clinic.run("approve", str(pending["id"]), "--by", other).exit_code == 2, "nothing is approved twice"


def test_below_the_catalogue_nobody_can_approve(small: TempClinic) -> None:
    small.data("publish", small.schedule)
    small.edit(("at_least: 38.5", "at_least: 39.5"))
    other = max(small.content().clinic.clinicians)
    refused = small.run("publish", small.schedule, "--by", "eva", "--approve", other)
    assert (refused.exit_code, "may tighten, never loosen" in refused.output) == (1, True)


def test_a_pending_version_is_withdrawn_when_another_goes_live(small: TempClinic) -> None:
    small.data("publish", small.schedule)
    small.edit(("at_least: 38.5", "at_least: 38.8"))
    pending = small.data("publish", small.schedule, "--by", "eva", exit_code=1)["id"]
    small.edit(("at_least: 38.8", "at_least: 38.2"))
    live = small.data("publish", small.schedule)["version"]
    assert small.run("approve", str(pending), "--by", max(small.content().clinic.clinicians)).exit_code == 2
    assert small.content().schedules[small.schedule].version == live


def test_rolling_further_back_to_what_is_looser_needs_a_second_person(small: TempClinic) -> None:
    first = small.data("publish", small.schedule)["version"]
    small.edit(TIGHTER)
    small.data("publish", small.schedule)
    small.edit(DAY_4)
    small.data("publish", small.schedule)
    waiting = small.data("rollback", small.schedule, "--to", first[:8], exit_code=1)
    assert waiting["state"] == "pending"


def test_an_undo_after_three_days_that_loosens_needs_a_second_person(small: TempClinic) -> None:
    small.data("publish", small.schedule)
    small.edit(TIGHTER)
    small.data("publish", small.schedule)

    def age(uow: UnitOfWork) -> None:
        live = uow.publications.live(small.schedule)
        assert live is not None
        uow.publications.save(replace(live, at=live.at - timedelta(days=4)))

    small.work(age)
    assert small.data("rollback", small.schedule, exit_code=1)["state"] == "pending"


def test_own_questions_of_an_old_version_keep_their_words(small: TempClinic) -> None:
    questions = small.schedules / "questions.yaml"
    old = small.data("publish", small.schedule)["version"]
    text = questions.read_text(encoding="utf-8")
    sentence = next(line for line in text.splitlines() if line.strip().startswith("en:"))
    questions.write_text(
        text.replace(sentence, f'{sentence[: sentence.index("en:")]}en: "Other words now?"', 1), encoding="utf-8"
    )
    new = small.data("publish", small.schedule)
    assert new["version"] != old
    assert any(found["what"] == "own.words" for found in new["plan"]["differences"])
    content = small.content()
    key = "question.own_back_to_daily_life.text"
    assert "Other words now?" in content.for_courses([(small.schedule, new["version"])]).text("en", key)
    assert "Other words now?" not in content.for_courses([(small.schedule, old)]).text("en", key)


def test_check_and_doctor_say_that_a_file_is_a_draft(small: TempClinic) -> None:
    small.data("publish", small.schedule)
    assert "draft" not in small.run("check", "--no-examples", str(small.schedules)).stderr
    small.edit(TIGHTER)
    assert f"{small.file.name} is a draft" in small.run("check", "--no-examples", str(small.schedules)).stderr
    parts = {part["part"]: part for part in small.data("doctor", exit_code=1)["parts"]}
    assert f"{small.file.name} is a draft" in parts["published"]["seen"]


def test_explain_shows_the_own_limit_and_the_whole_chain(small: TempClinic) -> None:
    found = small.data("explain", "fever")
    own = next(way for way in found["ways"] if way["id"] == f"{small.schedule}.thresholds")
    assert (own["disposition"], "38.5 degC" in own["reason"]) == ("urgent", True)
    assert {"B32", "early_warning", "B01"} <= {way["id"] for way in found["ways"]}
    assert all("last resort" in chain["steps"] for chain in found["chains"])


def test_going_back_needs_no_sound_file(small: TempClinic) -> None:
    first = small.data("publish", small.schedule)["version"]
    small.edit(TIGHTER)
    small.data("publish", small.schedule)
    small.file.write_bytes(b"\xff\xfe broken")
    back = small.data("rollback", small.schedule)
    assert (back["version"], back["file_differs"]) == (first, True)
    text = small.run("versions", small.schedule, "--text", first).stdout
    small.file.write_text(text, encoding="utf-8")
    store = open_store(small.url)
    try:
        assert LiveContent(small.schedules, MESSAGES, store).drafts == ()
    finally:
        store.close()


def test_folders_are_compared_with_their_clinic_and_without_a_database(small: TempClinic, tmp_path: Path) -> None:
    for file in Path(small.url).parent.glob(f"{Path(small.url).name}*"):
        file.unlink()
    other = tmp_path / "other"
    shutil.copytree(small.schedules, other)
    small.edit(DAY_4)
    clinic_file = small.schedules / "clinic.yaml"
    text = clinic_file.read_text(encoding="utf-8")
    clinic_file.write_text(text.replace("Linden Clinic", "Elm Clinic", 1), encoding="utf-8")
    found = small.data("diff", str(other), str(small.schedules))
    (one,) = found["schedules"]
    assert [difference["text"] for difference in one["differences"]] == ["day 4 at 10:00: a new check-in (d4) asks about sleep"]
    assert one["patients"] is None
    assert [difference["what"] for difference in found["clinic"]] == ["clinic.name"]
    assert "no database here" in small.run("diff", str(other), str(small.schedules)).output


@pytest.mark.parametrize(
    "words", [("diff", "nothing-of-that-name"), ("rollback", "linden-clinic"), ("approve", "1"), ("diff", "abcdef12")]
)
def test_wrong_use_exits_with_2(small: TempClinic, words: tuple[str, ...]) -> None:
    assert small.run(*words).exit_code == 2
