"""One row for each check-in, message, measure and alert: a table that a spreadsheet opens and that can do nothing in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from bot.core.clinical.finding import Status
from bot.ports import StoredAssessment
from bot.reports.record import Record

COLUMNS = ("patient", "at", "day", "what", "level", "state", "text", "value", "unit", "rules", "content")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet would run (OWASP, CSV injection); full-width forms count too."""
BOM = "\ufeff"
"""Without it Excel reads UTF-8 as something else."""


def csv_lines(records: Iterator[Record]) -> Iterator[str]:
    """The header and every row, each with its line end; times in UTC."""
    yield BOM + _line(COLUMNS)
    for record in records:
        for row in _rows(record):
            yield _line([row.get(column, "") for column in COLUMNS])


def _rows(record: Record) -> Iterator[dict[str, str]]:
    for check_in in record.check_ins:
        yield _row(record, check_in.due_at, what="check_in", state=check_in.state.value, text=check_in.check_in)
    for stored in record.messages:
        yield from _message(record, stored)
    for alert in record.alerts:
        level, state = alert.disposition.word, alert.state.value
        yield _row(record, alert.opened_at, what="alert", level=level, state=state, text=alert.outcome or "")


def _message(record: Record, stored: StoredAssessment) -> Iterator[dict[str, str]]:
    found = stored.assessment
    symptoms = " ".join(f.symptom for f in found.findings if f.status is Status.PRESENT)
    yield _row(
        record,
        stored.at,
        what="message",
        level=found.disposition.word,
        state="unclear" if found.unclear else symptoms,
        text=stored.text,
        rules=" ".join(reason.rule for reason in found.reasons),
        content=found.content,
    )
    for measure in found.measures:
        yield _row(record, stored.at, what=measure.kind, value=f"{measure.value:g}", unit=measure.unit, text=measure.text)


def _row(record: Record, at: datetime, **cells: str) -> dict[str, str]:
    day = record.day(at)
    return {
        "patient": record.patient.code,
        "at": at.isoformat(timespec="seconds"),
        "day": "" if day is None else str(day),
        **cells,
    }


def _line(cells: list[str] | tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([_harmless(cell) for cell in cells])
    return line.getvalue()


def _harmless(cell: str) -> str:
    """A cell that would be a formula is text: the spreadsheet shows it with the apostrophe in front hidden or not."""
    shown = cell.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return f"'{shown}" if shown.lstrip(" \n").startswith(_FORMULA) else shown
