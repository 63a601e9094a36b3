"""Who has two courses is read for both: the worse counts, and what may be an emergency is worse than what is surely mild."""

from __future__ import annotations

from itertools import permutations

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.services.assessing import _worst

MILD = Assessment(disposition=Disposition.SELF_MANAGE)
URGENT = Assessment(disposition=Disposition.URGENT)
MAYBE_URGENT = Assessment(disposition=Disposition.NONE, unclear=True, at_stake=Disposition.URGENT)
MAYBE_EMERGENCY = Assessment(disposition=Disposition.NONE, unclear=True, at_stake=Disposition.EMERGENCY)


def test_the_gravest_counts_and_of_two_alike_the_one_that_is_sure() -> None:
    for pair, expected in (
        ((MILD, URGENT), URGENT),
        ((MILD, MAYBE_EMERGENCY), MAYBE_EMERGENCY),
        ((URGENT, MAYBE_URGENT), URGENT),
    ):
        assert {_worst(order) for order in permutations(pair)} == {expected}
