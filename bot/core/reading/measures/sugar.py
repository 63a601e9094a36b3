"""Blood glucose and ketones in mmol/L; a glucose of 40 or more without a unit is mg/dL (clinical content, part 0.3)."""

from __future__ import annotations

import re

from bot.core.reading.measures.page import NUMBER, Cued, Page, number

MG_DL_PER_MMOL_L = 18.0

_WORDS = re.compile(
    r"(?:sugars?|glucose|\bbgl?\b|\bbm\b|\bbs\b|libre|dexcom|\bcgm\b|hypo|hyper\b|glucometer|seker\w*|tokluk|aclik|glukoz\w*|azucar\w*|glucosa|glucemia|сахар\w*|глюкоз\w*|\w*سكر\w*|\w*جلوكوز\w*|zucker\w*|blutzucker\w*|\bbz\b|insulin\w*|diabet\w*|ketone\w*|finger ?prick|steroid\w*|dexamet\w*|fasting|before breakfast)"
)
_UNIT = re.compile(NUMBER + r"\s*(mmols?|mmol/l|mmol|mg ?/ ?dl|mg\b|ммоль\w*|мг)")
_NAMED = Cued(
    r"(?:sugars?|suk+ar\b|sok+ar\b|glucose|\bbgl?\b|\bbm\b|\bbs\b|libre|dexcom|\bcgm\b|seker\w*|tokluk|aclik|glukoz\w*|azucar\w*|glucosa|glucemia|сахар\w*|глюкоз\w*|\w*سكر\w*|\w*جلوكوز\w*|zucker\w*|blutzucker\w*|\bbz\b)",
    r"[^\d.!?;\n]{0,30}"
    + NUMBER
    + r"(?!\s*(?:mg\b(?! ?/)|ml|kg|g\b|spoons?|cubes?|days?|weeks?|hours?|hrs?|mins?|times|x\b|years?|units?|%))",
)
_BEHIND = re.compile(
    NUMBER
    + r"\s*(?:is |was |my )?(?:sugars?|glucose|seker\w*|tokluk|aclik|glukoz\w*|azucar|glucosa|сахар\w*|глюкоз\w*|(?:ال)?سكر\w*|zucker\w*|blutzucker\w*)(?!\s*(?:is|was|[:=])?\s*\d)\b"
)
MOST_SPOKEN = 40
"""From here a glucose is in mg/dL, and has no tenths."""
LEAST_BEHIND = 10
"""A whole number below it, before the word, counts lumps of sugar."""
_KETONES = Cued(r"(?:keton\w*|cetona\w*|кетон\w*|\w*كيتون\w*|aceton\w*|ацетон\w*)", r"[^\d.!?;\n]{0,20}" + NUMBER)
_ALSO = re.compile(
    r"\s*(?:,|and|then|to|last night|this morning|after|before|&|/|at \w+|\s|now|again|ve|y|и|und|و)+"
    + NUMBER
    + r"(?!\s*(?:mg|ml|kg|days?|weeks?|hours?|hrs?|mins?|times|x\b|units?|%|/|°))"
)


def read(page: Page, *, diabetic: bool) -> None:
    """Puts glucose and ketones on the page. ``diabetic``: a bare number in an answer may be a glucose."""
    for match in page.to_number(_KETONES):
        page.put("ketones", number(match[1]), match, 1)
    for match in page.from_number(_UNIT):
        value, unit = number(match[1]), match[2]
        if unit in {"mg", "мг"} or (
            value is not None and not page.near(_WORDS, match, 80, 40) and unit.startswith("mg") is False and value > 60
        ):
            continue
        page.put("glucose", _mmol(value, milligrams=unit.startswith(("mg", "мг"))), match, 1)
    for match in page.to_number(_NAMED):
        _glucose(page, match)
        more = _ALSO.match(page.text, match.end())
        if more and page.free(*more.span(1)) and (number(more[1]) or 0) >= 1:
            _glucose(page, more)
    for match in page.from_number(_BEHIND):
        value = number(match[1])
        if value is not None and (value >= LEAST_BEHIND or not value.is_integer()):
            _glucose(page, match)
    if diabetic and not any(m.kind == "glucose" for m in page.measures):
        _bare(page)


_TENTHS = re.compile(r"\s+и\s+(\d)(?![\d.,])")
"""Tenths as they are spoken: "семь и один"."""


def _tenths(page: Page, match: re.Match[str]) -> re.Match[str] | None:
    """The spoken tenths behind a spoken number; in figures these would be two readings."""
    more = _TENTHS.match(page.text, match.end(1))
    if more is None or page.source.words(*match.span(1)).isdigit() or page.source.words(*more.span(1)).isdigit():
        return None
    return more if page.free(*more.span(1)) else None


def _glucose(page: Page, match: re.Match[str]) -> None:
    value = number(match[1])
    more = _tenths(page, match)
    if more is not None and value is not None and value < MOST_SPOKEN:
        page.take(*more.span(1))
        value += int(more[1]) / 10
    page.put("glucose", _mmol(value, milligrams=value is not None and value >= 40), match, 1)


def _bare(page: Page) -> None:
    if page.asked not in {"how_are_you", "glucose_abnormal", None} or not re.search(r"\d", page.text):
        return
    told = _WORDS.search(page.text) or page.asked == "glucose_abnormal"
    for match in re.finditer(
        NUMBER
        + r"(?!\s*(?:mg|ml|kg|cm|days?|weeks?|hours?|hrs?|h\b|mins?|times|x\b|units?|%|/|°|km|miles?|tablets?|pills?|stairs?|people|out of))",
        page.text,
    ):
        value = number(match[1])
        decimal = "." in match[1] or "," in match[1]
        if page.counted(*match.span(1)):
            continue
        if value is not None and (told or decimal) and (1.5 <= value < 34 or (told and 40 <= value <= 700)) and (decimal or told):
            _glucose(page, match)


def _mmol(value: float | None, *, milligrams: bool) -> float | None:
    if value is None:
        return None
    return round(value / MG_DL_PER_MMOL_L, 1) if milligrams else round(value, 1)
