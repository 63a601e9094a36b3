"""Near-duplicates are found and stay on one side; a unit's part never changes."""

from __future__ import annotations

from collections import Counter

from bot.training.clusters import Clusters, near_duplicates, part_of
from bot.training.corpus import Part


def test_replies_that_share_half_of_their_words_are_near_duplicates() -> None:
    texts = [
        "my left calf is swollen since the drip",
        "My left CALF is swollen, since this drip",
        "the bus was late again today",
    ]
    assert near_duplicates(texts) == [(0, 1)]


def test_short_replies_are_near_duplicates_only_where_equal() -> None:
    assert near_duplicates(["ok", "OK!", "ok then", "thanks"]) == [(0, 1)]
    assert near_duplicates(["👍", "👍", "👎"]) == [(0, 1)]


def test_clusters_join_through_their_members() -> None:
    clusters = Clusters("abcd")
    clusters.join("c", "b")
    clusters.join("b", "a")
    assert [clusters.name(member) for member in "abcd"] == ["a", "a", "a", "d"]


def test_parts_come_in_the_shares_asked_for_and_from_the_name_alone() -> None:
    names = [f"unit {number}" for number in range(4_000)]
    counts = Counter(part_of(name, 0.3, 0.1) for name in names)
    assert abs(counts[Part.TEST] - 1_200) < 120
    assert abs(counts[Part.DEV] - 400) < 80
    assert part_of("s:en-01.1", 0.28, 0.12) is part_of("s:en-01.1", 0.28, 0.12)
    assert part_of("anything", 0.0, 0.0) is Part.TRAIN
