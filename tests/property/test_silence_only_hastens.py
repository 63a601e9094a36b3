"""Of the table of silence every row that fits can only hasten: a risk more, or a worse last answer, never makes anybody wait longer."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.careplan.schedule import Applies, Phase, Silence, SilenceRow
from bot.core.careplan.silence import silence_for
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import PatientContext, Risk

spans = st.integers(5, 10_000).map(lambda minutes: timedelta(minutes=minutes))
perhaps = st.none() | spans
risks = st.frozensets(st.sampled_from(list(Risk)), max_size=3)
levels = st.sampled_from(list(Disposition))
rows = st.builds(
    SilenceRow,
    phases=st.frozensets(st.sampled_from(list(Phase)), max_size=2),
    applies=st.builds(Applies, risks=risks),
    last=levels,
    remind_after=perhaps,
    task_after=perhaps,
    alert_after=perhaps,
    disposition=st.none() | levels,
)
owns = st.builds(Silence, remind_after=spans, task_after=spans, alert_after=perhaps, disposition=levels)
FOREVER = timedelta(days=10_000)


def not_later(sooner: Silence, later: Silence) -> bool:
    pairs = (
        (sooner.remind_after, later.remind_after),
        (sooner.task_after, later.task_after),
        (sooner.alert_after or FOREVER, later.alert_after or FOREVER),
    )
    return all(one <= other for one, other in pairs) and sooner.disposition >= later.disposition


@given(owns, st.lists(rows, max_size=5), st.sampled_from(list(Phase)), risks, risks, levels, levels)
def test_a_risk_more_or_a_worse_last_answer_never_waits_longer(
    own: Silence,
    table: list[SilenceRow],
    phase: Phase,
    some: frozenset[Risk],
    more: frozenset[Risk],
    last: Disposition,
    other: Disposition,
) -> None:
    plain = silence_for(own, table, phase=phase, patient=PatientContext(risks=some), last=min(last, other))
    graver = silence_for(own, table, phase=phase, patient=PatientContext(risks=some | more), last=max(last, other))
    assert not_later(graver, plain)
    assert not_later(plain, own)
