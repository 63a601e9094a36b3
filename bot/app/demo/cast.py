"""Who plays in the demo: four courses with something to see, and one that the visitor begins with their own invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.core.clinical.patient import Risk, Route


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """Said ``after`` so long since treatment, unasked. ``asked``: said instead of the best answer to this question, from then on."""

    after: timedelta
    text: str
    asked: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One patient. ``scripted``: whether they answer by themselves as time passes; the visitor plays the one who does not."""

    id: str
    name: str
    about: str
    birth_year: int
    schedule: str = "msc-recipient"
    route: Route | None = Route.IV
    risks: frozenset[Risk] = frozenset()
    treated_before: timedelta = timedelta(minutes=30)
    lines: tuple[Line, ...] = ()
    suggestions: tuple[str, ...] = ()
    scripted: bool = True


CAST = (
    Member(
        id="well",
        name="Wilma Well",
        about="all goes well",
        birth_year=1971,
        suggestions=("I feel fine, thank you", "a bit tired but I slept well", "how long until I can go swimming?"),
    ),
    Member(
        id="fever",
        name="Felix Fever",
        about="a fever on day 2",
        birth_year=1964,
        risks=frozenset({Risk.DIABETES}),
        lines=(
            Line(after=timedelta(hours=44), asked="temperature", text="39.2, and I have been shivering since last night"),
            Line(after=timedelta(hours=60), asked="temperature", text="38.1"),
        ),
        suggestions=("38.4", "39.2, and I have been shivering since last night", "no fever but I can't breathe properly"),
    ),
    Member(
        id="clot",
        name="Clara Clot",
        about="a clot on day 12",
        birth_year=1958,
        lines=(Line(after=timedelta(days=12), text="my left calf is swollen and sore since yesterday"),),
        suggestions=("my left calf is swollen and sore since yesterday", "sharp pain when I breathe in", "no chest pain"),
    ),
    Member(
        id="donor",
        name="Dora Donor",
        about="gave bone marrow",
        birth_year=1989,
        schedule="msc-donor",
        route=None,
        lines=(Line(after=timedelta(hours=30), text="my hip is sore but I am walking, paracetamol helps"),),
        suggestions=("my hip is sore but I am walking", "the hip swelling is getting bigger and I feel faint"),
    ),
    Member(
        id="you",
        name="You",
        about="begin with your own invitation",
        birth_year=1980,
        scripted=False,
    ),
)
NURSE = "nurse-cem"
"""Whose phone the page shows: the first on every chain of the shipped clinic.yaml."""
