"""The preview as a page that stands alone: the calendar of one patient, and their phone in every language of the schedule.

One file without anything from elsewhere: it can be mailed, printed and opened years later. The demo shows the same beside its
editor, from the same data and the same script.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.content.messages import LANGUAGES, Messages
from bot.content.preview import Row, after
from bot.core.careplan.occurrences import CATCH_UP
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import Schedule
from bot.core.clinical.patient import Risk, Route

PAGE = Path(__file__).parent / "page"
RIGHT_TO_LEFT = frozenset({"ar"})


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One patient's course, and everything that it takes to show it."""

    schedule: Schedule
    rows: Sequence[Row]
    treated_at: datetime
    timezone: str
    enrolled_at: datetime | None
    questions: Mapping[str, Question]
    messages: Messages
    route: Route | None = None
    risks: frozenset[Risk] = frozenset()

    def data(self) -> dict[str, Any]:
        """What the page's script shows (page/preview.js)."""
        languages = [code for code in LANGUAGES if code in self.schedule.languages and code in self.messages.texts]
        return {
            "title": self.schedule.title,
            "schedule": self.schedule.id,
            "version": self.schedule.version,
            "facts": self._facts(),
            "languages": [self._language(code) for code in languages or ["en"]],
            "rows": [self._row(row) for row in self.rows],
            "follow_ups": {
                name: [option.id for option in self.questions[name].options if option.follow_up] for name in self._asked()
            },
        }

    def _facts(self) -> list[list[str]]:
        facts = [["treated", f"{self.treated_at:%a %d %b %Y, %H:%M}"], ["lives in", self.timezone.replace("_", " ")]]
        if self.enrolled_at is not None:
            facts.append(["joined", f"{self.enrolled_at:%a %d %b %Y, %H:%M}"])
        facts += [["given", self.route.value.replace("_", " ")]] if self.route else []
        facts += [["risk", risk.value.replace("_", " ")] for risk in sorted(self.risks)]
        if self.schedule.quiet_hours is not None:
            quiet = self.schedule.quiet_hours
            facts.append(["quiet hours", f"{quiet.start:%H:%M} to {quiet.end:%H:%M}"])
        return facts

    def _row(self, row: Row) -> dict[str, Any]:
        """``wall`` is the patient's own clock without a zone: the page formats it in the reader's language and shifts nothing."""
        opening = CATCH_UP if row.check_in == CATCH_UP else row.phase.value
        return {
            "id": row.check_in,
            "wall": row.time.replace(tzinfo=None).isoformat(timespec="minutes"),
            "after": after(row.after),
            "hours": round(row.after.total_seconds() / 3600, 2),
            "phase": row.phase.value,
            "questions": list(row.questions),
            "notes": list(row.notes),
            "opening": f"check_in.opening.{opening}",
        }

    def _asked(self) -> list[str]:
        return sorted({name for row in self.rows for name in row.questions if name in self.questions})

    def _language(self, code: str) -> dict[str, Any]:
        keys = {row_key for row in self.rows for row_key in (self._row(row)["opening"],)}
        questions = {
            name: {
                "text": self._text(code, f"question.{name}.text"),
                "options": [
                    [option.id, self._text(code, f"question.{name}.option.{option.id}")]
                    for option in self.questions[name].options
                ],
            }
            for name in self._asked()
        }
        return {
            "code": code,
            "name": LANGUAGES[code],
            "dir": "rtl" if code in RIGHT_TO_LEFT else "ltr",
            "openings": {key: self._text(code, key) for key in sorted(keys)},
            "questions": questions,
        }

    def _text(self, language: str, key: str) -> str:
        return self.messages.template(language, key) if self.messages.has(key) else f"({key})"

    def page(self) -> str:
        """The whole page as HTML."""
        data = json.dumps(self.data(), ensure_ascii=False).replace("<", "\\u003c")
        style, script = ((PAGE / name).read_text(encoding="utf-8") for name in ("preview.css", "preview.js"))
        title = html.escape(f"{self.schedule.title}: the course of one patient")
        return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body class="preview-page">
<main class="preview" id="preview"></main>
<noscript><p>{title}. This page needs JavaScript, which comes with it; nothing is loaded from elsewhere.</p></noscript>
<script type="application/json" id="data">{data}</script>
<script type="module">
{script}
showPreview(document.getElementById("preview"), JSON.parse(document.getElementById("data").textContent));
</script>
</body>
</html>
"""
