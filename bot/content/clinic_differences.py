"""What changes between two versions of a clinic's file, in words. It is not published: who is on call must change at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.content import difference_words as words
from bot.content.differences import Difference, Weight
from bot.core.escalation.policy import Clinic, EscalationPolicy

_PLAIN = ("name", "phone", "country", "emergency_number", "crisis_number", "timezone")


def clinic_differences(old: Clinic | None, new: Clinic | None) -> list[Difference]:
    """Numbers, people, rotas and chains of paging; None: there is no such clinic on that side."""
    if old is None or new is None:
        return list(_whole(old, new))
    return [*_fields(old, new), *_people(old, new), *_rotas(old, new), *_policies(old, new)]


def _whole(old: Clinic | None, new: Clinic | None) -> Iterator[Difference]:
    if new is not None:
        yield Difference(what="clinic.added", text=f"a new clinic: {new.name}")
    elif old is not None:
        yield Difference(what="clinic.removed", text=f"{old.name} is gone", weight=Weight.LESS)


def _fields(old: Clinic, new: Clinic) -> Iterator[Difference]:
    for name in _PLAIN:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield Difference(what=f"clinic.{name}", text=f"the clinic's {words.topic(name)} is {now}, was {was}")
    if old.last_resort != new.last_resort:
        text = f"the last resort is {words.listed(new.last_resort)}, was {words.listed(old.last_resort)}"
        yield Difference(what="clinic.last_resort", text=text)


def _people(old: Clinic, new: Clinic) -> Iterator[Difference]:
    for name in sorted(new.clinicians.keys() - old.clinicians.keys()):
        yield Difference(what="clinic.joined", text=f"{new.clinicians[name]} ({name}) joins")
    for name in sorted(old.clinicians.keys() - new.clinicians.keys()):
        yield Difference(what="clinic.left", text=f"{old.clinicians[name]} ({name}) leaves", weight=Weight.LESS)


def _rotas(old: Clinic, new: Clinic) -> Iterator[Difference]:
    before, after = {rota.id: rota for rota in old.rotas}, {rota.id: rota for rota in new.rotas}
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield Difference(what="clinic.rota", text=f"the rota {name} {_became(name in before, name in after)}")


def _policies(old: Clinic, new: Clinic) -> Iterator[Difference]:
    before = {(p.escalation, p.disposition): p for p in old.policies}
    after = {(p.escalation, p.disposition): p for p in new.policies}
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        if was != now:
            weight = Weight.LOOSENS if was and (now is None or _climb(now) > _climb(was)) else Weight.PLAIN
            text = f"the chain {key[0]} for {key[1].word} {_became(was is not None, now is not None)}"
            said = f": {_steps(now)}" if now else ""
            yield Difference(what="clinic.escalation", text=text + said, weight=weight)


def _became(before: bool, after: bool) -> str:  # noqa: FBT001 - whether each side has it
    return "changes" if before and after else "is new" if after else "is gone"


def _climb(policy: EscalationPolicy) -> timedelta:
    """How long until the whole chain has been paged."""
    return sum((step.wait for step in policy.steps), timedelta())


def _steps(policy: EscalationPolicy) -> str:
    return ", then ".join(
        f"{words.listed([*step.rotas, *step.clinicians])} for {words.lasting(step.wait)}" for step in policy.steps
    )
