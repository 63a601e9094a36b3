"""From a patient's text to an assessment: the readers find, the rule book alone decides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """The rule book and the vocabularies of all languages. ``version`` is the hash of their files."""

    version: str = ""
