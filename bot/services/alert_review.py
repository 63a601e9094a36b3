"""Which rules cry wolf: how often the alerts of each ended as "not clinical" or as a false alarm. A list for people, once a week.

Only the rules that made an alert as urgent as it was are counted: a rule that merely spoke as well cried nothing. No list changes a
rule; the medical lead does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.delivery import Lane, OutgoingMessage
from bot.core.errors import NotFound
from bot.core.escalation.alert import Alert
from bot.core.escalation.handing import MERGED
from bot.ports import UnitOfWork
from bot.services.alert_buttons import WOLF
from bot.services.clinics import each, here, marked, may_act
from bot.services.world import World

WEEK = timedelta(days=7)
FALSE_ALARM = "false_alarm"
CRIED = frozenset({WOLF, FALSE_ALARM, "no_problem"})
LINES = 12
SENT_FROM = 8
"""The hour of Monday from which on the list goes out, on the clinic's clock."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleReview:
    """One rule in some weeks: its alerts, and how many of them ended as not clinical, or as a false alarm."""

    rule: str
    alerts: int
    not_clinical: int
    false_alarm: int

    @property
    def wolf(self) -> int:
        """Alerts for nothing."""
        return self.not_clinical + self.false_alarm

    @property
    def share(self) -> float:
        """Of its alerts, how many were for nothing: 0 to 1."""
        return self.wolf / self.alerts


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """All rules that opened alerts from ``start`` until ``end``, those that cried wolf most often first."""

    start: datetime
    end: datetime
    alerts: int
    wolf: int
    rules: tuple[RuleReview, ...]


def review(uow: UnitOfWork, start: datetime, end: datetime, world: World | None = None) -> Review:
    """Counts the alerts of this world's clinic (of all without one) opened from ``start`` until ``end``; merged ones are counted
    where they went on."""
    is_here = here(uow, world)
    opened = uow.alerts.opened_between(start, end)
    alerts = [alert for alert in opened if alert.outcome != MERGED and is_here(alert.patient_id)]
    counts: dict[str, Counter[str]] = {}
    for alert in alerts:
        for rule in _deciding(uow, alert):
            counts.setdefault(rule, Counter())[alert.outcome or ""] += 1
    return Review(
        start=start,
        end=end,
        alerts=len(alerts),
        wolf=sum(alert.outcome in CRIED for alert in alerts),
        rules=tuple(sorted(map(_line, counts, counts.values()), key=lambda line: (-line.wolf, -line.share, line.rule))),
    )


def send_weekly(uow: UnitOfWork, world: World, now: datetime) -> int:
    """The list of the last whole week (Monday to Monday) to each clinic's last-resort contacts: its leads. How many were told.

    Once a week, whoever calls this however often: the outbox remembers.
    """
    return sum(_send_weekly(uow, at, now) for at in each(world))


def _send_weekly(uow: UnitOfWork, world: World, now: datetime) -> int:
    monday = _monday(now, ZoneInfo(world.content.clinic.timezone))
    if now < monday + timedelta(hours=SENT_FROM):
        return 0
    purpose = f"weekly_review:{marked(world.content.clinic.id, f'{monday:%G-W%V}')}"
    if uow.outbox.of_purpose(purpose, newest=1):
        return 0
    found = review(uow, monday - WEEK, monday, world)
    leads = [uow.clinicians.get(name) for name in dict.fromkeys(world.content.clinic.last_resort)]
    told = 0
    for lead in leads:
        if lead is None or not lead.address or not may_act(lead, world):
            continue
        text = _text(found, world, lead.language)
        uow.outbox.add(
            OutgoingMessage(
                id=0,
                channel=lead.channel,
                address=lead.address,
                text=text,
                lane=Lane.ROUTINE,
                purpose=purpose,
                clinician=lead.id,
                due_at=now,
            )
        )
        told += 1
    return told


def _deciding(uow: UnitOfWork, alert: Alert) -> Iterable[str]:
    try:
        found = uow.assessments.get(alert.assessment_id).assessment
    except NotFound:
        return ()
    return dict.fromkeys(reason.rule for reason in found.reasons if reason.disposition is found.disposition)


def _line(rule: str, outcomes: Counter[str]) -> RuleReview:
    return RuleReview(
        rule=rule,
        alerts=outcomes.total(),
        not_clinical=outcomes[WOLF],
        false_alarm=outcomes[FALSE_ALARM] + outcomes["no_problem"],
    )


def _monday(now: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of this week on the clinic's clock."""
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=midnight.weekday())


def _text(found: Review, world: World, language: str) -> str:
    content = world.content
    counts = {"start": f"{found.start:%Y-%m-%d}", "end": f"{found.end - timedelta(days=1):%Y-%m-%d}", "alerts": str(found.alerts)}
    cried = [line for line in found.rules if line.wolf]
    if not cried:
        return content.text(language, "alert.weekly.none", **counts)
    lines = [content.text(language, "alert.weekly.head", wolf=str(found.wolf), **counts)]
    lines += [
        content.text(
            language,
            "alert.weekly.line",
            rule=line.rule,
            wolf=str(line.wolf),
            alerts=str(line.alerts),
            share=f"{line.share:.0%}".removesuffix("%"),
        )
        for line in cried[:LINES]
    ]
    return "\n".join(lines)
