"""The drill: every clinician who can be paged gets a message that says DRILL, and it is measured how fast they press its button.

It goes the way of a page: the alerts' own lane, the same channel, the same sender. One who has blocked the bot is found out by it, as by an
alert. It opens no alert, names no patient, and no report counts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.delivery import Button, Lane, OutgoingMessage
from bot.core.errors import NotFound
from bot.core.escalation.drill import DrillPage, percentile
from bot.ports import StoredButton, UnitOfWork
from bot.services.clinician_chat import Chat
from bot.services.reachability import reachable
from bot.services.world import World

BUTTON = "drill.acknowledge"
COUNTS_FOR = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillResult:
    """How a drill stands: who acknowledged in how long, who has not, and who could not be paged at all."""

    drill: int
    pages: tuple[DrillPage, ...]

    @property
    def times(self) -> list[timedelta]:
        """How long each telephone took that answered."""
        return [page.took for page in self.pages if page.took is not None]

    @property
    def median(self) -> timedelta | None:
        """Of those that answered."""
        return percentile(self.times, 0.5)

    @property
    def slowest(self) -> timedelta | None:
        """Of those that answered."""
        return max(self.times, default=None)

    @property
    def missing(self) -> tuple[str, ...]:
        """Who has not acknowledged, for whatever reason."""
        return tuple(page.clinician for page in self.pages if page.took is None)


def begin(uow: UnitOfWork, worlds: Iterable[World], now: datetime, *, by: str) -> int:
    """Pages everybody of these worlds' clinics who can be reached, each once; notes those who cannot. The drill's number."""
    drill, seen, paged = uow.drills.newest() + 1, set[str](), 0
    for world in worlds:
        reached = reachable(uow, world)
        for clinician in (name for name in world.content.clinic.clinicians if name not in seen):
            seen.add(clinician)
            paged_at = now if clinician in reached else None
            page = uow.drills.add(DrillPage(id=0, drill=drill, clinician=clinician, paged_at=paged_at))
            if paged_at is not None:
                paged += 1
                _page(uow, world, now, page)
    uow.audit.append(now, by, "drill.begun", f"drill:{drill}", f"{paged} paged")
    return drill


def result(uow: UnitOfWork, drill: int) -> DrillResult:
    """How that drill stands. Raises NotFound."""
    pages: Sequence[DrillPage] = uow.drills.pages(drill)
    if not pages:
        raise NotFound(f"there was no drill {drill}")
    return DrillResult(drill=drill, pages=tuple(pages))


def pressed(chat: Chat, stored: StoredButton) -> None:
    """A clinician has the drill: the time counts once."""
    page = chat.uow.drills.get(int(stored.payload["page"]))
    if page.paged_at is None or chat.now - page.paged_at > COUNTS_FOR:
        chat.toast("clinician.drill.late")
        return
    if page.acknowledged_at is None:
        page = replace(page, acknowledged_at=chat.now)
        chat.uow.drills.save(page)
        chat.uow.buttons.use(stored.id, chat.now)
        chat.audit("drill.acknowledged", f"drill:{page.drill}")
    seconds = str(round((page.took or timedelta()).total_seconds()))
    chat.toast("clinician.drill.thanks", seconds=seconds)
    chat.edit_pressed("clinician.drill.thanks", seconds=seconds)


def _page(uow: UnitOfWork, world: World, now: datetime, page: DrillPage) -> None:
    clinician = uow.clinicians.get(page.clinician)
    if clinician is None:
        return
    button = StoredButton(
        id=world.ids.token(),
        owner=f"clinician:{clinician.id}",
        action=BUTTON,
        payload={"page": str(page.id)},
        expires_at=now + 2 * COUNTS_FOR,
    )
    uow.buttons.add(button)
    content = world.content
    uow.outbox.add(
        OutgoingMessage(
            id=0,
            channel=clinician.channel,
            address=clinician.address or "",
            text=content.text(clinician.language, "clinician.drill.page", clinic=content.clinic.name),
            lane=Lane.ALERT,
            buttons=((Button(id=button.id, label=content.label(clinician.language, "clinician.drill.button")),),),
            purpose=f"drill:{page.drill}",
            clinician=clinician.id,
            due_at=now,
        )
    )
