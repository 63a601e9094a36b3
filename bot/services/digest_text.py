"""The digest in words, and who gets it when: each person who comes on call, once for each shift."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.delivery import Lane, OutgoingMessage
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.policy import Rota
from bot.core.escalation.rota import on_call, present_shift
from bot.ports import UnitOfWork
from bot.services.alert_text import disposition_word, local_time, name_of
from bot.services.alert_trend import measure_word
from bot.services.clinics import each, marked
from bot.services.digest import TIMES_OVER, Digest, Worsening, digest
from bot.services.reachability import reachable
from bot.services.rotas import rotas_now
from bot.services.world import World

LISTED = 10
BEGUN_WITHIN = timedelta(minutes=30)
"""A shift that began longer ago gets no digest any more: we were down, or the person has just been bound."""


def send_due(uow: UnitOfWork, world: World, now: datetime) -> int:
    """Sends the digest for every shift of every clinic that has just begun; how many people had it. Called as often as one likes:
    once a shift."""
    return sum(_send_due(uow, at, now) for at in each(world))


def _send_due(uow: UnitOfWork, world: World, now: datetime) -> int:
    told, page, clinic = 0, None, world.content.clinic.id
    people = reachable(uow, world)
    for rota in rotas_now(uow, world, now):
        before = on_call(rota, now - BEGUN_WITHIN)
        for name in on_call(rota, now):
            purpose = f"digest:{marked(clinic, rota.id)}:{name}"
            if name in before or name not in people or _had(uow, purpose, now):
                continue
            page = page or digest(uow, now, world)
            clinician = uow.clinicians.get(name)
            if clinician is not None:
                _send(
                    uow,
                    clinician,
                    digest_text(page, world, clinician.language, _head(world, rota, page, clinician, now)),
                    purpose,
                    now,
                )
                told += 1
    return told


def _had(uow: UnitOfWork, purpose: str, now: datetime) -> bool:
    newest = uow.outbox.of_purpose(f"{purpose}:{_slot(now)}", newest=1) or uow.outbox.of_purpose(
        f"{purpose}:{_slot(now - BEGUN_WITHIN)}", newest=1
    )
    return bool(newest)


def _slot(now: datetime) -> int:
    """Which half hour: a shift's digest is sought in this one and the one before."""
    return int(now.timestamp() // BEGUN_WITHIN.total_seconds())


def _send(uow: UnitOfWork, clinician: Clinician, text: str, purpose: str, now: datetime) -> None:
    uow.outbox.add(
        OutgoingMessage(
            id=0,
            channel=clinician.channel,
            address=clinician.address or "",
            text=text,
            lane=Lane.REPLY,
            purpose=f"{purpose}:{_slot(now)}",
            clinician=clinician.id,
            due_at=now,
        )
    )


def _head(world: World, rota: Rota, page: Digest, clinician: Clinician, now: datetime) -> str:
    span, _ = present_shift(rota, now)
    until = f"{span.end.astimezone(world.content_zone()):%a %H:%M}"
    key = "clinician.digest.quiet" if page.quiet else "clinician.digest.head"
    return world.content.text(clinician.language, key, rota=rota.id, until=until)


def head_now(page: Digest, world: World, language: str) -> str:
    """The first line where nobody comes on call: `aftercare digest`, `/digest`."""
    key = "clinician.digest.quiet_now" if page.quiet else "clinician.digest.head_now"
    return world.content.text(language, key, time=local_time(world.content, page.at))


def digest_text(page: Digest, world: World, language: str, head: str) -> str:
    """The whole page as Telegram HTML; only the head where it is quiet."""
    if page.quiet:
        return head
    words = _Words(page, world, language)
    return "\n".join([head, *words.alerts(), *words.absent(), *words.worsening(), *words.times()])


class _Words:
    def __init__(self, page: Digest, world: World, language: str) -> None:
        self._page, self._content, self._language = page, world.content, language

    def _text(self, key: str, **params: str) -> str:
        return self._content.text(self._language, f"clinician.digest.{key}", **params)

    def alerts(self) -> list[str]:
        lines = [
            self._text(
                "alert",
                word=disposition_word(self._content, self._language, alert.disposition),
                code=code,
                state=self._content.label(
                    self._language,
                    f"clinician.open.state_{alert.state}",
                    name=name_of(self._content, alert.acknowledged_by),
                ),
                age=self._age(alert.opened_at),
            )
            for code, alert in self._page.alerts
        ]
        return self._section("open", lines)

    def absent(self) -> list[str]:
        lines = [
            self._text("person", code=code, what=self._kind(task.kind), age=self._age(task.at))
            for code, task in self._page.absent
        ]
        return self._section("silent", lines)

    def worsening(self) -> list[str]:
        return self._section("worse", [self._worse(worse) for worse in self._page.worsening])

    def times(self) -> list[str]:
        if not self._page.times:
            return []
        lines = [
            self._text(
                "time",
                word=disposition_word(self._content, self._language, times.level),
                median=self._span(times.median),
                p90=self._span(times.p90),
                target=self._span(times.target),
                met=str(times.in_time),
                count=str(times.count),
            )
            for times in self._page.times
        ]
        return [self._text("times", days=str(TIMES_OVER.days)), *lines]

    def _section(self, key: str, lines: Sequence[str]) -> list[str]:
        if not lines:
            return []
        more = [self._text("more", count=str(len(lines) - LISTED))] if len(lines) > LISTED else []
        return [self._text(key, count=str(len(lines))), *lines[:LISTED], *more]

    def _worse(self, worse: Worsening) -> str:
        if worse.measure is not None:
            measure = measure_word(worse.measure, self._content, self._language)
            return self._text(
                "figure", code=worse.code, measure=measure, first=f"{worse.first:g}", last=f"{worse.last:g}", unit=worse.unit
            )
        before, after = (disposition_word(self._content, self._language, level) for level in (worse.before, worse.after))
        return self._text("level", code=worse.code, before=before, after=after)

    def _kind(self, kind: str) -> str:
        key = f"clinician.tasks.kind.{kind}"
        return self._content.label(self._language, key) if self._content.has(key) else kind

    def _age(self, since: datetime) -> str:
        return self._span(self._page.at - since)

    def _span(self, span: timedelta) -> str:
        seconds = max(0, int(span.total_seconds()))
        if seconds < 120:
            return self._text("seconds", count=str(seconds))
        if seconds < 7200:
            return self._text("minutes", count=str(seconds // 60))
        unit, count = ("hours", seconds // 3600) if seconds < 48 * 3600 else ("days", seconds // 86400)
        return self._content.label(self._language, f"clinician.open.{unit}", count=str(count))
