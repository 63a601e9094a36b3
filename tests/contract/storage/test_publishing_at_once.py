"""Two who publish at once, and a process that is killed while it publishes: one version is live, whole, on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.ports import Publication, Store, UnitOfWork
from bot.services.publishing import PublishedMeanwhile, publish
from bot.storage import open_store
from tests.support.careplan import ROOT
from tests.support.escalation import clinic, library
from tests.support.stores import KEY

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CONTENT = library(clinic(rotas=()))
"""Nobody has to be on call: nobody is looked up."""


def proposal(version: str, base: str) -> Publication:
    return Publication(
        id=0, schedule="small", version=version, file="small.yaml", text=version, questions="", at=NOW, by="eva", base=base
    )


def publishing(version: str, base: str) -> Callable[[UnitOfWork], Publication]:
    return lambda uow: publish(uow, CONTENT, proposal(version, base), NOW)


def live(store: Store) -> str:
    found = store.transact(lambda uow: uow.publications.live("small"))
    assert found is not None
    return found.version


def test_who_compared_with_what_is_live_no_more_is_refused(store: Store, other: Store) -> None:
    store.transact(publishing("a1", ""))
    store.transact(publishing("b2", "a1"))
    with pytest.raises(PublishedMeanwhile, match="b2, published by eva"):
        other.transact(publishing("c3", "a1"))
    assert live(other) == "b2"


def test_of_two_at_the_same_moment_exactly_one_succeeds(store: Store, other: Store) -> None:
    store.transact(publishing("a0", ""))
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def go(on: Store, version: str) -> None:
        start.wait()
        try:
            on.transact(publishing(version, "a0"))
            outcomes.append(version)
        except PublishedMeanwhile:
            outcomes.append("refused")

    threads = [threading.Thread(target=go, args=pair) for pair in ((store, "b1"), (other, "b2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("refused") == 1
    assert live(store) in outcomes
    assert store.transact(lambda uow: uow.publications.published()) == 2


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[3])
from bot.services import publishing
from bot.storage import open_store
from tests.contract.storage.test_publishing_at_once import publishing as work
from tests.support.stores import KEY
def die(publication):
    os.kill(os.getpid(), signal.SIGKILL)
publishing._subject = die  # called after the row was written, before the commit
open_store(sys.argv[1], key=KEY).transact(work("b2", sys.argv[2]))
"""


def test_killed_while_it_publishes_the_old_version_stays_live(url: str, store: Store) -> None:
    store.transact(publishing("a1", ""))
    killed = subprocess.run([sys.executable, "-c", KILLED, url, "a1", str(ROOT)], cwd=ROOT, check=False, env={**os.environ})  # noqa: S603 - our own code
    assert killed.returncode == -signal.SIGKILL
    again = open_store(url, key=KEY)
    try:
        assert live(again) == "a1"
        again.transact(publishing("b2", "a1"))
        assert live(again) == "b2"
    finally:
        again.close()


def test_a_publication_is_stored_as_it_was_given(store: Store, other: Store) -> None:
    full = replace(
        proposal("a1", "a0"),
        moves="*",
        note="why",
        loosens=("a limit", "another"),
        approved_by="dr-ada",
        approved_at=NOW,
        questions="q",
    )
    kept = store.transact(lambda uow: uow.publications.add(full))
    assert other.transact(lambda uow: uow.publications.get(kept.id)) == replace(full, id=kept.id)
    assert other.transact(lambda uow: uow.publications.live("small")) is None
