"""Routine replies of about a hundred characters, no two alike: a reader that remembers whole messages gains nothing here."""

from __future__ import annotations

import itertools
import random
from functools import cache

_PARTS = (
    ("36.4", "36.6", "36.7", "36.8", "36.9", "36.5", "37.1", "37.2", "37.3"),
    (
        "and a bit tired",
        "and a little weary",
        "and rather sleepy",
        "but low on energy",
        "and somewhat worn out",
        "and quite tired",
    ),
    ("slept well", "slept eight hours", "had a good night", "slept until seven", "slept through", "slept like a log"),
    ("drinking plenty of water", "drinking enough", "drinking water all day", "drinking tea and water", "keeping up the fluids"),
    ("and had some soup", "and ate a normal lunch", "and breakfast was fine", "and ate well today", "and the appetite is good"),
    (
        "No pain, no rash",
        "No fever, no pain",
        "No rash, no swelling",
        "No cough and no pain",
        "No bleeding, no fever",
        "No chills, no rash",
    ),
)


@cache
def replies(seed: int = 7) -> tuple[str, ...]:
    """All of them (48,600), in an order that is the same in every run."""
    texts = [
        f"{temp} {tired}, {slept}, {drank} {ate}. {denied}"
        for temp, tired, slept, drank, ate, denied in itertools.product(*_PARTS)
    ]
    random.Random(seed).shuffle(texts)  # noqa: S311 - the same replies in each run
    return tuple(texts)
