"""What `aftercare doctor` looks at: each part of a deployment, in words, with what to do where something is wrong."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.app.bootstrap import sms_channel
from bot.app.clock import SystemClock
from bot.app.drafts import drafts
from bot.app.opening import open_settings_store
from bot.app.settings import Settings
from bot.channels.telegram import TelegramChannel
from bot.content.check import check
from bot.content.clinics import load_clinics
from bot.content.problems import Severity
from bot.core.errors import AftercareError
from bot.ports import UnitOfWork
from bot.services.clinics import file_of, without_file
from bot.services.rotas import in_words, uncovered_of
from bot.storage.url import parse_url

LEAST_FREE = 200 * 1024 * 1024
"""Bytes on the database's disk below which the operator should act."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Examined:
    """One part: whether it is well, what was seen, and what to do."""

    part: str
    well: bool
    seen: str
    remedy: str = ""


async def examine(settings: Settings) -> AsyncIterator[Examined]:
    """Looks at everything; changes nothing."""
    yield _settings(settings)
    yield _guarded("files", lambda: _files(settings))
    yield _guarded("published", lambda: _published(settings))
    yield (database := _guarded("database", lambda: _database(settings)))
    rota = _guarded("rota", lambda: _rota(settings))
    if rota.seen != database.seen:  # one database that cannot be read is one problem, not two
        yield rota
    yield _guarded("disk", lambda: _disk(settings))
    yield await _telegram(settings)
    if settings.twilio_account_sid or settings.twilio_auth_token or settings.twilio_from:
        yield await _sms(settings)


def _settings(settings: Settings) -> Examined:
    if not settings.unknown:
        return Examined(part="settings", well=True, seen=f"all known; Telegram by {settings.telegram_mode}")
    names = ", ".join(settings.unknown)
    return Examined(part="settings", well=False, seen=f"unknown names: {names}", remedy="correct or remove them")


def _guarded(part: str, look: Callable[[], Examined]) -> Examined:
    try:
        return look()
    except AftercareError as error:
        return Examined(part=part, well=False, seen=str(error), remedy=error.remedy)


def _files(settings: Settings) -> Examined:
    found = check((), schedules=settings.schedules, messages=settings.messages)
    problems = [problem for problem in found if problem.severity is Severity.ERROR]
    if problems:
        return Examined(part="files", well=False, seen=f"{len(problems)} problems", remedy="run `aftercare check`")
    return Examined(part="files", well=True, seen="schedules, clinic, catalogue and messages are valid")


def _published(settings: Settings) -> Examined:
    """A draft is no fault: somebody is at work on it. It is said, so that nobody takes it for what patients get."""
    found = drafts(settings)
    remedy = "`aftercare diff SCHEDULE` shows what would change" if found else ""
    return Examined(part="published", well=True, seen="; ".join(found) or "no file waits to be published", remedy=remedy)


def _database(settings: Settings) -> Examined:
    store = open_settings_store(settings, migrate=False)
    clinics = load_clinics(settings.schedules)
    people = frozenset(name for clinic in clinics.values() for name in clinic.clinicians)
    try:
        broken, missing, followed = store.transact(
            lambda uow: (uow.audit.verify(), _unbound(uow, people), uow.patients.by_clinic())
        )
    finally:
        store.close()
    lost = {clinic: count for clinic, count in followed.items() if clinic not in clinics}
    if broken is not None:
        return Examined(
            part="database", well=False, seen=f"the audit chain is broken at row {broken}", remedy="find out who changed it"
        )
    if lost:
        remedy = "put the file back, or `aftercare patient move` them: the main clinic is paged for them meanwhile"
        return Examined(part="database", well=False, seen=without_file(lost), remedy=remedy)
    if missing:
        remedy = f"run `aftercare clinician add {missing[0]}`"
        return Examined(part="database", well=False, seen=f"no chat yet for: {', '.join(missing)}", remedy=remedy)
    return Examined(part="database", well=True, seen="schema current, audit chain whole, every clinician has a chat")


def _unbound(uow: UnitOfWork, known: frozenset[str]) -> list[str]:
    bound = {clinician.id for clinician in uow.clinicians.all() if clinician.address and clinician.active}
    return sorted(known - bound)


def _rota(settings: Settings) -> Examined:
    """Whether somebody who can be reached is on call at every hour of the coming 30 days, at every clinic: bound, not revoked, not
    blocked."""
    store = open_settings_store(settings, migrate=False)
    now = SystemClock().now()
    clinics = load_clinics(settings.schedules)
    try:
        found = store.transact(lambda uow: {name: uncovered_of(clinic, uow, now) for name, clinic in clinics.items()})
    finally:
        store.close()
    open_at = [name for name, holes in found.items() if holes]
    if not open_at:
        where = f", at each of the {len(clinics)} clinics" if len(clinics) > 1 else ""
        seen = f"somebody who can be reached is on call at every hour of the coming 30 days{where}"
        return Examined(part="rota", well=True, seen=seen)
    said = [
        f"{file_of(name)}: {in_words(found[name], now)}" if len(clinics) > 1 else in_words(found[name], now) for name in open_at
    ]
    seen = f"nobody can be reached: {'; '.join(said)}"
    files = ", ".join(file_of(name) for name in open_at)
    remedy = (
        f"bind (`aftercare clinician add`) or replace the people of these hours in {files}; `aftercare clinician list` says who"
    )
    return Examined(part="rota", well=False, seen=seen, remedy=remedy)


def _disk(settings: Settings) -> Examined:
    path = parse_url(settings.database_url.reveal()).path or Path()
    free = shutil.disk_usage(path.absolute().parent).free
    remedy = "" if free >= LEAST_FREE else "make room: without it nothing can be kept, and nothing is confirmed"
    return Examined(part="disk", well=free >= LEAST_FREE, seen=f"{free // 1024**2} MB free", remedy=remedy)


async def _telegram(settings: Settings) -> Examined:
    channel = None
    try:
        channel = TelegramChannel(settings.for_telegram().reveal(), settings.telegram_api_url)
        me = await channel.get_me()
    except AftercareError as error:
        return Examined(part="telegram", well=False, seen=str(error), remedy=error.remedy)
    except ConnectionError as error:
        return Examined(part="telegram", well=False, seen=str(error), remedy="check the network and AFTERCARE_TELEGRAM_API_URL")
    finally:
        if channel is not None:
            await channel.close()
    return Examined(part="telegram", well=True, seen=f"the token is that of @{me.get('username', '?')}")


async def _sms(settings: Settings) -> Examined:
    channel = None
    try:
        channel = sms_channel(settings)
        if channel is not None:
            await channel.check()
    except AftercareError as error:
        return Examined(part="sms", well=False, seen=str(error), remedy=error.remedy)
    except ConnectionError as error:
        return Examined(part="sms", well=False, seen=str(error), remedy="check the network and AFTERCARE_TWILIO_API_URL")
    finally:
        if channel is not None:
            await channel.close()
    return Examined(part="sms", well=True, seen=f"Twilio knows the account; we write from {settings.twilio_from}")
