"""aftercare report: the chart of a patient as a file, and the rules that cried wolf."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from bot.app.cli.root import aftercare
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Measure
from bot.ports import StoredAssessment
from tests.support.escalation import Ward, assessment

CODE = "K7-42"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ward = Ward.open(tmp_path)
    ward.now = datetime.now(UTC) - timedelta(hours=2)
    patient = ward.patient(CODE)
    ward.patient("M1-11")
    for hours, value in ((20, 37.0), (10, 38.2), (1, 39.1)):
        found = assessment(Disposition.URGENT)
        told = StoredAssessment(
            id=0,
            patient_id=patient.id,
            inbox_id=None,
            at=ward.now - timedelta(hours=hours),
            text="hot",
            assessment=type(found)(
                disposition=found.disposition,
                reasons=found.reasons,
                measures=(Measure(kind="temperature", value=value, unit="Cel"),),
            ),
        )
        ward.do(lambda uow, told=told: uow.assessments.add(told))  # type: ignore[misc]
    ward.says(patient, "39.2")
    ward.store.close()
    monkeypatch.setenv("AFTERCARE_DATABASE_URL", f"sqlite:///{tmp_path / 'ward.db'}")
    return tmp_path / "ward.db"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(aftercare, ["report", *arguments])
    return result.exit_code, result.output


def test_the_chart_of_a_patient_is_a_png_without_a_name(database: Path, tmp_path: Path) -> None:
    png = tmp_path / "chart.png"
    code, out = run(CODE, "--png", str(png))
    assert code == 0, out
    assert out == f"{png}: {CODE}, temperature (3)\n"
    with Image.open(png) as image:
        assert (image.format, image.size) == ("PNG", (720, 396))
    assert b"Secretname" not in png.read_bytes()


def test_a_patient_without_two_figures_has_no_chart(database: Path, tmp_path: Path) -> None:
    png = tmp_path / "chart.png"
    code, out = run("M1-11", "--png", str(png))
    assert code == 1
    assert "has not told two figures of anything" in out
    assert not png.exists()


def test_a_file_that_cannot_be_written_is_said(database: Path, tmp_path: Path) -> None:
    code, out = run(CODE, "--png", str(tmp_path / "nowhere" / "chart.png"))
    assert (code, "cannot be written" in out) == (1, True)


def test_half_a_question_is_wrong_use(database: Path) -> None:
    assert run(CODE)[0] == 2
    assert run("--png", "x.png")[0] == 2


def test_the_rules_of_the_week_are_a_table(database: Path) -> None:
    code, out = run()
    assert code == 0
    assert out.splitlines() == [
        "1 alerts in 7 days, 0 of them not clinical or false",
        "rule             alerts  not clinical  false alarm  share",
        "---------------  ------  ------------  -----------  -----",
        "fever.urgent.39  1       0             0            0%",
    ]


def test_the_same_as_json(database: Path) -> None:
    code, out = run("--days", "30", "--json")
    assert code == 0
    assert '"rule": "fever.urgent.39"' in out
    assert '"not_clinical_or_false": 0' in out
