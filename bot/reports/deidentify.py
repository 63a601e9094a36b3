"""A reply without who wrote it: for those who judge rules, not patients.

Names are taken out by what is known (the patient's, the clinicians') and by their look (a capital letter inside a sentence); what the
readers found stays, for it is what is judged. In scripts without capitals only known names are found: read before you pass it on.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.core.clinical.assessment import Assessment

NAME = "[name]"
NUMBER = "[number]"
ADDRESS = "[address]"
_ADDRESS = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+|https?://\S+|(?<!\w)@\w+")
_NUMBER = re.compile(r"\+?\d[\d\s./:,-]*\d|\d")
_CAPITAL = re.compile(r"(?<=[\w,;] )[^\W\d_]*[A-ZÀ-ÞĀ-ŽА-ЯİĞŞÇÖÜ][^\W\d_]+(?:[ -][A-ZÀ-ÞА-ЯİĞŞÇÖÜ][^\W\d_]+)*")
_CODE = re.compile(r"\b[A-Z]\d-\d{2}\b")
_SHORTEST = 3


def deidentified(text: str, assessment: Assessment, names: Collection[str]) -> str:
    """The text with addresses, names, codes and every number masked that is no reading."""
    kept = [(f.start, f.end) for f in assessment.findings if f.end > f.start]
    kept += [(m.start, m.end) for m in assessment.measures if m.end > m.start]
    found = [(*match.span(), ADDRESS) for match in _ADDRESS.finditer(text)]
    found += [(*match.span(), NAME) for match in _CODE.finditer(text)]
    found += [(*match.span(), NAME) for name in names for match in _word(name).finditer(text)]
    found += [(*match.span(), NUMBER) for match in _NUMBER.finditer(text) if not _within(match.span(), kept)]
    found += [(*match.span(), NAME) for match in _CAPITAL.finditer(text) if not _within(match.span(), kept)]
    return _masked(text, found)


def name_parts(*names: str) -> frozenset[str]:
    """Each part of the names that is long enough to be one."""
    return frozenset(part for name in names for part in re.split(r"[\s.,]+", name) if len(part) >= _SHORTEST)


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}\w{{0,3}}", re.IGNORECASE)


def _within(span: tuple[int, int], kept: Collection[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in kept)


def _masked(text: str, found: Collection[tuple[int, int, str]]) -> str:
    """From left to right; of two that overlap the earlier one counts, and the rest of the other is masked with it."""
    parts: list[str] = []
    at = 0
    for start, end, mask in sorted(found):
        if start < at:
            at = max(at, end)
            continue
        parts += [text[at:start], mask]
        at = end
    return "".join([*parts, text[at:]])
