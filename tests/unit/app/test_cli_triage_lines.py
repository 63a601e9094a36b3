"""`aftercare triage --jsonl`: one line out for each line in, whatever it holds; a flaw never hides a red flag."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from bot.app.cli.root import aftercare
from bot.app.cli.triage import answer_line, as_output
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from tests.support.reading import knowledge

FIELDS = {"id", "disposition", "escalates", "asks", "findings", "measures", "reasons", "content"}
FLAWED: list[bytes] = [
    b"",
    b"   ",
    b"null",
    b"[]",
    b"{",
    b"[" * 50_000,
    b'{"id": "y"}',
    b'{"id": "y", "text": null}',
    b'{"id": "y", "text": 42}',
    b'{"id": "y", "text": "qwerty asdf", "asked": 7}',
    b'{"id": "y", "text": "qwerty asdf", "context": []}',
    b'{"id": "y", "text": "qwerty asdf", "context": {"role": "king", "route": 3, "risks": "diabetes"}}',
    b'{"id": "y", "text": "qwerty asdf", "context": {"risks": [["diabetes"]]}}',
    b'{"id": "y", "text": "qwerty asdf", "context": {"hours_since_treatment": NaN}}',
    b'{"id": "y", "text": "qwerty asdf", "context": {"hours_since_treatment": 1e999}}',
    b'{"id": "y", "text": "qwerty asdf", "context": {"hours_since_treatment": -1}}',
    b'{"id": "y", "text": "qwerty asdf", "context": {"hours_since_treatment": "ten"}}',
    b'{"id": "y", "text": "qwerty asdf", "context": {"hours_since_treatment": ' + b"9" * 5000 + b"}}",
    b'{"id": "y", "text": "\xff\xfe"}',
]


def answer(line: bytes) -> dict[str, Any]:
    """The answer after a passage through strict JSON."""
    said = json.dumps(answer_line(line, knowledge()))
    found: dict[str, Any] = json.loads(said, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    return found


@pytest.mark.parametrize("line", FLAWED, ids=lambda line: repr(line[:70]))
def test_a_flawed_line_is_answered_with_every_field_and_its_flaw(line: bytes) -> None:
    found = answer(line)
    assert set(found) == FIELDS | {"error"}
    assert (found["disposition"], found["asks"]) == ("unclear", True)


@pytest.mark.parametrize(
    "context", ["[]", '{"role": "king"}', '{"hours_since_treatment": NaN}', '{"hours_since_treatment": 1e308}', '{"risks": 5}']
)
def test_a_flaw_beside_the_text_never_hides_a_red_flag(context: str) -> None:
    found = answer(f'{{"id": "y", "text": "I cannot breathe", "context": {context}}}'.encode())
    assert (found["id"], found["disposition"], found["escalates"]) == ("y", "emergency", True)


def test_an_unknown_risk_leaves_the_known_ones() -> None:
    found = answer(b'{"text": "temperature 37.6", "context": {"risks": ["brave", "chemotherapy"]}}')
    assert found["disposition"] == "urgent"
    assert "'brave' is no risk" in found["error"]


@pytest.mark.parametrize("ident", ["1e999", "NaN", "null", "7", '"\\ud800"', "9" * 5000])
def test_any_id_comes_back_in_strict_json(ident: str) -> None:
    assert set(answer(f'{{"id": {ident}, "text": "all good"}}'.encode())) == FIELDS


def test_a_byte_order_mark_is_no_flaw() -> None:
    assert set(answer(b'\xef\xbb\xbf{"id": "x", "text": "all good"}')) == FIELDS


def test_each_line_in_has_its_line_out_in_the_same_order() -> None:
    lines = [
        b'{"id": 1, "text": "all good"}',
        b"",
        b'{"id": 3, "text": "\xff chest pain"}',
        b"[" * 50_000,
        b'{"id": 5, "text": "fever"}',
    ]
    result = CliRunner().invoke(aftercare, ["triage", "--jsonl", "-"], input=b"\n".join(lines))
    assert result.exit_code == 1
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [found["id"] for found in answers] == [1, None, 3, None, 5]
    assert answers[2]["disposition"] == "emergency"


def test_only_a_red_flag_escalates() -> None:
    levels = {level: as_output(None, Assessment(disposition=level))["escalates"] for level in Disposition}
    assert levels == {
        Disposition.NONE: False,
        Disposition.SELF_MANAGE: False,
        Disposition.SAME_DAY: False,
        Disposition.URGENT: True,
        Disposition.EMERGENCY: True,
    }
