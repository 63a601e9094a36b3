"""What a text may cost as SMS, by its kind: a patient abroad pays for none, the clinic pays for each part.

One part holds 160 letters of GSM's own alphabet, or 70 of any other (153 and 67 in a longer message); one foreign letter makes the
whole message dear. Buttons become words that are typed, so a label is one part at most.
"""

from __future__ import annotations

import html
import re

from bot.core.segments import is_gsm7, segments

_TAG = re.compile(r"<[^>]*>")
_PARAMETER = re.compile(r"\{(\w+)\}")
_LENGTHS = {"phone": 18, "emergency_number": 3, "crisis_number": 8, "code": 5, "minutes": 2, "hours": 3, "count": 2}
"""Letters that usually stand for a parameter."""
_LENGTH = 20
_BUDGETS = (
    (re.compile(r"question\..*\.option\."), 1, "a button"),
    (re.compile(r"(menu|clarify_buttons|when|symptom)\."), 1, "a label"),
    (re.compile(r"check_in\."), 3, "an opening"),
    (re.compile(r"question\."), 5, "a question"),
    (re.compile(r"alert\."), 4, "an alert"),
    (re.compile(r"(emergency|urgent|same_day)\."), 5, "safety advice"),
    (re.compile(r"(advice|advice_end)\."), 6, "home advice"),
    (re.compile(r"(clinician|onboarding|consent|help)\."), 8, "an explanation"),
)
_OTHER = (5, "a text")


def over_budget(key: str, text: str) -> str | None:
    """What is wrong, in words; None where the text costs no more than its kind may."""
    most, kind = next(((most, kind) for pattern, most, kind in _BUDGETS if pattern.match(key)), _OTHER)
    plain = _PARAMETER.sub(lambda found: "x" * _LENGTHS.get(found[1], _LENGTH), html.unescape(_TAG.sub("", text)))
    cost = segments(plain)
    if cost <= most:
        return None
    reason = (
        "" if is_gsm7(plain) else f" (the letter {_dear(plain)!r} is not in the SMS alphabet: a part holds 67 letters, not 153)"
    )
    return f"costs {cost} SMS; {kind} may cost {most}{reason}"


def _dear(text: str) -> str:
    return next(letter for letter in text if not is_gsm7(letter))
