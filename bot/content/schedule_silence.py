"""What no reply means, as an operator writes it: the times of a check-in, and the table that hastens them for some."""

from __future__ import annotations

from datetime import timedelta

from bot.content.schedule_who import read_applies
from bot.content.yaml_source import Node
from bot.core.careplan.schedule import Phase, Silence, SilenceRow
from bot.core.clinical.disposition import Disposition

PHASES = {phase.value: phase for phase in Phase}
DISPOSITIONS = {disposition.word: disposition for disposition in Disposition}
REMIND_AT_LEAST = timedelta(minutes=5)
WHO = ("phases", "only", "skip", "last")
WHAT = ("remind_after", "task_after", "alert_after", "disposition")


def read_silence(node: Node, default: Silence) -> Silence:
    """The times of one check-in, or of all that say nothing themselves; what is left out is as in ``default``."""
    fields = node.fields(optional=list(WHAT))
    return Silence(
        remind_after=fields.get("remind_after", Node.duration, default.remind_after),
        task_after=fields.get("task_after", Node.duration, default.task_after),
        disposition=fields.get("disposition", lambda n: n.choice(DISPOSITIONS), default.disposition),
        alert_after=fields.get("alert_after", Node.duration, default.alert_after),
        where=node.where if fields.has("alert_after") else default.where,
    )


def read_silence_row(node: Node) -> SilenceRow:
    """One row of ``when_silent``: for whom (at least one of WHO), and what is hastened (at least one of WHAT)."""
    fields = node.fields(optional=[*WHO, *WHAT])
    if not any(fields.has(name) for name in WHAT):
        raise node.fail("this row changes nothing", f"add one of {', '.join(WHAT)}", "silence")
    if not any(fields.has(name) for name in WHO):
        raise node.fail(
            "this row is for everybody", "write these times into `silence:` above, or say for whom the row is", "silence"
        )
    return SilenceRow(
        phases=fields.get("phases", _phases, frozenset()),
        applies=read_applies(fields),
        last=fields.get("last", lambda n: n.choice(DISPOSITIONS), Disposition.NONE),
        remind_after=fields.get("remind_after", _remind_after, None),
        task_after=fields.get("task_after", Node.duration, None),
        alert_after=fields.get("alert_after", Node.duration, None),
        disposition=fields.get("disposition", lambda n: n.choice(DISPOSITIONS), None),
        where=node.where,
    )


def _phases(node: Node) -> frozenset[Phase]:
    if node.is_empty():
        raise node.fail("no phase is named here", f"known here: {', '.join(PHASES)}", "silence")
    return frozenset(node.items(lambda n: n.choice(PHASES)))


def _remind_after(node: Node) -> timedelta:
    after = node.duration()
    if after < REMIND_AT_LEAST:
        raise node.fail("this row reminds before anybody can answer", "remind after 5min or more", "silence")
    return after
