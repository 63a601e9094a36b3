"""What an operator does where there are two clinics: a file each, and commands that say which."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app.live_content import LiveContent
from tests.support.careplan import MESSAGES
from tests.support.clinic import TempClinic, new_clinic

NORTH_PEOPLE = {"nurse-one": "nurse-north", "Nurse One": "Nurse North", "dr-two": "dr-north", "Dr Two": "Dr North"}
NORTH_ABOUT = {
    "Linden Clinic": "North Clinic",
    "country: DE": "country: US",
    "Europe/Berlin": "America/New_York",
    '"112"': '"911"',
    "schema/clinic.json": "../schema/clinic.json",
}


def add_north(clinic: TempClinic) -> Path:
    """Copied from clinic.yaml and changed, as docs/operators.md says."""
    text = (clinic.schedules / "clinic.yaml").read_text(encoding="utf-8")
    for old, new in {**NORTH_PEOPLE, **NORTH_ABOUT}.items():
        assert old in text
        text = text.replace(old, new)
    path = clinic.schedules / "clinics" / "north.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def two(tmp_path: Path) -> TempClinic:
    clinic = new_clinic(tmp_path)
    add_north(clinic)
    clinic.binds()
    return clinic


def enrol(clinic: TempClinic, *more: str) -> list[str]:
    course = ("--schedule", clinic.schedule, "--treated-at", "2026-03-02T10:00", "--route", "iv")
    return ["enrol", "--name", "Ann", "--birth-year", "1970", *course, "--sms", "+15555550100", *more]


def test_whoever_enrols_says_which_clinic_and_one_alone_need_not_be_named(two: TempClinic) -> None:
    refused = two.run(*enrol(two))
    assert refused.exit_code == 2
    assert "--clinic: say which clinic; there are main (Linden Clinic), north (North Clinic)" in refused.output
    unknown = two.run(*enrol(two, "--clinic", "south"))
    assert (unknown.exit_code, "there is no clinic 'south'; there are main, north" in unknown.output) == (2, True)
    patients = two.work(lambda uow: uow.patients.all())
    assert not patients


def test_an_enrolled_patient_is_the_clinics_and_lives_by_its_clock(two: TempClinic, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ACCOUNT_SID", "AC" + "0" * 32), ("AUTH_TOKEN", "t"), ("FROM", "+15555550199")):
        monkeypatch.setenv(f"AFTERCARE_TWILIO_{name}", value)
    monkeypatch.setenv("AFTERCARE_PUBLIC_URL", "https://bot.example")
    made = two.run(*enrol(two, "--clinic", "north"))
    assert made.exit_code == 0, made.output
    assert "clinic: north" in made.output
    (patient,) = two.work(lambda uow: uow.patients.all())
    assert (patient.clinic, patient.timezone) == ("north", "America/New_York")
    (sms,) = two.work(lambda uow: uow.outbox.of_purpose(f"invitation:patient:{patient.id}"))
    assert "North Clinic" in sms.text
    assert "911" in sms.text
    assert two.data("patient", "show", patient.code)["clinic"] == "north"
    moved = two.run("patient", "move", patient.code, "--clinic", "main")
    assert (moved.exit_code, moved.output.strip()) == (0, f"{patient.code} is followed by main from now on")
    assert two.work(lambda uow: uow.patients.get(patient.id)).clinic == "main"
    assert two.run("patient", "move", patient.code, "--clinic", "south").exit_code == 2


def test_clinicians_are_listed_with_where_they_work(two: TempClinic) -> None:
    rows = {row["clinician"]: row["clinics"] for row in two.data("clinician", "list")}
    assert rows == {"nurse-one": ["main"], "dr-two": ["main"], "nurse-north": ["north"], "dr-north": ["north"]}
    assert {row["clinician"] for row in two.data("clinician", "list", "--clinic", "north")} == {"nurse-north", "dr-north"}
    refused = two.run("clinician", "add", "dr-two", "--clinic", "north", "--sms", "+15555550100")
    assert refused.exit_code == 1
    assert "clinics/north.yaml has no clinician 'dr-two', only: dr-north, nurse-north" in refused.output


def test_doctor_publish_and_explain_name_the_clinic(two: TempClinic) -> None:
    night = two.work(lambda uow: uow.clinicians.get("nurse-north"))
    two.work(lambda uow: uow.clinicians.put(replace(night, reachable=False)))
    doctor = two.run("doctor")
    assert "nobody can be reached: clinics/north.yaml: nurses: now, until further notice" in " ".join(doctor.output.split())
    refused = two.run("publish", two.schedule)
    assert refused.exit_code == 1
    assert "clinics/north.yaml: nurses: now, until further notice" in refused.output
    assert "clinic.yaml: doctors" not in refused.output
    assert not two.work(lambda uow: uow.publications.all())
    two.work(lambda uow: uow.clinicians.put(night))
    assert two.run("publish", two.schedule).exit_code == 0
    explained = two.run("explain", "fever").output
    assert "at North Clinic (clinics/north.yaml):" in explained
    assert "rota nurses" in explained
    assert two.data("explain", "fever")["clinics"].keys() == {"main", "north"}


def test_reports_and_exports_are_of_one_clinic_or_of_all(two: TempClinic) -> None:
    ours, theirs = two.patients(3, 4)
    two.work(lambda uow: uow.patients.save(replace(uow.patients.get(theirs), clinic="north")))
    codes = {number: two.work(lambda uow, n=number: uow.patients.get(n)).code for number in (ours, theirs)}
    everybody = two.run("export", "--format", "csv").output
    assert all(code in everybody for code in codes.values())
    north = two.run("export", "--format", "csv", "--clinic", "north").output
    assert codes[theirs] in north
    assert codes[ours] not in north
    refused = two.run("export", "--format", "csv", "--clinic", "north", "--patient", codes[ours])
    assert (refused.exit_code, "no patient of north has the code" in refused.output) == (1, True)
    assert two.data("report", "--clinic", "north")["alerts"] == 0
    chart = two.run("report", codes[ours], "--png", str(two.folder / "chart.png"), "--clinic", "north")
    assert (chart.exit_code, "no patient of north has the code" in chart.output) == (1, True)
    digests = two.run("digest").output
    assert digests.index("Linden Clinic") < digests.index("North Clinic")
    assert two.data("digest", "--clinic", "north")["alerts"] == []
    assert two.run("drill", "--clinic", "south").exit_code == 2


def test_what_changes_in_one_clinics_file_is_told_beside_the_others(two: TempClinic, tmp_path: Path) -> None:
    before = two.schedules / "clinics" / "north.yaml"
    after = tmp_path / "other" / "clinics" / "north.yaml"
    after.parent.mkdir(parents=True)
    for name in ("clinic.yaml", two.file.name, "questions.yaml"):
        (after.parent.parent / name).write_bytes((two.schedules / name).read_bytes())
    after.write_text(before.read_text(encoding="utf-8").replace("wait: 3min", "wait: 6min"), encoding="utf-8")
    (text,) = [line for line in two.run("diff", str(before), str(after)).output.splitlines() if line.startswith("!!")]
    assert "the chain default for emergency changes" in text
    whole = two.data("diff", str(two.schedules), str(after.parent.parent))
    assert [change["what"] for change in whole["clinics"]["north"]] == ["clinic.escalation"]
    assert whole["clinic"] == []
    after.unlink()
    gone = two.run("diff", str(two.schedules), str(after.parent.parent)).output
    assert "North Clinic is gone" in gone
    assert two.run("diff", str(before)).exit_code == 2


def test_a_running_bot_takes_a_new_clinic_over_and_keeps_one_that_has_patients(tmp_path: Path) -> None:
    clinic = new_clinic(tmp_path)
    store = clinic.store()
    try:
        live = LiveContent(clinic.schedules, MESSAGES, store)
        path = add_north(clinic)
        assert live.reload()  # nobody of it has a chat yet: it has no patients either
        assert list(live.current.clinics) == ["main", "north"]
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("last_resort: [dr-north]", "last_resort: [dr-nobody]"), encoding="utf-8")
        assert not live.reload()
        assert list(live.current.clinics) == ["main", "north"]
        assert "clinics/north.yaml" in str(live.problem)
        path.write_text(text, encoding="utf-8")
        assert live.reload()
        (number,) = clinic.patients(3)
        store.transact(lambda uow: uow.patients.save(replace(uow.patients.get(number), clinic="north")))
        clinic.binds()
        path.unlink()
        assert not live.reload()
        assert "clinics/north.yaml is gone, with 1 patient. Put it back" in str(live.problem)
        path.write_text(
            text.replace("nurse-north:", "nurse-far: Nurse Far\n  nurse-north:").replace("[nurse-north]", "[nurse-far]")
        )
        assert not live.reload()
        assert "clinics/north.yaml: nurses" in str(live.problem)
        path.unlink()
        store.transact(lambda uow: uow.patients.save(replace(uow.patients.get(number), clinic="main")))
        assert live.reload()
        assert list(live.current.clinics) == ["main"]
    finally:
        store.close()


def test_doctor_tells_of_patients_whose_clinic_has_no_file(two: TempClinic) -> None:
    (number,) = two.patients(3)
    two.work(lambda uow: uow.patients.save(replace(uow.patients.get(number), clinic="north")))
    (two.schedules / "clinics" / "north.yaml").unlink()
    output = " ".join(two.run("doctor").output.split())
    assert "clinics/north.yaml is gone, with 1 patient" in output
    assert json.loads(two.run("doctor", "--json").stdout)
