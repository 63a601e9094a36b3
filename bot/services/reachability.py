"""Whom a page can reach: in clinic.yaml, not revoked, with a chat that works."""

from __future__ import annotations

from bot.ports import UnitOfWork
from bot.services.clinics import may_act
from bot.services.world import World


def reachable(uow: UnitOfWork, world: World) -> frozenset[str]:
    """Ids of the clinicians that a page can reach."""
    return frozenset(c.id for c in uow.clinicians.all() if may_act(c, world) and c.reachable and c.address)
