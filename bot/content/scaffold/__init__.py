"""`aftercare init`: the files of a new clinic, which pass `check` and `test` as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.catalogue import load_rule_book
from bot.content.folder import CATALOGUE
from bot.content.messages import LANGUAGES
from bot.content.questions import load_questions
from bot.content.schema import as_file, clinic_schema, questions_schema, schedule_schema

TEMPLATES = Path(__file__).parent
EMERGENCY = {"US": "911", "CA": "911", "GB": "999", "AU": "000", "NZ": "111", "JP": "119", "KR": "119", "SA": "997", "AE": "998"}
"""Where the number is not 112 (ITU, national numbering plans); the file asks its reader to look."""
_WORDS = {
    "OWN_TEXT": {
        "tr": "Günlük hayatınıza döndünüz mü?",
        "es": "¿Ha vuelto a su vida diaria?",
        "ru": "Вы вернулись к обычной жизни?",
        "ar": "هل عدتم إلى حياتكم اليومية؟",
        "de": "Sind Sie wieder in Ihrem Alltag?",
    },
    "OWN_YES": {
        "tr": "Evet, büyük ölçüde",
        "es": "Sí, casi del todo",
        "ru": "Да, в основном",
        "ar": "نعم، إلى حد كبير",
        "de": "Ja, weitgehend",
    },
    "OWN_NO": {"tr": "Henüz değil", "es": "Todavía no", "ru": "Ещё нет", "ar": "ليس بعد", "de": "Noch nicht"},
    "OWN_TIRED": {
        "tr": "Bunun için çok yorgunum",
        "es": "Estoy muy cansado para eso",
        "ru": "Слишком устаю для этого",
        "ar": "أنا متعب جدًا لذلك",
        "de": "Dafür bin ich zu müde",
    },
}
"""The example question in the other languages: drafts, for a native clinician to read."""
_INDENT = {"OWN_TEXT": 6, "OWN_YES": 10, "OWN_NO": 10, "OWN_TIRED": 10}


@dataclass(frozen=True, kw_only=True)
class NewClinic:
    """What the files are filled with. ``languages`` always begins with English."""

    name: str
    country: str
    timezone: str
    languages: tuple[str, ...] = ("en",)
    phone: str = "+00 000 000 000"

    @property
    def id(self) -> str:
        """The schedule's id, from the name."""
        words = re.sub(r"[^a-z0-9]+", "-", self.name.casefold()).strip("-")
        return (words if words[:1].isalpha() else f"clinic-{words}".strip("-"))[:40].rstrip("-")

    def files(self) -> Mapping[str, str]:
        """Path within the new folder to text."""
        values = {
            "NAME": self.name.replace("\\", "").replace('"', "'"),
            "PHONE": self.phone,
            "COUNTRY": self.country,
            "EMERGENCY": EMERGENCY.get(self.country, "112"),
            "TIMEZONE": self.timezone,
            "ID": self.id,
            "LANGUAGES": ", ".join(dict.fromkeys(("en", *self.languages))),
            **{key: self._own(key) for key in _WORDS},
        }
        rules = load_rule_book(CATALOGUE)
        symptoms = {symptom.id: tuple(symptom.qualities) for symptom in rules.symptoms.values()}
        return {
            "schedules/clinic.yaml": _filled("clinic.yaml", values),
            f"schedules/{self.id}.yaml": _filled("schedule.yaml", values),
            "schedules/questions.yaml": _filled("questions.yaml", values),
            "schedules/schema/clinic.json": as_file(clinic_schema()),
            "schedules/schema/schedule.json": as_file(schedule_schema(load_questions(CATALOGUE / "questions.yaml"))),
            "schedules/schema/questions.json": as_file(questions_schema(symptoms)),
        }

    def _own(self, key: str) -> str:
        found = [(code, _WORDS[key][code]) for code in LANGUAGES if code in self.languages and code in _WORDS[key]]
        return "".join(f'{" " * _INDENT[key]}{code}: "{text}"\n' for code, text in found)


def _filled(name: str, values: Mapping[str, str]) -> str:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return re.sub(r"@([A-Z_]+)@", lambda found: values[found[1]], text)
