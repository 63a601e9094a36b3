"""Publishing: one version of a schedule goes live in one transaction; what loosens waits for a second person; courses move after it.

Whoever publishes says which version they saw live (``base``). Where another one is live by then nothing is changed: two who
publish at once never overwrite each other unread.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.careplan.enrolment import Enrolment, PatientState
from bot.core.careplan.moving import move
from bot.core.errors import AftercareError, AlreadyThere, InvalidValue
from bot.ports import Content, Publication, PublicationState, UnitOfWork
from bot.services.clinics import everybody, file_of
from bot.services.rotas import in_words, uncovered_anywhere

EVERYBODY = "*"
"""``Publication.moves``: all courses on another version."""
UNDO_WITHIN = timedelta(hours=72)
"""How long after a publication the version before it may come back without a second person, even where that loosens."""


class PublishedMeanwhile(AftercareError):
    """Another version is live than the one that the person had before their eyes."""

    remedy = "Run `aftercare diff` again: it compares with what is live now. Nothing was changed."


class NobodyOnCall(AftercareError):
    """A clinic has hours to come in which nobody who can be reached is on call: alerts of a new version would wait there."""

    remedy = "Bind these people (`aftercare clinician add`) or change who is on call; `aftercare doctor` says where. Nothing was changed."


class ApprovalRefused(AftercareError):
    """This person cannot approve this."""

    remedy = "A clinician of clinic.yaml who is not the one that proposed it runs `aftercare approve`."


def publish(
    uow: UnitOfWork, content: Content, proposal: Publication, now: datetime, *, approver: str = "", undo: bool = False
) -> Publication:
    """Makes it live, or stores it as PENDING where it loosens something and nobody else has approved; an ``undo`` needs nobody.

    Raises PublishedMeanwhile where ``proposal.base`` is not live any more, ApprovalRefused for an approver who may not, and (but for
    an ``undo``, which must be quick) NobodyOnCall.
    """
    live = _still_live(uow, proposal)
    if not undo:
        _somebody_on_call(uow, content, now)
    if approver:
        _may_approve(uow, content, proposal, approver)
        proposal = replace(proposal, approved_by=approver, approved_at=now)
    elif proposal.loosens and not undo:
        kept = uow.publications.add(replace(proposal, at=now, state=PublicationState.PENDING, number=None))
        uow.audit.append(now, proposal.by, "schedule.proposed", _subject(kept), f"{kept.version} as {kept.id}")
        return kept
    return _go_live(uow, proposal, live, now)


def approve(uow: UnitOfWork, content: Content, publication_id: int, now: datetime, *, by: str) -> Publication:
    """A second person lets a pending one go live. Raises NotFound, ApprovalRefused, PublishedMeanwhile, NobodyOnCall, InvalidValue."""
    pending = uow.publications.get(publication_id)
    if pending.state is not PublicationState.PENDING:
        raise InvalidValue(f"{publication_id} waits for nobody: it is {pending.state.value}")
    live = _still_live(uow, pending)
    _somebody_on_call(uow, content, now)
    _may_approve(uow, content, pending, by)
    return _go_live(uow, replace(pending, approved_by=by, approved_at=now), live, now)


def needs_nobody(live: Publication, target: Publication, before: Publication | None, now: datetime) -> bool:
    """Whether going back from ``live`` to ``target`` is an undo: to the version right before it, within three days."""
    return before is not None and before.version == target.version and now - live.at <= UNDO_WITHIN


def move_courses(uow: UnitOfWork, content: Content, now: datetime, limit: int) -> int:
    """Up to ``limit`` courses go over to the live version where its publication says so; how many. 0: none is left.

    Each course moves whole. What a killed process left is moved by the next call, here or in the running bot.
    """
    moved = 0
    for name, schedule in content.schedules.items():
        live = uow.publications.live(name)
        if live is None or not live.moves or live.version != schedule.version:
            continue
        for enrolment in uow.enrolments.to_move(name, live.version, live.moves, limit - moved):
            _move(uow, content, enrolment, now)
            moved += 1
        if moved >= limit:
            break
    return moved


def _move(uow: UnitOfWork, content: Content, enrolment: Enrolment, now: datetime) -> None:
    schedule = content.schedules[enrolment.schedule]
    patient = uow.patients.get(enrolment.patient_id)
    existing = uow.check_ins.of_enrolment(enrolment.id)
    stopped = patient.state is PatientState.STOPPED
    moved = move(schedule, enrolment, patient.zone(), now, existing, stopped=stopped)
    for row in moved.changed:
        uow.check_ins.save(row)
    uow.check_ins.plan(moved.added)
    uow.enrolments.save(replace(enrolment, schedule_version=schedule.version))
    lost = ", ".join(row.check_in for row in moved.lost)
    detail = f"{schedule.id} {enrolment.schedule_version} to {schedule.version}" + (f"; no more: {lost}" if lost else "")
    uow.audit.append(now, "system", "course.moved", f"patient:{patient.id}", detail)


def _go_live(uow: UnitOfWork, publication: Publication, live: Publication | None, now: datetime) -> Publication:
    """Follows ``live``, which the publication was compared with: read again, it could be what somebody else published since, and
    both would succeed. The number that two would then share is what refuses the second."""
    earlier = uow.publications.of_schedule(publication.schedule)
    known = {found.version for found in earlier if found.number is not None}
    uow.enrolments.adopt(publication.schedule, live.version if live else publication.version, known)
    number = (live.number or 0) + 1 if live else 1
    ready = replace(publication, at=now, state=PublicationState.PUBLISHED, number=number)
    try:
        if ready.id:
            uow.publications.save(ready)
        else:
            ready = uow.publications.add(ready)
    except AlreadyThere as error:
        raise PublishedMeanwhile(f"somebody else published {publication.schedule} at this very moment") from error
    for other in earlier:
        if other.state is PublicationState.PENDING and other.id != ready.id:
            uow.publications.save(replace(other, state=PublicationState.WITHDRAWN))
            uow.audit.append(now, "system", "schedule.withdrawn", _subject(other), str(other.id))
    who = f", approved by {ready.approved_by}" if ready.approved_by else ", loosens as an undo" if ready.loosens else ""
    uow.audit.append(now, ready.by, "schedule.published", _subject(ready), f"{ready.version} as number {number}{who}")
    return ready


def _still_live(uow: UnitOfWork, proposal: Publication) -> Publication | None:
    """What is live, if it is what the proposal was compared with. Raises PublishedMeanwhile."""
    live = uow.publications.live(proposal.schedule)
    if (live.version if live else "") == proposal.base:
        return live
    now_live = f"{live.version}, published by {live.by} at {live.at:%Y-%m-%d %H:%M} UTC" if live else "nothing"
    raise PublishedMeanwhile(
        f"{proposal.schedule} was compared with {proposal.base or 'nothing'}, and meanwhile {now_live} went live"
    )


def _somebody_on_call(uow: UnitOfWork, content: Content, now: datetime) -> None:
    """Of every clinic: a schedule is everybody's."""
    found = uncovered_anywhere(content, uow, now)
    if found:
        holes = "\n".join(f"  {file_of(clinic)}: {in_words(there, now)}" for clinic, there in found.items())
        raise NobodyOnCall(f"in the coming 30 days nobody who can be reached is on call at:\n{holes}")


def _may_approve(uow: UnitOfWork, content: Content, proposal: Publication, by: str) -> None:
    people = everybody(content)
    name = people.get(by)
    if name is None:
        raise ApprovalRefused(
            f"{by!r} is no clinician of {'clinic.yaml' if len(content.clinics) == 1 else 'a clinic'} ({', '.join(sorted(people))})"
        )
    if _same(proposal.by, by) or _same(proposal.by, name):
        raise ApprovalRefused(f"{name} proposed it: somebody else must look at it")
    row = uow.clinicians.get(by)
    if row is not None and not row.active:
        raise ApprovalRefused(f"{name} was revoked")


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _subject(publication: Publication) -> str:
    return f"schedule:{publication.schedule}"
