"""Everything is looked through seldom, at a quiet moment, but not never."""

from __future__ import annotations

from bot.app.runtime.collector import AT_LATEST, EVERY, Sweeper


def test_it_waits_for_its_time_and_for_a_quiet_moment_but_not_for_ever() -> None:
    time, swept = [0.0], []
    sweeper = Sweeper(clock=lambda: time[0], collect=lambda: swept.append(time[0]))
    assert not sweeper.sweep(quiet=True)
    time[0] = EVERY
    assert not sweeper.sweep(quiet=False)
    assert sweeper.sweep(quiet=True)
    assert not sweeper.sweep(quiet=True)
    time[0] = EVERY + AT_LATEST - 1
    assert not sweeper.sweep(quiet=False)
    time[0] = EVERY + AT_LATEST
    assert sweeper.sweep(quiet=False)
    assert swept == [EVERY, EVERY + AT_LATEST]
