"""Files that say something else than what is live, because their schedule was published and they were not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.app.opening import open_settings_store
from bot.app.settings import Settings
from bot.content.clinics import CLINIC
from bot.content.folder import schedule_files
from bot.content.own_questions import FILE as OWN_QUESTIONS
from bot.content.problems import ProblemsFound
from bot.content.versions import live_ones
from bot.content.yaml_file import read_text
from bot.core.errors import AftercareError
from bot.ports import Publication, Store
from bot.storage.url import parse_url


def store_if_any(settings: Settings) -> Store | None:
    """The live database; None where there is none yet, or where it cannot be read now."""
    path = parse_url(settings.database_url.reveal()).path
    if path is not None and not path.is_file():
        return None
    try:
        return open_settings_store(settings, migrate=False)
    except AftercareError:
        return None


def drafts(settings: Settings) -> list[str]:
    """A sentence for each schedule whose file says something else than what is live; none where nothing was published."""
    store = store_if_any(settings)
    if store is None:
        return []
    try:
        publications = store.transact(lambda uow: [p for p in uow.publications.all() if p.number is not None])
    finally:
        store.close()
    files = {name: path for path in schedule_files(settings.schedules) if (name := path.name) != CLINIC}
    return [said for p in live_ones(publications).values() if (said := _draft(p, files, settings))]


def _draft(live: Publication, files: Mapping[str, Path], settings: Settings) -> str:
    """Without reading what it means: whether the texts are the same."""
    path = files.get(live.file)
    if path is None:
        return f"{live.schedule} is live as published ({live.version}), and its file {live.file} is gone"
    try:
        text = read_text(path, live.file)
        own = settings.schedules / OWN_QUESTIONS
        questions = read_text(own, OWN_QUESTIONS) if live.questions and own.is_file() else ""
    except ProblemsFound:
        return f"{live.file} cannot be read; {live.version} stays live"
    if (text, questions) == (live.text, live.questions):
        return ""
    return f"{live.file} is a draft: {live.version} is live until `aftercare publish {live.schedule}`"
